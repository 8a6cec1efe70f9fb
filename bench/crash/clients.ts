import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { must } from '../../src/kernel/assert';
import type { Id } from '../../src/kernel/id';
import { Dice } from '../subscribe/load';
import { ACKNOWLEDGED, userId } from '../subscribe/world';
import type { Answer, Message, Wire } from './wire';

/** An order as its client remembers it. */
export interface Placed {
  readonly user: Id<'usr'>;
  readonly key: string;
  readonly offeringId: Id<'off'>;
  readonly dollars: number;
  /** What was answered first, word for word. */
  readonly text: string;
  readonly id: string;
  isRevoked: boolean;
}

/** What all clients know in the end: what they were told is what they may count on. */
export class Memory {
  readonly acknowledged: Placed[] = [];
  /** Keys of orders that were refused: there must be nothing under them. */
  readonly refused: { readonly user: Id<'usr'>; readonly key: string }[] = [];
  /** Answers that were lost, and found by asking again. */
  resolved = 0;
  readonly faults: string[] = [];
}

export interface LoadPlan {
  readonly clients: number;
  readonly seed: number;
  /** Each client is another of so many users. */
  readonly users: number;
  /** One that is never full, and one that soon is. */
  readonly offerings: readonly Id<'off'>[];
  readonly token: (position: number) => string;
}

const RETRY_MS = 100;

/** Clients who order, revoke and ask again, each in a loop of its own, until they are stopped. */
export class Clients {
  readonly memory = new Memory();
  /** When the last order was accepted. */
  lastAcceptedMs = 0;
  private isStopping = false;
  private readonly running: Promise<void>[];

  constructor(
    private readonly wire: Wire,
    private readonly plan: LoadPlan,
  ) {
    this.running = Array.from({ length: plan.clients }, (_, client) => this.live(client));
  }

  /** Lets every client finish what it began: nothing stays unknown. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all(this.running);
  }

  private async live(client: number): Promise<void> {
    const dice = new Dice(this.plan.seed * 1000 + client);
    const mine: Placed[] = [];
    while (!this.isStopping) {
      const choice = dice.below(20);
      const known = mine[dice.below(Math.max(1, mine.length))];
      if (known && choice === 0) await this.askAgain(known);
      else if (known && !known.isRevoked && choice === 1) await this.revoke(known);
      else await this.order(dice, mine);
    }
  }

  private async order(dice: Dice, mine: Placed[]): Promise<void> {
    const position = dice.below(this.plan.users);
    const { offerings } = this.plan;
    const offeringId = must(offerings[dice.below(6) === 0 ? 1 : 0], 'an offering');
    // A few of the users order much, and come to the end of their allowance and their money.
    const dollars = 1 + dice.below(position % 10 === 0 ? 5000 : 30);
    const key = randomUUID();
    const user = userId(position);
    const { status, text } = await this.untilAnswered(
      orderMessage({ token: this.plan.token(position), key }, { offeringId, dollars }),
    );
    if (status === 201) {
      const { id } = JSON.parse(text) as { id: string };
      const placed = { user, key, offeringId, dollars, text, id, isRevoked: false };
      this.lastAcceptedMs = performance.now();
      this.memory.acknowledged.push(placed);
      mine.push(placed);
    } else if (status === 403 || status === 409) this.memory.refused.push({ user, key });
    else this.memory.faults.push(`an order was answered ${status}: ${text.slice(0, 160)}`);
  }

  private async askAgain(placed: Placed): Promise<void> {
    const { key, offeringId, dollars } = placed;
    const token = this.plan.token(positionOf(placed.user));
    const { status, text } = await this.untilAnswered(
      orderMessage({ token, key }, { offeringId, dollars }),
    );
    if (status === 201 && text === placed.text) return;
    this.memory.faults.push(`${placed.id} was repeated as ${status}: ${text.slice(0, 160)}`);
  }

  private async revoke(placed: Placed): Promise<void> {
    placed.isRevoked = true;
    const { status, text } = await this.untilAnswered({
      path: `/v1/subscriptions/${placed.id}/revoke`,
      token: this.plan.token(positionOf(placed.user)),
      key: randomUUID(),
      body: '{}',
    });
    if (status !== 200) {
      this.memory.faults.push(`${placed.id} could not be revoked: ${status} ${text.slice(0, 160)}`);
    }
  }

  /** Sends the same until there is an answer that says what became of it. */
  private async untilAnswered(message: Message): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.wire.post(message);
      if (answer && answer.status < 500) {
        if (attempt > 1) this.memory.resolved += 1;
        return answer;
      }
      if (answer && answer.status !== 503) {
        this.memory.faults.push(`the API answered ${answer.status}: ${answer.text.slice(0, 160)}`);
      }
      await pause(RETRY_MS);
    }
  }
}

function orderMessage(
  { token, key }: { readonly token: string; readonly key: string },
  { offeringId, dollars }: { readonly offeringId: Id<'off'>; readonly dollars: number },
): Message {
  const amount = { amount: `${dollars}.00`, currency: 'USD' };
  const body = JSON.stringify({ offeringId, amount, acknowledged: ACKNOWLEDGED });
  return { path: '/v1/subscriptions', token, key, body };
}

function positionOf(user: Id<'usr'>): number {
  return Number(user.slice('usr_01'.length));
}

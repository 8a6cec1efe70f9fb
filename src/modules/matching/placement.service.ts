import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { Problem } from '../../kernel/problem';
import type { Database, Db, Scope, Tx } from '../../platform/db';
import { laneProblem, type Outcome } from '../../platform/lanes';
import type { Log } from '../../platform/log';
import {
  mandatedKey,
  type MandatedOrder,
  type MandatedOrders,
  type Opened,
} from '../subscriptions';
import { matchingProblem } from './errors';
import type { MatchingMeters } from './meters.service';
import * as store from './position.store';
import type { Position, Refusal } from './window';

export interface PlacementDeps {
  readonly clock: Clock;
  readonly transactions: Pick<Database, 'read' | 'write'>;
  readonly orders: MandatedOrders;
  readonly meters: MatchingMeters;
  readonly log: Pick<Log, 'error'>;
}

/** How many positions are placed before what became of them is noted. */
const SLICE = 512;

/**
 * Turns positions into orders at the desk, which gathers them into batches and applies every rule
 * anew: what changed since the window was drawn refuses that position and no other. An order's key
 * is made of window, mandate and loan, so a slice that was placed before a crash is found, not
 * placed twice.
 */
export class PlacementService {
  constructor(private readonly deps: PlacementDeps) {}

  /**
   * Places what is left of the window, slice by slice.
   *
   * @returns false when the desk was too busy: the rest is for the next time.
   */
  async placeAll(scope: Scope, windowId: Id<'win'>): Promise<boolean> {
    for (;;) {
      const slice = await this.deps.transactions.read(scope, (db) =>
        store.listUnsettled(db, windowId, SLICE),
      );
      if (slice.length === 0) return true;
      const settled = await this.place(scope, slice);
      if (settled.length === 0) return false;
      await this.note(scope, windowId, settled);
    }
  }

  /**
   * A lender's yes to a proposed loan. What the desk refuses is the answer, kept in the position.
   *
   * @throws Problem `matching.position-not-found`, `matching.position-answered`, `lane.overloaded`
   *   when the desk could not look at it now: then it is still proposed.
   */
  async approve(
    scope: Scope,
    { windowId, positionNo }: Pick<Position, 'windowId' | 'positionNo'>,
    investorId: Id<'inv'>,
  ): Promise<Position> {
    const { transactions } = this.deps;
    const position = await transactions.read(scope, (db) =>
      this.ownProposal(db, { windowId, positionNo, investorId }),
    );
    const [settled] = await this.place(scope, [position], { isApproved: true });
    if (!settled) throw laneProblem('overloaded', { retryAfterSeconds: 1 });
    await this.note(scope, windowId, [settled]);
    return transactions.read(scope, (db) => store.getPosition(db, windowId, positionNo));
  }

  /** A lender's no. @throws Problem `matching.position-not-found`, `matching.position-answered`. */
  async decline(
    scope: Scope,
    { windowId, positionNo }: Pick<Position, 'windowId' | 'positionNo'>,
    investorId: Id<'inv'>,
  ): Promise<Position> {
    const { transactions, clock } = this.deps;
    return transactions.write(scope, async (tx) => {
      const position = await this.ownProposal(tx, { windowId, positionNo, investorId });
      const end = { status: 'declined', at: clock.now() } as const;
      if (!(await store.endProposal(tx, position, end))) throw matchingProblem('position-answered');
      return store.getPosition(tx, windowId, positionNo);
    });
  }

  /** Proposals that wait for this lender. */
  async listProposals(db: Db, investorId: Id<'inv'>): Promise<readonly Position[]> {
    return store.listProposals(db, investorId, this.deps.clock.now());
  }

  /** Notes that what was placed was given back: one subscription's, or all of an offering. */
  async endPlaced(tx: Tx, given: Parameters<typeof store.endPlaced>[1]): Promise<void> {
    await store.endPlaced(tx, given);
  }

  private async ownProposal(
    db: Db,
    { windowId, positionNo, investorId }: Pick<Position, 'windowId' | 'positionNo' | 'investorId'>,
  ): Promise<Position> {
    const position = await store.getPosition(db, windowId, positionNo);
    if (position.investorId !== investorId) throw matchingProblem('position-not-found');
    const isOpen =
      position.status === 'proposed' && must(position.respondBy, 'the end') > this.deps.clock.now();
    if (!isOpen) throw matchingProblem('position-answered');
    return position;
  }

  /** @returns what became of those that the desk looked at; it may be too busy for some. */
  private async place(
    scope: Scope,
    slice: readonly Position[],
    { isApproved = false }: { readonly isApproved?: boolean } = {},
  ): Promise<readonly store.Settled[]> {
    const { transactions, clock, orders } = this.deps;
    const mandates = [...new Set(slice.map(({ mandateId }) => mandateId))];
    const { inForce, opened } = await transactions.read(scope, async (db) => ({
      inForce: await store.listStillInForce(db, mandates, clock.now()),
      // Placed before a crash: then it stands, whatever became of its mandate since.
      opened: await orders.listOpened(db, slice),
    }));
    const settled: store.Settled[] = [];
    const due: { readonly position: Position; readonly order: MandatedOrder }[] = [];
    for (const position of slice) {
      const { positionNo, mandateId, mandateVersion } = position;
      const before = opened.get(mandatedKey(position));
      const mandate = inForce.get(mandateId);
      if (before) settled.push({ positionNo, subscriptionId: before.id });
      else if (mandate?.version === mandateVersion) {
        due.push({ position, order: orderOf(position, mandate, isApproved) });
      } else {
        settled.push({ positionNo, refusal: { code: 'matching.mandate-not-in-force' } });
      }
    }
    const outcomes = await orders.submit(
      must(scope.operatorId, 'the operator of a window'),
      due.map(({ order }) => order),
    );
    const decided = due.flatMap(({ position: { positionNo } }, at) =>
      this.settledBy(positionNo, must(outcomes[at], 'the outcome of an order')),
    );
    return [...settled, ...decided];
  }

  /**
   * Nothing when the desk could not look at the order now. A fault refuses its own position, and is
   * logged: it must not keep the window, and every one after it, from its end.
   */
  private settledBy(positionNo: number, outcome: Outcome<Opened>): readonly store.Settled[] {
    if (outcome.ok) return [{ positionNo, subscriptionId: outcome.value.subscription.id }];
    const { error } = outcome;
    if (error instanceof Problem) {
      return error.kind === 'unavailable' ? [] : [{ positionNo, refusal: refusalOf(error) }];
    }
    this.deps.log.error('A position could not be placed', { positionNo, error });
    return [{ positionNo, refusal: { code: 'internal' } }];
  }

  private async note(
    scope: Scope,
    windowId: Id<'win'>,
    settled: readonly store.Settled[],
  ): Promise<void> {
    const at = this.deps.clock.now();
    await this.deps.transactions.write(scope, (tx) =>
      store.settlePositions(tx, windowId, { settled, at }),
    );
    const refused = settled.filter(({ refusal }) => refusal !== undefined).length;
    this.deps.meters.settled({ placed: settled.length - refused, refused });
  }
}

function orderOf(
  { windowId, mandateId, investorId, offeringId, amountMinor, currency }: Position,
  { acknowledged }: store.InForce,
  isApproved: boolean,
): MandatedOrder {
  return {
    windowId,
    mandateId,
    investorId,
    offeringId,
    amount: Money.ofMinor(amountMinor, currency),
    acknowledged: Object.fromEntries(acknowledged.map((name) => [name, true])),
    isApproved,
  };
}

function refusalOf({ code, title, detail, findings }: Problem): Refusal {
  return { code, detail: findings?.[0]?.message ?? detail ?? title };
}

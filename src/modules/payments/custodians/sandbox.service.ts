import { assert } from '../../../kernel/assert';
import type { Clock } from '../../../kernel/clock';
import type { NewId } from '../../../kernel/id';
import type { Money } from '../../../kernel/money';
import type { Database, Scope, Tx } from '../../../platform/db';
import type {
  Arrival,
  Custodian,
  HolderAnswer,
  Instruction,
  InstructionState,
  PayeeAccount,
  Payer,
  ReturnedDebit,
  StatementLine,
  StatementQuery,
} from '../custodian';
import { paymentProblem } from '../errors';
import {
  answerOf,
  custodianRefOf,
  holderAnswer,
  isAnswerLost,
  planOf,
  settled,
  USUAL_DELAYS,
  type SandboxDelays,
} from './sandbox-rules';
import * as store from './sandbox.store';

export interface SandboxCustodianDeps {
  /** The bank's own transactions: it is another house, and shares none of ours. */
  readonly transactions: Pick<Database, 'read' | 'write'>;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly delays?: SandboxDelays;
}

/** A bank that is not there: keeps what it heard, and does by rule what a real one might. */
export class SandboxCustodian implements Custodian {
  readonly name = 'sandbox';

  constructor(private readonly deps: SandboxCustodianDeps) {}

  async instruct(instruction: Instruction): Promise<InstructionState> {
    const heard = await this.deps.transactions.write(bank(instruction.operatorId), (tx) =>
      this.hear(tx, instruction),
    );
    // The bank heard and remembers; only the answer did not get through.
    if (!heard) throw paymentProblem('custodian-unavailable');
    return heard;
  }

  async instructAll(
    operatorId: number,
    instructions: readonly Instruction[],
  ): Promise<ReadonlyMap<string, InstructionState>> {
    return this.deps.transactions.write(bank(operatorId), async (tx) => {
      const answers = new Map<string, InstructionState>();
      for (const instruction of instructions) {
        const heard = await this.hear(tx, instruction);
        if (heard) answers.set(instruction.id, heard);
      }
      return answers;
    });
  }

  async listArrivals(operatorId: number, limit: number): Promise<readonly Arrival[]> {
    return this.deps.transactions.read(bank(operatorId), (db) =>
      store.listUnacknowledged(db, limit),
    );
  }

  async acknowledgeArrivals(operatorId: number, refs: readonly string[]): Promise<void> {
    const { transactions, clock } = this.deps;
    await transactions.write(bank(operatorId), (tx) => store.acknowledge(tx, refs, clock.now()));
  }

  async listReturns(operatorId: number, limit: number): Promise<readonly ReturnedDebit[]> {
    const { transactions, clock } = this.deps;
    const now = clock.now();
    const isDue = await transactions.read(bank(operatorId), (db) => store.hasReturnsDue(db, now));
    if (isDue) await transactions.write(bank(operatorId), (tx) => store.executeDue(tx, now));
    return transactions.read(bank(operatorId), (db) => store.listUnacknowledgedReturns(db, limit));
  }

  async acknowledgeReturns(operatorId: number, refs: readonly string[]): Promise<void> {
    await this.acknowledgeArrivals(operatorId, refs);
  }

  async confirmHolder(account: PayeeAccount): Promise<HolderAnswer> {
    return Promise.resolve(holderAnswer(account));
  }

  async listStatement(query: StatementQuery): Promise<readonly StatementLine[]> {
    const { transactions, clock } = this.deps;
    return transactions.write(bank(query.operatorId), async (tx) => {
      await store.executeDue(tx, clock.now());
      return store.listExecuted(tx, query);
    });
  }

  /** A transfer that somebody sends to the operator's account. @returns the bank's number for it. */
  async receiveTransfer(transfer: {
    readonly operatorId: number;
    readonly amount: Money;
    readonly reference: string;
    readonly payer: Payer;
  }): Promise<string> {
    const { transactions, clock, newId } = this.deps;
    const { amount, reference, payer } = transfer;
    const id = newId('trf');
    await transactions.write(bank(transfer.operatorId), (tx) =>
      store.insertTransfer(tx, { id, amount, reference, payer, at: clock.now() }),
    );
    return custodianRefOf(id);
  }

  /** Keeps an instruction, and does what is due of it. @returns nothing when the answer gets lost. */
  private async hear(tx: Tx, instruction: Instruction): Promise<InstructionState | undefined> {
    const { clock, delays = USUAL_DELAYS } = this.deps;
    const now = clock.now();
    const plan = { ...planOf(instruction, now, delays), heardAt: now };
    const kept = await store.upsertInstruction(tx, instruction, plan);
    assert(
      kept.amountMinor === instruction.amount.minor &&
        kept.currency === instruction.amount.currency,
      `instruction ${instruction.id} came again with another amount`,
    );
    const after = settled(kept, now);
    if (after.state !== kept.state) await store.updateState(tx, after);
    return isAnswerLost(instruction, kept.asked) ? undefined : answerOf(after, now);
  }
}

function bank(operatorId: number): Scope {
  return { operatorId, actor: { kind: 'system', id: 'sandbox-bank' } };
}

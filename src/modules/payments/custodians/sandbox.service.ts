import { assert } from '../../../kernel/assert';
import type { Clock } from '../../../kernel/clock';
import type { NewId } from '../../../kernel/id';
import type { Money } from '../../../kernel/money';
import type { Database, Scope } from '../../../platform/db';
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
import type { KeptInstruction } from './sandbox.store';

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
    const answers = await this.instructAll(instruction.operatorId, [instruction]);
    const answer = answers.get(instruction.id);
    // The bank heard and remembers; only the answer did not get through.
    if (!answer) throw paymentProblem('custodian-unavailable');
    return answer;
  }

  async instructAll(
    operatorId: number,
    instructions: readonly Instruction[],
  ): Promise<ReadonlyMap<string, InstructionState>> {
    const { transactions, clock, delays = USUAL_DELAYS } = this.deps;
    const now = clock.now();
    const planned = instructions.map((instruction) => ({
      ...instruction,
      plan: planOf(instruction, now, delays),
    }));
    return transactions.write(bank(operatorId), async (tx) => {
      const kept = await store.upsertInstructions(tx, planned, now);
      const records = instructions.map((told) => sameAs(told, kept.get(told.id)));
      const after = records.map((record) => settled(record, now));
      await store.updateStates(
        tx,
        after.filter(({ state }, position) => state !== records[position]?.state),
      );
      const heard = instructions.flatMap((told, position): [string, InstructionState][] => {
        const record = after[position];
        const asked = records[position]?.asked ?? 0;
        return !record || isAnswerLost(told, asked) ? [] : [[told.id, answerOf(record, now)]];
      });
      return new Map(heard);
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
}

/** What the bank keeps of an instruction, which is the same whenever it comes. */
function sameAs(told: Instruction, kept: KeptInstruction | undefined): KeptInstruction {
  assert(
    kept?.amountMinor === told.amount.minor && kept.currency === told.amount.currency,
    `instruction ${told.id} came again with another amount`,
  );
  return kept;
}

function bank(operatorId: number): Scope {
  return { operatorId, actor: { kind: 'system', id: 'sandbox-bank' } };
}

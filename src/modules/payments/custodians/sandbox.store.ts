import { asCurrency } from '../../../kernel/currency';
import type { Id } from '../../../kernel/id';
import { Money } from '../../../kernel/money';
import type { Db, Tx } from '../../../platform/db';
import type {
  Arrival,
  Instruction,
  Payer,
  ReturnedDebit,
  StatementLine,
  StatementQuery,
} from '../custodian';
import {
  custodianRefOf,
  RETURN_REASON,
  type SandboxPlan,
  type SandboxRecord,
  type Verdict,
} from './sandbox-rules';

export interface KeptInstruction extends SandboxRecord {
  readonly amountMinor: bigint;
  readonly currency: string;
  /** How often it was sent, this time included. */
  readonly asked: number;
}

/** Keeps the instructions unless they are kept already, counts the question, gives what is kept. */
export async function upsertInstructions(
  tx: Tx,
  instructions: readonly (Instruction & { readonly plan: SandboxPlan })[],
  heardAt: Date,
): Promise<ReadonlyMap<string, KeptInstruction>> {
  const rows = await tx.query<SandboxRow>(
    `INSERT INTO payment_sandbox_instructions AS s
       (operator_id, instruction_id, kind, amount_minor, currency, reference, state, received_at,
        executes_at, valid_until, verdict, reason_code, returns_at, asked)
     SELECT :operatorId, i.id, i.kind, i.amount_minor, i.currency, i.reference, 'pending', :heardAt,
            i.executes_at, i.valid_until, i.verdict, i.reason_code, i.returns_at, 1
     FROM unnest(:ids::text[], :kinds::text[], :amounts::bigint[], :currencies::text[],
                 :references::text[], :executesAt::timestamptz[], :validUntil::timestamptz[],
                 :verdicts::text[], :reasonCodes::text[], :returnsAt::timestamptz[])
       AS i (id, kind, amount_minor, currency, reference, executes_at, valid_until, verdict,
             reason_code, returns_at)
     ON CONFLICT (operator_id, instruction_id) DO UPDATE SET asked = s.asked + 1
     RETURNING ${COLUMNS}`,
    {
      operatorId: tx.scope.operatorId,
      heardAt,
      ids: instructions.map(({ id }) => id),
      kinds: instructions.map(({ kind }) => kind),
      amounts: instructions.map(({ amount }) => amount.minor),
      currencies: instructions.map(({ amount }) => amount.currency),
      references: instructions.map(({ reference }) => reference),
      executesAt: instructions.map(({ plan }) => plan.executesAt ?? null),
      validUntil: instructions.map(({ validUntil }) => validUntil ?? null),
      verdicts: instructions.map(({ plan }) => plan.verdict),
      reasonCodes: instructions.map(({ plan }) => plan.reasonCode ?? null),
      returnsAt: instructions.map(({ plan }) => plan.returnsAt ?? null),
    },
  );
  return new Map(rows.map((row) => [row.instruction_id, fromRow(row)]));
}

export async function updateStates(tx: Tx, records: readonly SandboxRecord[]): Promise<void> {
  if (records.length === 0) return;
  await tx.execute(
    `UPDATE payment_sandbox_instructions s SET state = u.state, executed_at = u.executed_at
     FROM unnest(:ids::text[], :states::text[], :executedAt::timestamptz[])
       AS u (id, state, executed_at)
     WHERE s.instruction_id = u.id`,
    {
      ids: records.map(({ instructionId }) => instructionId),
      states: records.map(({ state }) => state),
      executedAt: records.map(({ executedAt }) => executedAt ?? null),
    },
  );
}

/** Does everything that is due, asked after or not: carries out, and takes back. */
export async function executeDue(tx: Tx, now: Date): Promise<void> {
  await tx.execute(
    `UPDATE payment_sandbox_instructions SET state = 'executed', executed_at = executes_at
     WHERE state = 'pending' AND verdict = 'execute' AND executes_at <= :now
       AND (valid_until IS NULL OR executes_at < valid_until)`,
    { now },
  );
  // The reference is the payer's, so that the line can be recognised on a statement.
  await tx.execute(
    `INSERT INTO payment_sandbox_instructions
       (operator_id, instruction_id, kind, amount_minor, currency, reference, state, received_at,
        executes_at, verdict, executed_at, returns_instruction_id)
     SELECT s.operator_id, 'return-' || s.instruction_id, 'return', s.amount_minor, s.currency,
            s.reference, 'executed', s.returns_at, s.returns_at, 'execute', s.returns_at,
            s.instruction_id
     FROM payment_sandbox_instructions s
     WHERE s.state = 'executed' AND s.returns_at <= :now
     ON CONFLICT (operator_id, instruction_id) DO NOTHING`,
    { now },
  );
}

/** Whether a debit is to be taken back that has not been. */
export async function hasReturnsDue(db: Db, now: Date): Promise<boolean> {
  const rows = await db.query(
    `SELECT 1 FROM payment_sandbox_instructions s
     WHERE s.returns_at <= :now
       AND NOT EXISTS (SELECT 1 FROM payment_sandbox_instructions r
                       WHERE r.operator_id = s.operator_id
                         AND r.instruction_id = 'return-' || s.instruction_id)
     LIMIT 1`,
    { now },
  );
  return rows.length > 0;
}

export async function insertTransfer(
  tx: Tx,
  transfer: {
    readonly id: string;
    readonly amount: Money;
    readonly reference: string;
    readonly payer: Payer;
    readonly at: Date;
  },
): Promise<void> {
  await tx.execute(
    `INSERT INTO payment_sandbox_instructions
       (operator_id, instruction_id, kind, amount_minor, currency, reference, payer, state,
        received_at, executes_at, verdict, executed_at)
     VALUES (:operatorId, :id, 'transfer', :amountMinor, :currency, :reference, :payer,
             'executed', :at, :at, 'execute', :at)`,
    {
      operatorId: tx.scope.operatorId,
      id: transfer.id,
      amountMinor: transfer.amount.minor,
      currency: transfer.amount.currency,
      reference: transfer.reference,
      payer: { ...transfer.payer },
      at: transfer.at,
    },
  );
}

export async function listUnacknowledged(db: Db, limit: number): Promise<readonly Arrival[]> {
  const rows = await db.query<{
    instruction_id: string;
    amount_minor: bigint;
    currency: string;
    reference: string;
    payer: Payer;
    executed_at: Date;
  }>(
    `SELECT s.instruction_id, s.amount_minor, s.currency, s.reference, s.payer, s.executed_at
     FROM payment_sandbox_instructions s
     WHERE s.kind = 'transfer' AND s.acknowledged_at IS NULL
     ORDER BY s.executed_at, s.instruction_id LIMIT :limit`,
    { limit },
  );
  return rows.map((row) => ({
    custodianRef: custodianRefOf(row.instruction_id),
    amount: Money.ofMinor(row.amount_minor, asCurrency(row.currency)),
    reference: row.reference,
    payer: row.payer,
    receivedAt: row.executed_at,
  }));
}

export async function listUnacknowledgedReturns(
  db: Db,
  limit: number,
): Promise<readonly ReturnedDebit[]> {
  const rows = await db.query<{
    instruction_id: string;
    returns_instruction_id: Id<'col'>;
    amount_minor: bigint;
    currency: string;
    executed_at: Date;
  }>(
    `SELECT s.instruction_id, s.returns_instruction_id, s.amount_minor, s.currency, s.executed_at
     FROM payment_sandbox_instructions s
     WHERE s.kind = 'return' AND s.acknowledged_at IS NULL
     ORDER BY s.executed_at, s.instruction_id LIMIT :limit`,
    { limit },
  );
  return rows.map((row) => ({
    custodianRef: custodianRefOf(row.instruction_id),
    collectionId: row.returns_instruction_id,
    amount: Money.ofMinor(row.amount_minor, asCurrency(row.currency)),
    reasonCode: RETURN_REASON,
    returnedAt: row.executed_at,
  }));
}

export async function acknowledge(tx: Tx, refs: readonly string[], at: Date): Promise<void> {
  await tx.execute(
    `UPDATE payment_sandbox_instructions SET acknowledged_at = :at
     WHERE kind IN ('transfer', 'return') AND acknowledged_at IS NULL
       AND 'SBX-' || instruction_id = ANY (:refs)`,
    { refs, at },
  );
}

export async function listExecuted(
  db: Db,
  query: StatementQuery,
): Promise<readonly StatementLine[]> {
  const rows = await db.query<{
    instruction_id: string;
    kind: 'collect' | 'pay' | 'transfer' | 'return';
    returns_instruction_id: string | null;
    amount_minor: bigint;
    reference: string;
    executed_at: Date;
  }>(
    `SELECT s.instruction_id, s.kind, s.returns_instruction_id, s.amount_minor, s.reference,
            s.executed_at
     FROM payment_sandbox_instructions s
     WHERE s.state = 'executed' AND s.currency = :currency
       AND s.executed_at >= :from AND s.executed_at < :to
     ORDER BY s.executed_at, s.instruction_id`,
    { currency: query.currency, from: query.from, to: query.to },
  );
  return rows.map((row) => {
    const amount = Money.ofMinor(row.amount_minor, query.currency);
    return {
      custodianRef: custodianRefOf(row.instruction_id),
      instructionId: OURS.has(row.kind) ? row.instruction_id : undefined,
      returns: row.returns_instruction_id ?? undefined,
      amount: OUTWARD.has(row.kind) ? amount.negated() : amount,
      bookedAt: row.executed_at,
      reference: row.reference,
    };
  });
}

const OURS: ReadonlySet<string> = new Set(['collect', 'pay']);
const OUTWARD: ReadonlySet<string> = new Set(['pay', 'return']);

const COLUMNS = `s.instruction_id, s.amount_minor, s.currency, s.state, s.executes_at,
  s.valid_until, s.verdict, s.reason_code, s.returns_at, s.asked, s.executed_at`;

interface SandboxRow {
  instruction_id: string;
  amount_minor: bigint;
  currency: string;
  state: SandboxRecord['state'];
  executes_at: Date | null;
  valid_until: Date | null;
  verdict: Verdict;
  reason_code: string | null;
  returns_at: Date | null;
  asked: number;
  executed_at: Date | null;
}

function fromRow(row: SandboxRow): KeptInstruction {
  return {
    instructionId: row.instruction_id,
    amountMinor: row.amount_minor,
    currency: row.currency,
    state: row.state,
    executesAt: row.executes_at ?? undefined,
    validUntil: row.valid_until ?? undefined,
    verdict: row.verdict,
    reasonCode: row.reason_code ?? undefined,
    returnsAt: row.returns_at ?? undefined,
    asked: row.asked,
    executedAt: row.executed_at ?? undefined,
  };
}

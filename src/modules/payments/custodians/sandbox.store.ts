import { asCurrency } from '../../../kernel/currency';
import { Money } from '../../../kernel/money';
import type { Db, Tx } from '../../../platform/db';
import type { Arrival, Instruction, Payer, StatementLine, StatementQuery } from '../custodian';
import {
  custodianRefOf,
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

/** Keeps the instruction unless it is kept already, counts the question, and gives what is kept. */
export async function upsertInstruction(
  tx: Tx,
  instruction: Instruction,
  plan: SandboxPlan & { readonly heardAt: Date },
): Promise<KeptInstruction> {
  const rows = await tx.query<SandboxRow>(
    `INSERT INTO payment_sandbox_instructions AS s
       (operator_id, instruction_id, kind, amount_minor, currency, reference, state, received_at,
        executes_at, valid_until, verdict, reason_code, asked)
     VALUES (:operatorId, :id, :kind, :amountMinor, :currency, :reference, 'pending', :heardAt,
             :executesAt, :validUntil, :verdict, :reasonCode, 1)
     ON CONFLICT (operator_id, instruction_id) DO UPDATE SET asked = s.asked + 1
     RETURNING ${COLUMNS}`,
    {
      operatorId: tx.scope.operatorId,
      id: instruction.id,
      kind: instruction.kind,
      amountMinor: instruction.amount.minor,
      currency: instruction.amount.currency,
      reference: instruction.reference,
      heardAt: plan.heardAt,
      executesAt: plan.executesAt,
      validUntil: instruction.validUntil,
      verdict: plan.verdict,
      reasonCode: plan.reasonCode,
    },
  );
  return fromRow(rows[0]!);
}

export async function updateState(tx: Tx, record: SandboxRecord): Promise<void> {
  await tx.execute(
    `UPDATE payment_sandbox_instructions SET state = :state, executed_at = :executedAt
     WHERE instruction_id = :id`,
    { id: record.instructionId, state: record.state, executedAt: record.executedAt },
  );
}

/** Carries out everything that is due, asked after or not. */
export async function executeDue(tx: Tx, now: Date): Promise<void> {
  await tx.execute(
    `UPDATE payment_sandbox_instructions SET state = 'executed', executed_at = executes_at
     WHERE state = 'pending' AND verdict = 'execute' AND executes_at <= :now
       AND (valid_until IS NULL OR executes_at < valid_until)`,
    { now },
  );
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

export async function acknowledge(tx: Tx, refs: readonly string[], at: Date): Promise<void> {
  await tx.execute(
    `UPDATE payment_sandbox_instructions SET acknowledged_at = :at
     WHERE kind = 'transfer' AND acknowledged_at IS NULL
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
    kind: 'collect' | 'pay' | 'transfer';
    amount_minor: bigint;
    reference: string;
    executed_at: Date;
  }>(
    `SELECT s.instruction_id, s.kind, s.amount_minor, s.reference, s.executed_at
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
      instructionId: row.kind === 'transfer' ? undefined : row.instruction_id,
      amount: row.kind === 'pay' ? amount.negated() : amount,
      bookedAt: row.executed_at,
      reference: row.reference,
    };
  });
}

const COLUMNS = `s.instruction_id, s.amount_minor, s.currency, s.state, s.executes_at,
  s.valid_until, s.verdict, s.reason_code, s.asked, s.executed_at`;

interface SandboxRow {
  instruction_id: string;
  amount_minor: bigint;
  currency: string;
  state: SandboxRecord['state'];
  executes_at: Date | null;
  valid_until: Date | null;
  verdict: Verdict;
  reason_code: string | null;
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
    asked: row.asked,
    executedAt: row.executed_at ?? undefined,
  };
}

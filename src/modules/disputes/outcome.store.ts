import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import type { FieldCipher } from '../../platform/field-cipher';
import { operatorIdOf } from '../identity';
import type { AccountNo, EntryNo, HoldNo } from '../ledger';
import type { Outcome } from './complaint';
import type { DisputeHold, OutcomeProposal } from './outcome';

/** Outcomes as they were proposed and decided on; what they rest on is sealed. */
export class OutcomeStore {
  constructor(private readonly cipher: FieldCipher) {}

  async insert(tx: Tx, proposal: OutcomeProposal): Promise<void> {
    const { complaintId, no, outcome, grounds, award, proposedBy, proposedAt } = proposal;
    await tx.execute(
      `INSERT INTO dispute_outcomes (operator_id, complaint_id, no, outcome, grounds_encrypted,
         currency, award_minor, proposed_by, proposed_at)
       VALUES (:operatorId, :complaintId, :no, :outcome, :grounds, :currency, :awardMinor,
         :proposedBy, :proposedAt)`,
      {
        operatorId: operatorIdOf(tx),
        complaintId,
        no,
        outcome,
        grounds: this.cipher.seal(grounds, address(proposal)),
        currency: award?.currency,
        awardMinor: award?.minor,
        proposedBy,
        proposedAt,
      },
    );
  }

  async decide(tx: Tx, proposal: OutcomeProposal): Promise<void> {
    const { complaintId, no, verdict, decidedBy, decidedAt } = proposal;
    await tx.execute(
      `UPDATE dispute_outcomes
       SET verdict = :verdict, decided_by = :decidedBy, decided_at = :decidedAt
       WHERE operator_id = :operatorId AND complaint_id = :complaintId AND no = :no`,
      { operatorId: operatorIdOf(tx), complaintId, no, verdict, decidedBy, decidedAt },
    );
  }

  async list(db: Db, complaintId: Id<'cpl'>): Promise<readonly OutcomeProposal[]> {
    const rows = await db.query<OutcomeRow>(
      `SELECT o.no, o.outcome, o.grounds_encrypted, o.currency, o.award_minor, o.proposed_by,
              o.proposed_at, o.verdict, o.decided_by, o.decided_at
       FROM dispute_outcomes o
       WHERE o.operator_id = :operatorId AND o.complaint_id = :complaintId ORDER BY o.no`,
      { operatorId: operatorIdOf(db), complaintId },
    );
    return rows.map((row) => ({
      complaintId,
      no: row.no,
      outcome: row.outcome,
      grounds: this.cipher.open(row.grounds_encrypted, address({ complaintId, no: row.no })),
      award: money(row.award_minor, row.currency),
      proposedBy: row.proposed_by,
      proposedAt: row.proposed_at,
      verdict: row.verdict ?? undefined,
      decidedBy: row.decided_by ?? undefined,
      decidedAt: row.decided_at ?? undefined,
    }));
  }
}

export async function insertHold(tx: Tx, hold: DisputeHold): Promise<void> {
  await tx.execute(
    `INSERT INTO dispute_holds (operator_id, complaint_id, no, side, hold_no, account_no, currency,
       amount_minor, status, placed_by, placed_at)
     VALUES (:operatorId, :complaintId, :no, :side, :holdNo, :accountNo, :currency, :amountMinor,
       :status, :placedBy, :placedAt)`,
    {
      operatorId: operatorIdOf(tx),
      complaintId: hold.complaintId,
      no: hold.no,
      side: hold.side,
      holdNo: hold.holdNo,
      accountNo: hold.accountNo,
      currency: hold.amount.currency,
      amountMinor: hold.amount.minor,
      status: hold.status,
      placedBy: hold.placedBy,
      placedAt: hold.placedAt,
    },
  );
}

export async function updateHold(tx: Tx, hold: DisputeHold): Promise<void> {
  const { complaintId, no, status, captured, entryNo, endedAt } = hold;
  await tx.execute(
    `UPDATE dispute_holds SET status = :status, captured_minor = :capturedMinor,
       entry_no = :entryNo, ended_at = :endedAt
     WHERE operator_id = :operatorId AND complaint_id = :complaintId AND no = :no`,
    {
      operatorId: operatorIdOf(tx),
      complaintId,
      no,
      status,
      capturedMinor: captured?.minor,
      entryNo,
      endedAt,
    },
  );
}

export async function listHolds(db: Db, complaintId: Id<'cpl'>): Promise<readonly DisputeHold[]> {
  const rows = await db.query<HoldRow>(
    `SELECT h.no, h.side, h.hold_no, h.account_no, h.currency, h.amount_minor, h.status,
            h.captured_minor, h.entry_no, h.placed_by, h.placed_at, h.ended_at
     FROM dispute_holds h
     WHERE h.operator_id = :operatorId AND h.complaint_id = :complaintId ORDER BY h.no`,
    { operatorId: operatorIdOf(db), complaintId },
  );
  return rows.map((row) => ({
    complaintId,
    no: row.no,
    side: row.side,
    holdNo: row.hold_no,
    accountNo: row.account_no,
    amount: Money.ofMinor(row.amount_minor, asCurrency(row.currency)),
    status: row.status,
    captured: money(row.captured_minor, row.currency),
    entryNo: row.entry_no ?? undefined,
    placedBy: row.placed_by,
    placedAt: row.placed_at,
    endedAt: row.ended_at ?? undefined,
  }));
}

interface OutcomeRow {
  readonly no: number;
  readonly outcome: Outcome;
  readonly grounds_encrypted: string;
  readonly currency: string | null;
  readonly award_minor: bigint | null;
  readonly proposed_by: string;
  readonly proposed_at: Date;
  readonly verdict: 'confirmed' | 'refused' | null;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
}

interface HoldRow {
  readonly no: number;
  readonly side: DisputeHold['side'];
  readonly hold_no: HoldNo;
  readonly account_no: AccountNo;
  readonly currency: string;
  readonly amount_minor: bigint;
  readonly status: DisputeHold['status'];
  readonly captured_minor: bigint | null;
  readonly entry_no: EntryNo | null;
  readonly placed_by: string;
  readonly placed_at: Date;
  readonly ended_at: Date | null;
}

function money(minor: bigint | null, currency: string | null): Money | undefined {
  if (minor === null || currency === null) return undefined;
  return Money.ofMinor(minor, asCurrency(currency));
}

function address({ complaintId, no }: Pick<OutcomeProposal, 'complaintId' | 'no'>) {
  return { table: 'dispute_outcomes', column: 'grounds_encrypted', rowId: `${complaintId}/${no}` };
}

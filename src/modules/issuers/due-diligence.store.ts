import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { DueDiligenceItem, Settlement } from './due-diligence';

/** Adds a settling of an item; the caller has locked the issuer, which orders them. */
export async function insertSettlement(
  tx: Tx,
  issuerId: Id<'iss'>,
  settlement: Omit<Settlement, 'seq'>,
): Promise<void> {
  await tx.execute(
    `INSERT INTO issuer_due_diligence (operator_id, issuer_id, item, seq, outcome,
       evidence_sha256, note, settled_by, settled_at)
     SELECT :operatorId, :issuerId, :item, coalesce(max(d.seq), 0) + 1, :outcome,
       :evidenceSha256, :note, :settledBy, :settledAt
     FROM issuer_due_diligence d
     WHERE d.operator_id = :operatorId AND d.issuer_id = :issuerId AND d.item = :item`,
    { ...settlement, operatorId: operatorIdOf(tx), issuerId },
  );
}

export async function listSettlements(db: Db, issuerId: Id<'iss'>): Promise<readonly Settlement[]> {
  const rows = await db.query<SettlementRow>(
    `SELECT d.item, d.seq, d.outcome, d.evidence_sha256, d.note, d.settled_by, d.settled_at
     FROM issuer_due_diligence d
     WHERE d.operator_id = :operatorId AND d.issuer_id = :issuerId
     ORDER BY d.item, d.seq LIMIT 1000`,
    { operatorId: operatorIdOf(db), issuerId },
  );
  return rows.map(fromRow);
}

interface SettlementRow {
  readonly item: DueDiligenceItem;
  readonly seq: number;
  readonly outcome: Settlement['outcome'];
  readonly evidence_sha256: string | null;
  readonly note: string | null;
  readonly settled_by: string;
  readonly settled_at: Date;
}

function fromRow(row: SettlementRow): Settlement {
  return {
    item: row.item,
    seq: row.seq,
    outcome: row.outcome,
    evidenceSha256: row.evidence_sha256 ?? undefined,
    note: row.note ?? undefined,
    settledBy: row.settled_by,
    settledAt: row.settled_at,
  };
}

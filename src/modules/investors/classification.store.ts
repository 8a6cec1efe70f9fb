import type { Id } from '../../kernel/id';
import { Money, type MoneyWire } from '../../kernel/money';
import type { Finding } from '../../kernel/problem';
import { constraintOf, type Db, type Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { Evidence } from '../rulebooks';
import type { Classification, EvidenceDocument } from './classification';
import { investorProblem } from './errors';

const COLUMNS = `c.id, c.investor_id, c.from_tier, c.requested_tier, c.status, c.declared,
  c.documents, c.findings, c.requested_by, c.requested_at, c.decided_by, c.decided_at, c.note,
  c.tier_expires_at`;

/** @throws Problem `investors.classification-open`. */
export async function insertClassification(tx: Tx, request: Classification): Promise<void> {
  try {
    await tx.execute(
      `INSERT INTO investor_classifications (operator_id, id, investor_id, from_tier,
         requested_tier, status, declared, documents, findings, requested_by, requested_at,
         decided_by, decided_at, note, tier_expires_at)
       VALUES (:operatorId, :id, :investorId, :fromTier, :requestedTier, :status, :declared::jsonb,
         :documents::jsonb, :findings::jsonb, :requestedBy, :requestedAt, :decidedBy, :decidedAt,
         :note, :tierExpiresAt)`,
      {
        operatorId: operatorIdOf(tx),
        id: request.id,
        investorId: request.investorId,
        fromTier: request.fromTier,
        requestedTier: request.requestedTier,
        status: request.status,
        declared: JSON.stringify(request.declared),
        documents: JSON.stringify(request.documents),
        findings: JSON.stringify(request.findings),
        requestedBy: request.requestedBy,
        requestedAt: request.requestedAt,
        decidedBy: request.decidedBy,
        decidedAt: request.decidedAt,
        note: request.note,
        tierExpiresAt: request.tierExpiresAt,
      },
    );
  } catch (error) {
    if (constraintOf(error) === 'investor_classifications_one_open') {
      throw investorProblem('classification-open');
    }
    throw error;
  }
}

export async function updateClassification(tx: Tx, request: Classification): Promise<void> {
  await tx.execute(
    `UPDATE investor_classifications SET status = :status, decided_by = :decidedBy,
       decided_at = :decidedAt, note = :note, tier_expires_at = :tierExpiresAt
     WHERE operator_id = :operatorId AND id = :id`,
    {
      operatorId: operatorIdOf(tx),
      id: request.id,
      status: request.status,
      decidedBy: request.decidedBy,
      decidedAt: request.decidedAt,
      note: request.note,
      tierExpiresAt: request.tierExpiresAt,
    },
  );
}

/** @throws Problem `investors.classification-not-found`. */
export async function getClassificationAndLock(
  tx: Tx,
  { id, investorId }: { readonly id: Id<'req'>; readonly investorId: Id<'inv'> },
): Promise<Classification> {
  const rows = await tx.query<ClassificationRow>(
    `SELECT ${COLUMNS} FROM investor_classifications c
     WHERE c.operator_id = :operatorId AND c.id = :id AND c.investor_id = :investorId FOR UPDATE`,
    { operatorId: operatorIdOf(tx), id, investorId },
  );
  if (!rows[0]) throw investorProblem('classification-not-found');
  return fromRow(rows[0]);
}

export interface ClassificationQuery {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly status?: Classification['status'] | undefined;
  readonly investorId?: Id<'inv'> | undefined;
}

/** By id, which is by age; one more than `limit`, so that the caller sees whether more follow. */
export async function listClassifications(
  db: Db,
  query: ClassificationQuery,
): Promise<readonly Classification[]> {
  const rows = await db.query<ClassificationRow>(
    `SELECT ${COLUMNS} FROM investor_classifications c
     WHERE c.operator_id = :operatorId AND c.id > :after
       AND (:status::text IS NULL OR c.status = :status)
       AND (:investorId::text IS NULL OR c.investor_id = :investorId)
     ORDER BY c.id LIMIT :limit`,
    {
      operatorId: operatorIdOf(db),
      after: query.after ?? '',
      status: query.status,
      investorId: query.investorId,
      limit: query.limit + 1,
    },
  );
  return rows.map(fromRow);
}

interface ClassificationRow {
  readonly id: Id<'req'>;
  readonly investor_id: Id<'inv'>;
  readonly from_tier: string;
  readonly requested_tier: string;
  readonly status: Classification['status'];
  readonly declared: Readonly<Record<string, unknown>>;
  readonly documents: readonly EvidenceDocument[];
  readonly findings: readonly Finding[];
  readonly requested_by: string;
  readonly requested_at: Date;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly note: string | null;
  readonly tier_expires_at: Date | null;
}

function fromRow(row: ClassificationRow): Classification {
  return {
    id: row.id,
    investorId: row.investor_id,
    fromTier: row.from_tier,
    requestedTier: row.requested_tier,
    status: row.status,
    declared: evidenceFrom(row.declared),
    documents: row.documents,
    findings: row.findings,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    decidedBy: row.decided_by ?? undefined,
    decidedAt: row.decided_at ?? undefined,
    note: row.note ?? undefined,
    tierExpiresAt: row.tier_expires_at ?? undefined,
  };
}

/** Amounts were stored as on the wire; counts and flags stand for themselves. */
function evidenceFrom(declared: Readonly<Record<string, unknown>>): Evidence {
  return Object.fromEntries(
    Object.entries(declared).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? Money.fromWire(value as MoneyWire) : value,
    ]),
  );
}

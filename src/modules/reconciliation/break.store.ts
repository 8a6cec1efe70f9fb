import type { CalendarDate } from '../../kernel/calendar-date';
import { asCurrency, type Currency } from '../../kernel/currency';
import type { Id, NewId } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { Break, BreakKind, BreakStatus, Proposal, Settlement } from './break';
import { reconciliationProblem } from './errors';

/**
 * Opens breaks for what stands alone or differs up to a day, and ends those that no longer do. An
 * amount that changed is a new break.
 */
export async function syncBreaks(
  tx: Tx,
  order: {
    readonly currency: Currency;
    readonly until: CalendarDate;
    readonly at: Date;
    readonly newId: NewId;
  },
): Promise<void> {
  const { currency, until, at, newId } = order;
  const scope = { operatorId: operatorIdOf(tx), currency };
  await tx.execute(
    `UPDATE reconciliation_breaks b SET status = 'resolved', resolution = 'matched',
       resolved_by = :by, resolved_at = :at
     WHERE b.operator_id = :operatorId AND b.currency = :currency AND b.status <> 'resolved'
       AND NOT EXISTS (SELECT 1 FROM (${ALONE}) x
                       WHERE x.line_no IS NOT DISTINCT FROM b.line_no
                         AND x.account_seq IS NOT DISTINCT FROM b.account_seq
                         AND x.match_id IS NOT DISTINCT FROM b.match_id
                         AND x.amount_minor = b.amount_minor)`,
    { ...scope, by: tx.scope.actor.id, at },
  );
  const fresh = await tx.query<{
    kind: BreakKind;
    line_no: bigint | null;
    account_seq: bigint | null;
    match_id: string | null;
    amount_minor: bigint;
    since_on: CalendarDate;
  }>(
    `SELECT x.kind, x.line_no, x.account_seq, x.match_id, x.amount_minor, x.since_on
     FROM (${ALONE}) x
     WHERE x.since_on <= :until AND NOT EXISTS (
       SELECT 1 FROM reconciliation_breaks b
       WHERE b.operator_id = :operatorId AND b.currency = :currency AND b.status <> 'resolved'
         AND b.line_no IS NOT DISTINCT FROM x.line_no
         AND b.account_seq IS NOT DISTINCT FROM x.account_seq
         AND b.match_id IS NOT DISTINCT FROM x.match_id)
     ORDER BY x.since_on, x.line_no, x.account_seq, x.match_id`,
    { ...scope, until },
  );
  await tx.execute(
    `INSERT INTO reconciliation_breaks (operator_id, id, currency, kind, line_no, account_seq,
       match_id, amount_minor, since_on, status, opened_at)
     SELECT :operatorId, b.id, :currency, b.kind, b.line_no, b.account_seq, b.match_id,
            b.amount_minor, b.since_on, 'open', :at
     FROM unnest(:ids::text[], :kinds::text[], :lineNos::bigint[], :seqs::bigint[],
       :matchIds::text[], :amounts::bigint[], :sinces::date[])
       AS b (id, kind, line_no, account_seq, match_id, amount_minor, since_on)`,
    {
      ...scope,
      at,
      ids: fresh.map(() => newId('brk')),
      kinds: fresh.map(({ kind }) => kind),
      lineNos: fresh.map(({ line_no }) => line_no),
      seqs: fresh.map(({ account_seq }) => account_seq),
      matchIds: fresh.map(({ match_id }) => match_id),
      amounts: fresh.map(({ amount_minor }) => amount_minor),
      sinces: fresh.map(({ since_on }) => since_on),
    },
  );
}

/** What makes a break: what is unmatched, and matches that differ. */
const ALONE = `
  SELECT 'line-without-posting' AS kind, l.line_no, NULL::bigint AS account_seq,
         NULL::text AS match_id, l.amount_minor, l.booked_on AS since_on
  FROM reconciliation_lines l
  WHERE l.operator_id = :operatorId AND l.currency = :currency AND l.match_id IS NULL
  UNION ALL
  SELECT 'posting-without-line', NULL, p.account_seq, NULL, -p.amount_minor, p.recorded_on
  FROM reconciliation_postings p
  WHERE p.operator_id = :operatorId AND p.currency = :currency AND p.match_id IS NULL
  UNION ALL
  SELECT 'amount-differs', NULL, NULL, m.id, m.difference_minor, m.last_on
  FROM reconciliation_matches m
  WHERE m.operator_id = :operatorId AND m.currency = :currency AND m.undone_at IS NULL
    AND m.difference_minor <> 0`;

export interface BreakFilter {
  readonly status?: BreakStatus | undefined;
  readonly kind?: BreakKind | undefined;
  readonly owner?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Oldest first, so that what has stood longest is seen first; one more than the limit. */
export async function listBreaks(db: Db, filter: BreakFilter): Promise<readonly Break[]> {
  const { status, kind, owner, after, limit } = filter;
  const rows = await db.query<BreakRow>(
    `${SELECT} WHERE b.operator_id = :operatorId
       AND (:status::text IS NULL OR b.status = :status)
       AND (:kind::text IS NULL OR b.kind = :kind)
       AND (:owner::text IS NULL OR b.owner = :owner)
       AND (:after::text IS NULL OR b.id > :after)
     ORDER BY b.id LIMIT :limit`,
    { operatorId: operatorIdOf(db), status, kind, owner, after, limit: limit + 1 },
  );
  return rows.map(fromRow);
}

/** Every break of a currency that is not resolved. */
export async function listUnresolved(db: Db, currency: Currency): Promise<readonly Break[]> {
  const rows = await db.query<BreakRow>(
    `${SELECT} WHERE b.operator_id = :operatorId AND b.currency = :currency
       AND b.status <> 'resolved' ORDER BY b.id`,
    { operatorId: operatorIdOf(db), currency },
  );
  return rows.map(fromRow);
}

/** @throws Problem `reconciliation.break-not-found`. */
export async function getBreak(
  db: Db,
  id: Id<'brk'>,
  lock: '' | 'FOR UPDATE OF b' = '',
): Promise<Break> {
  const [row] = await db.query<BreakRow>(
    `${SELECT} WHERE b.operator_id = :operatorId AND b.id = :id ${lock}`,
    { operatorId: operatorIdOf(db), id },
  );
  if (!row) throw reconciliationProblem('break-not-found');
  return fromRow(row);
}

export async function updateBreak(tx: Tx, found: Break): Promise<void> {
  await tx.execute(
    `UPDATE reconciliation_breaks SET status = :status, owner = :owner, note = :note,
       proposed_to = :proposedTo, proposed_by = :proposedBy, proposed_reason = :proposedReason,
       proposed_at = :proposedAt, resolution = :resolution, resolved_by = :resolvedBy,
       resolved_at = :resolvedAt
     WHERE operator_id = :operatorId AND id = :id`,
    {
      operatorId: operatorIdOf(tx),
      id: found.id,
      status: found.status,
      owner: found.owner,
      note: found.note,
      proposedTo: found.proposal?.to,
      proposedBy: found.proposal?.by,
      proposedReason: found.proposal?.reason,
      proposedAt: found.proposal?.at,
      resolution: found.resolution,
      resolvedBy: found.resolvedBy,
      resolvedAt: found.resolvedAt,
    },
  );
}

const SELECT = `SELECT b.id, b.currency, b.kind, b.line_no, b.account_seq, b.match_id,
  b.amount_minor, b.since_on, b.status, b.owner, b.note, b.proposed_to, b.proposed_by,
  b.proposed_reason, b.proposed_at, b.resolution, b.resolved_by, b.resolved_at, b.opened_at
  FROM reconciliation_breaks b`;

interface BreakRow {
  readonly id: Id<'brk'>;
  readonly currency: string;
  readonly kind: BreakKind;
  readonly line_no: bigint | null;
  readonly account_seq: bigint | null;
  readonly match_id: Id<'rcm'> | null;
  readonly amount_minor: bigint;
  readonly since_on: CalendarDate;
  readonly status: BreakStatus;
  readonly owner: string | null;
  readonly note: string | null;
  readonly proposed_to: Settlement | null;
  readonly proposed_by: string | null;
  readonly proposed_reason: string | null;
  readonly proposed_at: Date | null;
  readonly resolution: 'matched' | Settlement | null;
  readonly resolved_by: string | null;
  readonly resolved_at: Date | null;
  readonly opened_at: Date;
}

function fromRow(row: BreakRow): Break {
  return {
    id: row.id,
    kind: row.kind,
    lineNo: row.line_no ?? undefined,
    accountSeq: row.account_seq ?? undefined,
    matchId: row.match_id ?? undefined,
    amount: Money.ofMinor(row.amount_minor, asCurrency(row.currency)),
    sinceOn: row.since_on,
    openedAt: row.opened_at,
    ...courseOf(row),
  };
}

function courseOf(row: BreakRow) {
  return {
    status: row.status,
    owner: row.owner ?? undefined,
    note: row.note ?? undefined,
    proposal: proposalOf(row),
    resolution: row.resolution ?? undefined,
    resolvedBy: row.resolved_by ?? undefined,
    resolvedAt: row.resolved_at ?? undefined,
  };
}

function proposalOf(row: BreakRow): Proposal | undefined {
  const { proposed_to: to, proposed_by: by, proposed_reason: reason, proposed_at: at } = row;
  if (to === null || by === null || reason === null || at === null) return undefined;
  return { to, by, reason, at };
}

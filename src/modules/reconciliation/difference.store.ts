import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { WorkingDays } from '../../kernel/working-days';
import type { Db } from '../../platform/db';
import { operatorIdOf } from '../identity';
import { ageOn } from './break';
import type { Difference } from './day';

/**
 * Why bank and books differ at the end of a day: what was not matched, what differs within a match,
 * and what of a match had come on one side only by then.
 */
export async function listDifferences(
  db: Db,
  of: {
    readonly currency: Currency;
    readonly day: CalendarDate;
    readonly workingDays: WorkingDays;
  },
): Promise<readonly Difference[]> {
  const { currency, day, workingDays } = of;
  const rows = await db.query<DifferenceRow>(
    `SELECT d.kind, d.line_no, d.account_seq, d.match_id, d.amount_minor, d.since_on, b.id AS break_id,
            b.owner, b.note
     FROM (${DIFFERENCES}) d
     LEFT JOIN reconciliation_breaks b ON b.operator_id = :operatorId AND b.currency = :currency
       AND b.status <> 'resolved' AND b.line_no IS NOT DISTINCT FROM d.line_no
       AND b.account_seq IS NOT DISTINCT FROM d.account_seq
       AND b.match_id IS NOT DISTINCT FROM d.match_id
     WHERE d.amount_minor <> 0
     ORDER BY d.since_on, d.line_no, d.account_seq, d.match_id`,
    { operatorId: operatorIdOf(db), currency, day },
  );
  return rows.map((row) => ({
    kind: row.kind,
    amount: Money.ofMinor(row.amount_minor, currency),
    sinceOn: row.since_on,
    age: ageOn(row.since_on, day, workingDays),
    lineNo: row.line_no ?? undefined,
    accountSeq: row.account_seq ?? undefined,
    matchId: row.match_id ?? undefined,
    breakId: row.break_id ?? undefined,
    owner: row.owner ?? undefined,
    note: row.note ?? undefined,
  }));
}

interface DifferenceRow {
  readonly kind: Difference['kind'];
  readonly line_no: bigint | null;
  readonly account_seq: bigint | null;
  readonly match_id: Id<'rcm'> | null;
  readonly amount_minor: bigint;
  readonly since_on: CalendarDate;
  readonly break_id: Id<'brk'> | null;
  readonly owner: string | null;
  readonly note: string | null;
}

const DIFFERENCES = `
  SELECT 'line-without-posting' AS kind, l.line_no, NULL::bigint AS account_seq,
         NULL::text AS match_id, l.amount_minor, l.booked_on AS since_on
  FROM reconciliation_lines l
  WHERE l.operator_id = :operatorId AND l.currency = :currency AND l.match_id IS NULL
    AND l.booked_on <= :day
  UNION ALL
  SELECT 'posting-without-line', NULL, p.account_seq, NULL, -p.amount_minor, p.recorded_on
  FROM reconciliation_postings p
  WHERE p.operator_id = :operatorId AND p.currency = :currency AND p.match_id IS NULL
    AND p.recorded_on <= :day
  UNION ALL
  SELECT CASE WHEN m.last_on > :day THEN 'timing' ELSE 'amount-differs' END, NULL, NULL, m.id,
         coalesce(l.total_minor, 0) - coalesce(p.total_minor, 0),
         CASE WHEN m.last_on > :day THEN m.first_on ELSE m.last_on END
  FROM reconciliation_matches m
  LEFT JOIN LATERAL (
    SELECT sum(i.amount_minor)::bigint AS total_minor FROM reconciliation_lines i
    WHERE i.operator_id = m.operator_id AND i.match_id = m.id AND i.booked_on <= :day
  ) l ON true
  LEFT JOIN LATERAL (
    SELECT sum(i.amount_minor)::bigint AS total_minor FROM reconciliation_postings i
    WHERE i.operator_id = m.operator_id AND i.match_id = m.id AND i.recorded_on <= :day
  ) p ON true
  WHERE m.operator_id = :operatorId AND m.currency = :currency AND m.undone_at IS NULL
    AND m.first_on <= :day AND (m.last_on > :day OR m.difference_minor <> 0)`;

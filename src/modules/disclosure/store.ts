import type { CalendarDate } from '../../kernel/calendar-date';
import type { Db } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { BookRow, Shared } from './loan-book';
import { FEWEST, type StatisticsCell } from './statistics';

/** The last evening up to a day that was closed; none where no loan ever ran. */
export async function lastEvening(db: Db, upTo: CalendarDate): Promise<CalendarDate | undefined> {
  const [row] = await db.query<{ on: CalendarDate | null }>(
    `SELECT max(e.on_day)::text AS on FROM disclosure_evenings_view e
     WHERE e.operator_id = :operatorId AND e.on_day <= :upTo`,
    { operatorId: operatorIdOf(db), upTo },
  );
  return row?.on ?? undefined;
}

/** Purposes and regions of loans lent by a day that so many borrowers share. */
export async function sharedTraits(db: Db, upTo: CalendarDate): Promise<Shared> {
  const [row] = await db.query<{ purposes: readonly string[]; regions: readonly string[] }>(
    `SELECT
       ARRAY(SELECT l.purpose FROM disclosure_loans_view l
             WHERE l.operator_id = :operatorId AND l.lent_on <= :upTo
             GROUP BY l.purpose HAVING count(DISTINCT l.issuer_id) >= :fewest) AS purposes,
       ARRAY(SELECT l.region FROM disclosure_loans_view l
             WHERE l.operator_id = :operatorId AND l.lent_on <= :upTo
             GROUP BY l.region HAVING count(DISTINCT l.issuer_id) >= :fewest) AS regions`,
    { operatorId: operatorIdOf(db), upTo, fewest: FEWEST },
  );
  return { purposes: new Set(row?.purposes), regions: new Set(row?.regions) };
}

/** A page of every loan lent by a day, as it stood on an evening; what had ended owes nothing. */
export async function listBook(
  db: Db,
  of: {
    readonly upTo: CalendarDate;
    readonly evening: CalendarDate | undefined;
    readonly after: bigint;
    readonly limit: number;
  },
): Promise<readonly BookRow[]> {
  return db.query<BookRow>(
    `SELECT l.loan_no AS "loanNo", l.loan_id AS "loanId", l.currency,
            l.principal_minor AS "principalMinor", l.term_months AS "termMonths", l.rate, l.grade,
            l.purpose, l.region, coalesce(e.status, 'ended') AS status,
            coalesce(e.outstanding_minor, 0) AS "outstandingMinor",
            coalesce(e.days_past_due, 0) AS "daysPastDue"
     FROM disclosure_loans_view l
     LEFT JOIN disclosure_loan_evenings_view e ON e.operator_id = l.operator_id
       AND e.loan_no = l.loan_no AND e.on_day = :evening
     WHERE l.operator_id = :operatorId AND l.lent_on <= :upTo AND l.loan_no > :after
     ORDER BY l.loan_no LIMIT :limit`,
    { operatorId: operatorIdOf(db), ...of },
  );
}

/** A cell of an operator with the table it belongs to. */
export interface DealCell extends StatisticsCell {
  readonly month: string;
  readonly currency: string;
}

/** Deals of the operator in months that have ended, by place and branch. */
export async function listDeals(db: Db, before: string): Promise<readonly DealCell[]> {
  return db.query<DealCell>(
    `SELECT d.month, d.currency, d.region, d.industry, count(*)::int AS deals,
            sum(d.amount_minor)::bigint AS "amountMinor",
            count(DISTINCT d.issuer_id)::int AS subjects
     FROM disclosure_deals_view d
     WHERE d.operator_id = :operatorId AND d.month < :before
     GROUP BY d.month, d.currency, d.region, d.industry
     ORDER BY d.month, d.currency, d.region, d.industry`,
    { operatorId: operatorIdOf(db), before },
  );
}

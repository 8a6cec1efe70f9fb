import type { CalendarDate } from '../../kernel/calendar-date';
import type { Db } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { BookRow, LoanClass } from './loan-book';
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

/** To two digits that count, halves up. */
const rounded = (amount: string): string => `((${amount} + u.unit / 2) / u.unit * u.unit)`;

const UNIT = `
  CROSS JOIN LATERAL (
    SELECT (10::numeric ^ greatest(length(l.principal_minor::text) - 2, 0))::bigint AS unit) u`;

const TRAITS = `
  l.currency, ${rounded('l.principal_minor')} AS "principalMinor", l.term_months AS "termMonths",
  l.grade, trim_scale(round(l.rate::numeric, 2))::text AS rate, l.purpose, l.region`;

/** The classes of loans lent by a day, each with as many of its borrowers as are enough. */
export async function listClasses(db: Db, upTo: CalendarDate): Promise<readonly LoanClass[]> {
  return db.query<LoanClass>(
    `SELECT c.currency, c."principalMinor", c."termMonths", c.grade, c.rate, c.purpose, c.region,
            (array_agg(DISTINCT c.issuer_id))[1:${FEWEST}] AS borrowers
     FROM (SELECT ${TRAITS}, l.issuer_id FROM disclosure_loans_view l ${UNIT}
           WHERE l.operator_id = :operatorId AND l.lent_on <= :upTo) c
     GROUP BY c.currency, c."principalMinor", c."termMonths", c.grade, c.rate, c.purpose, c.region`,
    { operatorId: operatorIdOf(db), upTo },
  );
}

/** A page of the loans lent by a day, in their own order. */
export async function listLent(
  db: Db,
  of: { readonly upTo: CalendarDate; readonly after: bigint; readonly limit: number },
): Promise<readonly { readonly loanNo: bigint; readonly loanId: string }[]> {
  return db.query(
    `SELECT l.loan_no AS "loanNo", l.loan_id AS "loanId" FROM disclosure_loans_view l
     WHERE l.operator_id = :operatorId AND l.lent_on <= :upTo AND l.loan_no > :after
     ORDER BY l.loan_no LIMIT :limit`,
    { operatorId: operatorIdOf(db), ...of },
  );
}

/** These loans as they stood on an evening; what had ended owes nothing. */
export async function listBook(
  db: Db,
  of: {
    readonly loanNos: readonly bigint[];
    readonly evening: CalendarDate | undefined;
  },
): Promise<readonly BookRow[]> {
  return db.query<BookRow>(
    `SELECT l.loan_no AS "loanNo", l.loan_id AS "loanId", ${TRAITS},
            coalesce(e.status, 'ended') AS status,
            ${rounded('coalesce(e.outstanding_minor, 0)')} AS "outstandingMinor",
            coalesce(e.days_past_due, 0) AS "daysPastDue"
     FROM disclosure_loans_view l ${UNIT}
     LEFT JOIN disclosure_loan_evenings_view e ON e.operator_id = l.operator_id
       AND e.loan_no = l.loan_no AND e.on_day = :evening
     WHERE l.operator_id = :operatorId AND l.loan_no = ANY (:loanNos::bigint[])`,
    { operatorId: operatorIdOf(db), ...of },
  );
}

/** A cell of an operator with the table it belongs to. */
export interface DealCell extends StatisticsCell {
  readonly month: string;
  readonly currency: string;
}

/** Deals of the operator in months after one and up to another, by place and branch. */
export async function listDeals(
  db: Db,
  of: { readonly after: string; readonly upTo: string },
): Promise<readonly DealCell[]> {
  return db.query<DealCell>(
    `SELECT d.month, d.currency, d.region, d.industry, count(*)::int AS deals,
            sum(d.amount_minor)::bigint AS "amountMinor",
            count(DISTINCT d.issuer_id)::int AS subjects
     FROM disclosure_deals_view d
     WHERE d.operator_id = :operatorId AND d.month > :after AND d.month <= :upTo
     GROUP BY d.month, d.currency, d.region, d.industry
     ORDER BY d.month, d.currency, d.region, d.industry`,
    { operatorId: operatorIdOf(db), ...of },
  );
}

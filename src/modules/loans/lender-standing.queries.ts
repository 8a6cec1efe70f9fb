import type { CalendarDate } from '../../kernel/calendar-date';
import { asCurrency, type Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { LoanNo } from './loan';

/** What lenders are owed of a loan; what guarantors took over is not theirs any more. */
export interface LenderStanding {
  readonly principal: Money;
  /** Overdue and earned since the last due date, in the proportion of the principal. */
  readonly interest: Money;
}

/**
 * What lenders are owed of each loan as of the evening of a day: the principal of their notes, and
 * their part of the interest that is unpaid and fell due by then, or was earned since.
 *
 * Interest goes by principal, as a distribution divides it; what was earned and is not due is what
 * the evening's close has found.
 */
export async function lenderStandings(
  db: Db,
  loanNos: readonly LoanNo[],
  on: CalendarDate,
): Promise<ReadonlyMap<LoanNo, LenderStanding>> {
  if (loanNos.length === 0) return new Map();
  const rows = await db.query<{
    loan_no: LoanNo;
    currency: string;
    lent_minor: bigint;
    taken_minor: bigint;
    interest_minor: bigint;
  }>(
    `SELECT l.loan_no, l.currency, n.lent_minor, n.taken_minor,
       (coalesce(i.overdue_minor, 0) + coalesce(s.accrued_minor, 0))::bigint AS interest_minor
     FROM loans l
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(n.principal_minor) FILTER (WHERE n.holder_kind = 'investor'), 0)::bigint
                AS lent_minor,
              coalesce(sum(n.principal_minor) FILTER (WHERE n.holder_kind = 'guarantor'), 0)::bigint
                AS taken_minor
       FROM loan_notes n
       WHERE n.operator_id = l.operator_id AND n.loan_no = l.loan_no AND n.closed_on IS NULL
     ) n
     CROSS JOIN LATERAL (
       SELECT sum(i.interest_minor - i.paid_interest_minor) AS overdue_minor
       FROM loan_instalments i
       WHERE i.operator_id = l.operator_id AND i.loan_no = l.loan_no AND i.due_on <= :on
         AND i.paid_on IS NULL AND NOT i.is_superseded
     ) i
     LEFT JOIN loan_snapshots s
       ON s.operator_id = l.operator_id AND s.on_day = :on AND s.loan_no = l.loan_no
     WHERE l.operator_id = :operatorId AND l.loan_no = ANY (:loanNos)`,
    { operatorId: operatorIdOf(db), loanNos, on },
  );
  return new Map(
    rows.map((row) => {
      const currency = asCurrency(row.currency);
      const interest = Money.ofMinor(row.interest_minor, currency);
      const isOwed = row.lent_minor + row.taken_minor > 0n;
      const [own] = isOwed ? interest.allocate([row.lent_minor, row.taken_minor]) : [];
      return [
        row.loan_no,
        {
          principal: Money.ofMinor(row.lent_minor, currency),
          interest: own ?? Money.zero(currency),
        },
      ];
    }),
  );
}

/** The last evening whose close is finished. */
export async function lastClosedOn(db: Db): Promise<CalendarDate | undefined> {
  const rows = await db.query<{ on_day: CalendarDate | null }>(
    `SELECT max(c.on_day)::text AS on_day FROM loan_closes c
     WHERE c.operator_id = :operatorId AND c.finished_at IS NOT NULL`,
    { operatorId: operatorIdOf(db) },
  );
  return rows[0]?.on_day ?? undefined;
}

/** A loan that is overdue. */
export interface OverdueLoan {
  readonly id: Id<'lon'>;
  readonly loanNo: LoanNo;
  readonly currency: Currency;
  readonly grade: string;
  readonly disbursedOn: CalendarDate;
  /** Since which day. */
  readonly dueOn: CalendarDate;
}

/** Live loans on which something fell due before a day and is unpaid, by number. */
export async function listOverdueLoans(
  db: Db,
  page: { readonly dueBefore: CalendarDate; readonly after: LoanNo; readonly limit: number },
): Promise<readonly OverdueLoan[]> {
  const rows = await db.query<{
    id: Id<'lon'>;
    loan_no: LoanNo;
    currency: string;
    grade: string;
    disbursed_on: CalendarDate;
    next_due_on: CalendarDate;
  }>(
    `SELECT l.id, l.loan_no, l.currency, l.terms->>'grade' AS grade, l.disbursed_on::text,
       l.next_due_on::text
     FROM loans l
     WHERE l.operator_id = :operatorId AND l.next_due_on < :dueBefore AND l.loan_no > :after
       AND l.status IN ('active', 'written-off')
     ORDER BY l.loan_no LIMIT :limit`,
    { operatorId: operatorIdOf(db), ...page },
  );
  return rows.map((row) => ({
    id: row.id,
    loanNo: row.loan_no,
    currency: asCurrency(row.currency),
    grade: row.grade,
    disbursedOn: row.disbursed_on,
    dueOn: row.next_due_on,
  }));
}

/** What lenders have in live loans of one grade. */
export interface GradeStanding {
  readonly grade: string;
  readonly loans: number;
  readonly outstanding: Money;
  /** Part of it: of loans in default. */
  readonly defaulted: Money;
}

export interface GradeScope {
  readonly currency: Currency;
  /** Loans of these grades; of all when absent. */
  readonly grades?: readonly string[] | undefined;
  /** Paid out on or after the first day, and before the second. */
  readonly from: CalendarDate;
  readonly until?: CalendarDate | undefined;
}

/** What lenders have outstanding by grade; what guarantors took over is left out. */
export async function lenderStandingByGrade(
  db: Db,
  scope: GradeScope,
): Promise<readonly GradeStanding[]> {
  const rows = await db.query<{
    grade: string;
    loans: number;
    outstanding_minor: bigint;
    defaulted_minor: bigint;
  }>(
    `SELECT l.terms->>'grade' AS grade, count(*)::int AS loans,
       sum(l.outstanding_minor - coalesce(g.taken_minor, 0))::bigint AS outstanding_minor,
       coalesce(sum(l.outstanding_minor - coalesce(g.taken_minor, 0))
         FILTER (WHERE l.defaulted_on IS NOT NULL), 0)::bigint AS defaulted_minor
     FROM loans l
     LEFT JOIN (
       SELECT n.loan_no, sum(n.principal_minor) AS taken_minor FROM loan_notes n
       WHERE n.operator_id = :operatorId AND n.holder_kind = 'guarantor'
       GROUP BY n.loan_no
     ) g ON g.loan_no = l.loan_no
     WHERE l.operator_id = :operatorId AND l.status = 'active' AND l.currency = :currency
       AND l.disbursed_on >= :from AND (:until::date IS NULL OR l.disbursed_on < :until)
       AND (:grades::text[] IS NULL OR l.terms->>'grade' = ANY (:grades))
     GROUP BY 1 ORDER BY 1`,
    {
      operatorId: operatorIdOf(db),
      currency: scope.currency,
      from: scope.from,
      until: scope.until,
      grades: scope.grades,
    },
  );
  return rows.map((row) => ({
    grade: row.grade,
    loans: row.loans,
    outstanding: Money.ofMinor(row.outstanding_minor, scope.currency),
    defaulted: Money.ofMinor(row.defaulted_minor, scope.currency),
  }));
}

import { Money } from '../../kernel/money';
import { rate, type Rate } from '../../kernel/rate';
import type { Db } from '../../platform/db';
import { operatorIdOf } from '../identity';
import { currencyOf, type Loan } from './loan';

/** What a loan brought and cost, as its payments have it. */
export interface CaseCash {
  /** Paid by the borrower, or out of its collateral; what was taken back is taken off. */
  readonly received: Money;
  /** Of it, since the write-off. */
  readonly recovered: Money;
  /** Of what was recovered, the costs of recovery. */
  readonly recoveryCosts: Money;
  readonly toHolders: Money;
  /** Costs of collection that the operator laid out, and what of them came back. */
  readonly costsLaidOut: Money;
  readonly costsRepaid: Money;
  /** What somebody else paid the lenders for the borrower. */
  readonly compensated: Money;
}

export async function caseCash(db: Db, loan: Loan): Promise<CaseCash> {
  const rows = await db.query<{ [Name in keyof CaseCash]: bigint }>(
    `SELECT p.received, p.recovered, p."recoveryCosts", p.compensated, c.*, d."toHolders"
     FROM (
       SELECT
         coalesce(sum(m.amount_minor) FILTER (WHERE ${BORROWERS}), 0)::bigint AS received,
         coalesce(sum(m.amount_minor) FILTER (WHERE ${BORROWERS} AND ${SINCE}), 0)::bigint
           AS recovered,
         coalesce(sum(m.costs_minor) FILTER (WHERE ${BORROWERS} AND ${SINCE}), 0)::bigint
           AS "recoveryCosts",
         coalesce(sum(m.amount_minor) FILTER (WHERE m.kind = 'compensation'), 0)::bigint
           AS compensated
       FROM loan_payments m WHERE m.operator_id = :operatorId AND m.loan_no = :loanNo
     ) p, (
       SELECT coalesce(sum(e.amount_minor - e.waived_minor), 0)::bigint AS "costsLaidOut",
         coalesce(sum(e.paid_minor), 0)::bigint AS "costsRepaid"
       FROM loan_charges e
       WHERE e.operator_id = :operatorId AND e.loan_no = :loanNo AND e.kind = 'costs'
     ) c, (
       SELECT coalesce(sum(s.principal_minor + s.interest_minor + s.late_minor
                - s.servicing_minor), 0)::bigint AS "toHolders"
       FROM loan_distributions s WHERE s.operator_id = :operatorId AND s.loan_no = :loanNo
     ) d`,
    {
      operatorId: operatorIdOf(db),
      loanNo: loan.loanNo,
      writtenOffOn: loan.writtenOffOn,
    },
  );
  const money = (minor = 0n): Money => Money.ofMinor(minor, currencyOf(loan));
  const [row] = rows;
  return {
    received: money(row?.received),
    recovered: money(row?.recovered),
    recoveryCosts: money(row?.recoveryCosts),
    toHolders: money(row?.toHolders),
    costsLaidOut: money(row?.costsLaidOut),
    costsRepaid: money(row?.costsRepaid),
    compensated: money(row?.compensated),
  };
}

const BORROWERS = `m.kind <> 'compensation'`;
const SINCE = `m.paid_on >= :writtenOffOn::date`;

/** What earlier write-offs brought, net of costs, as shares of what was outstanding. */
export interface RecoveryHistory {
  readonly loans: number;
  /** The first and the third quarter of them. */
  readonly low: Rate;
  readonly high: Rate;
}

/** Fewer write-offs than these say nothing about the next one. */
const FEWEST = 5;

/**
 * How much earlier write-offs of the operator in the currency brought: quartiles, linear between
 * two loans (PERCENTILE_CONT). Undefined where there were too few.
 */
export async function recoveryHistory(db: Db, loan: Loan): Promise<RecoveryHistory | undefined> {
  const rows = await db.query<{ loans: number; low: string | null; high: string | null }>(
    `SELECT count(*)::int AS loans,
       round(percentile_cont(0.25) WITHIN GROUP (ORDER BY r.share)::numeric, 6)::text AS low,
       round(percentile_cont(0.75) WITHIN GROUP (ORDER BY r.share)::numeric, 6)::text AS high
     FROM (
       SELECT coalesce(sum(m.amount_minor - m.costs_minor), 0)
                / (l.outstanding_minor + coalesce(sum(m.principal_minor), 0)) AS share
       FROM loans l
       LEFT JOIN loan_payments m ON m.operator_id = l.operator_id AND m.loan_no = l.loan_no
         AND m.kind <> 'compensation' AND m.paid_on >= l.written_off_on
       WHERE l.operator_id = :operatorId AND l.written_off_on IS NOT NULL
         AND l.currency = :currency AND l.loan_no <> :loanNo
       GROUP BY l.loan_no, l.outstanding_minor
       HAVING l.outstanding_minor + coalesce(sum(m.principal_minor), 0) > 0
     ) r`,
    { operatorId: operatorIdOf(db), currency: currencyOf(loan), loanNo: loan.loanNo },
  );
  const [row] = rows;
  if (!row || row.loans < FEWEST || row.low === null || row.high === null) return undefined;
  return { loans: row.loans, low: rate(row.low), high: rate(row.high) };
}

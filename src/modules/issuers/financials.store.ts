import { calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import { asCurrency, type Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import { issuerProblem } from './errors';
import type { Assurance, FinancialYear, Figures } from './financials';

const COLUMNS = `f.issuer_id, f.fiscal_year_ends_on, f.currency, f.assurance, f.employees,
  f.total_assets_minor, f.cash_minor, f.receivables_minor, f.short_term_debt_minor,
  f.long_term_debt_minor, f.revenue_minor, f.cost_of_goods_minor, f.taxes_paid_minor,
  f.net_income_minor, f.recorded_by, f.recorded_at, f.verified_by, f.verified_at`;

/** Writes a year, over whatever was there: what was verified has to be verified again. */
export async function upsertYear(tx: Tx, year: FinancialYear): Promise<void> {
  const { figures } = year;
  await tx.execute(
    `INSERT INTO issuer_financials (operator_id, issuer_id, fiscal_year_ends_on, currency,
       assurance, employees, total_assets_minor, cash_minor, receivables_minor,
       short_term_debt_minor, long_term_debt_minor, revenue_minor, cost_of_goods_minor,
       taxes_paid_minor, net_income_minor, recorded_by, recorded_at)
     VALUES (:operatorId, :issuerId, :endsOn, :currency, :assurance, :employees, :totalAssets,
       :cash, :receivables, :shortTermDebt, :longTermDebt, :revenue, :costOfGoods, :taxesPaid,
       :netIncome, :recordedBy, :recordedAt)
     ON CONFLICT (operator_id, issuer_id, fiscal_year_ends_on) DO UPDATE SET
       currency = excluded.currency, assurance = excluded.assurance,
       employees = excluded.employees, total_assets_minor = excluded.total_assets_minor,
       cash_minor = excluded.cash_minor, receivables_minor = excluded.receivables_minor,
       short_term_debt_minor = excluded.short_term_debt_minor,
       long_term_debt_minor = excluded.long_term_debt_minor,
       revenue_minor = excluded.revenue_minor, cost_of_goods_minor = excluded.cost_of_goods_minor,
       taxes_paid_minor = excluded.taxes_paid_minor, net_income_minor = excluded.net_income_minor,
       recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at,
       verified_by = NULL, verified_at = NULL`,
    {
      operatorId: operatorIdOf(tx),
      issuerId: year.issuerId,
      endsOn: year.fiscalYearEndsOn,
      currency: year.currency,
      assurance: year.assurance,
      employees: year.employees,
      totalAssets: figures.totalAssets?.minor,
      cash: figures.cash?.minor,
      receivables: figures.receivables?.minor,
      shortTermDebt: figures.shortTermDebt?.minor,
      longTermDebt: figures.longTermDebt?.minor,
      revenue: figures.revenue?.minor,
      costOfGoods: figures.costOfGoods?.minor,
      taxesPaid: figures.taxesPaid?.minor,
      netIncome: figures.netIncome?.minor,
      recordedBy: year.recordedBy,
      recordedAt: year.recordedAt,
    },
  );
}

export async function updateVerified(tx: Tx, year: FinancialYear): Promise<void> {
  await tx.execute(
    `UPDATE issuer_financials SET verified_by = :verifiedBy, verified_at = :verifiedAt
     WHERE operator_id = :operatorId AND issuer_id = :issuerId AND fiscal_year_ends_on = :endsOn`,
    {
      operatorId: operatorIdOf(tx),
      issuerId: year.issuerId,
      endsOn: year.fiscalYearEndsOn,
      verifiedBy: year.verifiedBy,
      verifiedAt: year.verifiedAt,
    },
  );
}

/** @throws Problem `issuers.financials-not-found`. */
export async function getYearAndLock(
  tx: Tx,
  issuerId: Id<'iss'>,
  endsOn: CalendarDate,
): Promise<FinancialYear> {
  const rows = await tx.query<YearRow>(
    `SELECT ${COLUMNS} FROM issuer_financials f
     WHERE f.operator_id = :operatorId AND f.issuer_id = :issuerId
       AND f.fiscal_year_ends_on = :endsOn FOR UPDATE`,
    { operatorId: operatorIdOf(tx), issuerId, endsOn },
  );
  if (!rows[0]) throw issuerProblem('financials-not-found');
  return fromRow(rows[0]);
}

/** All years of an issuer, the newest first. */
export async function listYears(db: Db, issuerId: Id<'iss'>): Promise<readonly FinancialYear[]> {
  const rows = await db.query<YearRow>(
    `SELECT ${COLUMNS} FROM issuer_financials f
     WHERE f.operator_id = :operatorId AND f.issuer_id = :issuerId
     ORDER BY f.fiscal_year_ends_on DESC LIMIT 100`,
    { operatorId: operatorIdOf(db), issuerId },
  );
  return rows.map(fromRow);
}

interface YearRow {
  readonly issuer_id: Id<'iss'>;
  readonly fiscal_year_ends_on: string;
  readonly currency: string;
  readonly assurance: Assurance;
  readonly employees: number | null;
  readonly total_assets_minor: bigint | null;
  readonly cash_minor: bigint | null;
  readonly receivables_minor: bigint | null;
  readonly short_term_debt_minor: bigint | null;
  readonly long_term_debt_minor: bigint | null;
  readonly revenue_minor: bigint | null;
  readonly cost_of_goods_minor: bigint | null;
  readonly taxes_paid_minor: bigint | null;
  readonly net_income_minor: bigint | null;
  readonly recorded_by: string;
  readonly recorded_at: Date;
  readonly verified_by: string | null;
  readonly verified_at: Date | null;
}

function fromRow(row: YearRow): FinancialYear {
  const currency = asCurrency(row.currency);
  return {
    issuerId: row.issuer_id,
    fiscalYearEndsOn: calendarDate(row.fiscal_year_ends_on),
    currency,
    assurance: row.assurance,
    employees: row.employees ?? undefined,
    figures: figuresOf(row, currency),
    recordedBy: row.recorded_by,
    recordedAt: row.recorded_at,
    verifiedBy: row.verified_by ?? undefined,
    verifiedAt: row.verified_at ?? undefined,
  };
}

function figuresOf(row: YearRow, currency: Currency): Figures {
  const money = (minor: bigint | null): Money | undefined =>
    minor === null ? undefined : Money.ofMinor(minor, currency);
  return {
    totalAssets: money(row.total_assets_minor),
    cash: money(row.cash_minor),
    receivables: money(row.receivables_minor),
    shortTermDebt: money(row.short_term_debt_minor),
    longTermDebt: money(row.long_term_debt_minor),
    revenue: money(row.revenue_minor),
    costOfGoods: money(row.cost_of_goods_minor),
    taxesPaid: money(row.taxes_paid_minor),
    netIncome: money(row.net_income_minor),
  };
}

import type { Tx } from '../../src/platform/db';

/** A loan as the views of reports show it; its evenings are those it is given. */
export interface BookLoan {
  readonly no: number;
  readonly grade?: string;
  readonly principal?: number;
  readonly rate?: string;
  readonly yearlyPd?: string;
  readonly severity?: string;
  readonly expectedLossRate?: string;
  readonly termMonths?: number;
  readonly lentOn: string;
  readonly dueOn?: readonly string[];
  readonly evenings?: readonly Evening[];
  readonly receipts?: readonly {
    readonly on: string;
    readonly principal: number;
    readonly interest?: number;
    readonly kind?: string;
  }[];
}

interface Evening {
  readonly on: string;
  readonly outstanding?: number;
  readonly daysPastDue?: number;
  readonly isDefaulted?: boolean;
  readonly isForborne?: boolean;
  readonly status?: string;
}

export const BOOK_OPERATOR = 1;
const KNOWN = '2020-01-01T00:00:00Z';

/**
 * Puts tables of the transaction in the place of the views that lending reports read, so that what
 * their SQL computes can be held against books that were made up.
 *
 * @param closed evenings that were closed beside those of the loans.
 */
export async function writeBook(
  tx: Tx,
  loans: readonly BookLoan[],
  closed: readonly string[] = [],
): Promise<void> {
  await tx.execute(`DROP TABLE IF EXISTS pg_temp.report_loans_view, pg_temp.report_evenings_view,
    pg_temp.report_loan_evenings_view, pg_temp.report_instalments_view,
    pg_temp.report_receipts_view`);
  for (const view of [
    'report_loans_view',
    'report_evenings_view',
    'report_loan_evenings_view',
    'report_instalments_view',
    'report_receipts_view',
  ]) {
    await tx.execute(`CREATE TEMP TABLE ${view} AS SELECT * FROM public.${view} LIMIT 0`);
  }
  await fill(tx, 'report_loans_view', loans.map(asLoan));
  const evenings = loans.flatMap(({ no, evenings: own = [] }) =>
    own.map((evening) => asEvening(no, evening)),
  );
  await fill(tx, 'report_loan_evenings_view', evenings);
  const days = [...new Set([...closed, ...evenings.map(({ on_day }) => on_day)])];
  await fill(
    tx,
    'report_evenings_view',
    days.map((on_day) => ({ operator_id: BOOK_OPERATOR, on_day, finished_at: KNOWN })),
  );
  await fill(
    tx,
    'report_instalments_view',
    loans.flatMap(({ no, lentOn, dueOn = [] }) =>
      dueOn.map((due_on, index) => ({
        operator_id: BOOK_OPERATOR,
        loan_no: no,
        version: 1,
        made_at: KNOWN,
        from_on: lentOn,
        no: index + 1,
        due_on,
      })),
    ),
  );
  await fill(
    tx,
    'report_receipts_view',
    loans.flatMap(({ no, receipts = [] }) =>
      receipts.map(({ on, principal, interest = 0, kind = 'instalment' }, index) => ({
        operator_id: BOOK_OPERATOR,
        loan_no: no,
        payment_no: index + 1,
        kind,
        paid_on: on,
        recorded_at: KNOWN,
        principal_minor: principal,
        interest_minor: interest,
        servicing_minor: 0,
      })),
    ),
  );
}

function asLoan(loan: BookLoan) {
  return {
    operator_id: BOOK_OPERATOR,
    loan_no: loan.no,
    loan_id: `lon_${String(loan.no).padStart(6, '0')}`,
    offering_id: `off_${loan.no}`,
    issuer_id: `iss_${loan.no}`,
    currency: 'EUR',
    principal_minor: loan.principal ?? 100_000,
    lent_on: loan.lentOn,
    recorded_at: KNOWN,
    grade: loan.grade ?? 'C',
    rate: loan.rate ?? '0.1',
    term_months: loan.termMonths ?? 24,
    expected_loss_rate: loan.expectedLossRate ?? '0.02',
    yearly_pd: loan.yearlyPd,
    severity: loan.severity,
    region: 'DE',
  };
}

function asEvening(no: number, evening: Evening) {
  return {
    operator_id: BOOK_OPERATOR,
    loan_no: no,
    on_day: evening.on,
    finished_at: KNOWN,
    status: evening.status ?? 'active',
    outstanding_minor: evening.outstanding ?? 100_000,
    overdue_principal_minor: 0,
    overdue_interest_minor: 0,
    days_past_due: evening.daysPastDue ?? 0,
    is_defaulted: evening.isDefaulted ?? false,
    is_forborne: evening.isForborne ?? false,
  };
}

async function fill(tx: Tx, table: string, rows: readonly object[]): Promise<void> {
  await tx.execute(
    `INSERT INTO pg_temp.${table}
     SELECT t.* FROM jsonb_populate_recordset(NULL::pg_temp.${table}, :rows::jsonb) t`,
    { rows: JSON.stringify(rows) },
  );
}

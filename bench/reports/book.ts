import type pg from 'pg';
import { addDays, type CalendarDate } from '../../src/kernel/calendar-date';
import { INVESTORS, OPERATOR_ID } from '../subscribe/world';

/** What is reported on. */
export interface BookSize {
  readonly loans: number;
}

/** The month that is reported. */
export interface Month {
  readonly from: CalendarDate;
  readonly to: CalendarDate;
}

/** An entry for each loan, of so many postings. */
export const POSTINGS_A_LOAN = 10;

/** Loans whose entries one order of the ledger holds. */
const AT_ONCE = 5000;

/**
 * A month of a platform that lends, by set-based SQL as the owner of the tables, the money by the
 * ledger's own functions: every loan stands in four evenings' snapshots, was paid in once in the
 * month, and has an entry by which its lenders' cash came to it. A tenth was lent in the month.
 */
export async function loadBook(
  client: pg.Client,
  { loans }: BookSize,
  month: Month,
): Promise<void> {
  await client.query(`SELECT loan_ensure_snapshot_partitions('${addDays(month.from, -1)}', 3)`);
  await insertLoans(client, loans, month);
  await insertEvenings(client, month);
  await insertPayments(client, month);
  await postEntries(client, loans);
  await client.query('VACUUM ANALYZE');
}

/** Unlike amounts, so that no two borrowers owe the same. */
const PRINCIPAL = '(100000 + (i * 7919) % 900000)';

async function insertLoans(client: pg.Client, loans: number, month: Month): Promise<void> {
  const lentOn = `CASE WHEN i % 10 = 0 THEN DATE '${month.from}' + (i / 10 % 20)::int
                    ELSE DATE '${month.from}' - (20 + i % 300)::int END`;
  await client.query(`
    INSERT INTO loans (operator_id, loan_no, id, offering_id, issuer_id, instrument_id, currency,
      principal_minor, terms, policy_id, policy_version, reference, status, agreed_at, sign_by,
      disbursed_on, matures_on, schedule_version, outstanding_minor, next_due_on,
      cap_subjects, cap_keys)
    SELECT ${OPERATOR_ID}, i, 'lon_01' || lpad(i::text, 24, '0'), 'off_01' || lpad(i::text, 24, '0'),
      'iss_01' || lpad((i / 2)::text, 24, '0'), 'ins_01' || lpad(i::text, 24, '0'), 'USD',
      ${PRINCIPAL}, jsonb_build_object('grade', chr(65 + (i % 7)::int), 'rate', '0.12'), 'general', 1,
      'YC-' || i, 'active', now(), now(), ${lentOn}, ${lentOn} + 360, 1, ${PRINCIPAL} / 2,
      DATE '${addDays(month.to, 1)}', '{}', '{}'
    FROM generate_series(1::bigint, ${loans}) i;
    INSERT INTO loan_schedules (operator_id, loan_no, version, reason, terms, from_on, made_at,
      made_by)
    SELECT ${OPERATOR_ID}, l.loan_no, 1, 'disbursal', '{}', l.disbursed_on, now(), 'bench'
    FROM loans l;
    ANALYZE loans;`);
}

/** The evenings before the month and before its last day, and the last two. */
async function insertEvenings(client: pg.Client, { from, to }: Month): Promise<void> {
  const evenings = [addDays(from, -2), addDays(from, -1), addDays(to, -1), to];
  for (const on of evenings) await insertEvening(client, on);
}

/** One loan in twenty is late, by anything up to four months. */
async function insertEvening(client: pg.Client, on: CalendarDate): Promise<void> {
  await client.query(`
    INSERT INTO loan_closes (operator_id, on_day, from_no, to_no, slice_size, started_at,
      finished_at)
    SELECT ${OPERATOR_ID}, '${on}', min(l.loan_no), max(l.loan_no), 20000, now(), now() FROM loans l;
    INSERT INTO loan_snapshots (operator_id, on_day, loan_no, status, outstanding_minor,
      overdue_principal_minor, overdue_interest_minor, charges_minor, accrued_minor,
      days_past_due, is_forborne, is_defaulted)
    SELECT ${OPERATOR_ID}, '${on}', l.loan_no, 'active', l.outstanding_minor, 0, 0, 0, 0,
      d.days, false, d.days > 90
    FROM loans l,
      LATERAL (SELECT CASE WHEN l.loan_no % 20 = 3
        THEN (l.loan_no / 20 + (DATE '${on}' - DATE '2026-01-01')) % 120 ELSE 0 END::int AS days) d
    WHERE l.disbursed_on <= '${on}';`);
}

async function insertPayments(client: pg.Client, { from, to }: Month): Promise<void> {
  await client.query(`
    INSERT INTO loan_payments (operator_id, loan_no, payment_no, kind, source_type, source_id,
      paid_on, recorded_at, amount_minor, interest_minor, principal_minor, entry_no)
    SELECT ${OPERATOR_ID}, l.loan_no, 1, 'instalment', 'collections', 'bench',
      DATE '${from}' + (l.loan_no % (DATE '${to}' - DATE '${from}' + 1))::int, now(),
      9000, 1000, 8000, l.loan_no
    FROM loans l;`);
}

/** Nine lenders' cash goes to each loan's account: an entry of ten postings. */
async function postEntries(client: pg.Client, loans: number): Promise<void> {
  for (let first = 1; first <= loans; first += AT_ONCE) {
    const last = Math.min(loans, first + AT_ONCE - 1);
    await client.query(`
      BEGIN;
      SELECT count(ledger_open_account(${OPERATOR_ID},
        'liabilities:loan:lon_01' || lpad(i::text, 24, '0') || ':collections', 'USD',
        (-1)::smallint, true, 0, now()))
      FROM generate_series(${first}, ${last}) i;
      SELECT ledger_post(${OPERATOR_ID}, now(),
        (SELECT array_agg('loan-disbursal'::text) FROM generate_series(${first}, ${last})),
        (SELECT array_agg('bench'::text) FROM generate_series(${first}, ${last})),
        (SELECT array_agg(i::text ORDER BY i) FROM generate_series(${first}, ${last}) i),
        (SELECT array_agg('Lent'::text) FROM generate_series(${first}, ${last})),
        (SELECT array_agg(now()) FROM generate_series(${first}, ${last})),
        (SELECT array_agg(NULL::bigint) FROM generate_series(${first}, ${last})),
        array_agg(p.place), array_agg(p.account_no), array_agg(p.amount))
      FROM (
        SELECT (i - ${first})::int AS place, a.account_no, 1000::bigint AS amount
        FROM generate_series(${first}::bigint, ${last}) i
        CROSS JOIN generate_series(1, ${POSTINGS_A_LOAN - 1}) k
        JOIN ledger_accounts a ON a.operator_id = ${OPERATOR_ID} AND a.currency = 'USD'
          AND a.path = 'liabilities:investor:inv_01'
            || lpad(((i * 7919 + k * 104729) % ${INVESTORS})::text, 24, '0') || ':cash'
        UNION ALL
        SELECT (i - ${first})::int, a.account_no, -1000 * ${POSTINGS_A_LOAN - 1}
        FROM generate_series(${first}, ${last}) i
        JOIN ledger_accounts a ON a.operator_id = ${OPERATOR_ID} AND a.currency = 'USD'
          AND a.path = 'liabilities:loan:lon_01' || lpad(i::text, 24, '0') || ':collections'
      ) p;
      SELECT ledger_seal(${OPERATOR_ID}, now());
      COMMIT;`);
    if (first === 1) await client.query('ANALYZE ledger_accounts');
  }
}

import type pg from 'pg';

export const OPERATOR_ID = 1;

/** What is lent out before the evening that is measured. */
export interface BookSize {
  readonly loans: number;
  /** Holders of each loan. */
  readonly holders: number;
  /** Of so many loans one falls due this evening. */
  readonly dueEvery: number;
  readonly investors: number;
  /** Instalments of each loan, none of them paid. */
  readonly instalments: number;
}

/** The evening. */
export const DAY = '2026-03-02';

/** One loan in so many is ten days late and has no money. */
const LATE_EVERY = 50;
const LATE_PLACE = 7;

/** Accounts opened, or loans paid in for, by one transaction: an order of the ledger is that long. */
const AT_ONCE = 50_000;

/**
 * A book of loans by set-based SQL, as the owner of the tables, the money by the ledger's own
 * functions: every loan has its holders' notes, its schedule and its collections account; what falls
 * due this evening lies there.
 */
export async function loadBook(client: pg.Client, size: BookSize): Promise<void> {
  await client.query(`SELECT set_config('app.operator_id', '${OPERATOR_ID}', false)`);
  await client.query(`SELECT loan_ensure_snapshot_partitions('${DAY}', 2)`);
  await openAccounts(client, size);
  await insertLoans(client, size);
  await insertNotes(client, size);
  await client.query('ANALYZE ledger_accounts, loan_instalments, loan_notes');
  await payIn(client, size);
  await client.query('VACUUM ANALYZE');
}

async function openAccounts(client: pg.Client, { loans, investors }: BookSize): Promise<void> {
  const batches = [
    { count: 1, path: `'assets:custodian:eur'`, side: 1 },
    {
      count: investors,
      path: `'liabilities:investor:inv_01' || lpad(i::text, 24, '0') || ':cash'`,
      side: -1,
    },
    {
      count: loans,
      path: `'liabilities:loan:lon_01' || lpad(i::text, 24, '0') || ':collections'`,
      side: -1,
    },
  ];
  for (const { count, path, side } of batches) {
    for (let from = 1; from <= count; from += AT_ONCE) {
      await client.query(`
        BEGIN;
        SELECT count(ledger_open_account(${OPERATOR_ID}, ${path}, 'EUR', (${side})::smallint,
                                         true, 0, now()))
        FROM generate_series(${from}, ${Math.min(count, from + AT_ONCE - 1)}) i;
        SELECT ledger_seal(${OPERATOR_ID}, now());
        COMMIT;`);
    }
  }
  await client.query('ANALYZE ledger_accounts');
}

/** Equal parts of principal, one a month, and one percent a month on what is outstanding. */
const PART = '(10000 + i % 997)';

async function insertLoans(
  client: pg.Client,
  { loans, dueEvery, instalments }: BookSize,
): Promise<void> {
  const firstDue = `CASE WHEN i % ${LATE_EVERY} = ${LATE_PLACE} THEN DATE '${DAY}' - 10
                      ELSE DATE '${DAY}' + (i % ${dueEvery})::int END`;
  const terms = {
    title: 'Working capital for a bakery with two shops',
    rate: '0.12',
    termMonths: instalments,
    repayment: 'equal-principal',
    dayCount: '30e/360',
    apr: '0.1382',
    grade: 'C',
    expectedLossRate: '0.021',
    purpose: 'working-capital',
    security: 'none',
    scorecard: 'consumer-instalment/1',
    decisionId: `cdn_01${'0'.repeat(24)}`,
    originationFee: { amount: '36.00', currency: 'EUR' },
    isFeeWithheld: true,
  };
  await client.query(`
    INSERT INTO loans (operator_id, loan_no, id, offering_id, issuer_id, instrument_id, currency,
      principal_minor, terms, policy_id, policy_version, reference, status, agreed_at, sign_by,
      disbursed_on, matures_on, schedule_version, outstanding_minor, next_due_on,
      cap_subjects, cap_keys)
    SELECT ${OPERATOR_ID}, i, 'lon_01' || lpad(i::text, 24, '0'), 'off_01' || lpad(i::text, 24, '0'),
      'iss_01' || lpad((i % 1000)::text, 24, '0'), 'ins_01' || lpad(i::text, 24, '0'), 'EUR',
      ${instalments} * ${PART}, '${JSON.stringify(terms)}', 'general', 1, 'YC-' || i, 'active',
      TIMESTAMPTZ '${DAY}' - INTERVAL '60 days', TIMESTAMPTZ '${DAY}',
      (${firstDue} - INTERVAL '1 month')::date,
      (${firstDue} + INTERVAL '${instalments - 1} months')::date, 1, ${instalments} * ${PART},
      ${firstDue}, '{}', '{}'
    FROM generate_series(1, ${loans}) i;
    INSERT INTO loan_schedules (operator_id, loan_no, version, reason, terms, from_on, made_at,
      made_by)
    SELECT ${OPERATOR_ID}, l.loan_no, 1, 'disbursal', '{}', l.disbursed_on, l.agreed_at, 'bench'
    FROM loans l;
    INSERT INTO loan_instalments (operator_id, loan_no, version, no, from_on, due_on,
      principal_minor, interest_minor)
    SELECT ${OPERATOR_ID}, i, 1, k, (${firstDue} + (k - 2) * INTERVAL '1 month')::date,
      (${firstDue} + (k - 1) * INTERVAL '1 month')::date, ${PART},
      ${PART} * (${instalments} + 1 - k) / 100
    FROM generate_series(1, ${loans}) i, generate_series(1, ${instalments}) k;
    ANALYZE loans;`);
}

/** Parts of principal that are not alike, the last taking what is left; no units in the register. */
async function insertNotes(
  client: pg.Client,
  { loans, holders, investors, instalments }: BookSize,
): Promise<void> {
  const whole = `${instalments} * ${PART}`;
  const weights = (holders * (holders + 1)) / 2;
  const part = (k: string): string => `(${whole} * ${k} / ${weights})`;
  const others = `(SELECT sum${part('j')} FROM generate_series(1, ${holders - 1}) j)`;
  await client.query(`
    CREATE TEMP TABLE bench_cash AS
      SELECT row_number() OVER (ORDER BY a.account_no) - 1 AS place, a.account_no,
             split_part(a.path, ':', 3) AS investor_id
      FROM ledger_accounts a WHERE a.path LIKE 'liabilities:investor:%';
    CREATE UNIQUE INDEX ON bench_cash (place);
    ANALYZE bench_cash;
    INSERT INTO loan_notes (operator_id, loan_no, note_no, holder_kind, holder_id, account_no, units,
      principal_minor, cost_minor, opened_on, source_type, source_id)
    SELECT ${OPERATOR_ID}, n.i, n.k, 'investor', c.investor_id, c.account_no, 0, n.part, n.part,
      DATE '${DAY}' - 40, 'import', 'sub_01' || lpad((n.i * ${holders} + n.k)::text, 24, '0')
    FROM (
      SELECT i, k, (CASE WHEN k < ${holders} THEN ${part('k')}
                    ELSE ${whole} - coalesce(${others}, 0) END)::bigint AS part
      FROM generate_series(1, ${loans}) i, generate_series(1, ${holders}) k
    ) n
    JOIN bench_cash c ON c.place = (n.i::bigint * 7919 + n.k * 104729) % ${investors}
    ORDER BY n.i, n.k;
    DROP TABLE bench_cash;`);
}

/** What falls due this evening, paid in by its borrowers. */
async function payIn(client: pg.Client, { loans }: BookSize): Promise<void> {
  for (let from = 1; from <= loans; from += AT_ONCE) {
    await client.query(`
      BEGIN;
      SELECT ledger_post(${OPERATOR_ID}, now(), ARRAY['loan-collection'], ARRAY['bench'],
        ARRAY['${from}'], ARRAY['Paid in'], ARRAY[now()], ARRAY[NULL]::bigint[],
        array_agg(0), array_agg(p.account_no), array_agg(p.amount))
      FROM (
        WITH due AS (
          SELECT a.account_no, i.principal_minor + i.interest_minor AS amount
          FROM loans l
          JOIN loan_instalments i ON i.operator_id = l.operator_id AND i.loan_no = l.loan_no
            AND i.due_on = DATE '${DAY}'
          JOIN ledger_accounts a ON a.operator_id = l.operator_id
            AND a.path = 'liabilities:loan:' || l.id || ':collections' AND a.currency = l.currency
          WHERE l.operator_id = ${OPERATOR_ID} AND l.next_due_on = DATE '${DAY}'
            AND l.loan_no BETWEEN ${from} AND ${from + AT_ONCE - 1}
        )
        SELECT d.account_no, -d.amount AS amount FROM due d
        UNION ALL
        SELECT c.account_no, (SELECT sum(d.amount)::bigint FROM due d)
        FROM ledger_accounts c
        WHERE c.operator_id = ${OPERATOR_ID} AND c.path = 'assets:custodian:eur'
      ) p;
      SELECT ledger_seal(${OPERATOR_ID}, now());
      COMMIT;`);
  }
}

/**
 * What the row sets of several packs are made of. Each reads what was recorded by `:knownAt` and stands
 * as of `:asOf`.
 */

/** The last evening before a day, that was closed and known to be. */
export const eveningBefore = (day: string): string => `(
  SELECT max(v.on_day) FROM report_evenings_view v
  WHERE v.operator_id = :operatorId AND v.on_day < ${day} AND v.finished_at <= :knownAt)`;

export const LAST_EVENING = eveningBefore('(:asOf::date + 1)');

/**
 * Accounts of the ledger with what was posted to them before `:endsAt`, debits less credits; client money
 * by what it waits for. Nearly all there is was posted by then: what was not is looked for, and left out.
 */
export const ACCOUNTS = `
  SELECT lpad(a.account_no::text, 20, '0') AS key, a.path, a.currency,
         CASE WHEN NOT a.is_client_money THEN 'own' WHEN a.normal_side = 1 THEN 'held'
              ELSE 'owed' END AS side,
         CASE WHEN a.path LIKE 'liabilities:investor:%:cash' THEN 'uninvested'
              WHEN a.path LIKE 'liabilities:provision-fund:%' THEN 'provision-fund'
              ELSE 'other' END AS purpose,
         b.debit_minor, b.debit_minor * a.normal_side AS balance_minor
  FROM (
    SELECT p.account_no, sum(p.amount_minor) AS debit_minor
    FROM report_postings_view p
    WHERE p.operator_id = :operatorId AND p.recorded_at <= :knownAt
      AND NOT EXISTS (SELECT 1 FROM report_entries_view e
                      WHERE e.operator_id = :operatorId AND e.entry_no = p.entry_no
                        AND e.occurred_at >= :endsAt)
    GROUP BY p.account_no
  ) b
  JOIN report_accounts_view a ON a.operator_id = :operatorId AND a.account_no = b.account_no`;

/** Every loan that was paid out. */
export const LOANS = `
  SELECT l.* FROM report_loans_view l
  WHERE l.operator_id = :operatorId AND l.lent_on <= :asOf AND l.recorded_at <= :knownAt`;

/** How loans stood that evening; what was written off is no longer part of the book. */
export const bookOn = (evening: string): string => `
  SELECT e.* FROM report_loan_evenings_view e
  WHERE e.operator_id = :operatorId AND e.status <> 'written-off' AND e.on_day = ${evening}`;

/** The first evening on which a loan was in default, or written off, and what was owed then. */
export const FIRST_BAD = `
  SELECT DISTINCT ON (e.loan_no) e.loan_no, e.on_day AS defaulted_on,
         e.outstanding_minor AS exposure_minor
  FROM report_loan_evenings_view e
  WHERE e.operator_id = :operatorId AND (e.is_defaulted OR e.status = 'written-off')
    AND e.on_day <= :asOf AND e.finished_at <= :knownAt
  ORDER BY e.loan_no, e.on_day`;

/** Payments of borrowers and of what stood for them; who compensates lenders is not one of them. */
export const OWN_RECEIPTS = `
  SELECT p.* FROM report_receipts_view p
  WHERE p.operator_id = :operatorId AND p.paid_on <= :asOf AND p.recorded_at <= :knownAt
    AND p.kind NOT IN ('compensation', 'renewal')`;

/** Loans that were ever in default, with what has come in since, also at its value of that day. */
export const DEFAULTED = `
  SELECT l.loan_no, l.loan_id, l.currency, l.grade, l.lent_on, b.defaulted_on, b.exposure_minor,
         coalesce(r.recovered_minor, 0) AS recovered_minor,
         b.exposure_minor - coalesce(r.present_minor, 0) AS lost_minor
  FROM (${LOANS}) l
  JOIN (${FIRST_BAD}) b ON b.loan_no = l.loan_no
  LEFT JOIN LATERAL (
    SELECT sum(p.principal_minor) AS recovered_minor,
           sum(round(p.principal_minor
             * power(1 + l.rate, -(p.paid_on - b.defaulted_on)::numeric / 365))) AS present_minor
    FROM (${OWN_RECEIPTS}) p WHERE p.loan_no = l.loan_no AND p.paid_on > b.defaulted_on
  ) r ON true`;

/**
 * Joins the last labels of loans `l`: that of the offering as `<name>_own.value`, that of the borrower
 * as `<name>_all.value`. Few subjects have one, so they are joined and not looked up loan by loan.
 */
export function joinLabels(name: string, label: 'nace-section' | 'related-party'): string {
  const labels = `
    SELECT DISTINCT ON (b.subject) b.subject, b.value FROM report_labels_view b
    WHERE b.operator_id = :operatorId AND b.label = '${label}' AND b.recorded_at <= :knownAt
    ORDER BY b.subject, b.label_no DESC`;
  return `
    LEFT JOIN (${labels}) ${name}_own ON ${name}_own.subject = l.offering_id
    LEFT JOIN (${labels}) ${name}_all ON ${name}_all.subject = l.issuer_id`;
}

/**
 * Joins what the issuer `<of>.issuer_id` was by `:knownAt`, as `former`, where it was changed after that:
 * what stands of it now is then not what was known.
 */
export const joinFormerIssuer = (of: string): string => `
  LEFT JOIN (
    SELECT DISTINCT ON (f.issuer_id) f.issuer_id, f.legal_form, f.jurisdiction, f.country
    FROM report_former_issuers_view f
    WHERE f.operator_id = :operatorId AND f.replaced_at > :knownAt
    ORDER BY f.issuer_id, f.former_no
  ) former ON former.issuer_id = ${of}.issuer_id`;

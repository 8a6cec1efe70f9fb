import type { IntegrityCheck } from '../../platform/integrity';

/** What must be true of issuers' files. */
export const issuerChecks: readonly IntegrityCheck[] = [
  {
    id: 'issuers.verified-as-screened',
    title: 'Every verified issuer stands on a decided verification of its people',
    scope: 'operator',
    sql: `
      SELECT i.id AS issuer_id, i.people_version, i.screened_version
      FROM issuers i
      WHERE i.verification = 'verified' AND NOT EXISTS (
        SELECT FROM issuer_verifications v
        WHERE v.operator_id = i.operator_id AND v.subject_id = i.id AND v.status = 'verified'
          AND v.subject_version = i.screened_version)
      ORDER BY i.id`,
  },
  {
    id: 'issuers.figures-by-four-eyes',
    title: 'Verified figures were checked by someone else than who recorded them',
    scope: 'operator',
    sql: `
      SELECT f.issuer_id, f.fiscal_year_ends_on, f.recorded_by
      FROM issuer_financials f
      WHERE f.verified_by = f.recorded_by
      ORDER BY f.issuer_id, f.fiscal_year_ends_on`,
  },
];

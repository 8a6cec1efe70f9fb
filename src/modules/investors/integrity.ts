import type { IntegrityCheck } from '../../platform/integrity';

/** What must be true of investors' files. */
export const investorChecks: readonly IntegrityCheck[] = [
  {
    id: 'investors.profile-is-the-newest',
    title: 'Every investor stands on the newest version of their profile',
    scope: 'operator',
    sql: `
      SELECT i.id AS investor_id, i.profile_version, max(p.version) AS newest
      FROM investors i
      LEFT JOIN investor_profiles p ON p.operator_id = i.operator_id AND p.investor_id = i.id
      GROUP BY i.id, i.profile_version
      HAVING max(p.version) IS DISTINCT FROM i.profile_version
      ORDER BY i.id`,
  },
  {
    id: 'investors.profile-agrees',
    title: 'What rulebooks are told of an investor is what the file says',
    scope: 'operator',
    sql: `
      SELECT i.id AS investor_id, i.tier, p.facts ->> 'tier' AS told_tier, i.verification,
             p.facts ->> 'isVerified' AS told_verified
      FROM investors i
      JOIN investor_profiles p ON p.operator_id = i.operator_id AND p.investor_id = i.id
        AND p.version = i.profile_version
      WHERE p.facts ->> 'tier' <> i.tier
         OR (p.facts ->> 'isVerified')::boolean <> (i.verification = 'verified')
         OR (p.facts ->> 'tierExpiresAt')::timestamptz IS DISTINCT FROM i.tier_expires_at
      ORDER BY i.id`,
  },
  {
    id: 'investors.lending-limits-lapse',
    title: 'The end of every lender’s assessment is known to the job that lets it lapse',
    scope: 'operator',
    sql: `
      SELECT i.id AS investor_id, i.appetite_expires_at,
             p.facts -> 'appetite' ->> 'expiresAt' AS told_expires_at
      FROM investors i
      JOIN investor_profiles p ON p.operator_id = i.operator_id AND p.investor_id = i.id
        AND p.version = i.profile_version
      WHERE (p.facts -> 'appetite' ->> 'expiresAt')::timestamptz
        IS DISTINCT FROM i.appetite_expires_at
      ORDER BY i.id`,
  },
  {
    id: 'investors.upgrades-by-four-eyes',
    title: 'Every approved tier was decided by someone else than the one who asked',
    scope: 'operator',
    sql: `
      SELECT c.id AS request_id, c.investor_id, c.requested_by, c.decided_by
      FROM investor_classifications c
      WHERE c.status = 'approved' AND c.decided_by = c.requested_by
      ORDER BY c.id`,
  },
];

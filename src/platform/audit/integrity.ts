import type { IntegrityCheck } from '../integrity';

const SLICES = `
  SELECT max(s.seq) AS up_to FROM (
    SELECT r.seq FROM platform_audit_records r WHERE r.seq > :after ORDER BY r.seq LIMIT 5000
  ) s`;

const BROKEN_LINKS = `
  SELECT r.seq, r.action
    FROM platform_audit_records r
    LEFT JOIN platform_audit_records p ON p.operator_id = r.operator_id AND p.seq = r.seq - 1
   WHERE r.seq > :after AND r.seq <= :upTo
     AND (r.hash <> platform_audit_hash(r) OR r.prev_hash <> coalesce(p.hash, repeat('0', 64))
          OR (p.seq IS NULL AND r.seq <> 1))
   ORDER BY r.seq`;

const CUT_TAILS = `
  SELECT h.seq AS head_seq, l.seq AS last_seq
    FROM platform_audit_heads h
    LEFT JOIN LATERAL (
      SELECT r.seq, r.hash FROM platform_audit_records r
       WHERE r.operator_id = h.operator_id ORDER BY r.seq DESC LIMIT 1
    ) l ON true
   WHERE h.seq <> coalesce(l.seq, 0) OR h.hash <> coalesce(l.hash, repeat('0', 64))`;

const STRAY_CHECKPOINTS = `
  SELECT c.checkpoint_no, c.size, c.taken_at
    FROM platform_audit_checkpoints c
    LEFT JOIN platform_audit_checkpoints p
      ON p.operator_id = c.operator_id AND p.checkpoint_no = c.checkpoint_no - 1
    LEFT JOIN platform_audit_records r ON r.operator_id = c.operator_id AND r.seq = c.size
   WHERE c.previous_sha256 <> coalesce(p.sha256, repeat('0', 64))
      OR (p.checkpoint_no IS NULL AND c.checkpoint_no <> 1) OR c.size < coalesce(p.size, 0)
      OR c.head_hash <> CASE WHEN c.size = 0 THEN repeat('0', 64) ELSE coalesce(r.hash, '') END
   ORDER BY c.checkpoint_no`;

/**
 * What the database itself can tell of the audit chains, for the integrity page; operators and the
 * installation apart. The tree and the signatures are verified by `npm run audit -- verify`.
 */
export const auditChecks: readonly IntegrityCheck[] = (
  ['operator', 'installation'] as const
).flatMap((scope) => {
  const whose = scope === 'operator' ? '' : '-of-installation';
  return [
    {
      id: `audit.chain-unbroken${whose}`,
      title: 'Each audit record matches its hash and follows from the record before it',
      scope,
      sql: BROKEN_LINKS,
      slices: SLICES,
    },
    {
      id: `audit.tail-complete${whose}`,
      title: 'The audit chain reaches as far as its head says',
      scope,
      sql: CUT_TAILS,
    },
    {
      id: `audit.checkpoints-follow${whose}`,
      title: 'Each audit checkpoint follows the one before, and its last record is still the same',
      scope,
      sql: STRAY_CHECKPOINTS,
    },
  ];
});

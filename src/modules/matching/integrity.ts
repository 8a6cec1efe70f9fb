import type { IntegrityCheck } from '../../platform/integrity';

/** What must be true of mandates, windows and what was matched. */
export const matchingChecks: readonly IntegrityCheck[] = [
  {
    id: 'matching.in-force-is-signed',
    title: 'Every mandate that lends is signed in the version that is in force',
    scope: 'operator',
    sql: `
      SELECT m.id AS mandate_id, m.signed_version
      FROM matching_mandates m
      LEFT JOIN matching_mandate_signatures s ON s.operator_id = m.operator_id
        AND s.mandate_id = m.id AND s.version = m.signed_version
      WHERE m.status = 'active' AND s.version IS NULL
      ORDER BY m.id`,
  },
  {
    id: 'matching.placed-is-subscribed',
    title: 'Every placed position is a subscription of its lender, to its loan, of its amount',
    scope: 'operator',
    sql: `
      SELECT p.window_id, p.position_no, p.subscription_id, p.amount_minor,
             s.amount_minor AS subscribed_minor
      FROM matching_positions p
      LEFT JOIN subscriptions s ON s.operator_id = p.operator_id AND s.id = p.subscription_id
      WHERE p.status IN ('placed', 'ended')
        AND (s.id IS NULL OR s.investor_id <> p.investor_id OR s.offering_id <> p.offering_id
          OR s.amount_minor <> p.amount_minor)
      ORDER BY p.window_id, p.position_no`,
  },
  {
    id: 'matching.windows-add-up',
    title: 'What a window says was matched is the sum of its positions, by loan and by mandate',
    scope: 'operator',
    sql: `
      SELECT w.id AS window_id, w.matched_minor, p.total AS positions_minor,
             l.total AS loans_minor, m.total AS mandates_minor
      FROM matching_windows w
      CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount_minor), 0) AS total
        FROM matching_positions x
        WHERE x.operator_id = w.operator_id AND x.window_id = w.id) p
      CROSS JOIN LATERAL (SELECT coalesce(sum(x.matched_minor), 0) AS total
        FROM matching_listing_lines x
        WHERE x.operator_id = w.operator_id AND x.window_id = w.id) l
      CROSS JOIN LATERAL (SELECT coalesce(sum(x.matched_minor), 0) AS total
        FROM matching_mandate_lines x
        WHERE x.operator_id = w.operator_id AND x.window_id = w.id) m
      WHERE w.matched_at IS NOT NULL
        AND (w.matched_minor <> p.total OR p.total <> l.total OR p.total <> m.total)
      ORDER BY w.id`,
  },
  {
    id: 'matching.budgets-hold',
    title: 'No mandate has more in loans at one time than its largest signed budget',
    scope: 'operator',
    sql: `
      SELECT p.mandate_id, sum(p.amount_minor) AS held_minor, b.budget
      FROM matching_positions p
      JOIN LATERAL (
        SELECT max((v.terms -> 'budget' ->> 'amount')::numeric) AS budget
        FROM matching_mandate_versions v
        JOIN matching_mandate_signatures s ON s.operator_id = v.operator_id
          AND s.mandate_id = v.mandate_id AND s.version = v.version
        WHERE v.operator_id = p.operator_id AND v.mandate_id = p.mandate_id) b ON true
      WHERE p.status IN ('matched', 'proposed', 'placed')
      GROUP BY p.mandate_id, b.budget
      HAVING sum(p.amount_minor) / 100.0 > b.budget
      ORDER BY p.mandate_id`,
  },
];

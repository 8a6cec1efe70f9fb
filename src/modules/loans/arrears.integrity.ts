import type { IntegrityCheck } from '../../platform/integrity';

/** What must be true of what was done about arrears. */
export const arrearsChecks: readonly IntegrityCheck[] = [
  {
    id: 'loans.costs-by-measure',
    title: 'Costs of collection were charged by a measure each, and each such measure charged once',
    scope: 'operator',
    sql: `
      SELECT coalesce(m.loan_no, c.loan_no) AS loan_no, m.no AS measure_no, c.no AS charge_no
      FROM (SELECT * FROM loan_measures t WHERE t.kind = 'costs' AND t.status = 'carried-out') m
      FULL JOIN (SELECT * FROM loan_charges t
                 WHERE t.kind = 'costs' AND t.basis ->> 'measureNo' IS NOT NULL) c
        ON c.loan_no = m.loan_no AND (c.basis ->> 'measureNo')::int = m.no
      JOIN loans l ON l.loan_no = coalesce(m.loan_no, c.loan_no)
      WHERE m.no IS NULL OR c.no IS NULL
         OR (m.details -> 'amount' ->> 'currency') <> l.currency
         OR replace(m.details -> 'amount' ->> 'amount', '.', '')::bigint <> c.amount_minor
      ORDER BY 1, 2, 3`,
  },
  {
    id: 'loans.waivers-by-measure',
    title: 'What was waived of a charge is what measures by two people waived',
    scope: 'operator',
    sql: `
      SELECT c.loan_no, c.no, c.waived_minor, coalesce(m.waived, 0) AS by_measures
      FROM loan_charges c
      LEFT JOIN (
        SELECT t.loan_no, (t.details ->> 'chargeNo')::int AS charge_no,
               sum(replace(t.details -> 'amount' ->> 'amount', '.', '')::bigint) AS waived
        FROM loan_measures t WHERE t.kind = 'waiver' AND t.status = 'carried-out'
        GROUP BY t.loan_no, (t.details ->> 'chargeNo')::int
      ) m ON m.loan_no = c.loan_no AND m.charge_no = c.no
      WHERE c.waived_minor <> coalesce(m.waived, 0)
      ORDER BY c.loan_no, c.no`,
  },
  {
    id: 'loans.written-off-by-two',
    title: 'A loan was written off by a measure of two people, and frees its lenders’ caps',
    scope: 'operator',
    sql: `
      SELECT l.id, l.written_off_on, m.no, n.note_no
      FROM loans l
      LEFT JOIN loan_measures m ON m.operator_id = l.operator_id AND m.loan_no = l.loan_no
        AND m.kind = 'write-off' AND m.status = 'carried-out' AND m.decided_by <> m.proposed_by
      LEFT JOIN loan_notes n ON n.operator_id = l.operator_id AND n.loan_no = l.loan_no
        AND cardinality(n.cap_keys) > 0
      WHERE l.written_off_on IS NOT NULL AND (m.no IS NULL OR n.note_no IS NOT NULL)
      ORDER BY l.id`,
  },
  {
    id: 'loans.restructured-by-schedule',
    title: 'Every arrangement in force is a schedule, which took over what the one before left',
    scope: 'operator',
    sql: `
      SELECT r.id, r.loan_no, r.before_version, r.after_version, o.unpaid
      FROM loan_restructurings r
      LEFT JOIN loan_schedules s ON s.operator_id = r.operator_id AND s.loan_no = r.loan_no
        AND s.version = r.after_version AND s.terms ->> 'restructuringId' = r.id
      LEFT JOIN LATERAL (
        SELECT count(*) AS unpaid FROM loan_instalments i
        WHERE i.operator_id = r.operator_id AND i.loan_no = r.loan_no
          AND i.version <= r.before_version AND i.paid_on IS NULL AND NOT i.is_superseded
      ) o ON true
      WHERE r.status = 'in-force' AND (s.version IS NULL OR o.unpaid > 0)
      ORDER BY r.id`,
  },
  {
    id: 'loans.renewal-counts-once',
    title:
      'A loan that another renews counts against its borrower’s caps only where that one does not',
    scope: 'operator',
    sql: `
      SELECT r.loan_no, r.offering_id, r.status, l.cap_keys
      FROM loan_renewals r
      JOIN loans l ON l.operator_id = r.operator_id AND l.loan_no = r.loan_no
      WHERE r.status <> 'failed' AND cardinality(l.cap_keys) > 0
      ORDER BY r.offering_id`,
  },
];

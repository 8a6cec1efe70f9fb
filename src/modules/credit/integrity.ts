import type { IntegrityCheck } from '../../platform/integrity';

/** What must always be true of credit decisions; that they replay is checked by taking them again. */
export const creditChecks: readonly IntegrityCheck[] = [
  {
    id: 'credit.models-exist',
    title: 'Every credit decision names a scorecard, a scale and a policy that are kept',
    scope: 'operator',
    sql: `
      SELECT d.id, t.kind, t.model_no FROM credit_decisions d
      CROSS JOIN LATERAL (VALUES ('scorecard', d.scorecard_no), ('master-scale', d.scale_no),
                                 ('pricing-policy', d.policy_no)) AS t (kind, model_no)
      LEFT JOIN credit_models m ON m.model_no = t.model_no AND m.kind = t.kind
      WHERE m.model_no IS NULL ORDER BY d.id`,
  },
  {
    id: 'credit.columns-agree',
    title: 'What a credit decision is looked up by is what it says',
    scope: 'operator',
    sql: `
      SELECT d.id, d.outcome, d.points, d.pd, d.grade FROM credit_decisions d
      WHERE d.decision->>'outcome' IS DISTINCT FROM d.outcome
         OR (d.decision->>'points')::integer IS DISTINCT FROM d.points
         OR (d.decision->>'pd')::numeric IS DISTINCT FROM d.pd
         OR d.decision->>'grade' IS DISTINCT FROM d.grade
         OR (d.decision->>'rate')::numeric IS DISTINCT FROM d.rate
         OR d.inputs->'principal'->>'currency' IS DISTINCT FROM d.currency
         OR (d.inputs->>'termMonths')::integer IS DISTINCT FROM d.term_months
      ORDER BY d.id`,
  },
  {
    id: 'credit.parts-are-the-rate',
    title: 'The parts of a price sum to its rate',
    scope: 'operator',
    sql: `
      SELECT d.id, d.rate, p.total FROM credit_decisions d
      CROSS JOIN LATERAL (
        SELECT sum(part.value::numeric) AS total FROM jsonb_each_text(d.decision->'parts') part
      ) p
      WHERE d.decision ? 'parts' AND p.total IS DISTINCT FROM d.rate
      ORDER BY d.id`,
  },
  {
    id: 'credit.only-priced-approved',
    title: 'No loan is approved, by model or by override, that has no lawful price',
    scope: 'operator',
    sql: `
      SELECT d.id, d.outcome, s.step_no FROM credit_decisions d
      LEFT JOIN credit_override_steps s ON s.operator_id = d.operator_id
        AND s.decision_id = d.id AND s.outcome = 'approve'
      WHERE NOT (d.decision->>'isPriced')::boolean
        AND (d.outcome <> 'decline' OR s.step_no IS NOT NULL)
      ORDER BY d.id`,
  },
  {
    id: 'credit.four-eyes',
    title: 'Every override was proposed by one person and resolved by another, step by step',
    scope: 'operator',
    sql: `
      SELECT s.decision_id, s.step_no, s.step, s.taken_by, p.taken_by AS proposed_by
      FROM credit_override_steps s
      LEFT JOIN credit_override_steps p ON p.operator_id = s.operator_id
        AND p.decision_id = s.decision_id AND p.step_no = s.step_no - 1
      LEFT JOIN credit_decisions d ON d.operator_id = s.operator_id AND d.id = s.decision_id
      WHERE d.id IS NULL
         OR (s.step = 'proposed') <> (s.step_no % 2 = 1)
         OR (s.step <> 'proposed' AND (p.step IS DISTINCT FROM 'proposed'
               OR p.taken_by = s.taken_by OR p.outcome <> s.outcome))
      ORDER BY s.decision_id, s.step_no`,
  },
  {
    id: 'credit.outcomes-in-order',
    title: 'No loan went bad or was repaid that did not begin before',
    scope: 'operator',
    sql: `
      SELECT o.decision_id, o.event, o.happened_on, s.happened_on AS started_on
      FROM credit_outcomes o
      LEFT JOIN credit_outcomes s ON s.operator_id = o.operator_id
        AND s.decision_id = o.decision_id AND s.event = 'started'
      WHERE s.happened_on IS NULL OR o.happened_on < s.happened_on
      ORDER BY o.decision_id, o.event`,
  },
  {
    id: 'credit.verdict-has-reasons',
    title: 'The verdict on a scorecard is the worst of its reasons, and of the month it says',
    scope: 'operator',
    sql: `
      SELECT r.scorecard_no, r.month_on, r.verdict FROM credit_monitoring_runs r
      WHERE r.verdict <> CASE
              WHEN r.reasons @> '[{"level": "alarm"}]' THEN 'alarm'
              WHEN r.reasons @> '[{"level": "watch"}]' THEN 'watch'
              ELSE 'ok' END
         OR r.report->>'month' IS DISTINCT FROM to_char(r.month_on, 'YYYY-MM')
         OR (r.report->>'decisions')::integer IS DISTINCT FROM r.decisions
      ORDER BY r.month_on, r.scorecard_no`,
  },
];

import { z } from 'zod';
import { calendarDate } from '../../kernel/calendar-date';
import { instantView, page, pageQueryWith } from '../../platform/http';
import type { MonitoringRun, RunFilter } from './monitoring.store';

const modelNo = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, { error: 'This is not the number of a model.' })
  .transform(Number);

const month = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, { error: 'A month is written YYYY-MM.' })
  .transform((text) => calendarDate(`${text}-01`));

const verdict = z.enum(['ok', 'watch', 'alarm']);

export const monitoringQuery = pageQueryWith({
  scorecardNo: modelNo.optional(),
  verdict: verdict.optional(),
});

export const monitoringParams = z.strictObject({ scorecardNo: modelNo, month });

const summary = {
  scorecardNo: z.int().meta({ description: 'The number of the scorecard among the models.' }),
  month: z.string(),
  verdict,
  decisions: z.int(),
  reasons: z.array(
    z.object({ level: z.enum(['watch', 'alarm']), code: z.string(), message: z.string() }),
  ),
  ranAt: instantView,
};

export const monitoringListView = page(z.object(summary));

/** A figure; absent where it could not be reckoned, such as the area where nobody went bad. */
const figure = z.number().optional();

const counts = { good: z.int(), bad: z.int() };

const driftView = z.object({
  name: z.string(),
  psi: z.number(),
  chance: figure,
  level: z.enum(['stable', 'amber', 'red']),
  bands: z.array(
    z.object({ label: z.string(), before: z.number(), now: z.number(), part: z.number() }),
  ),
});

const light = z.enum(['green', 'amber', 'red']);

const monthFigures = {
  cohort: z.string(),
  rows: z.int(),
  bad: z.int(),
  auc: figure,
  aucStandardError: figure,
  gini: figure,
  ks: figure,
  meanPd: figure,
  badRate: figure,
  pValue: figure,
  light,
};

const gradeView = z.object({
  grade: z.string(),
  pd: z.number(),
  rows: z.int(),
  bad: z.int(),
  badRate: figure,
  lower: z.number(),
  upper: z.number(),
  tooLowPValue: z.number(),
  pValue: z.number(),
  light,
  direction: z.enum(['too-low', 'too-high', 'right']),
});

const outcome = z.enum(['approve', 'refer', 'decline']);

const groupView = z.object({
  group: z.string(),
  rows: z.int(),
  approvalRate: figure,
  restApprovalRate: figure,
  impactRatio: figure,
  impactPValue: figure,
  passesFourFifths: z.boolean(),
  goodApprovalRate: figure,
  restGoodApprovalRate: figure,
  opportunityGap: figure,
  known: z.int(),
  defaultRate: figure,
  restDefaultRate: figure,
  defaultRatio: figure,
  auc: figure,
  aucStandardError: figure,
  restAuc: figure,
});

const reportView = z.object({
  month: z.string(),
  card: z.object({ id: z.string(), version: z.int() }),
  decisions: z.int(),
  drifts: z.array(driftView),
  months: z.array(z.object(monthFigures)),
  pooled: z.object({
    ...monthFigures,
    slope: figure,
    slopeStandardError: figure,
    intercept: figure,
  }),
  validatedAuc: z.number(),
  grades: z.array(gradeView),
  overrides: z.object({
    overridden: z.int(),
    share: z.number(),
    swaps: z.array(
      z.object({ model: outcome, standing: outcome, rows: z.int(), ...counts, badRate: figure }),
    ),
  }),
  fairness: z.array(z.object({ attribute: z.string(), groups: z.array(groupView) })),
  vintages: z.array(
    z.object({ cohort: z.string(), rows: z.int(), cumulativeBad: z.array(z.number()) }),
  ),
});

export const monitoringView = z.object({ ...summary, report: reportView });

export function asMonitoringSummary(
  run: MonitoringRun,
): z.input<typeof monitoringListView>['items'][number] {
  const { scorecardNo, monthOn, verdict: found, decisions, reasons, ranAt } = run;
  return {
    ...{ scorecardNo, month: monthOn.slice(0, 7), verdict: found, decisions, ranAt },
    reasons: reasons.map((reason) => ({ ...reason })),
  };
}

export function asMonitoring(run: MonitoringRun): z.input<typeof monitoringView> {
  // Written by `monitor`, and checked against the view on its way out.
  const report = run.report as unknown as z.input<typeof reportView>;
  return { ...asMonitoringSummary(run), report };
}

/** Where a page goes on: after a month and a card. */
export function monitoringCursor({ monthOn, scorecardNo }: MonitoringRun): string {
  return `${monthOn.slice(0, 7)}.${scorecardNo}`;
}

/** A cursor that is none begins at the beginning. */
export function readMonitoringCursor(text: string | undefined): RunFilter['after'] {
  const [, on, no] = /^(\d{4}-(?:0[1-9]|1[0-2]))\.(\d{1,9})$/.exec(text ?? '') ?? [];
  return on === undefined || no === undefined
    ? undefined
    : { monthOn: calendarDate(`${on}-01`), scorecardNo: Number(no) };
}

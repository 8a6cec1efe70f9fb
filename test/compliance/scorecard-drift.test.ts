import { readPlan, readTrainingFile } from '../../src/cli/training-file';
import {
  kindsOf,
  monitor,
  rowsWhere,
  Scorecard,
  takeRows,
  trainCard,
  verdictOf,
  applicantAt,
  type CardFile,
  type MonitoringFacts,
  type OutcomeCell,
  type TrainingTable,
} from '../../src/modules/credit';
import { referenceData } from '../support/reference-data';

/*
 * The monitoring on real loans: a card that learnt from the first quarter of 2018, month by month
 * through the rest of it. The file holds resolved loans only, so that the bad rate falls month by
 * month though the applicants stay the same: what no stability index sees, and calibration must.
 */

const DATA = referenceData('lc_creditmodel.csv');
const PLAN = 'compliance/scorecards/consumer-instalment/1.training.json';
const MONTHS = ['04', '05', '06', '07', '08', '09', '10', '11', '12'].map((no) => `2018-${no}`);

/** A month's counts, as a platform that lent to everybody would have them. */
function factsOf(card: CardFile, month: string, table: TrainingTable): MonitoringFacts {
  const scorecard = new Scorecard(card);
  const points = new Map<number, number>();
  const bins = new Map<string, Map<string, number>>();
  const cells = new Map<number, OutcomeCell>();
  for (let row = 0; row < table.rowCount; row += 1) {
    const scored = scorecard.score(applicantAt(table, row));
    points.set(scored.points, (points.get(scored.points) ?? 0) + 1);
    for (const [variable, label] of Object.entries(scored.bins)) {
      const labels = bins.get(variable) ?? new Map<string, number>();
      bins.set(variable, labels.set(label, (labels.get(label) ?? 0) + 1));
    }
    const pd = scored.pd.toNumber();
    const known = cells.get(scored.points) ?? {
      ...{ cohort: month, pd, good: 0, bad: 0 },
      ...{ grade: 'all', gradePd: card.training.bad / card.training.rows },
    };
    const isBad = table.bad[row] === 1;
    cells.set(scored.points, {
      ...known,
      good: known.good + Number(!isBad),
      bad: known.bad + Number(isBad),
    });
  }
  const nothing = { swaps: [], groups: [], vintages: [] };
  return { month, card, points, bins, outcomes: [...cells.values()], ...nothing };
}

(DATA === undefined ? describe.skip : describe)(
  'a card of early 2018, watched (needs lc_creditmodel.csv of the evaluation data)',
  () => {
    const found = new Map<string, ReturnType<typeof judge>>();

    function judge(card: CardFile, month: string, table: TrainingTable) {
      const rows = rowsWhere(table, (row) => table.days[row]!.startsWith(month));
      const report = monitor(factsOf(card, month, takeRows(table, rows)));
      return { report, ...verdictOf(report) };
    }

    beforeAll(async () => {
      const { description, mapping } = readPlan(PLAN);
      const { table } = await readTrainingFile(DATA!, mapping, kindsOf(description));
      const early = {
        ...description,
        validation: { method: 'out-of-time', developUntil: '2018-04-01' } as const,
        options: { ...description.options, innerFolds: 2 },
      };
      const { card } = trainCard(table, early, mapping);
      for (const month of MONTHS) found.set(month, judge(card, month, table));
    }, 120_000);

    it('sees a stable score until November', () => {
      for (const month of MONTHS.filter((each) => each < '2018-12')) {
        const [score] = found.get(month)!.report.drifts;
        expect([month, score?.name, score?.level]).toEqual([month, 'score', 'stable']);
        expect(score!.psi).toBeLessThan(0.1);
      }
    });

    it.each(['2018-10', '2018-11'])(
      'raises an alarm in %s all the same, for probabilities that did not come true',
      (month) => {
        const { verdict, reasons, report } = found.get(month)!;
        expect(verdict).toBe('alarm');
        expect(reasons[0]).toMatchObject({ level: 'alarm', code: 'probabilities-off' });
        expect(report.pooled.meanPd - report.pooled.badRate).toBeGreaterThan(0.05);
      },
    );

    it('is silent about them in April, when they still held', () => {
      const april = found.get('2018-04')!;
      expect(april.reasons.map(({ code }) => code)).not.toContain('probabilities-off');
    });
  },
);

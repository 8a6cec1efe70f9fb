import type { Print } from '../../src/cli/program';
import { readPlan, readTrainingFile } from '../../src/cli/training-file';
import {
  applicantAt,
  benchmarkOf,
  cardModel,
  crossValidate,
  fitModel,
  kindsOf,
  partsOf,
  performanceOf,
  Scorecard,
  takeRows,
  trainCard,
  type CardFile,
  type Performance,
  type TrainingDescription,
  type TrainingTable,
} from '../../src/modules/credit';
import { digits } from './bars';
import { CHALLENGERS } from './challengers';
import type { Measured } from './german';

const PLAN = 'compliance/scorecards/consumer-instalment/1.training.json';
const FIT_ROWS = 40_000;
/** One and a half points of AUC. */
const LEAST_LEAD = 0.015;

/**
 * LendingClub 2018: the card that is shipped, learnt from January to June and asked about July to
 * December, beside the platform's own sub-grade on the same rows; how long a fit takes, and how
 * many applicants a second the card answers. The bars on speed hold of processor time, so that what
 * else the machine does decides nothing; the clock's time is printed beside.
 */
export async function benchLendingClub(
  print: Print,
  path: string,
  { isQuick }: { readonly isQuick: boolean },
): Promise<Measured> {
  const { description, mapping } = readPlan(PLAN);
  const { table } = await readTrainingFile(path, mapping, kindsOf(description));
  const { development, holdout } = partsOf(table, description);
  if (!holdout) throw new Error(`${PLAN} has no rows to be judged on`);
  print(`LendingClub 2018, ${development.rowCount} rows to learn from, ${holdout.rowCount} after`);
  const { card } = trainCard(table, description, mapping);
  const { validation } = card.performance;
  const grade = benchmarkOf(holdout) ?? { auc: NaN, ks: NaN };
  print(line('card, out of time', validation));
  print(
    `  ${'the platform’s sub-grade'.padEnd(28)} AUC ${digits(grade.auc)}, KS ${digits(grade.ks)}`,
  );
  const crossFitted = crossFit(development, description, isQuick);
  print(line('card, cross-fitted Jan–Jun', crossFitted));
  const challengers = Object.entries(CHALLENGERS).map(([name, fit]) => {
    const performance = performanceOf(fit(development, holdout), holdout.bad);
    print(line(`${name}, out of time`, performance));
    return { name, ...wire(performance) };
  });
  const fit = timeFit(table, description);
  print(
    `  one fit on ${FIT_ROWS} rows: ${digits(fit.seconds)} s (${digits(fit.processorSeconds)} s of processor)`,
  );
  const scoring = timeScoring(card, holdout);
  const perSecond = SCORED / scoring.processorSeconds;
  print(
    `  ${digits(perSecond)} applicants scored a processor second, with bins and reasons (${digits(SCORED / scoring.seconds)} by the clock)`,
  );
  return {
    figures: {
      card: wire(validation),
      card_cross_fitted: wire(crossFitted),
      sub_grade: { auc: digits(grade.auc), ks: digits(grade.ks) },
      challengers,
      fit_rows: FIT_ROWS,
      fit_seconds: digits(fit.seconds),
      fit_processor_seconds: digits(fit.processorSeconds),
      applicants_per_second: digits(SCORED / scoring.seconds),
      applicants_per_processor_second: digits(perSecond),
    },
    bars: [
      { name: 'LendingClub 2018, AUC out of time', value: validation.auc, atLeast: 0.68 },
      {
        name: 'LendingClub 2018, AUC above the sub-grade',
        value: validation.auc - grade.auc,
        atLeast: LEAST_LEAD,
      },
      {
        name: 'LendingClub 2018, calibration slope, out of time',
        value: validation.calibration.slope,
        ...SLOPE,
      },
      {
        name: 'LendingClub 2018, calibration slope, cross-fitted',
        value: crossFitted.calibration.slope,
        ...SLOPE,
      },
      {
        name: `processor seconds of a fit on ${FIT_ROWS} rows`,
        value: fit.processorSeconds,
        atMost: 5,
      },
      { name: 'applicants scored a processor second', value: perSecond, atLeast: 200_000 },
    ],
  };
}

const SLOPE = { atLeast: 0.9, atMost: 1.1 };

function crossFit(
  table: TrainingTable,
  { characteristics, options }: TrainingDescription,
  isQuick: boolean,
): Performance {
  const folds = isQuick ? 3 : 10;
  return crossValidate(table, cardModel(characteristics, options), { folds, repeats: 1 }).pooled;
}

/** Rows beyond those of the file are its first ones again. */
function timeFit(table: TrainingTable, { characteristics, options }: TrainingDescription): Timed {
  const sample = takeRows(
    table,
    Uint32Array.from({ length: FIT_ROWS }, (_, row) => row % table.rowCount),
  );
  return timed(() => fitModel(sample, characteristics, options));
}

interface Timed {
  readonly seconds: number;
  /** Of all threads: on an idle machine no less than the clock's, on a busy one still the same. */
  readonly processorSeconds: number;
}

function timed(work: () => unknown): Timed {
  const before = process.cpuUsage();
  const start = performance.now();
  work();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { seconds, processorSeconds: (user + system) / 1e6 };
}

const SCORED = 400_000;

function timeScoring(rules: CardFile, table: TrainingTable): Timed {
  const card = new Scorecard(rules);
  const applicants = Array.from({ length: table.rowCount }, (_, row) => applicantAt(table, row));
  for (const applicant of applicants) card.score(applicant);
  return timed(() => {
    for (let at = 0; at < SCORED; at += 1) card.score(applicants[at % applicants.length]!);
  });
}

function line(name: string, { auc, ks, brier, calibration }: Performance): string {
  const { slope, intercept, meanPd, badRate } = calibration;
  return (
    `  ${name.padEnd(28)} AUC ${digits(auc)}, KS ${digits(ks)}, Brier ${digits(brier)}; ` +
    `slope ${digits(slope)}, intercept ${digits(intercept)}, ` +
    `mean PD ${digits(meanPd)}, bad rate ${digits(badRate)}`
  );
}

function wire({ rows, auc, ks, brier, calibration }: Performance) {
  return {
    rows,
    auc: digits(auc),
    ks: digits(ks),
    brier: digits(brier),
    slope: digits(calibration.slope),
    intercept: digits(calibration.intercept),
    mean_pd: digits(calibration.meanPd),
    bad_rate: digits(calibration.badRate),
  };
}

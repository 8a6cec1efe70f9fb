import type { MonitoringReport } from './monitoring';

/** `watch`: somebody should look; `alarm`: the card should not go on as it is. */
export type Verdict = 'ok' | 'watch' | 'alarm';

export type VerdictReasonCode =
  | 'score-moved'
  | 'variable-moved'
  | 'ranking-fell'
  | 'probabilities-off'
  | 'slope-off'
  | 'grade-off'
  | 'many-overrides'
  | 'adverse-impact';

export interface VerdictReason {
  readonly level: Exclude<Verdict, 'ok'>;
  readonly code: VerdictReasonCode;
  readonly message: string;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** Alarms first. */
  readonly reasons: readonly VerdictReason[];
}

/** A mean probability so far from the bad rate misprices loans, whatever chance says. */
const MEAN_GAP = 0.01;
/** How much less area than at validation is a matter of alarm. */
const AREA_LOST = 0.03;
/** Off by so many of its standard errors, a slope is not off by chance: one time in a hundred. */
const SLOPE = { least: 0.9, most: 1.1, errors: 2.576 } as const;
const OVERRIDES = { watch: 0.1, alarm: 0.2, decisions: 30 } as const;
/** Fewer than so many of a group say nothing of how it fares. */
const SMALLEST_GROUP = 30;
const SIGNIFICANT = 0.05;

/**
 * What a month's report comes to. Each ground stands for itself: a score whose applicants have not
 * moved at all may still be wrong about every one of them, which no stability index can see.
 */
export function verdictOf(report: MonitoringReport): Judgement {
  const reasons = [
    ...driftReasons(report),
    ...rankingReasons(report),
    ...calibrationReasons(report),
    ...gradeReasons(report),
    ...overrideReasons(report),
    ...fairnessReasons(report),
  ];
  const alarms = reasons.filter(({ level }) => level === 'alarm');
  const watched = reasons.filter(({ level }) => level === 'watch');
  const verdict = alarms.length > 0 ? 'alarm' : watched.length > 0 ? 'watch' : 'ok';
  return { verdict, reasons: [...alarms, ...watched] };
}

function driftReasons({ drifts }: MonitoringReport): readonly VerdictReason[] {
  return drifts
    .filter(({ level }) => level !== 'stable')
    .map(({ name, psi, level }) => {
      const isScore = name === 'score';
      return {
        // One variable alone seldom unmakes a card.
        level: isScore && level === 'red' ? 'alarm' : 'watch',
        code: isScore ? 'score-moved' : 'variable-moved',
        message: `Applicants moved from those of the development: ${name} has an index of ${short(psi)}.`,
      };
    });
}

function rankingReasons({ pooled, validatedAuc }: MonitoringReport): readonly VerdictReason[] {
  const upper = pooled.auc + 1.96 * pooled.aucStandardError;
  if (Number.isNaN(upper) || upper >= validatedAuc) return [];
  return [
    {
      level: upper < validatedAuc - AREA_LOST ? 'alarm' : 'watch',
      code: 'ranking-fell',
      message: `The card ranks worse than when it was validated: area ${short(pooled.auc)}, then ${short(validatedAuc)}.`,
    },
  ];
}

/** The months together, and the last month that is red by itself: either is enough. */
function calibrationReasons({ pooled, months }: MonitoringReport): readonly VerdictReason[] {
  const reasons: VerdictReason[] = [];
  const off = [pooled, ...months].filter(
    ({ light, meanPd, badRate }) => light === 'red' && Math.abs(meanPd - badRate) >= MEAN_GAP,
  );
  const [worst] = off.toSorted((a, b) => a.pValue - b.pValue);
  if (worst) {
    const when = worst === pooled ? 'over all months' : `in ${worst.cohort}`;
    const direction = worst.meanPd > worst.badRate ? 'high' : 'low';
    reasons.push({
      level: 'alarm',
      code: 'probabilities-off',
      message: `Probabilities are too ${direction} ${when}: ${short(worst.meanPd)} on the average, and ${short(worst.badRate)} went bad.`,
    });
  }
  const { slope, slopeStandardError } = pooled;
  const isBeyondChance = Math.abs(slope - 1) > SLOPE.errors * slopeStandardError;
  if (isBeyondChance && (slope < SLOPE.least || slope > SLOPE.most)) {
    reasons.push({
      level: 'watch',
      code: 'slope-off',
      message: `The slope of the log odds is ${short(slope)}; it should be between ${SLOPE.least} and ${SLOPE.most}.`,
    });
  }
  return reasons;
}

function gradeReasons({ grades }: MonitoringReport): readonly VerdictReason[] {
  return grades
    .filter(({ light }) => light === 'red')
    .map(({ grade, pd, badRate, direction }) => ({
      // Too low loses lenders' money; too high only keeps good loans away.
      level: direction === 'too-low' ? 'alarm' : 'watch',
      code: 'grade-off',
      message: `Grade ${grade} is reckoned at ${short(pd)}, and ${short(badRate)} of it went bad.`,
    }));
}

function overrideReasons({ overrides, decisions }: MonitoringReport): readonly VerdictReason[] {
  const { share, overridden } = overrides;
  if (decisions < OVERRIDES.decisions || share < OVERRIDES.watch) return [];
  return [
    {
      level: share >= OVERRIDES.alarm ? 'alarm' : 'watch',
      code: 'many-overrides',
      message: `${overridden} of ${decisions} decisions were overruled by people.`,
    },
  ];
}

function fairnessReasons({ fairness }: MonitoringReport): readonly VerdictReason[] {
  return fairness.flatMap(({ attribute, groups }) => {
    const all = groups.reduce((sum, { rows }) => sum + rows, 0);
    return groups
      .filter(({ rows }) => rows >= SMALLEST_GROUP && all - rows >= SMALLEST_GROUP)
      .filter(({ passesFourFifths }) => !passesFourFifths)
      .map(({ group, impactRatio, impactPValue }): VerdictReason => ({
        level: impactPValue < SIGNIFICANT ? 'alarm' : 'watch',
        code: 'adverse-impact',
        message: `By ${attribute}, ${group} is approved ${short(impactRatio)} times as often as others; four fifths are the least.`,
      }));
  });
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

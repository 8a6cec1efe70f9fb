import { binShares, type CardFile } from '../card-file';
import type { TrainedCard } from '../card-training';
import { approvedSafest, fairnessTable, type GroupFairness } from '../fairness';
import { driftOf, type BandCounts, type Drift } from '../stability';
import { bandLabel, binLabel, Scorecard } from '../scorecard';
import { applicantAt, type TrainingTable } from '../training-table';

/** Probabilities, or ranks, that another model gave the same rows. */
export interface Rival {
  readonly name: string;
  /** Whether its figures are probabilities, or ranks alone. */
  readonly gives: 'probabilities' | 'ranks';
  readonly scores: Float64Array;
}

export interface FairnessSection {
  /** Of which groups it speaks: age, sex. */
  readonly attribute: string;
  /** Who counts as approved in it. */
  readonly approvedShare: number;
  readonly groups: readonly GroupFairness[];
}

/** All that a report shows; rows are those of the validation, none of which taught its model. */
export interface ScorecardReportInput {
  readonly card: CardFile;
  readonly pd: Float64Array;
  readonly points: Float64Array;
  readonly bad: Uint8Array;
  readonly rivals: readonly Rival[];
  /** Of the score first, then of the variables; empty where nobody can have moved. */
  readonly drifts: readonly Drift[];
  readonly fairness: readonly FairnessSection[];
}

/** Groups of the rows of a table by something that no card may use. */
export interface GroupedBy {
  readonly attribute: string;
  readonly names: readonly string[];
  /** Position in `names` of a row's group; −1 where it is not known. */
  readonly groupOf: (row: number) => number;
}

const USUAL_APPROVED_SHARE = 0.7;

/** What a report of a card that was just trained shows. */
export function reportInput(
  { card, validation, validationPd }: TrainedCard,
  {
    rivals = [],
    groups = [],
  }: { readonly rivals?: readonly Rival[]; readonly groups?: readonly GroupedBy[] } = {},
): ScorecardReportInput {
  const scorecard = new Scorecard(card);
  const points = Float64Array.from({ length: validation.rowCount }, (_, row) =>
    scorecard.points(applicantAt(validation, row)),
  );
  const grades = gradeRanks(validation);
  return {
    card,
    pd: validationPd,
    points,
    bad: validation.bad,
    rivals: grades ? [...rivals, grades] : rivals,
    drifts: card.performance.method === 'out-of-time' ? driftsOf(card, validation) : [],
    fairness: groups.map(({ attribute, names, groupOf }) => ({
      attribute,
      approvedShare: USUAL_APPROVED_SHARE,
      groups: fairnessTable({
        scores: validationPd,
        approved: approvedSafest(validationPd, USUAL_APPROVED_SHARE),
        outcome: Int8Array.from(validation.bad),
        group: Int32Array.from({ length: validation.rowCount }, (_, row) => groupOf(row)),
        names,
      }),
    })),
  };
}

/** How far the rows of a table have moved from those the card was made for. */
export function driftsOf(card: CardFile, table: TrainingTable): readonly Drift[] {
  const scorecard = new Scorecard(card);
  const points = Float64Array.from({ length: table.rowCount }, (_, row) =>
    scorecard.points(applicantAt(table, row)),
  );
  const variables = card.characteristics.map((characteristic) => {
    const { actual } = binShares(characteristic, table);
    const bands = characteristic.bins.map((bin, at) => ({
      label: binLabel(bin),
      before: bin.rows,
      now: actual[at]! * table.rowCount,
    }));
    return driftOf(characteristic.variable, bands);
  });
  return card.training.scoreBands.length === 0
    ? variables
    : [driftOf('score', bandedScores(card, points)), ...variables];
}

/** Counts by the card's bands of score. */
export function bandedScores(
  { training }: Pick<CardFile, 'training'>,
  points: Float64Array,
): readonly BandCounts[] {
  return training.scoreBands.map(({ from, below, rows }) => {
    const now = points.reduce(
      (count, score) => count + Number((from ?? -Infinity) <= score && score < (below ?? Infinity)),
      0,
    );
    return { label: bandLabel({ from, below }), before: rows, now };
  });
}

/** The grade in the file as a rival; grades are ranked by their names. */
function gradeRanks({ benchmark }: TrainingTable): Rival | undefined {
  if (benchmark.length === 0) return undefined;
  const ranks = new Map(
    [...new Set(benchmark)]
      .toSorted((a, b) => (a < b ? -1 : 1))
      .map((grade, rank) => [grade, rank]),
  );
  return {
    name: 'Grade in the file',
    gives: 'ranks',
    scores: Float64Array.from(benchmark, (grade) => ranks.get(grade)!),
  };
}

import { aucEstimate } from './delong';
import { normalBeyond } from './distributions';
import { countBad } from './metrics';

/*
 * Whether groups of people fare alike: in who is approved, in who of the reliable is approved, in
 * how many fail, and in how well the score knows them. A group is compared with all others.
 */

/** What is known of each case, by position. */
export interface FairnessCases {
  /** Rises with risk. */
  readonly scores: Float64Array;
  readonly approved: Uint8Array;
  /** 1 bad, 0 good, −1 where nobody knows: not disbursed, or too young. */
  readonly outcome: Int8Array;
  /** Position of the group in `names`; −1 where the group is not known. */
  readonly group: Int32Array;
  readonly names: readonly string[];
}

export interface GroupFairness {
  readonly group: string;
  readonly rows: number;
  readonly approvalRate: number;
  readonly restApprovalRate: number;
  /** Approval rate of the group over that of the rest: adverse impact ratio. */
  readonly impactRatio: number;
  /** Of a difference of approval rates so large by chance; two-sided. */
  readonly impactPValue: number;
  readonly passesFourFifths: boolean;
  /** Of those who turned out good, the share that was approved; the rest's; their difference. */
  readonly goodApprovalRate: number;
  readonly restGoodApprovalRate: number;
  readonly opportunityGap: number;
  /** Of those whose outcome is known, the share that went bad. */
  readonly known: number;
  readonly defaultRate: number;
  readonly restDefaultRate: number;
  readonly defaultRatio: number;
  /** How well the score ranks within the group, and within the rest. */
  readonly auc: number;
  readonly aucStandardError: number;
  readonly restAuc: number;
}

/** 29 CFR 1607.4 D: less than four fifths of the rate of others is evidence of adverse impact. */
export const FOUR_FIFTHS = 0.8;

/** The table of an attribute, such as age or sex; a ratio without a base is NaN. */
export function fairnessTable(cases: FairnessCases): readonly GroupFairness[] {
  return cases.names.map((group, index) => {
    const inside = factsOf(cases, (each) => each === index);
    const rest = factsOf(cases, (each) => each !== index && each >= 0);
    const impactRatio = inside.approvalRate / rest.approvalRate;
    return {
      group,
      rows: inside.rows,
      approvalRate: inside.approvalRate,
      restApprovalRate: rest.approvalRate,
      impactRatio,
      impactPValue: twoShares(inside, rest),
      // Nobody compared with is nobody wronged.
      passesFourFifths: !(impactRatio < FOUR_FIFTHS),
      goodApprovalRate: inside.goodApprovalRate,
      restGoodApprovalRate: rest.goodApprovalRate,
      opportunityGap: inside.goodApprovalRate - rest.goodApprovalRate,
      known: inside.known,
      defaultRate: inside.defaultRate,
      restDefaultRate: rest.defaultRate,
      defaultRatio: inside.defaultRate / rest.defaultRate,
      auc: inside.auc,
      aucStandardError: inside.aucStandardError,
      restAuc: rest.auc,
    };
  });
}

/**
 * Who would be approved if the safest so many of a hundred were: what is compared before a card is
 * used. Ties at the edge are all approved, since no rule could part them.
 *
 * @param share from 0 to 1.
 */
export function approvedSafest(scores: Float64Array, share: number): Uint8Array {
  const sorted = scores.toSorted();
  const edge = sorted[Math.max(0, Math.trunc(share * scores.length) - 1)] ?? 0;
  return Uint8Array.from(scores, (score) => Number(score <= edge));
}

interface GroupFacts {
  readonly rows: number;
  readonly approved: number;
  readonly approvalRate: number;
  readonly goodApprovalRate: number;
  readonly known: number;
  readonly defaultRate: number;
  readonly auc: number;
  readonly aucStandardError: number;
}

function factsOf(cases: FairnessCases, isIn: (group: number) => boolean): GroupFacts {
  const { group, approved, outcome, scores } = cases;
  const rows = [...group.keys()].filter((row) => isIn(group[row]!));
  const known = rows.filter((row) => outcome[row]! >= 0);
  const good = known.filter((row) => outcome[row] === 0);
  const bad = Uint8Array.from(known, (row) => outcome[row]!);
  const approvedOf = (some: readonly number[]): number =>
    some.reduce((sum, row) => sum + approved[row]!, 0);
  const estimate = aucEstimate(
    Float64Array.from(known, (row) => scores[row]!),
    bad,
  );
  return {
    rows: rows.length,
    approved: approvedOf(rows),
    approvalRate: approvedOf(rows) / rows.length,
    goodApprovalRate: approvedOf(good) / good.length,
    known: known.length,
    defaultRate: countBad(bad) / known.length,
    auc: estimate.auc,
    aucStandardError: estimate.standardError,
  };
}

/** The usual test of two shares, by their pooled variance. */
function twoShares(first: GroupFacts, second: GroupFacts): number {
  const pooled = (first.approved + second.approved) / (first.rows + second.rows);
  const variance = pooled * (1 - pooled) * (1 / first.rows + 1 / second.rows);
  const difference = first.approvalRate - second.approvalRate;
  if (Number.isNaN(difference)) return NaN;
  return variance === 0 ? 1 : normalBeyond(difference / Math.sqrt(variance));
}

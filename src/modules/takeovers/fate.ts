import { createHash } from 'node:crypto';
import type { BookLoan } from './book-loan';

/**
 * How a borrower pays. `after` counts the instalments that are paid before: what is left is then
 * repaid at once (`early`), or nothing is paid any more (`stops`).
 */
export type Fate =
  | { readonly kind: 'to-term' }
  | { readonly kind: 'early'; readonly after: number }
  | { readonly kind: 'stops'; readonly after: number };

/**
 * What is assumed of loans of which only the end is known. The file says who was charged off and who
 * repaid; when, and how much came back, it does not.
 */
export interface FateRule {
  /** Of a hundred that repaid, so many did before the term. */
  readonly earlyPercent: number;
  /** They pay at least so many instalments before. */
  readonly earlyFrom: number;
  /** Of a thousand who will be charged off, so many stop paying each month. */
  readonly stopsPerMille: number;
  /** Of what was written off, so much in a hundred is recovered... */
  readonly recoveredPercent: number;
  /** ...of which so much in a hundred is spent on it. */
  readonly costPercent: number;
}

export const USUAL_FATE: FateRule = {
  earlyPercent: 45,
  earlyFrom: 6,
  stopsPerMille: 40,
  recoveredPercent: 10,
  costPercent: 18,
};

/** The rule in words, for whoever reads what came of it. */
export function fateText(rule: FateRule): readonly string[] {
  return [
    `Of loans that were repaid, ${rule.earlyPercent} % are repaid early, after at least ` +
      `${rule.earlyFrom} instalments, every month from then on as likely; the others pay to term.`,
    `Of loans that were charged off, ${rule.stopsPerMille / 10} % of those that still pay stop ` +
      'each month, and never pay again.',
    `After it was written off, ${rule.recoveredPercent} % of what was outstanding is recovered, ` +
      `of which ${rule.costPercent} % are costs.`,
    'What is drawn is drawn from the SHA-256 of the row’s id: the same in every run.',
  ];
}

/** How the borrower of a loan pays. A pure function of the row and the rule. */
export function fateOf(
  { key, termMonths, turnedBad }: Pick<BookLoan, 'key' | 'termMonths' | 'turnedBad'>,
  rule: FateRule,
): Fate {
  if (turnedBad) return { kind: 'stops', after: stopsAfter(key, termMonths, rule) };
  const months = termMonths - rule.earlyFrom;
  if (months <= 0 || drawn('early', key, 100n) >= BigInt(rule.earlyPercent)) {
    return { kind: 'to-term' };
  }
  return { kind: 'early', after: rule.earlyFrom + Number(drawn('when', key, BigInt(months))) };
}

const WHOLE = 1_000_000_000n;

/** A geometric distribution, cut off at the term, in whole numbers. */
function stopsAfter(key: string, termMonths: number, { stopsPerMille }: FateRule): number {
  const weights: bigint[] = [];
  let paying = WHOLE;
  for (let month = 0; month < termMonths; month += 1) {
    const stops = (paying * BigInt(stopsPerMille)) / 1000n;
    weights.push(stops);
    paying -= stops;
  }
  let left = drawn(
    'stops',
    key,
    weights.reduce((sum, weight) => sum + weight, 0n),
  );
  return weights.findIndex((weight) => {
    left -= weight;
    return left < 0n;
  });
}

/** A whole number below `bound`, the same for the same words. */
function drawn(purpose: string, key: string, bound: bigint): bigint {
  const hash = createHash('sha256').update(`${purpose} ${key}`).digest('hex');
  return BigInt(`0x${hash.slice(0, 24)}`) % bound;
}

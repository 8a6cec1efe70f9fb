import { rate, type Rate } from '../../kernel/rate';

const PERCENTAGE = /(\d{1,3}(?:\.\d{1,4})?)\s*(?:%|per\s?cent\b)/gi;

/** Words and shapes by which a text names a span, a floor, a ceiling or a second kind of fee. */
const NOT_ONE_FEE =
  /\d\s*(?:%|per\s?cent)?\s*(?:-|–|—|to)\s*\d|\$\s*\d|\b(?:USD|dollars?|up to|between|at least|at most|no more than|not exceed\w*|minimum|maximum|ranging|greater of|lesser of|tiers?|tiered)\b/i;

/**
 * The one percentage of what is raised that a text states as the fee; undefined where it names
 * none, several, a span (`7 - 13 percent`) or an amount beside it: then nobody can tell which.
 */
export function statedFeeRate(text: string): Rate | undefined {
  if (NOT_ONE_FEE.test(text)) return undefined;
  const stated = [...text.matchAll(PERCENTAGE)].map(([, digits = '']) => rate(digits));
  const [first] = stated;
  if (first === undefined || stated.some((other) => !other.equals(first))) return undefined;
  const fraction = first.dividedBy(100);
  return fraction.lessThan(1) ? fraction : undefined;
}

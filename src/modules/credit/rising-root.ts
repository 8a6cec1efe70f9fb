import { rate, type Rate } from '../../kernel/rate';

/** Rates are solved to this many digits: a cent of a billion is seen at the eleventh. */
export const ROOT_DIGITS = 16;

const ZERO = rate('0');
const NEAR = rate(`0.${'0'.repeat(ROOT_DIGITS)}1`);
const FIRST_GUESS = rate('0.25');
const MOST_ROUNDS = 200;

interface Tried {
  readonly at: Rate;
  readonly value: Rate;
}

interface Bracket {
  readonly low: Tried;
  readonly high: Tried;
  readonly lastMoved?: 'low' | 'high';
}

/**
 * Where a value that rises with the rate is nothing, to `ROOT_DIGITS`: 0 when it is nowhere below
 * nothing, undefined when it is still below at twice `highest`.
 *
 * The two ends always hold the root between them. Illinois false position comes to it in about ten
 * rounds, and halving every eighth makes sure that it does.
 */
export function risingRoot(valueAt: (at: Rate) => Rate, highest: Rate): Rate | undefined {
  const low = { at: ZERO, value: valueAt(ZERO) };
  if (!low.value.isNegative()) return ZERO;
  const high = notBelow(valueAt, highest);
  if (!high) return undefined;
  let bracket: Bracket = { low, high };
  for (let round = 1; round < MOST_ROUNDS && isWide(bracket); round += 1) {
    const at = round % 8 === 0 ? halfWay(bracket) : crossing(bracket);
    const value = valueAt(at);
    if (value.abs().lt(NEAR)) return at;
    bracket = narrowed(bracket, { at, value });
  }
  return bracket.high.at;
}

function notBelow(valueAt: (at: Rate) => Rate, highest: Rate): Tried | undefined {
  for (let at = FIRST_GUESS; ; at = at.times(2)) {
    const value = valueAt(at);
    if (!value.isNegative()) return { at, value };
    if (at.gte(highest)) return undefined;
  }
}

/** An end that stays twice is given half its weight, or the other would creep towards it. */
function narrowed({ low, high, lastMoved }: Bracket, tried: Tried): Bracket {
  if (tried.value.isNegative()) {
    return { low: tried, high: lastMoved === 'low' ? halved(high) : high, lastMoved: 'low' };
  }
  return { low: lastMoved === 'high' ? halved(low) : low, high: tried, lastMoved: 'high' };
}

function halved({ at, value }: Tried): Tried {
  return { at, value: value.div(2) };
}

function isWide({ low, high }: Bracket): boolean {
  return high.at.minus(low.at).gt(NEAR);
}

function halfWay({ low, high }: Bracket): Rate {
  return low.at.plus(high.at).div(2);
}

/** Where the line through both ends crosses nothing. */
function crossing({ low, high }: Bracket): Rate {
  const rise = high.value.minus(low.value);
  return high.at.minus(high.value.times(high.at.minus(low.at)).div(rise));
}

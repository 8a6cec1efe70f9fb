import { assert, must } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { costOf, unitsFor, type AllocationMethod, type SharePrice } from '../offerings';
import { subscriptionProblem } from './errors';

/** What one subscription asks for, as the allocation needs to know it. */
export interface Demand {
  readonly id: Id<'sub'>;
  /** Place in the order of arrival; no two are alike. */
  readonly orderNo: bigint;
  /** Whole shares asked for. */
  readonly units: bigint;
}

/** Between whom a maximum is divided, and at what price. */
export interface AllocationTerms {
  readonly price: SharePrice;
  /** The most that may be raised. */
  readonly maximum: Money;
  readonly minimumTicket: Money;
}

/** What one subscription gets: whole shares, none at all, or what it asked for. */
export interface Allotment<D extends Demand = Demand> {
  readonly demand: D;
  readonly units: bigint;
  readonly cost: Money;
}

/** A method at work: who gets how much, and what it comes to. */
export interface Allocation<D extends Demand = Demand> {
  readonly method: AllocationMethod;
  /** One for each demand, in order of arrival. */
  readonly allotments: readonly Allotment<D>[];
  readonly units: bigint;
  readonly raised: Money;
  /** What whole shares leave of the maximum although more was asked for. */
  readonly residue: Money;
  readonly isScaledBack: boolean;
}

/**
 * Divides the maximum by one of the methods that need nobody's judgement. Deterministic: the same
 * demands give the same allotments, in whatever sequence they are passed.
 */
export function allocate<D extends Demand>(
  method: Exclude<AllocationMethod, 'discretionary'>,
  demands: readonly D[],
  terms: AllocationTerms,
): Allocation<D> {
  const sorted = inOrder(demands);
  const units = method === 'first-come' ? firstCome(sorted, terms) : proRata(sorted, terms);
  return allocation(method, sorted, { units, terms });
}

/**
 * In order of arrival each gets all it asked for, until the next no longer fits: that one takes
 * what is left in whole shares, and those behind it nothing.
 */
function firstCome(demands: readonly Demand[], { price, maximum }: AllocationTerms): bigint[] {
  let left = maximum;
  let isOver = false;
  return demands.map((demand) => {
    if (isOver) return 0n;
    const wanted = costOf(price, demand.units);
    if (wanted.isMoreThan(left)) {
      isOver = true;
      return unitsFor(price, left);
    }
    left = left.minus(wanted);
    return demand.units;
  });
}

/**
 * Everybody gets the same part of what was asked for, in whole shares: the fractions lost by that
 * go share by share to the largest remainders, ties by order of arrival.
 *
 * Nobody is scaled below the minimum ticket while the maximum has room for everybody's: the
 * smallest are lifted to it first, and the others share the rest in proportion. When there is no
 * room even for that, the earliest get the minimum ticket, and one takes what is left.
 */
function proRata(demands: readonly Demand[], terms: AllocationTerms): bigint[] {
  const { price, maximum } = terms;
  if (
    !costOfAll(
      demands.map((demand) => demand.units),
      price,
    ).isMoreThan(maximum)
  ) {
    return demands.map((demand) => demand.units);
  }
  const least = unitsFor(price, terms.minimumTicket);
  const minimum = least > 0n ? least : 1n;
  const leastOf = demands.map((demand) => (demand.units < minimum ? demand.units : minimum));
  const served = howManyFit(leastOf, terms);
  if (served < demands.length) return servedFirst(leastOf, { served, terms });
  const shares = liftedShares(demands, { minimum, budget: unitsFor(price, maximum) });
  return withinMaximum(shares, { leastOf, terms });
}

/** How many demands, from the earliest on, can have their least. */
function howManyFit(leastOf: readonly bigint[], { price, maximum }: AllocationTerms): number {
  let left = maximum;
  const position = leastOf.findIndex((units) => {
    const cost = costOf(price, units);
    if (cost.isMoreThan(left)) return true;
    left = left.minus(cost);
    return false;
  });
  return position === -1 ? leastOf.length : position;
}

/** The least for the first of them, what is left for the next, nothing for the others. */
function servedFirst(
  leastOf: readonly bigint[],
  { served, terms }: { readonly served: number; readonly terms: AllocationTerms },
): bigint[] {
  const { price, maximum } = terms;
  const left = maximum.minus(costOfAll(leastOf.slice(0, served), price));
  return leastOf.map((units, position) =>
    position < served ? units : position === served ? unitsFor(price, left) : 0n,
  );
}

/** A share with what its rounding lost, for giving and taking single shares in a fair order. */
interface Part {
  readonly position: number;
  readonly remainder: bigint;
  units: bigint;
  /** Whether it was rounded up: a leftover share went to it. */
  wasRoundedUp: boolean;
}

/** Divides `budget` shares in proportion, none below the minimum; it fits all of the minimums. */
function liftedShares(
  demands: readonly Demand[],
  { minimum, budget }: { readonly minimum: bigint; readonly budget: bigint },
): readonly Part[] {
  const bySize = demands
    .map((demand, position) => ({ position, units: demand.units }))
    .toSorted((a, b) => compare(a.units, b.units) || a.position - b.position);
  const lifted: Part[] = [];
  let rest = budget;
  let weight = demands.reduce((sum, demand) => sum + demand.units, 0n);
  // The smallest fall below the minimum first. Lifting one leaves less for the others, so the next
  // smallest is looked at with what is left then.
  const shared = bySize.filter(({ position, units }) => {
    const least = units < minimum ? units : minimum;
    if (weight === 0n || units * rest >= least * weight) return true;
    lifted.push({ position, remainder: 0n, units: least, wasRoundedUp: false });
    rest -= least;
    weight -= units;
    return false;
  });
  return [...lifted, ...largestRemainder(shared, { budget: rest, weight })];
}

function largestRemainder(
  wanted: readonly { readonly position: number; readonly units: bigint }[],
  { budget, weight }: { readonly budget: bigint; readonly weight: bigint },
): readonly Part[] {
  if (budget >= weight) {
    return wanted.map((each) => ({ ...each, remainder: 0n, wasRoundedUp: false }));
  }
  const parts: Part[] = wanted.map(({ position, units }) => ({
    position,
    units: (units * budget) / weight,
    remainder: (units * budget) % weight,
    wasRoundedUp: false,
  }));
  let left = budget - parts.reduce((sum, part) => sum + part.units, 0n);
  for (const part of parts.toSorted(byRemainder)) {
    if (left === 0n) break;
    part.units += 1n;
    part.wasRoundedUp = true;
    left -= 1n;
  }
  return parts;
}

/**
 * Each allotment's cost is rounded up by itself, so that many small ones may together pass the
 * maximum by some minor units. Then single shares are taken back until it fits, never below the
 * least: first those that rounding gave, the smallest remainder first.
 */
function withinMaximum(
  parts: readonly Part[],
  { leastOf, terms }: { readonly leastOf: readonly bigint[]; readonly terms: AllocationTerms },
): bigint[] {
  const { price, maximum } = terms;
  const units = leastOf.map(() => 0n);
  for (const part of parts) units[part.position] = part.units;
  let excess = costOfAll(units, price).minor - maximum.minor;
  const reducible = parts.toSorted(
    (a, b) => Number(b.wasRoundedUp) - Number(a.wasRoundedUp) || byRemainder(b, a),
  );
  while (excess > 0n) {
    const before = excess;
    for (const { position } of reducible) {
      if (excess <= 0n) break;
      const held = must(units[position], 'the units of a demand');
      if (held <= must(leastOf[position], 'the least of a demand')) continue;
      excess -= costOf(price, held).minor - costOf(price, held - 1n).minor;
      units[position] = held - 1n;
    }
    assert(excess < before, 'the minimum tickets fit the maximum');
  }
  return units;
}

/** The largest remainder first; among equals, whoever came first. */
function byRemainder(a: Part, b: Part): number {
  return compare(b.remainder, a.remainder) || a.position - b.position;
}

/** What staff decided somebody gets; whoever is not named gets nothing. */
export interface GivenAllotment {
  readonly id: Id<'sub'>;
  readonly units: bigint;
}

/**
 * The allocation that staff decided, held against what was ordered.
 *
 * @throws Problem `subscriptions.invalid-allocation` naming everything that is wrong with it.
 */
export function discretionary<D extends Demand>(
  given: readonly GivenAllotment[],
  demands: readonly D[],
  terms: AllocationTerms,
): Allocation<D> {
  const sorted = inOrder(demands);
  const byId = new Map(given.map((each) => [each.id, each.units]));
  const result = allocation('discretionary', sorted, {
    units: sorted.map((demand) => byId.get(demand.id) ?? 0n),
    terms,
  });
  const errors = [...givenFaults(given, sorted), ...sumFaults(result, terms)];
  if (errors.length > 0) throw subscriptionProblem('invalid-allocation', { errors });
  return result;
}

function givenFaults(given: readonly GivenAllotment[], demands: readonly Demand[]) {
  const demanded = new Map(demands.map((demand) => [demand.id, demand.units]));
  const seen = new Set<string>();
  return given.flatMap(({ id, units }, position) => {
    const ordered = demanded.get(id);
    const isTwice = seen.has(id);
    seen.add(id);
    const detail =
      ordered === undefined
        ? `${id} is not an open subscription of this offering.`
        : isTwice
          ? `${id} is named twice.`
          : units < 0n || units > ordered
            ? `${id} asked for ${ordered} shares, not ${units}.`
            : undefined;
    return detail === undefined ? [] : [{ pointer: `#/allocations/${position}`, detail }];
  });
}

function sumFaults({ raised }: Allocation, { maximum }: AllocationTerms) {
  if (!raised.isMoreThan(maximum)) return [];
  return [{ pointer: '#/allocations', detail: `${raised} is above the maximum of ${maximum}.` }];
}

function allocation<D extends Demand>(
  method: AllocationMethod,
  demands: readonly D[],
  { units, terms }: { readonly units: readonly bigint[]; readonly terms: AllocationTerms },
): Allocation<D> {
  const { price, maximum } = terms;
  const allotments = demands.map((demand, position) => {
    const given = must(units[position], 'the units of a demand');
    return { demand, units: given, cost: costOf(price, given) };
  });
  const raised = Money.sum(
    allotments.map((allotment) => allotment.cost),
    price.currency,
  );
  const isScaledBack = allotments.some((allotment) => allotment.units < allotment.demand.units);
  return {
    method,
    allotments,
    units: units.reduce((sum, each) => sum + each, 0n),
    raised,
    residue: isScaledBack ? maximum.minus(raised) : Money.zero(price.currency),
    isScaledBack,
  };
}

function inOrder<D extends Demand>(demands: readonly D[]): readonly D[] {
  return demands.toSorted((a, b) => compare(a.orderNo, b.orderNo));
}

function costOfAll(units: readonly bigint[], price: SharePrice): Money {
  let minor = 0n;
  for (const each of units) minor += costOf(price, each).minor;
  return Money.ofMinor(minor, price.currency);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

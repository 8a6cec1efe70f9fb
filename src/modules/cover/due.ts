import { must } from '../../kernel/assert';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import type { Compensation } from './claim';
import type { Contract } from './contract';
import type { Fund } from './provider';
import { shareOut, shareRate, totalOf, type Owed } from './risk-sharing';

/** Everything that decides who owes lenders what for a loan. */
export interface LossOf {
  /** What lenders are owed now. */
  readonly owed: Owed;
  readonly contracts: readonly Contract[];
  readonly compensations: readonly Compensation[];
}

/** What each guarantor owes lenders by its contract, by the contract's number, and what is their own. */
export interface Shared {
  readonly byContract: ReadonlyMap<number, Money>;
  readonly own: Money;
}

/**
 * The loss of a loan shared among all its contracts that stand, whether they were triggered yet or
 * not: an ended one has no part in it. What others paid, a fund above all, spares no guarantor: it is
 * part of the loss, and of nobody's share.
 */
export function sharedAmong({ owed, contracts, compensations }: LossOf): Shared {
  const standing = contracts.filter(({ status }) => status !== 'ended');
  const { currency } = owed.principal;
  const names = new Set(standing.map(({ providerId }) => providerId));
  const others = compensations.filter(({ providerId }) => !names.has(providerId));
  const covers = standing.map(({ sharePpm, basis, providerId }) => ({
    sharePpm,
    basis,
    paid: sumOf(
      compensations.filter((each) => each.providerId === providerId),
      currency,
    ),
  }));
  const rest = {
    sharePpm: 0,
    basis: 'principal-and-interest',
    paid: sumOf(others, currency),
  } as const;
  const { due, own } = shareOut(owed, [...covers, rest]);
  const byContract = new Map(
    standing.map(({ no }, at) => [no, must(due[at], 'what a contract owes')] as const),
  );
  return { byContract, own };
}

/**
 * What a fund may pay at most: its share of what lenders bear themselves, counting what it has paid
 * already.
 */
export function mostOfFund(loss: LossOf, fund: Fund): Money {
  const { own } = sharedAmong(loss);
  const { currency } = own;
  const earlier = loss.compensations.filter(({ providerId }) => providerId === fund.id);
  const paid = totalOf(sumOf(earlier, currency));
  const most = own.plus(paid).times(shareRate(fund.terms.sharePpm), 'floor').minus(paid);
  return most.isNegative ? Money.zero(currency) : most;
}

function sumOf(compensations: readonly Compensation[], currency: Currency): Owed {
  const sum = (portion: keyof Owed): Money =>
    Money.sum(
      compensations.map((each) => each[portion]),
      currency,
    );
  return { principal: sum('principal'), interest: sum('interest') };
}

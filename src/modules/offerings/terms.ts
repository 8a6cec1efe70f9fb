import { asCurrency, type Currency } from '../../kernel/currency';
import { Money, type MoneyWire } from '../../kernel/money';
import { rate, rateText, type Rate } from '../../kernel/rate';
import {
  instrumentJson,
  instrumentOf,
  unitWord,
  type Instrument,
  type InstrumentJson,
} from './instrument';
import { loanFaults } from './loan-terms';
import type { Reason } from './reason';
import { assuredRaise, costOf, sharePrice } from './ticket';

/** Who gets how much when more is asked for than may be accepted. Shown before anybody orders. */
export const ALLOCATION_METHODS = ['first-come', 'pro-rata', 'discretionary'] as const;

export type AllocationMethod = (typeof ALLOCATION_METHODS)[number];

/** The terms of one version of an offering. Of a loan, a unit is its smallest step. */
export interface OfferingTerms {
  readonly title: string;
  readonly summary: string;
  readonly instrument: Instrument;
  readonly currency: Currency;
  /** Price of one share, or of one unit of a loan, in major units. */
  readonly price: Rate;
  /** The least to succeed. */
  readonly target: Money;
  /** The most to accept. */
  readonly maximum: Money;
  /** The most to take orders for: what lies above the maximum is a waiting list. */
  readonly orderLimit: Money;
  readonly minimumTicket: Money;
  readonly maximumTicket?: Money | undefined;
  readonly allocation: { readonly method: AllocationMethod };
  /** When orders are first taken; at publication when absent. */
  readonly opensAt?: Date | undefined;
  /** The deadline: the first instant at which no order is taken. */
  readonly closesAt: Date;
  /** The operator's share of what is raised: `0.05` is five percent. */
  readonly feeRate: Rate;
  /** Below the target nothing is taken from anybody. Otherwise the issuer keeps what came. */
  readonly isAllOrNothing: boolean;
  /** The most holders the issuer's legal form allows (limited company 50, partnership 50). */
  readonly legalFormHolderLimit?: number | undefined;
}

/** Terms as `offering_versions.terms` and the wire have them. */
export interface OfferingTermsJson {
  readonly title: string;
  readonly summary: string;
  readonly instrument: InstrumentJson;
  readonly currency: string;
  readonly price: string;
  readonly target: MoneyWire;
  readonly maximum: MoneyWire;
  readonly orderLimit: MoneyWire;
  readonly minimumTicket: MoneyWire;
  readonly maximumTicket?: MoneyWire | undefined;
  readonly allocation: { readonly method: AllocationMethod };
  readonly opensAt?: string | undefined;
  readonly closesAt: string;
  readonly feeRate: string;
  readonly isAllOrNothing: boolean;
  readonly legalFormHolderLimit?: number | undefined;
}

/** Terms as they were stored. @throws Problem of money, rates or currencies. */
export function offeringTerms(json: OfferingTermsJson): OfferingTerms {
  const { maximumTicket, opensAt, legalFormHolderLimit } = json;
  return {
    title: json.title,
    summary: json.summary,
    instrument: instrumentOf(json.instrument),
    currency: asCurrency(json.currency),
    price: rate(json.price),
    target: Money.fromWire(json.target),
    maximum: Money.fromWire(json.maximum),
    orderLimit: Money.fromWire(json.orderLimit),
    minimumTicket: Money.fromWire(json.minimumTicket),
    ...(maximumTicket === undefined ? {} : { maximumTicket: Money.fromWire(maximumTicket) }),
    allocation: { method: json.allocation.method },
    ...(opensAt === undefined ? {} : { opensAt: new Date(opensAt) }),
    closesAt: new Date(json.closesAt),
    feeRate: rate(json.feeRate),
    isAllOrNothing: json.isAllOrNothing,
    ...(legalFormHolderLimit === undefined ? {} : { legalFormHolderLimit }),
  };
}

/** Prices are written with at least so many digits, as prospectuses do. */
const PRICE_DIGITS = 5;

/** Terms as they are stored; `offeringTerms` reads them back unchanged. */
export function termsJson(terms: OfferingTerms): OfferingTermsJson {
  const { maximumTicket, opensAt, legalFormHolderLimit } = terms;
  return {
    title: terms.title,
    summary: terms.summary,
    instrument: instrumentJson(terms.instrument),
    currency: terms.currency,
    price: rateText(terms.price, Math.max(PRICE_DIGITS, terms.price.decimalPlaces())),
    target: terms.target.toWire(),
    maximum: terms.maximum.toWire(),
    orderLimit: terms.orderLimit.toWire(),
    minimumTicket: terms.minimumTicket.toWire(),
    ...(maximumTicket === undefined ? {} : { maximumTicket: maximumTicket.toWire() }),
    allocation: { method: terms.allocation.method },
    ...(opensAt === undefined ? {} : { opensAt: opensAt.toISOString() }),
    closesAt: terms.closesAt.toISOString(),
    feeRate: rateText(terms.feeRate, terms.feeRate.decimalPlaces()),
    isAllOrNothing: terms.isAllOrNothing,
    ...(legalFormHolderLimit === undefined ? {} : { legalFormHolderLimit }),
  };
}

/** Every way in which the terms contradict themselves; none when they make sense. */
export function termFaults(terms: OfferingTerms): readonly Reason[] {
  const currencies = currencyFaults(terms);
  // Amounts of several currencies cannot be compared at all.
  if (currencies.length > 0) return currencies;
  return [
    ...sizeFaults(terms),
    ...ticketFaults(terms),
    ...otherFaults(terms),
    ...loanFaults(terms),
  ];
}

function currencyFaults(terms: OfferingTerms): readonly Reason[] {
  const { currency, target, maximum, orderLimit, minimumTicket, maximumTicket } = terms;
  const amounts = { target, maximum, orderLimit, minimumTicket, maximumTicket };
  return Object.entries(amounts).flatMap(([name, amount]) =>
    amount === undefined || amount.currency === currency
      ? []
      : [
          {
            code: 'mixed-currencies',
            message: `${name} is in ${amount.currency}, the offering in ${currency}.`,
          },
        ],
  );
}

function sizeFaults(terms: OfferingTerms): readonly Reason[] {
  const { target, maximum, orderLimit } = terms;
  const faults: Reason[] = [];
  if (!target.isPositive) {
    faults.push({ code: 'target-not-positive', message: 'The target must be above zero.' });
  }
  if (target.isMoreThan(maximum)) {
    const message = `The target of ${target} is above the maximum of ${maximum}.`;
    faults.push({ code: 'target-above-maximum', message });
  }
  if (maximum.isMoreThan(orderLimit)) {
    const message = `Orders are taken up to ${orderLimit}, less than the maximum of ${maximum}.`;
    faults.push({ code: 'order-limit-below-maximum', message });
  }
  return faults;
}

function ticketFaults(terms: OfferingTerms): readonly Reason[] {
  const { price, target, maximum, minimumTicket, maximumTicket } = terms;
  const word = unitWord(terms.instrument);
  // A share below a minor unit could be had for nothing by rounding.
  if (price.lessThan(Money.ofMinor(1n, terms.currency).toDecimal())) {
    const message = `A ${word} must cost at least one minor unit (a cent).`;
    return [{ code: 'price-too-small', message }];
  }
  const share = sharePrice(terms);
  const faults: Reason[] = [];
  if (minimumTicket.isLessThan(costOf(share, 1n))) {
    const message = `The minimum ticket of ${minimumTicket} does not buy one ${word}.`;
    faults.push({ code: 'minimum-ticket-below-price', message });
  }
  if (minimumTicket.isMoreThan(maximumTicket ?? maximum)) {
    const message = `The minimum ticket of ${minimumTicket} is above the most an investor may order.`;
    faults.push({ code: 'minimum-ticket-too-large', message });
  }
  const assured = assuredRaise(share, maximum);
  if (!target.isMoreThan(maximum) && target.isMoreThan(assured)) {
    const message =
      `In whole ${word}s a full book may raise no more than ${assured}, ` +
      `below the target of ${target}.`;
    faults.push({ code: 'target-out-of-reach', message });
  }
  return faults;
}

function otherFaults(terms: OfferingTerms): readonly Reason[] {
  const { opensAt, closesAt, feeRate, legalFormHolderLimit } = terms;
  const faults: Reason[] = [];
  if (opensAt !== undefined && opensAt >= closesAt) {
    faults.push({
      code: 'closes-before-opening',
      message: 'The deadline lies before the opening.',
    });
  }
  if (feeRate.isNegative() || feeRate.greaterThanOrEqualTo(1)) {
    const message = 'The fee must be a fraction of what is raised: at least 0, below 1.';
    faults.push({ code: 'fee-out-of-range', message });
  }
  if (legalFormHolderLimit !== undefined && legalFormHolderLimit < 1) {
    faults.push({ code: 'holder-limit-too-small', message: 'One holder at least must fit.' });
  }
  return faults;
}

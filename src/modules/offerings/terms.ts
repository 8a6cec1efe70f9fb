import { asCurrency, type Currency } from '../../kernel/currency';
import { Money, type MoneyWire } from '../../kernel/money';
import { rate, rateText, type Rate } from '../../kernel/rate';
import { instrumentJson, instrumentOf, type Instrument, type InstrumentJson } from './instrument';

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

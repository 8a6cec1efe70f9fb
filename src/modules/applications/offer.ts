import type { Json } from '../../kernel/canonical-json';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';
import { applicationProblem } from './errors';
import type { Repayment } from './form';

export const OFFER_STATUSES = ['open', 'accepted', 'lapsed', 'superseded'] as const;
export type OfferStatus = (typeof OFFER_STATUSES)[number];

/** What a loan would cost its borrower, before anybody is bound. */
export interface LoanQuote {
  readonly termMonths: number;
  readonly repayment: Repayment;
  readonly amount: Money;
  /** Nominal interest a year. */
  readonly rate: Rate;
  /** All cost a year, fees included. */
  readonly apr: Rate;
  /** The fee as a fraction of the principal. */
  readonly feeRate: Rate;
  readonly fee: Money;
  /** What is due in a usual month; with a bullet, the one payment. */
  readonly instalment: Money;
  readonly interest: Money;
  /** Interest and fee: all that the loan costs. */
  readonly totalCost: Money;
  readonly totalPayable: Money;
}

/** A loan the borrower may have by accepting, until it lapses. */
export interface Offer extends LoanQuote {
  readonly id: Id<'ofr'>;
  readonly decisionId: Id<'cdn'>;
  readonly grade: string;
  /** The parts of the rate and the model behind them, as they were shown. */
  readonly details: { readonly [key: string]: Json | undefined };
  readonly madeAt: Date;
  readonly validUntil: Date;
  readonly status: OfferStatus;
  readonly acceptedAt?: Date | undefined;
  readonly acceptedBy?: string | undefined;
}

/** @throws Problem `applications.offer-lapsed`. */
export function acceptedOffer(offer: Offer, by: string, at: Date): Offer {
  if (offer.status !== 'open' || at >= offer.validUntil) throw applicationProblem('offer-lapsed');
  return { ...offer, status: 'accepted', acceptedAt: at, acceptedBy: by };
}

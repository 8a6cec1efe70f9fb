import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';

/** Ways to reach a borrower. */
export const CONTACT_CHANNELS = ['phone', 'sms', 'email', 'letter', 'visit'] as const;

export type ContactChannel = (typeof CONTACT_CHANNELS)[number];

export const STOP_KINDS = ['dispute', 'representation', 'request'] as const;

/** Why a borrower is left alone: it disputes the debt, somebody acts for it, or it asked. */
export type StopKind = (typeof STOP_KINDS)[number];

/** Where a limit comes from, and how sure we are of it. */
export interface Sourced {
  readonly citation: string;
  readonly verification: 'verified' | 'cross-checked' | 'unverified';
}

/** Limits on how a borrower is asked to pay. One that is absent does not hold. */
export interface ContactPolicy {
  /** What the limits count: a letter may be sent where a call may not be made. */
  readonly channels: readonly ContactChannel[];
  /** So many attempts in any so many days in a row. */
  readonly frequency?: (Sourced & { readonly most: number; readonly days: number }) | undefined;
  /** So many days of rest from a conversation on, its own day being the first. */
  readonly afterConversation?: (Sourced & { readonly days: number }) | undefined;
  /** By the clock where the borrower is: from the first minute up to the second. */
  readonly hours?: (Sourced & { readonly from: string; readonly to: string }) | undefined;
  /** Nobody is contacted on a public holiday. */
  readonly holidays?: Sourced | undefined;
  /** What stops every contact, by any channel, until it is lifted. */
  readonly stops: readonly (Sourced & { readonly kind: StopKind })[];
}

/** What the desk may do about arrears, and how long it watches afterwards. */
export interface DeskPolicy {
  readonly contacts: ContactPolicy;
  readonly promises: {
    /** The furthest day a promise may name. */
    readonly withinDays: number;
    /** Whether a borrower who promised is left alone until the day. */
    readonly pausesContacts: boolean;
  };
  /** Above these amounts, by currency, a second person agrees to costs of collection. */
  readonly costs: { readonly secondPersonAbove: Readonly<Record<string, string>> };
  readonly restructuring: {
    /** Holders of more than this share of the principal must be in favour. */
    readonly consent?: { readonly share: Rate; readonly votingDays: number } | undefined;
    /** So long nothing is late before a loan is no longer called forborne. */
    readonly probationMonths: number;
  };
  /** So long nothing is late before a loan is no longer in default. */
  readonly cure: { readonly months: number; readonly monthsWhenForborne: number };
}

/** Whether costs of collection need a second person; always in a currency that is not named. */
export function needsSecondPerson(costs: Money, { costs: policy }: DeskPolicy): boolean {
  const limit = limitIn(policy.secondPersonAbove, costs.currency);
  return costs.isMoreThan(limit);
}

function limitIn(amounts: Readonly<Record<string, string>>, currency: Currency): Money {
  const amount = amounts[currency];
  return amount === undefined ? Money.zero(currency) : Money.parse(amount, currency);
}

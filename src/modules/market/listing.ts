import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Rate } from '../../kernel/rate';
import type { LoanNo } from '../loans';
import { marketProblem } from './errors';

export const BOOK_KINDS = ['notes', 'shares'] as const;

/** Everything that is offered of one instrument. Whoever trades in it locks its book. */
export interface MarketBook {
  readonly instrumentId: Id<'ins'>;
  readonly kind: (typeof BOOK_KINDS)[number];
  readonly issuerId: Id<'iss'>;
  /** The offering that issued it: its documents are what a buyer must have read. */
  readonly offeringId: Id<'off'>;
  readonly loanId?: Id<'lon'> | undefined;
  readonly currency: Currency;
}

/** In which order people browse: what was offered last, or what costs least. */
export const LISTING_ORDERS = ['newest', 'price'] as const;
export type ListingOrder = (typeof LISTING_ORDERS)[number];

export const LISTING_STATUSES = ['open', 'sold', 'withdrawn', 'expired', 'closed'] as const;
export type ListingStatus = (typeof LISTING_STATUSES)[number];

/** Why a listing ended: by its seller, by time, by being sold, or by what became of what it offers. */
export const END_REASONS = [
  'seller',
  'sold',
  'expired',
  'loan-late',
  'loan-in-default',
  'loan-restructured',
  'loan-ended',
  'not-held',
] as const;
export type EndReason = (typeof END_REASONS)[number];

/** A note, or what a holder has in one class of shares, as its holder offers it. */
export interface Listing {
  readonly id: Id<'mkl'>;
  readonly book: MarketBook;
  readonly sellerId: Id<'inv'>;
  readonly note?: NoteRef | undefined;
  readonly units: bigint;
  readonly unitsLeft: bigint;
  /** Of notes the share of the outstanding principal, of shares what one costs in major units. */
  readonly price: Rate;
  readonly priceVersion: number;
  readonly pricedAt: Date;
  /** What buyers see it beside: see `classOfNote`. */
  readonly class: string;
  readonly grade?: string | undefined;
  readonly maturesOn?: CalendarDate | undefined;
  /** What waits in the queue: minor units of principal, or shares. */
  readonly size: bigint;
  /** Something of its loan is overdue. */
  readonly isLate: boolean;
  readonly status: ListingStatus;
  readonly listedAt: Date;
  readonly expiresAt: Date;
  readonly endedAt?: Date | undefined;
  readonly endReason?: EndReason | undefined;
}

export interface NoteRef {
  readonly loanNo: LoanNo;
  readonly noteNo: number;
}

/** @throws Problem `market.listing-ended`. */
export function requireOpen(listing: Listing, now: Date): void {
  if (listing.status === 'open' && now < listing.expiresAt) return;
  const how = listing.status === 'open' ? 'expired' : listing.status;
  throw marketProblem('listing-ended', { detail: `It is ${how}.` });
}

/** The listing with so many units fewer, which ends it when none are left. */
export function sold(listing: Listing, units: bigint, at: Date): Listing {
  const unitsLeft = listing.unitsLeft - units;
  if (unitsLeft > 0n) return { ...listing, unitsLeft };
  return { ...ended(listing, 'sold', at), unitsLeft, size: 0n };
}

const STATUS_OF: Readonly<Record<EndReason, Exclude<ListingStatus, 'open'>>> = {
  seller: 'withdrawn',
  sold: 'sold',
  expired: 'expired',
  'loan-late': 'withdrawn',
  'loan-in-default': 'withdrawn',
  'loan-restructured': 'withdrawn',
  'loan-ended': 'closed',
  'not-held': 'closed',
};

export function ended(listing: Listing, endReason: EndReason, endedAt: Date): Listing {
  return { ...listing, status: STATUS_OF[endReason], endReason, endedAt };
}

/** Upper ends, in months to maturity, of the classes of notes; the last has none. */
const TERM_BUCKETS = [6, 12, 24, 36] as const;
const DAYS_A_MONTH = 30.4375;

/**
 * The notes that compete with one another for the same buyers: of one currency and grade, with
 * about the same time to run.
 */
export function classOfNote(note: {
  readonly currency: Currency;
  readonly grade: string;
  readonly daysToMaturity: number;
}): string {
  const months = note.daysToMaturity / DAYS_A_MONTH;
  const upper = TERM_BUCKETS.find((most) => months <= most);
  const term = upper === undefined ? `over-${TERM_BUCKETS.at(-1)}` : `to-${upper}`;
  return `notes/${note.currency}/${note.grade}/${term}-months`;
}

export function classOfShares(instrumentId: Id<'ins'>): string {
  return `shares/${instrumentId}`;
}

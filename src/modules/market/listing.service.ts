import { addDays, startOfDay } from '../../kernel/calendar-date';
import { DAY_MS, type Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import { rateText, type Rate } from '../../kernel/rate';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { splitLots, type Lot } from '../holdings';
import { ensureBook, lockBook } from './book.store';
import { marketProblem } from './errors';
import type { MarketGoods, ReferencePrice } from './goods.service';
import {
  classOfShares,
  ended,
  requireOpen,
  type EndReason,
  type Listing,
  type MarketBook,
  type NoteRef,
} from './listing';
import * as store from './listing.store';
import { daysToMaturity, followed, placeOfNote, unsellable, type NoteAtHand } from './note-offer';
import type { MarketPolicy } from './policy';
import { lapseOf } from './proposal.store';
import { expectedDays, TRADED_DAYS, type QueuePlace } from './queue';
import type { MarketRules, RulesInForce } from './rules.service';
import { tradedSince } from './trade.store';

export interface ListingDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly marketRules: MarketRules;
  readonly marketGoods: MarketGoods;
}

/** What a holder wants to offer: a note of theirs, or what they hold in a class of shares. */
export interface ListingDraft {
  readonly sellerId: Id<'inv'>;
  readonly of:
    { readonly loanId: Id<'lon'>; readonly noteNo: number } | { readonly instrumentId: Id<'ins'> };
  /** All of it when absent. */
  readonly units?: bigint | undefined;
  readonly price: Rate;
  /** As long as the policy lets it when absent. */
  readonly expiresAt?: Date | undefined;
}

/** Offers of notes and shares by their holders. */
export class ListingService {
  constructor(private readonly deps: ListingDeps) {}

  /**
   * Offers a note, or shares. Nothing is taken from the seller until it is sold.
   *
   * @throws Problem `rulebooks.not-permitted` where the law forbids resale, `market.not-held`,
   *   `market.not-tradable`, `market.held-too-short`, `market.price-out-of-bounds`,
   *   `market.already-listed`, `market.halted`.
   */
  async list(tx: Tx, draft: ListingDraft): Promise<Listing> {
    const rules = this.deps.marketRules.inForce(tx);
    const listing = await this.prepared(tx, draft, rules);
    await store.insertListing(tx, listing);
    await store.insertPrice(tx, listing);
    await this.announce(tx, 'market.listed', listing);
    return listing;
  }

  /**
   * Asks another price, behind all who ask it already. Open proposals end: they answered the old one.
   *
   * @throws Problem `market.listing-not-found`, `market.listing-ended`,
   *   `market.price-out-of-bounds`.
   */
  async reprice(
    tx: Tx,
    sellerId: Id<'inv'>,
    { id, price }: { readonly id: Id<'mkl'>; readonly price: Rate },
  ): Promise<Listing> {
    const { policy, now } = this.deps.marketRules.inForce(tx);
    const listing = await this.lockOwn(tx, sellerId, id);
    await this.requirePrice(tx, listing.book, { price, policy });
    const priceVersion = listing.priceVersion + 1;
    const repriced = { ...listing, price, priceVersion, pricedAt: now };
    await store.updateListing(tx, repriced);
    await store.insertPrice(tx, repriced);
    await lapseOf(tx, id, now);
    await this.announce(tx, 'market.repriced', repriced);
    return repriced;
  }

  /** @throws Problem `market.listing-not-found`, `market.listing-ended`. */
  async withdraw(tx: Tx, sellerId: Id<'inv'>, id: Id<'mkl'>): Promise<Listing> {
    return this.end(tx, await this.lockOwn(tx, sellerId, id), 'seller');
  }

  /** Ends an open listing whose book is locked; its proposals end with it. */
  async end(tx: Tx, listing: Listing, reason: EndReason): Promise<Listing> {
    const now = this.deps.clock.now();
    const over = ended(listing, reason, now);
    await this.save(tx, over);
    return over;
  }

  /** Saves what became of a listing, and tells it where that ended it. */
  async save(tx: Tx, listing: Listing): Promise<void> {
    await store.updateListing(tx, listing);
    if (listing.status === 'open') return;
    await lapseOf(tx, listing.id, this.deps.clock.now());
    await this.announce(tx, 'market.listing-ended', listing);
  }

  /** @throws Problem `market.listing-not-found`. */
  async get(db: Db, id: Id<'mkl'>): Promise<Listing> {
    const listing = await store.findListing(db, id);
    if (!listing) throw marketProblem('listing-not-found');
    return listing;
  }

  /** One more than the limit, to tell whether there are others. */
  async listAll(db: Db, filter: store.ListingFilter): Promise<readonly Listing[]> {
    return store.listListings(db, filter);
  }

  /** The listing with its book locked, as it stands then. @throws Problem `market.listing-not-found`. */
  async lock(tx: Tx, id: Id<'mkl'>): Promise<Listing> {
    const { book } = await this.get(tx, id);
    await lockBook(tx, book.instrumentId);
    return this.get(tx, id);
  }

  /** What is ahead of a listing, and how long it would take at the pace of the last month. */
  async queuePlace(db: Db, listing: Listing): Promise<QueuePlace> {
    const now = this.deps.clock.now();
    const ahead = await store.readAhead(db, listing, now);
    const since = new Date(now.getTime() - TRADED_DAYS * DAY_MS);
    const traded = await tradedSince(db, listing.class, since);
    return {
      class: listing.class,
      listingsAhead: ahead.listings,
      sizeAhead: ahead.size,
      size: listing.size,
      tradedSize: traded,
      tradedDays: TRADED_DAYS,
      expectedDays: expectedDays(ahead.size, listing.size, traded),
    };
  }

  private async prepared(tx: Tx, draft: ListingDraft, rules: RulesInForce): Promise<Listing> {
    const { of } = draft;
    const { marketGoods } = this.deps;
    if ('loanId' in of) {
      const { loanNo, ...book } = await marketGoods.bookOfLoan(tx, of.loanId);
      await this.openBook(tx, book);
      return this.preparedNote(tx, { draft, book, note: { loanNo, noteNo: of.noteNo } }, rules);
    }
    const book = await marketGoods.bookOfShares(tx, of.instrumentId);
    await this.openBook(tx, book);
    return this.preparedShares(tx, { draft, book }, rules);
  }

  private async openBook(tx: Tx, book: MarketBook): Promise<void> {
    await ensureBook(tx, book);
    await lockBook(tx, book.instrumentId);
    await this.deps.marketGoods.requireTrading(tx, book.instrumentId);
  }

  private async preparedNote(
    tx: Tx,
    wanted: { readonly draft: ListingDraft; readonly book: MarketBook; readonly note: NoteRef },
    rules: RulesInForce,
  ): Promise<Listing> {
    const { draft, book, note } = wanted;
    const at = await this.deps.marketGoods.findNote(tx, note, rules.on);
    if (at?.note.holder.id !== draft.sellerId) throw marketProblem('not-held');
    const units = draft.units ?? at.note.units;
    requireSellable(at, { sellerId: draft.sellerId, unitsLeft: units }, rules.policy);
    requireHeldSince(startOfDay(at.note.openedOn, rules.operator.timeZone), rules);
    await this.requirePrice(tx, book, { price: draft.price, policy: rules.policy });
    const listing = this.opened({ draft, book, note, units, ...placeOfNote(at) }, rules);
    return followed(listing, at, { rules: rules.policy.notes, now: rules.now });
  }

  private async preparedShares(
    tx: Tx,
    { draft, book }: { readonly draft: ListingDraft; readonly book: MarketBook },
    rules: RulesInForce,
  ): Promise<Listing> {
    const { instrumentId } = book;
    const lots = await this.deps.marketGoods.listLots(tx, instrumentId, draft.sellerId);
    const held = unitsIn(lots);
    const units = draft.units ?? held;
    if (units <= 0n || units > held) throw marketProblem('not-held', { detail: `It has ${held}.` });
    for (const lot of splitLots(lots, units).taken) requireHeldSince(lot.heldSince, rules);
    await this.requirePrice(tx, book, { price: draft.price, policy: rules.policy });
    return this.opened({ draft, book, units, class: classOfShares(instrumentId) }, rules);
  }

  private opened(
    offer: Pick<Listing, 'book' | 'note' | 'units' | 'class' | 'grade' | 'maturesOn'> & {
      readonly draft: ListingDraft;
    },
    { policy, now, on, operator }: RulesInForce,
  ): Listing {
    const { draft, ...of } = offer;
    const latest = startOfDay(addDays(on, policy.listingDays), operator.timeZone);
    const wanted = draft.expiresAt ?? latest;
    if (wanted <= now || wanted > latest) {
      throw marketProblem('not-tradable', {
        detail: `A listing ends by ${latest.toISOString()}.`,
      });
    }
    return {
      ...of,
      id: this.deps.newId('mkl'),
      sellerId: draft.sellerId,
      unitsLeft: offer.units,
      price: draft.price,
      priceVersion: 1,
      pricedAt: now,
      size: offer.units,
      isLate: false,
      status: 'open',
      listedAt: now,
      expiresAt: wanted,
    };
  }

  private async requirePrice(
    db: Db,
    book: MarketBook,
    { price, policy }: { readonly price: Rate; readonly policy: MarketPolicy },
  ): Promise<void> {
    if (book.kind === 'notes') return requireWithin(price, policy.notes);
    const reference = await this.deps.marketGoods.referencePrice(db, book.instrumentId);
    requireBelow(price, reference, policy);
  }

  private async lockOwn(tx: Tx, sellerId: Id<'inv'>, id: Id<'mkl'>): Promise<Listing> {
    const listing = await this.lock(tx, id);
    if (listing.sellerId !== sellerId) throw marketProblem('listing-not-found');
    requireOpen(listing, this.deps.clock.now());
    return listing;
  }

  private async announce(tx: Tx, type: string, listing: Listing): Promise<void> {
    const { audit, outbox } = this.deps;
    const { id, book, sellerId, price, unitsLeft, endReason } = listing;
    const details = {
      instrumentId: book.instrumentId,
      sellerId,
      unitsLeft: unitsLeft.toString(),
      price: rateText(price),
      ...(endReason === undefined ? {} : { reason: endReason }),
    };
    await audit.record(tx, { action: type, subject: id, details });
    await outbox.publish(tx, { type, subject: id, payload: details });
  }
}

export function unitsIn(lots: readonly Lot[]): bigint {
  return lots.reduce((sum, { units }) => sum + units, 0n);
}

function requireSellable(
  at: NoteAtHand,
  offer: Pick<Listing, 'sellerId' | 'unitsLeft'>,
  { notes }: MarketPolicy,
): void {
  if (offer.unitsLeft <= 0n) throw marketProblem('not-held', { detail: 'Units are above zero.' });
  const reason = unsellable(at, offer, notes);
  if (reason === 'not-held') {
    throw marketProblem('not-held', { detail: `The note has ${at.note.units} units.` });
  }
  if (reason !== undefined) throw marketProblem('not-tradable', { detail: `${reason}.` });
  const days = daysToMaturity(at);
  if (days < notes.minimumDaysToMaturity) {
    throw marketProblem('not-tradable', {
      detail: `It ends in ${days} days; ${notes.minimumDaysToMaturity} are the least.`,
    });
  }
}

function requireHeldSince(since: Date, { policy, now }: RulesInForce): void {
  const from = new Date(since.getTime() + policy.minimumHoldingDays * DAY_MS);
  if (from <= now) return;
  throw marketProblem('held-too-short', {
    detail: `It may be offered from ${from.toISOString()}.`,
  });
}

function requireWithin(price: Rate, { lowestPrice, highestPrice }: MarketPolicy['notes']): void {
  if (price.greaterThanOrEqualTo(lowestPrice) && price.lessThanOrEqualTo(highestPrice)) return;
  throw marketProblem('price-out-of-bounds', {
    detail: `A note is sold at ${rateText(lowestPrice)} to ${rateText(highestPrice)} of its principal.`,
  });
}

function requireBelow(
  price: Rate,
  reference: ReferencePrice | undefined,
  { shares }: MarketPolicy,
): void {
  const highest = reference?.price.times(shares.highestOfFairValue);
  if (highest === undefined || price.lessThanOrEqualTo(highest)) return;
  throw marketProblem('price-out-of-bounds', {
    detail: `What one was last worth allows ${rateText(highest)} at the most.`,
  });
}

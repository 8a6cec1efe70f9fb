import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { findBook, findBookOfLoan, lockBook } from './book.store';
import type { MarketGoods } from './goods.service';
import type { EndReason, Listing, MarketBook, NoteRef } from './listing';
import { unitsIn, type ListingService } from './listing.service';
import * as store from './listing.store';
import { followed } from './note-offer';
import { lapseDue } from './proposal.store';
import type { MarketRules } from './rules.service';

const PAGE = 500;

/**
 * Keeps listings true without anybody asking: what is late, in default, repaid or no longer held
 * leaves the market by itself, and what was partly repaid is offered for what is left.
 */
export class MarketUpkeep {
  constructor(
    private readonly deps: {
      readonly clock: Clock;
      readonly marketRules: MarketRules;
      readonly marketGoods: MarketGoods;
      readonly marketListings: ListingService;
    },
  ) {}

  /** Follows one loan. @returns how many listings of its notes ended. */
  async followLoan(tx: Tx, loanId: Id<'lon'>): Promise<number> {
    const book = await findBookOfLoan(tx, loanId);
    return book ? this.followBook(tx, book.instrumentId) : 0;
  }

  /** Ends every listing of a loan's notes: its terms are not those that were offered. */
  async endLoan(tx: Tx, loanId: Id<'lon'>, reason: EndReason): Promise<number> {
    const book = await findBookOfLoan(tx, loanId);
    if (!book) return 0;
    await lockBook(tx, book.instrumentId);
    return this.eachOpen(tx, book.instrumentId, async (listing) => {
      await this.deps.marketListings.end(tx, listing, reason);
      return true;
    });
  }

  /** Follows what became of the holdings of an instrument. @returns how many listings ended. */
  async followInstrument(tx: Tx, instrumentId: Id<'ins'>): Promise<number> {
    const book = await findBook(tx, instrumentId);
    return book ? this.followBook(tx, instrumentId) : 0;
  }

  /** Follows every note that is offered, after an evening's close. @returns how many ended. */
  async followAll(tx: Tx): Promise<number> {
    let ended = 0;
    for (let after = ''; ;) {
      const page = await store.listOpen(tx, { after, limit: PAGE });
      const changed = await this.changed(tx, page);
      const books = [...new Set(changed.map(({ book }) => book.instrumentId))].toSorted();
      for (const instrumentId of books) ended += await this.followBook(tx, instrumentId);
      const last = page.at(-1);
      if (!last || page.length < PAGE) return ended;
      after = last.id;
    }
  }

  /** Ends what nobody bought or answered in time. @returns how many listings and proposals. */
  async expire(tx: Tx): Promise<number> {
    const { clock, marketListings } = this.deps;
    const now = clock.now();
    const lapsed = await lapseDue(tx, now);
    const due = await store.listExpired(tx, now, PAGE);
    const byBook = due.toSorted((a, b) => (a.book.instrumentId < b.book.instrumentId ? -1 : 1));
    let ended = 0;
    for (const { id } of byBook) {
      const listing = await marketListings.lock(tx, id);
      // It may have been sold while the book was waited for.
      if (listing.status !== 'open') continue;
      await marketListings.end(tx, listing, 'expired');
      ended += 1;
    }
    return lapsed + ended;
  }

  /** Those of the listings that something became of, read all at once. */
  private async changed(db: Db, page: readonly Listing[]): Promise<readonly Listing[]> {
    const { marketRules, marketGoods } = this.deps;
    const { policy, on, now } = marketRules.read(db);
    const places = page.flatMap(({ note }) => note ?? []);
    const notes = await marketGoods.listNotes(db, places, on);
    const byPlace = new Map(notes.map((at) => [placeKey(at.note), at]));
    return page.filter((listing) => {
      const at = listing.note && byPlace.get(placeKey(listing.note));
      return !isSame(listing, followed(listing, at, { rules: policy.notes, now }));
    });
  }

  private async followBook(tx: Tx, instrumentId: Id<'ins'>): Promise<number> {
    const book = await lockBook(tx, instrumentId);
    return this.eachOpen(tx, instrumentId, (listing) =>
      book.kind === 'notes' ? this.followNote(tx, listing) : this.followShares(tx, listing, book),
    );
  }

  private async followNote(tx: Tx, listing: Listing): Promise<boolean> {
    const { marketRules, marketGoods, marketListings, clock } = this.deps;
    const { policy, on } = marketRules.read(tx);
    const at = listing.note && (await marketGoods.findNote(tx, listing.note, on));
    const next = followed(listing, at, { rules: policy.notes, now: clock.now() });
    if (!isSame(listing, next)) await marketListings.save(tx, next);
    return next.status !== 'open';
  }

  private async followShares(tx: Tx, listing: Listing, book: MarketBook): Promise<boolean> {
    const { marketGoods, marketListings } = this.deps;
    const lots = await marketGoods.listLots(tx, book.instrumentId, listing.sellerId);
    if (unitsIn(lots) >= listing.unitsLeft) return false;
    await marketListings.end(tx, listing, 'not-held');
    return true;
  }

  private async eachOpen(
    tx: Tx,
    instrumentId: Id<'ins'>,
    follow: (listing: Listing) => Promise<boolean>,
  ): Promise<number> {
    let ended = 0;
    for (let after = ''; ;) {
      const page = await store.listOpen(tx, { instrumentId, after, limit: PAGE });
      for (const listing of page) if (await follow(listing)) ended += 1;
      const last = page.at(-1);
      if (!last || page.length < PAGE) return ended;
      after = last.id;
    }
  }
}

function placeKey({ loanNo, noteNo }: NoteRef): string {
  return `${loanNo}/${noteNo}`;
}

function isSame(before: Listing, after: Listing): boolean {
  return FOLLOWED.every((name) => before[name] === after[name]);
}

/** What may become of a listing without its seller. */
const FOLLOWED = ['status', 'size', 'isLate', 'class', 'maturesOn'] as const;

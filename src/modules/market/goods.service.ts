import type { CalendarDate } from '../../kernel/calendar-date';
import { isId, type Id } from '../../kernel/id';
import type { Rate } from '../../kernel/rate';
import type { Db } from '../../platform/db';
import type { HoldingsService, Lot } from '../holdings';
import { listHeldNotes, type LoanService, type ServicingPolicies } from '../loans';
import { listHalts, listValuations, type Halt, type Valuation } from './book.store';
import { marketProblem } from './errors';
import type { Fill } from './fill';
import type { MarketBook, NoteRef } from './listing';
import { accruedFor, unsellable, type NoteAtHand } from './note-offer';
import type { RulesInForce } from './rules.service';
import { saleOfNote, saleOfShares, type Sale } from './sale';

export interface GoodsDeps {
  readonly holdings: HoldingsService;
  readonly loans: LoanService;
  readonly servicingPolicies: ServicingPolicies;
}

/** What a share was last worth: as somebody valued it, or what was last paid to its issuer. */
export interface ReferencePrice {
  readonly price: Rate;
  readonly basis: 'valuation' | 'last-issuance';
  readonly valuation?: Valuation | undefined;
  readonly issuedAt?: Date | undefined;
}

/** What is for sale, as other modules know it now. */
export class MarketGoods {
  constructor(private readonly deps: GoodsDeps) {}

  /** Notes by loan and number, in their order; who is missing is left out. */
  async listNotes(
    db: Db,
    places: readonly NoteRef[],
    on: CalendarDate,
  ): Promise<readonly NoteAtHand[]> {
    const held = await listHeldNotes(db, places);
    return held.map((each) => ({
      ...each,
      on,
      servicingRate: this.deps.servicingPolicies.get(each.loan.policy).servicingRate,
    }));
  }

  async findNote(db: Db, place: NoteRef, on: CalendarDate): Promise<NoteAtHand | undefined> {
    return (await this.listNotes(db, [place], on))[0];
  }

  /**
   * What so many units of a listing come to now.
   *
   * @throws Problem `market.listing-ended` when what became of its loan ends it.
   */
  async saleOf(
    db: Db,
    { listing, units }: Fill,
    { policy, on }: Pick<RulesInForce, 'policy' | 'on'>,
  ): Promise<Sale> {
    const { book, note, price } = listing;
    const terms = { units, price, feeRate: policy.sellerFeeRate };
    if (note === undefined) return saleOfShares(book.currency, terms);
    const at = await this.findNote(db, note, on);
    const reason = unsellable(at, listing, policy.notes);
    if (!at || reason) throw marketProblem('listing-ended', { detail: `${reason}.` });
    return saleOfNote(at.note, accruedFor(at), terms);
  }

  /** What one holder has of an instrument, the oldest first. */
  async listLots(db: Db, instrumentId: Id<'ins'>, investorId: Id<'inv'>): Promise<readonly Lot[]> {
    return this.deps.holdings.listLots(db, instrumentId, investorId);
  }

  /** The book of a loan's notes. @throws Problem `loans.loan-not-found`. */
  async bookOfLoan(db: Db, loanId: Id<'lon'>): Promise<MarketBook & NoteBook> {
    const { loanNo, instrumentId, issuerId, offeringId, principal } = await this.deps.loans.get(
      db,
      loanId,
    );
    const { currency } = principal;
    return { kind: 'notes', instrumentId, issuerId, offeringId, loanId, loanNo, currency };
  }

  /**
   * The book of a class of shares: of the offering that last issued it.
   *
   * @throws Problem `holdings.instrument-not-found`, `market.not-tradable` for notes, which are
   *   offered one by one, and for shares that no offering here has issued.
   */
  async bookOfShares(db: Db, instrumentId: Id<'ins'>): Promise<MarketBook> {
    const { kind, issuerId, currency } = await this.deps.holdings.getInstrument(db, instrumentId);
    const last = await this.deps.holdings.findLastIssuance(db, instrumentId);
    const offeringId = last?.source.type === 'offering' ? last.source.id : undefined;
    if (kind !== 'share-class' || !isId('off', offeringId)) {
      throw marketProblem('not-tradable', {
        detail: 'Only shares that an offering issued here can be offered, and notes one by one.',
      });
    }
    return { kind: 'shares', instrumentId, issuerId, offeringId, currency };
  }

  /** Undefined where nobody valued the class and nothing was paid for it. */
  async referencePrice(db: Db, instrumentId: Id<'ins'>): Promise<ReferencePrice | undefined> {
    const [valuation] = await listValuations(db, instrumentId);
    if (valuation) return { price: valuation.price, basis: 'valuation', valuation };
    const last = await this.deps.holdings.findLastIssuance(db, instrumentId);
    if (last?.price === undefined) return undefined;
    return { price: last.price, basis: 'last-issuance', issuedAt: last.occurredAt };
  }

  /** The stop that is in force, if any. */
  async findHalt(db: Db, instrumentId: Id<'ins'>): Promise<Halt | undefined> {
    return (await listHalts(db, instrumentId)).find(({ liftedAt }) => liftedAt === undefined);
  }

  /** @throws Problem `market.halted`. */
  async requireTrading(db: Db, instrumentId: Id<'ins'>): Promise<void> {
    const halt = await this.findHalt(db, instrumentId);
    if (halt) throw marketProblem('halted', { detail: halt.reason });
  }
}

/** The number of the loan whose notes a book is of. */
export interface NoteBook {
  readonly loanNo: NoteRef['loanNo'];
}

import { roundRate, type Rate } from '../../kernel/rate';
import type { Db } from '../../platform/db';
import { splitLots } from '../holdings';
import { resaleAllowedFrom, type Deadline } from '../rulebooks';
import { marketProblem } from './errors';
import type { MarketGoods, ReferencePrice } from './goods.service';
import type { Listing } from './listing';
import { unitsIn } from './listing.service';
import {
  accruedFor,
  daysLate,
  daysToMaturity,
  remainingFor,
  yieldToBuyer,
  type ExpectedPayment,
  type NoteAtHand,
} from './note-offer';
import type { MarketRules } from './rules.service';
import { saleOfNote, saleOfShares, type Sale } from './sale';

/** What a buyer is shown of a listing before buying, for all of what is left of it. */
export interface Disclosure {
  readonly sale: Sale;
  /** Until then only some buyers may have it, such as accredited ones. */
  readonly resaleLimited?: Deadline | undefined;
  readonly note?: NoteDisclosure | undefined;
  readonly shares?: ShareDisclosure | undefined;
}

export interface NoteDisclosure extends Pick<NoteAtHand, 'loan'> {
  readonly daysPastDue: number;
  readonly daysToMaturity: number;
  /** The rest of the schedule for what is offered, less the operator's servicing fee. */
  readonly remaining: readonly ExpectedPayment[];
  /** A year, if everything is paid when it falls due; undefined when it cannot be said. */
  readonly yieldToMaturity: Rate | undefined;
}

export interface ShareDisclosure {
  /** Not binding: what one was last worth, and by which method. */
  readonly reference: ReferencePrice | undefined;
  /** The price as a multiple of it. */
  readonly priceToReference: Rate | undefined;
}

const RATIO_DIGITS = 4;

export class DisclosureService {
  constructor(
    private readonly deps: { readonly marketRules: MarketRules; readonly marketGoods: MarketGoods },
  ) {}

  /** Undefined for a listing that has ended: what it was is in its trades. */
  async disclose(db: Db, listing: Listing): Promise<Disclosure | undefined> {
    if (listing.status !== 'open') return undefined;
    const resaleLimited = await this.limitOf(db, listing);
    const shown = listing.note ? await this.ofNote(db, listing) : await this.ofShares(db, listing);
    return { ...shown, resaleLimited };
  }

  private async ofNote(db: Db, listing: Listing): Promise<Pick<Disclosure, 'sale' | 'note'>> {
    const { marketRules, marketGoods } = this.deps;
    const { policy, on } = marketRules.read(db);
    const at = listing.note && (await marketGoods.findNote(db, listing.note, on));
    // Between an event of the loan and the end of the listing that follows from it.
    if (at === undefined || at.note.units < listing.unitsLeft) throw marketProblem('listing-ended');
    const terms = {
      units: listing.unitsLeft,
      price: listing.price,
      feeRate: policy.sellerFeeRate,
    };
    const sale = saleOfNote(at.note, accruedFor(at), terms);
    return {
      sale,
      note: {
        loan: at.loan,
        daysPastDue: daysLate(at),
        daysToMaturity: daysToMaturity(at),
        remaining: remainingFor(sale.principal, at),
        yieldToMaturity: yieldToBuyer(sale, at),
      },
    };
  }

  private async ofShares(db: Db, listing: Listing): Promise<Pick<Disclosure, 'sale' | 'shares'>> {
    const { marketRules, marketGoods } = this.deps;
    const { policy } = marketRules.read(db);
    const { book, price, unitsLeft: units } = listing;
    const reference = await marketGoods.referencePrice(db, book.instrumentId);
    return {
      sale: saleOfShares(book.currency, { units, price, feeRate: policy.sellerFeeRate }),
      shares: {
        reference,
        priceToReference:
          reference && roundRate(price.div(reference.price), RATIO_DIGITS, 'half-even'),
      },
    };
  }

  private async limitOf(db: Db, listing: Listing): Promise<Deadline | undefined> {
    const { marketRules, marketGoods } = this.deps;
    const { rulebook, now } = marketRules.read(db);
    const { book, sellerId, unitsLeft } = listing;
    const lots = await marketGoods.listLots(db, book.instrumentId, sellerId);
    if (unitsIn(lots) < unitsLeft) return undefined;
    const limits = splitLots(lots, unitsLeft).taken.flatMap(
      ({ issuedAt }) => resaleAllowedFrom(rulebook, { issuedAt, to: 'other' }) ?? [],
    );
    const last = limits.toSorted((a, b) => b.endsAt.getTime() - a.endsAt.getTime())[0];
    return last && last.endsAt > now ? last : undefined;
  }
}

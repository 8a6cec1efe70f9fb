import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { rateText } from '../../kernel/rate';
import type { Audit } from '../../platform/audit';
import type { Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { usageKey, type CapRow, type CapsService } from '../caps';
import type { HoldingsService } from '../holdings';
import {
  credit,
  debit,
  feeAccount,
  investorCashAccount,
  type EntryDraft,
  type EntryNo,
  type LedgerService,
} from '../ledger';
import type { Note, NoteService } from '../loans';
import { marketProblem } from './errors';
import type { Fill } from './fill';
import type { MarketGoods } from './goods.service';
import { decisionRecord, requireAllowed, type DecisionRecord, type Judgement } from './law';
import { sold, type NoteRef } from './listing';
import type { ListingService } from './listing.service';
import { followed, type NoteAtHand } from './note-offer';
import type { MarketMode } from './policy';
import type { PreparedPurchase, PurchaseOrder, PurchaseService } from './purchase.service';
import type { MarketRules, RulesInForce } from './rules.service';
import type { Sale } from './sale';
import { insertTrade } from './trade.store';
import type { Trade } from './trade';

export interface SettlementDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly ledger: LedgerService;
  readonly caps: CapsService;
  readonly holdings: HoldingsService;
  readonly loanNotes: NoteService;
  readonly marketRules: MarketRules;
  readonly marketGoods: MarketGoods;
  readonly marketListings: ListingService;
  readonly purchases: PurchaseService;
}

/** Sales that are to be carried out, under the lock of their book. */
export interface SettlementOrder extends PurchaseOrder {
  readonly mode: MarketMode;
  /** The most that the buyer pays in all. */
  readonly atMost: Money;
}

/** One part of a purchase: what is taken of one listing, and the trade it becomes. */
interface Part {
  readonly id: Id<'trd'>;
  readonly fill: Fill;
  readonly sale: Sale;
}

/**
 * Carries sales out: cash, note, register, caps and listing change in the one transaction, or none
 * of them does.
 */
export class Settlement {
  constructor(private readonly deps: SettlementDeps) {}

  /**
   * @throws Problem `market.listing-ended`, `market.price-moved`, those of `requireAllowed`, `caps.exceeded`, `ledger.insufficient-funds`,
   *   `holdings.holder-limit`, `holdings.transfer-restricted`, `holdings.not-enough-units`.
   */
  async settle(tx: Tx, order: SettlementOrder): Promise<readonly Trade[]> {
    const rules = this.deps.marketRules.inForce(tx);
    const notes = await this.lockNotes(tx, order, rules);
    const prepared = await this.deps.purchases.prepare(tx, order);
    const { whole, purchase, sales } = prepared;
    if (whole.total.isMoreThan(order.atMost)) {
      throw marketProblem('price-moved', { detail: `It costs ${whole.total} now.` });
    }
    const judgement = requireAllowed(purchase);
    const parts = order.fills.map((fill, place) => ({
      id: this.deps.newId('trd'),
      fill,
      sale: must(sales[place], 'the sale of a fill'),
    }));
    const { decision, caps } = await this.takeCaps(tx, { judgement, prepared, parts, notes });
    const bought = await this.split(tx, { parts, caps, rules, buyerId: order.buyerId });
    const entries = await this.pay(tx, parts, order);
    const trades: Trade[] = [];
    for (const [place, part] of parts.entries()) {
      const entryNo = must(entries[place], 'the entry of a trade');
      const registerPosition = await this.enter(tx, part, { order, judgement });
      const trade = this.tradeOf(tx, part, {
        order,
        entryNo,
        registerPosition,
        buyerNote: bought[place],
        decision,
        prepared,
      });
      await insertTrade(tx, trade);
      await this.follow(tx, part, rules);
      await this.announce(tx, trade);
      trades.push(trade);
    }
    return trades;
  }

  /** The loan and its notes, locked before caps and cash, as every payment locks them. */
  private async lockNotes(
    tx: Tx,
    { fills }: SettlementOrder,
    { on }: RulesInForce,
  ): Promise<readonly NoteAtHand[]> {
    const places = fills.flatMap(({ listing: { note } }) => note ?? []);
    const [first] = places;
    if (!first) return [];
    await this.deps.loanNotes.lockNotes(tx, first.loanNo);
    return this.deps.marketGoods.listNotes(tx, places, on);
  }

  /**
   * Counts what the buyer takes over against the buyer's caps, each trade under its own id. The
   * sellers' rows are locked with them, since their notes free them right after.
   */
  private async takeCaps(
    tx: Tx,
    of: {
      readonly judgement: Judgement;
      readonly prepared: PreparedPurchase;
      readonly parts: readonly Part[];
      readonly notes: readonly NoteAtHand[];
    },
  ): Promise<{ readonly decision: DecisionRecord; readonly caps: readonly CapRow[] }> {
    const { caps } = this.deps;
    const { judgement, prepared, parts, notes } = of;
    const { now, principal } = prepared.purchase;
    const lines = judgement.caps;
    await caps.lockRows(tx, [...lines, ...notes.flatMap(({ note }) => note.caps)]);
    await caps.reserve(tx, lines, now);
    const used = await caps.lockUsage(tx, lines, now);
    const before = lines.map(({ subject, capKey }) =>
      Money.ofMinor(used.get(usageKey(subject, capKey)) ?? 0n, principal.currency).minus(principal),
    );
    const sales = parts.flatMap(({ id, sale }) =>
      lines.map(({ subject, capKey }) => ({
        subject,
        capKey,
        sourceId: id,
        reservedMinor: sale.principal.minor,
        soldMinor: sale.principal.minor,
      })),
    );
    await caps.countSales(tx, sales, now);
    return {
      decision: decisionRecord(judgement, { principal, used: before }),
      caps: await caps.listRepayable(tx, lines),
    };
  }

  private async split(
    tx: Tx,
    of: {
      readonly parts: readonly Part[];
      readonly caps: readonly CapRow[];
      readonly rules: RulesInForce;
      readonly buyerId: Id<'inv'>;
    },
  ): Promise<readonly (Note | undefined)[]> {
    const bought: (Note | undefined)[] = [];
    for (const { id, fill, sale } of of.parts) {
      const { note } = fill.listing;
      const to = { investorId: of.buyerId, cost: sale.clean, tradeId: id, caps: of.caps };
      bought.push(
        note &&
          (await this.deps.loanNotes.split(tx, {
            ...note,
            units: fill.units,
            on: of.rules.on,
            to,
          })),
      );
    }
    return bought;
  }

  /** One entry a trade: the buyer's cash to the seller, less what the operator keeps of it. */
  private async pay(
    tx: Tx,
    parts: readonly Part[],
    { book, buyerId }: SettlementOrder,
  ): Promise<readonly EntryNo[]> {
    const { ledger, clock } = this.deps;
    const { currency } = book;
    const buyer = await ledger.ensureAccount(tx, investorCashAccount(buyerId, currency));
    const fees = await ledger.ensureAccount(tx, feeAccount('market', currency));
    const drafts: EntryDraft[] = [];
    for (const { id, fill, sale } of parts) {
      const { sellerId } = fill.listing;
      const seller = await ledger.ensureAccount(tx, investorCashAccount(sellerId, currency));
      drafts.push({
        kind: 'market-trade',
        source: { type: 'market-trade', id },
        description: `Trade ${id} of ${fill.units} units of ${book.instrumentId}`,
        occurredAt: clock.now(),
        postings: [
          debit(buyer, sale.total),
          credit(seller, sale.total.minus(sale.fee)),
          credit(fees, sale.fee),
        ],
      });
    }
    return ledger.post(tx, drafts);
  }

  private async enter(
    tx: Tx,
    { id, fill, sale }: Part,
    { order, judgement }: { readonly order: SettlementOrder; readonly judgement: Judgement },
  ): Promise<bigint> {
    const { holdings, clock } = this.deps;
    const { firstPosition } = await holdings.transfer(tx, {
      instrumentId: order.book.instrumentId,
      fromInvestorId: fill.listing.sellerId,
      toInvestorId: order.buyerId,
      units: sale.units,
      // The price of a note is a share of what is owed on it, not of a unit.
      price: order.book.kind === 'shares' ? fill.listing.price : undefined,
      occurredAt: clock.now(),
      source: { type: 'market-trade', id },
      limit: judgement.limit,
    });
    return firstPosition;
  }

  private tradeOf(
    tx: Tx,
    { id, fill, sale }: Part,
    of: {
      readonly order: SettlementOrder;
      readonly entryNo: EntryNo;
      readonly registerPosition: bigint;
      readonly buyerNote: Note | undefined;
      readonly decision: DecisionRecord;
      readonly prepared: PreparedPurchase;
    },
  ): Trade {
    const { listing } = fill;
    const { order, buyerNote, prepared, ...known } = of;
    const { buyer, offering } = prepared.purchase;
    return {
      ...known,
      id,
      listingId: listing.id,
      instrumentId: order.book.instrumentId,
      sellerId: listing.sellerId,
      buyerId: order.buyerId,
      mode: order.mode,
      note: listing.note && noteOf(listing.note, buyerNote),
      units: sale.units,
      price: listing.price,
      priceVersion: listing.priceVersion,
      class: listing.class,
      size: listing.note ? sale.principal.minor : sale.units,
      principal: sale.principal,
      clean: sale.clean,
      accrued: sale.accrued,
      fee: sale.fee,
      tradedAt: this.deps.clock.now(),
      tradedBy: tx.scope.actor.id,
      rulebookNo: offering.rulebookNo,
      profileVersion: buyer.profileVersion,
      offeringVersion: offering.version,
    };
  }

  /** What is left of the listing. */
  private async follow(tx: Tx, { fill }: Part, { policy, on, now }: RulesInForce): Promise<void> {
    const { marketListings, marketGoods } = this.deps;
    const left = sold(fill.listing, fill.units, now);
    if (left.status !== 'open') return marketListings.save(tx, left);
    if (!left.note) return marketListings.save(tx, { ...left, size: left.unitsLeft });
    const at = await marketGoods.findNote(tx, left.note, on);
    return marketListings.save(tx, followed(left, at, { rules: policy.notes, now }));
  }

  private async announce(tx: Tx, trade: Trade): Promise<void> {
    const { audit, outbox } = this.deps;
    const details = {
      listingId: trade.listingId,
      instrumentId: trade.instrumentId,
      sellerId: trade.sellerId,
      buyerId: trade.buyerId,
      units: trade.units.toString(),
      price: rateText(trade.price),
      clean: { ...trade.clean.toWire() },
      accrued: { ...trade.accrued.toWire() },
      fee: { ...trade.fee.toWire() },
    };
    await audit.record(tx, { action: 'market.traded', subject: trade.id, details });
    await outbox.publish(tx, { type: 'market.traded', subject: trade.id, payload: details });
  }
}

function noteOf(note: NoteRef, bought: Note | undefined): NonNullable<Trade['note']> {
  return { ...note, buyerNoteNo: must(bought, 'the note of the buyer').noteNo };
}

import type { CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import { rateText, type Rate } from '../../kernel/rate';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import * as store from './book.store';
import { marketProblem } from './errors';
import type { MarketGoods } from './goods.service';

export interface OversightDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly marketGoods: MarketGoods;
}

/** The operator's hand on the market: stops of trade, and what shares were last worth. */
export class MarketOversight {
  constructor(private readonly deps: OversightDeps) {}

  /**
   * Stops all trade in an instrument at once: one person is enough, since waiting for another does
   * the harm that is to be kept off. Listings stay.
   *
   * @throws Problem `market.not-tradable` when nothing was ever offered of it, `market.halted`.
   */
  async halt(tx: Tx, instrumentId: Id<'ins'>, reason: string): Promise<store.Halt> {
    await store.lockBook(tx, instrumentId);
    await this.deps.marketGoods.requireTrading(tx, instrumentId);
    const [last] = await store.listHalts(tx, instrumentId);
    const halt: store.Halt = {
      instrumentId,
      no: (last?.no ?? 0) + 1,
      reason,
      haltedAt: this.deps.clock.now(),
      haltedBy: tx.scope.actor.id,
    };
    await store.insertHalt(tx, halt);
    await this.announce(tx, 'market.halted', halt);
    return halt;
  }

  /**
   * Lets trade go on, which takes a second person.
   *
   * @throws Problem `market.not-tradable`, `market.not-halted`, `market.four-eyes` for whoever
   *   halted it.
   */
  async lift(tx: Tx, instrumentId: Id<'ins'>, reason: string): Promise<store.Halt> {
    await store.lockBook(tx, instrumentId);
    const halt = await this.deps.marketGoods.findHalt(tx, instrumentId);
    if (!halt) throw marketProblem('not-halted');
    const liftedBy = tx.scope.actor.id;
    if (halt.haltedBy === liftedBy) throw marketProblem('four-eyes');
    const lifted = { ...halt, liftedAt: this.deps.clock.now(), liftedBy, liftReason: reason };
    await store.liftHalt(tx, lifted);
    await this.announce(tx, 'market.resumed', { instrumentId, reason });
    return lifted;
  }

  /** The latest first. */
  async listHalts(db: Db, instrumentId: Id<'ins'>): Promise<readonly store.Halt[]> {
    return store.listHalts(db, instrumentId);
  }

  /**
   * Records what one unit of a class of shares was worth on a day: shown to buyers, binding nobody.
   *
   * @throws Problem `holdings.instrument-not-found`, `market.not-tradable`.
   */
  async value(
    tx: Tx,
    instrumentId: Id<'ins'>,
    valued: { readonly valuedOn: CalendarDate; readonly price: Rate; readonly method: string },
  ): Promise<store.Valuation> {
    const { marketGoods, clock, audit } = this.deps;
    await store.ensureBook(tx, await marketGoods.bookOfShares(tx, instrumentId));
    await store.lockBook(tx, instrumentId);
    const before = await store.listValuations(tx, instrumentId);
    const valuation: store.Valuation = {
      ...valued,
      instrumentId,
      no: Math.max(0, ...before.map(({ no }) => no)) + 1,
      recordedAt: clock.now(),
      recordedBy: tx.scope.actor.id,
    };
    await store.insertValuation(tx, valuation);
    const { valuedOn, method } = valued;
    const details = { valuedOn, method, price: rateText(valued.price) };
    await audit.record(tx, { action: 'market.valued', subject: instrumentId, details });
    return valuation;
  }

  /** The newest first. */
  async listValuations(db: Db, instrumentId: Id<'ins'>): Promise<readonly store.Valuation[]> {
    return store.listValuations(db, instrumentId);
  }

  private async announce(
    tx: Tx,
    type: string,
    {
      instrumentId: subject,
      reason,
    }: { readonly instrumentId: Id<'ins'>; readonly reason: string },
  ): Promise<void> {
    await this.deps.audit.record(tx, { action: type, subject, details: { reason } });
    await this.deps.outbox.publish(tx, { type, subject, payload: { reason } });
  }
}

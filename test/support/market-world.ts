import { join } from 'node:path';
import type { Id } from '../../src/kernel/id';
import type { Money } from '../../src/kernel/money';
import { rate } from '../../src/kernel/rate';
import { runChecks } from '../../src/platform/integrity';
import { investorCashAccount } from '../../src/modules/ledger';
import type { Note } from '../../src/modules/loans';
import {
  DisclosureService,
  ListingService,
  loadMarketPolicies,
  marketChecks,
  MarketGoods,
  MarketOversight,
  MarketPolicies,
  MarketRules,
  MarketUpkeep,
  PurchaseService,
  Settlement,
  TradeService,
  type Listing,
  type MarketMode,
} from '../../src/modules/market';
import { Rulebook, type Rulebooks } from '../../src/modules/rulebooks';
import { ACKNOWLEDGED } from './offering-regimes';
import type { OfferingWorld } from './offering-world';
import { payingWorld } from './paying-world';
import type { ServicedLoan } from './servicing-world';
import { EU_OPERATOR } from './offering-regimes';

export const CONFIRMED = Object.keys(ACKNOWLEDGED);

/** Everything of the market on top of a world, in one mode or as its rulebook has it. */
export function marketServices(
  world: OfferingWorld,
  below: Pick<
    Awaited<ReturnType<typeof payingWorld>>['services'],
    'loans' | 'loanNotes' | 'servicingPolicies'
  >,
  mode?: MarketMode,
) {
  const shipped = loadMarketPolicies(join(__dirname, '../../compliance/market-policies'));
  const general = shipped.latestFor('none');
  const policies = mode ? new MarketPolicies([{ ...general, mode }]) : shipped;
  const rulebooks = mode === 'matched' ? { get: matchable(world.rulebooks) } : world.rulebooks;
  const { clock, newId, audit, outbox, ledger, caps, holdings, participants, operators } = world;
  const common = { clock, newId, audit, outbox };
  const marketRules = new MarketRules({ clock, operators, rulebooks, policies });
  const marketGoods = new MarketGoods({ holdings, ...below });
  const marketListings = new ListingService({ ...common, marketRules, marketGoods });
  const purchases = new PurchaseService({ participants, marketRules, marketGoods });
  const deps = { ...common, ledger, caps, holdings, ...below, marketRules, marketGoods };
  const settlement = new Settlement({ ...deps, marketListings, purchases });
  return {
    marketRules,
    marketGoods,
    marketListings,
    marketTrades: new TradeService({ ...deps, marketListings, purchases, settlement }),
    marketUpkeep: new MarketUpkeep({ clock, marketRules, marketGoods, marketListings }),
    marketOversight: new MarketOversight({ ...common, marketGoods }),
    disclosures: new DisclosureService({ marketRules, marketGoods }),
  };
}

/** The rulebooks as they would be if none said anything of matching. */
function matchable(rulebooks: Rulebooks) {
  return (id: string): Rulebook => {
    const { definition, contentHash } = rulebooks.get(id);
    const parameters = definition.parameters.filter((each) => each.id !== 'permits.matched-resale');
    return new Rulebook({ ...definition, parameters }, { file: id, contentHash, cases: [] });
  };
}

export type MarketWorld = Awaited<ReturnType<typeof marketWorld>>;

/**
 * Loans of the EU with a market in their notes: a bulletin board, or matched as if the law let it.
 *
 * ```ts
 * const world = await marketWorld('matched');
 * const { loan, lenders } = await world.active();
 * const listing = await world.offer(loan, lenders[0], '0.98');
 * await world.buy(listing, await world.buyer(), 10n);
 * ```
 */
export async function marketWorld(mode?: MarketMode) {
  const base = await payingWorld('eu-ecspr');
  const market = marketServices(base, base.services, mode);
  const below = base.broken;
  const self = {
    market,
    buyer: (cash = '100000.00') => base.investor(cash, 'non-sophisticated'),
    noteOf: async ({ loan }: Pick<ServicedLoan, 'loan'>, holder: Id<'inv'>): Promise<Note> => {
      const notes = await base.read((db) =>
        base.services.loanNotes.list(db, { loanNo: loan.loanNo, holderId: holder, limit: 10 }),
      );
      const found = notes.find(({ closedOn }) => closedOn === undefined) ?? notes[0];
      if (!found) throw new Error('the holder has no note');
      return found;
    },
    /** The holder's open note of a loan, or some units of it. */
    offer: async (
      lent: Pick<ServicedLoan, 'loan'>,
      holder: Id<'inv'>,
      { price = '1', units }: { readonly price?: string; readonly units?: bigint } = {},
    ): Promise<Listing> => {
      const { noteNo } = await self.noteOf(lent, holder);
      const of = { loanId: lent.loan.id, noteNo };
      return base.write((tx) =>
        market.marketListings.list(tx, { sellerId: holder, of, units, price: rate(price) }),
      );
    },
    /** What must be read before anything of the loan is bought. */
    documents: async ({ book }: Pick<Listing, 'book'>): Promise<readonly string[]> => {
      const { version } = await base.read((db) => base.offerings.get(db, book.offeringId));
      return version.documents.map(({ sha256 }) => sha256);
    },
    order: async (listing: Listing, buyerId: Id<'inv'>, units: bigint) => ({
      listingId: listing.id,
      buyerId,
      units,
      atMost: base.money('1000000.00'),
      acknowledged: CONFIRMED,
      documents: await self.documents(listing),
    }),
    buy: async (listing: Listing, buyerId: Id<'inv'>, units: bigint) => {
      const order = await self.order(listing, buyerId, units);
      return base.write((tx) => market.marketTrades.buy(tx, order), 'usr_buyer');
    },
    propose: async (listing: Listing, buyerId: Id<'inv'>, units: bigint) => {
      const order = await self.order(listing, buyerId, units);
      return base.write((tx) => market.marketTrades.propose(tx, order), 'usr_buyer');
    },
    offered: (id: Id<'mkl'>) => base.read((db) => market.marketListings.get(db, id)),
    walletOf: async (investorId: Id<'inv'>): Promise<Money> => {
      const spec = investorCashAccount(investorId, base.currency);
      return (await base.read((db) => base.ledger.getAccount(db, spec))).balance.negated();
    },
    /** Also what must be true of the market. */
    broken: async () => {
      const results = await runChecks(base.test.database, marketChecks, [EU_OPERATOR]);
      return [...(await below()), ...results.filter(({ count }) => count > 0n)];
    },
  };
  return Object.assign(base, self);
}

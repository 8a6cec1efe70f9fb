import { join } from 'node:path';
import type { CapsService } from '../modules/caps';
import type { HoldingsService } from '../modules/holdings';
import type { OperatorDirectory } from '../modules/identity';
import type { LedgerService } from '../modules/ledger';
import type { LoanService, NoteService, ServicingPolicies } from '../modules/loans';
import {
  DisclosureService,
  ListingService,
  loadMarketPolicies,
  MarketGoods,
  MarketOversight,
  MarketRules,
  MarketUpkeep,
  PurchaseService,
  Settlement,
  TradeService,
} from '../modules/market';
import type { Rulebooks } from '../modules/rulebooks';
import type { Participants } from '../modules/subscriptions';
import { COMPLIANCE, type Platform } from './platform';

export interface BelowMarket {
  readonly ledger: LedgerService;
  readonly caps: CapsService;
  readonly rulebooks: Rulebooks;
  readonly directory: OperatorDirectory;
  readonly holdings: HoldingsService;
  readonly participants: Participants;
  readonly loans: LoanService;
  readonly loanNotes: NoteService;
  readonly servicingPolicies: ServicingPolicies;
}

/** Where holders sell notes and shares. */
export function composeMarket(platform: Platform, below: BelowMarket) {
  const policies = loadMarketPolicies(join(COMPLIANCE, 'market-policies'));
  const marketRules = new MarketRules({
    ...platform,
    ...below,
    operators: below.directory,
    policies,
  });
  const marketGoods = new MarketGoods(below);
  const common = { ...platform, ...below, marketRules, marketGoods };
  const marketListings = new ListingService(common);
  const purchases = new PurchaseService(common);
  const settlement = new Settlement({ ...common, marketListings, purchases });
  return {
    marketRules,
    marketListings,
    marketTrades: new TradeService({ ...common, marketListings, purchases, settlement }),
    marketUpkeep: new MarketUpkeep({ ...common, marketListings }),
    marketOversight: new MarketOversight(common),
    disclosures: new DisclosureService(common),
  };
}

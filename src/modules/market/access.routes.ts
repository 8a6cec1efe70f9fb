import type { Id } from '../../kernel/id';
import type { AuthenticatedUser } from '../../platform/auth';
import type { Db } from '../../platform/db';
import type { DisclosureService } from './disclosure.service';
import { marketProblem } from './errors';
import type { ListingService } from './listing.service';
import type { MarketOversight } from './oversight.service';
import type { MarketRules } from './rules.service';
import type { TradeService } from './trade.service';
import type { Viewer } from './view.schema';

export interface MarketRouteDeps {
  readonly marketRules: MarketRules;
  readonly marketListings: ListingService;
  readonly disclosures: DisclosureService;
  readonly marketTrades: TradeService;
  readonly marketOversight: MarketOversight;
  /** The investor's file the log-in acts for. */
  readonly investorOf: (user: AuthenticatedUser, within: Db) => Promise<Id<'inv'> | undefined>;
}

export const TAG = 'Market';
export const INVESTOR = { roles: ['investor'] } as const;
export const STAFF_ROLES = ['compliance', 'operations', 'admin', 'regulator'] as const;
export const INVESTOR_OR_STAFF = { roles: ['investor', ...STAFF_ROLES] } as const;

/** @throws Problem `market.not-an-investor`. */
export async function requireInvestor(
  { investorOf }: Pick<MarketRouteDeps, 'investorOf'>,
  db: Db,
  user: AuthenticatedUser,
): Promise<Id<'inv'>> {
  const found = await investorOf(user, db);
  if (found === undefined) throw marketProblem('not-an-investor');
  return found;
}

/** Staff see all; anybody else what concerns them. */
export async function viewerOf(
  deps: Pick<MarketRouteDeps, 'investorOf'>,
  db: Db,
  user: AuthenticatedUser,
): Promise<Viewer> {
  const isStaff = STAFF_ROLES.some((role) => user.roles.includes(role));
  return isStaff ? 'staff' : requireInvestor(deps, db, user);
}

import { join } from 'node:path';
import { dateIn, type CalendarDate } from '../kernel/calendar-date';
import { roundRate } from '../kernel/rate';
import { loadPolicies, policyFor } from '../modules/applications';
import type { CapsService } from '../modules/caps';
import { lossGivenDefault, pdOf, type ModelLibrary } from '../modules/credit';
import type { OperatorDirectory } from '../modules/identity';
import type { InvestorService, InvestorsForOrders } from '../modules/investors';
import type { LedgerService } from '../modules/ledger';
import {
  Auctions,
  BidPlacement,
  BidService,
  BookLoans,
  BookOrders,
  BookPlacement,
  BookRounds,
  MandatePreviewService,
  MandateService,
  MatchingMeters,
  MatchingWindows,
  PlacementService,
  RunLogService,
  SnapshotService,
} from '../modules/matching';
import type { OfferingBooks, OfferingLifecycle, OfferingService } from '../modules/offerings';
import type { Rulebooks } from '../modules/rulebooks';
import type { MandatedOrders, Participants, SubscriptionService } from '../modules/subscriptions';
import { COMPLIANCE, type Platform } from './platform';

export interface BelowMatching {
  readonly ledger: LedgerService;
  readonly rulebooks: Rulebooks;
  readonly caps: CapsService;
  readonly directory: OperatorDirectory;
  readonly investors: InvestorService;
  readonly investorsForOrders: InvestorsForOrders;
  readonly creditModels: ModelLibrary;
  readonly books: OfferingBooks;
  readonly offerings: OfferingService;
  readonly lifecycle: OfferingLifecycle;
  readonly subscriptions: SubscriptionService;
  readonly participants: Participants;
  readonly mandatedOrders: MandatedOrders;
}

/** The pricing policy whose scale says what a grade is expected to lose. */
const PRICED_BY = 'consumer-instalment';

export function composeMatching(platform: Platform, below: BelowMatching) {
  const { clock, database } = platform;
  const meters = new MatchingMeters(platform.metrics);
  const deps = { ...platform, ...below, offerings: below.books, transactions: database, meters };
  const placements = new PlacementService({ ...deps, orders: below.mandatedOrders });
  return {
    mandates: new MandateService(deps),
    mandatePreviews: new MandatePreviewService({
      clock,
      investors: below.investorsForOrders,
      lossPpm: (grade) => yearlyLossPpm(below.creditModels, dateIn('UTC', clock.now()), grade),
    }),
    placements,
    runLog: new RunLogService(),
    windows: new MatchingWindows({ ...deps, placements, snapshots: new SnapshotService(deps) }),
    ...composeAuctions(platform, below),
    ...composeRateBook(platform, below),
  };
}

function composeAuctions(platform: Platform, below: BelowMatching) {
  const policies = loadPolicies(join(COMPLIANCE, 'application-policies'));
  const deps = { ...platform, ...below, transactions: platform.database };
  return {
    bids: new BidService(deps),
    auctions: new Auctions({
      ...deps,
      placements: new BidPlacement({ ...deps, orders: below.subscriptions }),
      aprMethodOf: ({ id }) => policyFor(policies, id)?.aprMethod ?? 'eu',
    }),
  };
}

function composeRateBook(platform: Platform, below: BelowMatching) {
  const deps = { ...platform, ...below, transactions: platform.database };
  const loans = new BookLoans({ participants: below.participants, offerings: below.books });
  const placements = new BookPlacement({ ...deps, orders: below.mandatedOrders });
  return {
    bookOrders: new BookOrders({ ...deps, loans }),
    bookRounds: new BookRounds({ ...deps, loans, placements }),
  };
}

/** Expected loss of an unsecured loan of that grade in a year, in parts per million. */
function yearlyLossPpm(library: ModelLibrary, on: CalendarDate, name: string): number {
  const scale = library.inForce(PRICED_BY, on).scale.value;
  const grade = scale.grades.find((each) => each.grade === name);
  if (!grade) return 0;
  const { severity } = lossGivenDefault(scale, { product: PRICED_BY, security: 'none' });
  return roundRate(pdOf(grade).times(severity).times(1_000_000), 0, 'ceil').toNumber();
}

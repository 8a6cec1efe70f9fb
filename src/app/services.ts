import { join } from 'node:path';
import { systemClock } from '../kernel/clock';
import { AuditCheckpoints } from '../platform/audit';
import { Session, type Db } from '../platform/db';
import { CapsService } from '../modules/caps';
import { CreditMonitoring, CreditService, ModelLibrary } from '../modules/credit';
import {
  EndedSessions,
  LogInService,
  OperatorDirectory,
  OperatorService,
  PartyService,
  SessionService,
  UserService,
} from '../modules/identity';
import {
  ClassificationService,
  InvestorService,
  InvestorsForOrders,
  KnowledgeTestService,
  AppetiteService,
  loadAppetitePolicy,
  loadQuestionBanks,
  InvestorsToVerify,
} from '../modules/investors';
import {
  DueDiligenceService,
  FinancialsService,
  IssuersForOfferings,
  IssuerService,
  IssuersToVerify,
  PeopleService,
} from '../modules/issuers';
import { HoldingsService } from '../modules/holdings';
import { LedgerService } from '../modules/ledger';
import { RenewalCaps } from '../modules/loans';
import {
  OfferingBooks,
  OfferingLifecycle,
  LoanListing,
  OfferingService,
  OfferingViewing,
  type LoanClearances,
} from '../modules/offerings';
import type { BankAccountService } from '../modules/payments';
import { mayGoLive, type Rulebooks } from '../modules/rulebooks';
import {
  ClosingService,
  DecisionReplay,
  OrderDesk,
  PreviewService,
  MandatedOrders,
  QuoteService,
  ReleaseService,
  StoredParticipants,
  SubscriptionService,
} from '../modules/subscriptions';
import {
  offlineVerification,
  VerificationCases,
  VerificationRunner,
} from '../modules/verification';
import { composeAcceptance, composeIntake } from './applications';
import { composeCover } from './cover';
import { composeDisclosure } from './disclosure';
import { composeDisputes } from './disputes';
import { composeAml } from './aml';
import { composeFilings } from './filings';
import { StoredLinks } from './linked-parties';
import { composeServicing } from './loans';
import { composeMarket } from './market';
import { composeMatching } from './matching';
import { composePayments } from './payments';
import { StoredPartyFiles } from './party-files';
import { COMPLIANCE, type Platform } from './platform';
import { composeReconciliation } from './reconciliation';
import { composeReports } from './reports';
import { composeReturns } from './returns';
import { composeSupervision } from './supervision';
import { composeTakeovers, withBooks } from './takeovers';

/** Builds each service once, lowest module first: what is not built yet cannot be asked for. */
export function composeServices(
  platform: Platform,
  rulebooks: Rulebooks,
  rulebookNumbers: ReadonlyMap<string, number>,
) {
  const foundations = composeFoundations(platform, rulebooks);
  const identity = composeIdentity(platform, foundations);
  const investors = composeInvestors(platform, { ...foundations, ...identity });
  const issuers = composeIssuers(platform, { ...foundations, ...identity });
  const files = new StoredPartyFiles({ ...investors, ...issuers });
  const payments = composePayments(platform, { ...foundations, files });
  const credit = composeCredit(platform);
  const intake = composeIntake(platform, { ...foundations, ...identity, ...issuers, ...credit });
  const offerings = composeOfferings(platform, {
    ...foundations,
    ...issuers,
    clearances: withBooks(intake.clearances),
  });
  const holdings = composeHoldings(platform, files);
  const subscriptions = composeSubscriptions(platform, {
    ...foundations,
    ...investors,
    ...issuers,
    ...payments,
    ...offerings,
    holdings,
    rulebookNumbers,
  });
  const raising = {
    ...foundations,
    ...identity,
    ...investors,
    ...issuers,
    files,
    ...payments,
    ...credit,
    ...intake,
    ...offerings,
    holdings,
    ...subscriptions,
  };
  const servicing = composeServicing(platform, raising);
  const reporting = composeReports(platform, raising);
  const disputes = composeDisputes(platform, { ...raising, ...servicing });
  return {
    ...raising,
    ...composeFilings(platform, raising),
    ...composeAml(platform, raising),
    ...composeAcceptance(platform, raising),
    ...composeMatching(platform, raising),
    ...servicing,
    ...composeTakeovers(platform, raising),
    ...composeCover(platform, { ...raising, ...servicing }),
    ...composeMarket(platform, { ...raising, ...servicing }),
    ...composeReturns(platform, raising),
    ...disputes,
    ...composeReconciliation(platform, raising),
    ...reporting,
    ...composeDisclosure(platform, { ...raising, ...reporting, ...disputes }),
    ...composeSupervision(platform, { ...raising, ...servicing, ...reporting }),
  };
}

export type Services = ReturnType<typeof composeServices>;

function composeFoundations({ clock, audit, signer }: Platform, rulebooks: Rulebooks) {
  const caps = new CapsService();
  const ledger = new LedgerService({ clock });
  const ledgerHeads = (db: Db): Promise<string> => ledger.chainHeads(db);
  return {
    ledger,
    checkpoints: new AuditCheckpoints({ clock, signer, ledgerHeads }),
    rulebooks,
    caps,
    renewalCaps: new RenewalCaps({ clock, audit, caps }),
    directory: new OperatorDirectory(),
  };
}

type Foundations = ReturnType<typeof composeFoundations>;

function composeIdentity(platform: Platform, { rulebooks, directory }: Foundations) {
  const { clock, newId, audit, accessTokens, refreshTokens, passwords, database } = platform;
  const endedSessions = new EndedSessions(accessTokens, systemClock);
  const sessions = new SessionService({
    clock: systemClock,
    newId,
    accessTokens,
    refreshTokens,
    endedSessions,
    audit,
  });
  const users = new UserService({ clock, newId, audit, directory, sessions });
  return {
    endedSessions,
    sessions,
    users,
    operators: new OperatorService({
      clock,
      audit,
      directory,
      rulebookBlockers: (id) => mayGoLive(rulebooks.get(id)).findings.map(({ message }) => message),
    }),
    parties: new PartyService({
      clock,
      newId,
      audit,
      cipher: platform.cipher,
      identityIndex: platform.identityIndex,
    }),
    logIn: new LogInService({ database, directory, passwords, users, sessions, audit }),
  };
}

type Identity = ReturnType<typeof composeIdentity>;

function composeInvestors(platform: Platform, below: Foundations & Identity) {
  const { clock, newId, audit, outbox, database, cipher } = platform;
  const { directory, rulebooks, parties, users, ledger } = below;
  const common = { clock, newId, audit, outbox };
  const investors = new InvestorService({
    ...common,
    cipher,
    directory,
    rulebooks,
    parties,
    users,
  });
  const verifications = new VerificationCases(
    common,
    new InvestorsToVerify({ directory, parties, investors, ledger }),
  );
  return {
    investors,
    investorsForOrders: new InvestorsForOrders(),
    verifications,
    verificationRunner: new VerificationRunner({
      database,
      clock,
      verifications,
      provider: offlineVerification,
    }),
    classifications: new ClassificationService({ ...common, investors }),
    knowledgeTests: new KnowledgeTestService({
      clock,
      newId,
      audit,
      investors,
      banks: loadQuestionBanks(join(COMPLIANCE, 'knowledge-tests')),
    }),
    appetites: new AppetiteService({
      clock,
      newId,
      audit,
      investors,
      policy: loadAppetitePolicy(join(COMPLIANCE, 'lender-appetite', 'standard')),
    }),
  };
}

function composeIssuers(platform: Platform, below: Foundations & Identity) {
  const { clock, newId, audit, outbox, database, cipher } = platform;
  const { parties, users } = below;
  const common = { clock, newId, audit, outbox };
  const issuers = new IssuerService({ ...common, cipher, parties, users });
  const dueDiligence = new DueDiligenceService({ clock, audit, issuers });
  const financials = new FinancialsService({ clock, audit, issuers, dueDiligence });
  const issuerVerifications = new VerificationCases(
    common,
    new IssuersToVerify({ parties, issuers }),
  );
  return {
    issuers,
    dueDiligence,
    financials,
    issuerVerifications,
    issuerPeople: new PeopleService({ issuers, dueDiligence, issuerVerifications }),
    issuerVerificationRunner: new VerificationRunner({
      database,
      clock,
      verifications: issuerVerifications,
      provider: offlineVerification,
    }),
    issuersForOfferings: new IssuersForOfferings({ issuers, dueDiligence, financials }),
  };
}

type Issuers = ReturnType<typeof composeIssuers>;

function composeCredit({ clock, newId, audit, outbox }: Platform) {
  const creditModels = ModelLibrary.load(COMPLIANCE);
  return {
    creditModels,
    credit: new CreditService({ clock, newId, audit, outbox, library: creditModels }),
    creditMonitoring: new CreditMonitoring({ clock, audit, outbox }),
  };
}

function composeOfferings(
  platform: Platform,
  below: Foundations & Issuers & { readonly clearances: LoanClearances },
) {
  const { clock, newId, audit, outbox, calendars } = platform;
  const { directory, rulebooks, caps, issuersForOfferings } = below;
  const deps = {
    clock,
    newId,
    audit,
    outbox,
    operators: directory,
    rulebooks,
    calendars,
    caps,
    issuers: issuersForOfferings,
    clearances: below.clearances,
    renewals: below.renewalCaps,
  };
  const offerings = new OfferingService(deps);
  const lifecycle = new OfferingLifecycle(deps, offerings);
  return {
    offerings,
    lifecycle,
    listing: new LoanListing(deps, { offerings, lifecycle }),
    books: new OfferingBooks(),
    viewing: new OfferingViewing({
      offerings,
      issuersOf: async (db, userId) =>
        (await below.issuers.list(db, { userId, limit: 100 })).map(({ id }) => id),
    }),
  };
}

type Offerings = ReturnType<typeof composeOfferings>;

function composeHoldings(platform: Platform, files: StoredPartyFiles): HoldingsService {
  const { clock, newId, audit, outbox } = platform;
  return new HoldingsService({ clock, newId, audit, outbox, parties: files });
}

interface BelowSubscriptions extends Foundations, Issuers, Offerings {
  readonly investorsForOrders: InvestorsForOrders;
  readonly holdings: HoldingsService;
  readonly bankAccounts: BankAccountService;
  readonly rulebookNumbers: ReadonlyMap<string, number>;
}

function composeSubscriptions(platform: Platform, below: BelowSubscriptions) {
  const { clock, newId, audit, outbox, config } = platform;
  const { ledger, caps, books, offerings, lifecycle, rulebooks, holdings } = below;
  const participants = new StoredParticipants({
    investors: below.investorsForOrders,
    offerings: books,
    issuers: below.issuersForOfferings,
    holdings,
    linked: new StoredLinks(below),
    ledger,
    operators: below.directory,
    rulebooks,
    rulebookNumbers: below.rulebookNumbers,
  });
  const desk = new OrderDesk(
    {
      clock,
      openSession: () => laneSession(platform),
      participants,
      caps,
      ledger,
      offerings: books,
    },
    { lanes: config.subscriptionLanes },
  );
  const common = { clock, ledger, caps, offerings, lifecycle, books, audit, outbox };
  const releases = new ReleaseService(common);
  return {
    desk,
    participants,
    mandatedOrders: new MandatedOrders({ desk, newId }),
    subscriptions: new SubscriptionService({
      clock,
      desk,
      caps,
      ledger,
      offerings: books,
      outbox,
      audit,
    }),
    releases,
    closings: new ClosingService({
      ...common,
      releases,
      issueShares: async (tx, shares) => {
        await holdings.issueShares(tx, shares);
      },
    }),
    previews: new PreviewService({ offerings }),
    quotes: new QuoteService({ clock, participants, caps, ledger, books }),
    replays: new DecisionReplay(participants),
  };
}

/** A connection of its own for a lane of the order desk. */
export function laneSession({ database }: Platform): Session {
  return new Session({ ...database.options, applicationName: 'yunchou-lane' });
}

import { join } from 'node:path';
import { systemClock } from '../kernel/clock';
import { Session } from '../platform/db';
import { CapsService } from '../modules/caps';
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
  loadQuestionBanks,
  offlineVerification,
  VerificationRunner,
  VerificationService,
} from '../modules/investors';
import { LedgerService } from '../modules/ledger';
import { mayGoLive, Rulebooks } from '../modules/rulebooks';
import { COMPLIANCE, type Platform } from './platform';

/** Builds each service once, lowest module first: what is not built yet cannot be asked for. */
export function composeServices(platform: Platform) {
  const foundations = composeFoundations(platform);
  const identity = composeIdentity(platform, foundations);
  const investors = composeInvestors(platform, { ...foundations, ...identity });
  return { ...foundations, ...identity, ...investors };
}

export type Services = ReturnType<typeof composeServices>;

function composeFoundations({ clock }: Platform) {
  return {
    ledger: new LedgerService({ clock }),
    rulebooks: Rulebooks.load(join(COMPLIANCE, 'rulebooks')),
    caps: new CapsService(),
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
  const verifications = new VerificationService({
    ...common,
    directory,
    parties,
    investors,
    ledger,
  });
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
  };
}

/** A connection of its own for a lane of the order desk. */
export function laneSession({ database }: Platform): Session {
  return new Session({ ...database.options, applicationName: 'yunchou-lane' });
}

import type { Express } from 'express';
import request from 'supertest';
import { calendarDate } from '../../src/kernel/calendar-date';
import { ManualClock } from '../../src/kernel/clock';
import { idMaker, type Id } from '../../src/kernel/id';
import { rate } from '../../src/kernel/rate';
import { Audit } from '../../src/platform/audit';
import { AccessTokens, Passwords, RefreshTokens, type Role } from '../../src/platform/auth';
import type { Db, Scope, Tx } from '../../src/platform/db';
import { BlindIndex, FieldCipher } from '../../src/platform/field-cipher';
import { runChecks, type CheckResult } from '../../src/platform/integrity';
import { Outbox } from '../../src/platform/outbox';
import {
  EndedSessions,
  identityRoutes,
  LogInService,
  OperatorDirectory,
  OperatorService,
  PartyService,
  SessionService,
  UserService,
  type Operator,
  type OperatorDraft,
} from '../../src/modules/identity';
import { residentIdCheckCharacter } from '../../src/modules/identity/resident-id';
import {
  AppetiteService,
  ClassificationService,
  investorChecks,
  investorRoutes,
  InvestorService,
  KnowledgeTestService,
  loadAppetitePolicy,
  loadQuestionBanks,
  InvestorsToVerify,
  type Investor,
  type InvestorDraft,
} from '../../src/modules/investors';
import {
  DueDiligenceService,
  FinancialsService,
  issuerChecks,
  issuerRoutes,
  IssuerService,
  IssuersForOfferings,
  IssuersToVerify,
  PeopleService,
  type IssuerDraft,
} from '../../src/modules/issuers';
import { LedgerService } from '../../src/modules/ledger';
import { mayGoLive, Rulebooks } from '../../src/modules/rulebooks';
import {
  offlineVerification,
  VerificationCases,
  VerificationRunner,
} from '../../src/modules/verification';
import { testDatabase, type TestDatabase } from './database';
import { smallApp } from './small-app';

export const GOOD_PASSWORD = 'a long walk on a quiet evening';

/** A resident identity number of a person born on that day, told apart by the serial. */
export function residentId(serial: number, born = '19900307'): string {
  const first17 = `110105${born}${serial.toString().padStart(3, '0')}`;
  return first17 + residentIdCheckCharacter(first17);
}

const OPERATORS: readonly OperatorDraft[] = [
  operator('rhine-equity', { rulebookId: 'eu-ecspr', homeCurrency: 'EUR', number: '12-3456789' }),
  operator('hudson-equity', { rulebookId: 'us-reg-cf', homeCurrency: 'USD', number: '12-3456780' }),
];

function operator(
  code: string,
  its: { readonly rulebookId: string; readonly homeCurrency: 'EUR' | 'USD'; number: string },
): OperatorDraft {
  return {
    code,
    legalName: `${code} GmbH`,
    line: 'equity',
    jurisdiction: its.homeCurrency === 'EUR' ? 'DE' : 'US',
    rulebookId: its.rulebookId,
    identityKind: 'us-ein',
    identityNumber: its.number,
    homeCurrency: its.homeCurrency,
    timeZone: its.homeCurrency === 'EUR' ? 'Europe/Berlin' : 'America/New_York',
    calendar: its.homeCurrency === 'EUR' ? 'target' : 'us',
    feeTerms: { successFeeRate: rate('0.05') },
  };
}

export type PeopleWorld = Awaited<ReturnType<typeof peopleWorld>>;

/** Two operators with users, investors and issuers, on a database of their own. */
export async function peopleWorld(start = '2025-03-10T09:00:00Z') {
  const test = await testDatabase({ poolSize: 16 });
  const clock = new ManualClock(start);
  const services = composeServices(test, clock);
  const [rhine, hudson] = await openOperators(test, services);
  const api = smallApp(
    [...identityRoutes(services), ...investorRoutes(services), ...issuerRoutes(services)],
    { database: test.database, auth: services.endedSessions, clock, strictReplies: true },
  );
  const { database } = test;
  return {
    ...services,
    test,
    clock,
    rhine,
    hudson,
    app: api.app,
    logged: api.logged,
    read: <T>(work: (db: Db) => Promise<T>, at: Operator = rhine) =>
      database.read(scopeOf(at), work),
    write: <T>(work: (tx: Tx) => Promise<T>, { at = rhine, by = 'test' } = {}) =>
      database.write(scopeOf(at, by), work),
    ...actors({ services, test, app: api.app, rhine }),
    broken: async (): Promise<readonly CheckResult[]> => {
      const checks = [...investorChecks, ...issuerChecks];
      const results = await runChecks(database, checks, [rhine.id, hudson.id]);
      return results.filter(({ count }) => count > 0n);
    },
    close: () => test.close(),
  };
}

export function scopeOf({ id }: Pick<Operator, 'id'>, by = 'test'): Scope {
  return { operatorId: id, actor: { kind: by === 'test' ? 'system' : 'user', id: by } };
}

type Services = ReturnType<typeof composeServices>;

function composeServices({ database }: TestDatabase, clock: ManualClock) {
  const newId = idMaker(clock);
  const audit = new Audit({ clock });
  const outbox = new Outbox({ clock });
  const cipher = new FieldCipher([{ id: 'k1', secret: Buffer.alloc(32, 7) }]);
  const shared = { clock, newId, audit, outbox, cipher, database };
  const identity = composeIdentity(shared);
  const investors = composeInvestors({ ...shared, ...identity });
  const issuers = composeIssuers({ ...shared, ...identity });
  return { ...shared, ...identity, ...investors, ...issuers };
}

interface Shared {
  readonly clock: ManualClock;
  readonly newId: ReturnType<typeof idMaker>;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly cipher: FieldCipher;
  readonly database: TestDatabase['database'];
}

function composeIdentity(shared: Shared) {
  const { clock, database, audit } = shared;
  const directory = new OperatorDirectory();
  const rulebooks = Rulebooks.load('compliance/rulebooks');
  const accessTokens = new AccessTokens({
    clock,
    keys: [{ kid: 'k1', secret: Buffer.alloc(32, 1) }],
    issuer: 'yunchou',
    audience: 'api',
  });
  const refreshTokens = new RefreshTokens(Buffer.alloc(32, 2));
  const passwords = new Passwords('cheap');
  const endedSessions = new EndedSessions(accessTokens, clock);
  const sessions = new SessionService({ ...shared, accessTokens, refreshTokens, endedSessions });
  const users = new UserService({ ...shared, directory, sessions });
  const parties = new PartyService({
    ...shared,
    identityIndex: new BlindIndex(Buffer.alloc(32, 3)),
  });
  const rulebookBlockers = (id: string): readonly string[] =>
    mayGoLive(rulebooks.get(id)).findings.map(({ message }) => message);
  const operators = new OperatorService({ ...shared, directory, rulebookBlockers });
  const logIn = new LogInService({ database, directory, passwords, users, sessions, audit });
  return { directory, rulebooks, endedSessions, sessions, users, parties, operators, logIn };
}

function composeInvestors(below: Shared & ReturnType<typeof composeIdentity>) {
  const ledger = new LedgerService(below);
  const investors = new InvestorService(below);
  const verifications = new VerificationCases(
    below,
    new InvestorsToVerify({ ...below, investors, ledger }),
  );
  const banks = loadQuestionBanks('compliance/knowledge-tests');
  return {
    ledger,
    investors,
    verifications,
    verificationRunner: new VerificationRunner({
      ...below,
      verifications,
      provider: offlineVerification,
    }),
    classifications: new ClassificationService({ ...below, investors }),
    knowledgeTests: new KnowledgeTestService({ ...below, investors, banks }),
    appetites: new AppetiteService({
      ...below,
      investors,
      policy: loadAppetitePolicy('compliance/lender-appetite/standard'),
    }),
  };
}

function composeIssuers(below: Shared & ReturnType<typeof composeIdentity>) {
  const issuers = new IssuerService(below);
  const dueDiligence = new DueDiligenceService({ ...below, issuers });
  const financials = new FinancialsService({ ...below, issuers, dueDiligence });
  const issuerVerifications = new VerificationCases(
    below,
    new IssuersToVerify({ ...below, issuers }),
  );
  return {
    issuers,
    dueDiligence,
    financials,
    issuerVerifications,
    issuerPeople: new PeopleService({ issuers, dueDiligence, issuerVerifications }),
    issuersForOfferings: new IssuersForOfferings({ issuers, dueDiligence, financials }),
    issuerVerificationRunner: new VerificationRunner({
      ...below,
      verifications: issuerVerifications,
      provider: offlineVerification,
    }),
  };
}

async function openOperators(
  { database }: TestDatabase,
  { operators, directory }: Services,
): Promise<readonly [Operator, Operator]> {
  const installation: Scope = { operatorId: undefined, actor: { kind: 'system', id: 'test' } };
  for (const draft of OPERATORS) {
    await database.write(installation, (tx) => operators.create(tx, draft));
  }
  await database.read(installation, (db) => operators.loadDirectory(db));
  return [directory.getByCode('rhine-equity'), directory.getByCode('hudson-equity')];
}

interface ActorDeps {
  readonly services: Services;
  readonly test: TestDatabase;
  readonly app: Express;
  readonly rhine: Operator;
}

/** Ways to bring people into the world, through the services and the front door. */
function actors({ services, test, app, rhine }: ActorDeps) {
  const { database } = test;
  let serial = 100;
  const investorDraft = (changes: Partial<InvestorDraft> = {}): InvestorDraft => {
    serial += 1;
    return {
      kind: 'natural',
      name: 'Ada Example',
      country: 'DE',
      identity: { kind: 'cn-resident-id', number: safeResidentId(serial) },
      ...changes,
    };
  };
  const user = async (roles: readonly Role[], { at = rhine, email = '' } = {}) => {
    serial += 1;
    const address = email === '' ? `user${serial}@example.org` : email;
    const passwordHash = await new Passwords('cheap').hash(GOOD_PASSWORD);
    const created = await database.write(scopeOf(at), (tx) =>
      services.users.create(tx, ['platform'], { email: address, passwordHash, roles }),
    );
    return created;
  };
  const tokenOf = (id: Id<'usr'>, at: Operator = rhine): Promise<string> =>
    database
      .write(scopeOf(at), (tx) => services.sessions.open(tx, id, 'device'))
      .then(({ accessToken }) => accessToken);
  return {
    investorDraft,
    issuerDraft: (changes: Partial<IssuerDraft> = {}): IssuerDraft => {
      serial += 1;
      return {
        kind: 'legal',
        name: 'Bright Mills Ltd',
        identity: { kind: 'us-ein', number: `12-34${serial.toString().padStart(3, '0')}10` },
        legalForm: 'company',
        jurisdiction: 'US-DE',
        country: 'US',
        people: [{ name: 'Grace Founder', roles: ['officer'], shareRate: rate('0.6') }],
        ...changes,
      };
    },
    user,
    tokenOf,
    /** A log-in with these roles, and how it calls the API. */
    actor: async (roles: readonly Role[], { at = rhine } = {}) => {
      const { id, email } = await user(roles, { at });
      const token = await tokenOf(id, at);
      const send = (method: 'get' | 'post' | 'put' | 'patch') => (path: string, body?: object) => {
        const sent = request(app)[method](path).set('Authorization', `Bearer ${token}`);
        return body === undefined ? sent : sent.send(body);
      };
      return {
        id,
        email,
        token,
        get: send('get'),
        post: send('post'),
        put: send('put'),
        patch: send('patch'),
      };
    },
    investor: (changes: Partial<InvestorDraft> = {}, at = rhine): Promise<Investor> =>
      database.write(scopeOf(at), (tx) => services.investors.open(tx, investorDraft(changes))),
    verify: async (id: Id<'inv'>, at = rhine) => {
      const verification = await database.write(scopeOf(at), (tx) =>
        services.verifications.request(tx, id),
      );
      return services.verificationRunner.run(scopeOf(at), verification);
    },
  };
}

/** The offline provider takes some endings amiss: those are skipped. */
function safeResidentId(serial: number): string {
  const number = residentId(serial);
  return /9[678]$/.test(number) ? residentId(serial, '19910412') : number;
}

export const today = calendarDate('2025-03-10');

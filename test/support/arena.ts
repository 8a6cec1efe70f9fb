import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import request from 'supertest';
import { allChecks } from '../../src/app/checks';
import {
  openApplication,
  type Application,
  type ApplicationOptions,
} from '../../src/app/application';
import type { Config } from '../../src/config';
import { must } from '../../src/kernel/assert';
import type { Currency } from '../../src/kernel/currency';
import { ManualClock, systemClock } from '../../src/kernel/clock';
import type { Id } from '../../src/kernel/id';
import { Money } from '../../src/kernel/money';
import type { Role } from '../../src/platform/auth';
import type { Scope, Tx } from '../../src/platform/db';
import { listen, type Listening } from '../../src/platform/http';
import { runChecks } from '../../src/platform/integrity';
import { createLog } from '../../src/platform/log';
import type { Order } from '../../src/modules/subscriptions';
import { testDatabase, type TestDatabase } from './database';
import { TEST_CONFIG } from './world';

export interface Venue {
  readonly id: number;
  readonly rulebookId: string;
  readonly currency: Currency;
}

export const HUDSON: Venue = { id: 1, rulebookId: 'us-reg-cf', currency: 'USD' };
export const MISSION: Venue = { id: 2, rulebookId: 'us-reg-cf', currency: 'USD' };
export const LANZHOU: Venue = { id: 3, rulebookId: 'cn-equity-private', currency: 'CNY' };
export const PLEISSE: Venue = { id: 4, rulebookId: 'eu-ecspr', currency: 'EUR' };
const VENUES = [HUDSON, MISSION, LANZHOU, PLEISSE];

/** An investor's file at one venue. */
export interface Trader {
  readonly venue: Venue;
  readonly id: Id<'inv'>;
  readonly userId: Id<'usr'>;
  readonly partyId: Id<'pty'>;
}

export interface CrowdPlan {
  /** No account at all when absent. */
  readonly cash?: string;
  readonly tier?: string;
  /** Annual income and net worth alike. */
  readonly means?: string;
  /** The same people as these, who are customers of another venue. */
  readonly as?: readonly Trader[];
}

export interface BookPlan {
  readonly price?: string;
  /** What orders may come to. */
  readonly limit: string;
  readonly minimumTicket?: string;
  readonly maximumTicket?: string;
  readonly opensAt?: Date;
  readonly closesAt?: Date;
  readonly issuerId?: Id<'iss'>;
  readonly holderLimit?: number;
  /** A loan of that grade instead of shares. */
  readonly loan?: { readonly grade: string; readonly rate: string; readonly termMonths: number };
}

export const ACKNOWLEDGED = {
  riskWarning: true,
  educationalMaterials: true,
  cancellationLimits: true,
  resaleDifficulty: true,
  lossOfAll: true,
  understanding: true,
  consentAboveThreshold: true,
};

const DAY_MS = 86_400_000;

/**
 * The composed application over HTTP, with crowds of investors and open books put into the database
 * set-based, as fast as tests need them. For attacks on the order desk.
 */
export class Arena {
  private serial = 0;
  private readonly others: Application[] = [];
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly test: TestDatabase,
    readonly owner: pg.Client,
    readonly app: Application,
    readonly clock: ManualClock,
    private readonly listening: Listening,
  ) {}

  static async open(
    startsAt = '2025-06-02T15:00:00Z',
    config: Partial<Config> = {},
  ): Promise<Arena> {
    const test = await testDatabase();
    const owner = new pg.Client(test.url);
    await owner.connect();
    const clock = new ManualClock(startsAt);
    await insertVenues(owner, clock.now());
    const app = await openApplication(optionsOf(test, clock, config));
    return new Arena(test, owner, app, clock, await listen(app.http, 0, '127.0.0.1'));
  }

  scope(venue: Venue): Scope {
    return { operatorId: venue.id, actor: { kind: 'system', id: 'arena' } };
  }

  write<T>(venue: Venue, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.test.database.write(this.scope(venue), work);
  }

  /** The cells of one column of a query, as the owner sees them in the venue's scope. */
  async column(venue: Venue, sql: string, values: readonly unknown[] = []): Promise<unknown[]> {
    return this.asOwner(venue, async () => {
      const { rows } = await this.owner.query<Record<string, unknown>>(sql, [...values]);
      return rows.map((row) => Object.values(row)[0]);
    });
  }

  /** One at a time, since the owner's connection has one scope. */
  private asOwner<T>(venue: Venue, work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(async () => {
      await this.owner.query(`SELECT set_config('app.operator_id', $1, false)`, [String(venue.id)]);
      return work();
    });
    this.turn = result.catch(() => undefined);
    return result;
  }

  async crowd(venue: Venue, count: number, plan: CrowdPlan): Promise<readonly Trader[]> {
    const traders = Array.from({ length: count }, (_, position): Trader => {
      const digits = this.digits();
      const partyId = plan.as?.[position]?.partyId ?? (`pty_01${digits}` as const);
      return { venue, id: `inv_01${digits}`, userId: `usr_01${digits}`, partyId };
    });
    await this.asOwner(venue, () =>
      insertTraders(this.owner, traders, { plan, at: this.clock.now() }),
    );
    return traders;
  }

  async trader(venue: Venue, plan: CrowdPlan): Promise<Trader> {
    return must((await this.crowd(venue, 1, plan))[0], 'the trader');
  }

  async issuer(venue: Venue, legalForm = 'company'): Promise<Id<'iss'>> {
    const digits = this.digits();
    await this.asOwner(venue, async () => {
      await this.owner.query(
        `INSERT INTO identity_parties
         (id, kind, identity_kind, identity_hash, number_encrypted, masked, created_at)
       VALUES ('pty_01${digits}', 'legal', 'us-ein', sha256('issuer ${digits}'), '', '', $1)`,
        [this.clock.now()],
      );
      await this.owner.query(
        `INSERT INTO issuers
         (operator_id, id, party_id, kind, legal_name, legal_form, jurisdiction, country,
          identity_kind, identity_masked, status, verification, created_at)
       VALUES (${venue.id}, 'iss_01${digits}', 'pty_01${digits}', 'legal', 'Arena', $2, 'US-DE',
               'US', 'us-ein', '', 'active', 'unverified', $1)`,
        [this.clock.now(), legalForm],
      );
    });
    return `iss_01${digits}`;
  }

  async book(venue: Venue, plan: BookPlan): Promise<Id<'off'>> {
    const id: Id<'off'> = `off_01${this.digits()}`;
    const issuerId = plan.issuerId ?? (await this.issuer(venue));
    await this.asOwner(venue, () =>
      insertBook(this.owner, { id, issuerId, venue, at: this.clock.now() }, plan),
    );
    return id;
  }

  order(trader: Trader, offeringId: Id<'off'>, amount: string | bigint): Order {
    const { currency } = trader.venue;
    const requestKey = randomUUID();
    return {
      operatorId: trader.venue.id,
      id: this.app.platform.newId('sub'),
      investorId: trader.id,
      offeringId,
      requested:
        typeof amount === 'bigint'
          ? Money.ofMinor(amount, currency)
          : Money.parse(amount, currency),
      documents: [],
      acknowledged: ACKNOWLEDGED,
      requestKey,
      requestHash: requestKey,
      actorId: trader.userId,
    };
  }

  subscribe(trader: Trader, offeringId: Id<'off'>, amount: string | bigint) {
    return this.app.services.desk.submit(this.order(trader, offeringId, amount));
  }

  /** The application once more on the same database, as another process would have it. */
  async another(config: Partial<Config> = {}): Promise<Application> {
    const app = await openApplication(optionsOf(this.test, this.clock, config));
    this.others.push(app);
    return app;
  }

  /** A request in the name of the trader's log-in, or of staff with these roles. */
  post(
    path: string,
    who: Trader | { readonly venue: Venue; readonly roles: readonly Role[] },
    body: object,
    key: string = randomUUID(),
  ) {
    return request(this.url)
      .post(path)
      .set('Authorization', `Bearer ${this.token(who)}`)
      .set('Idempotency-Key', key)
      .send(body);
  }

  get(path: string, who: Trader | { readonly venue: Venue; readonly roles: readonly Role[] }) {
    return request(this.url)
      .get(path)
      .set('Authorization', `Bearer ${this.token(who)}`);
  }

  /** What a browser of the investor sends. */
  body(offeringId: Id<'off'>, amount: string, currency: string = 'USD') {
    return { offeringId, amount: { amount, currency }, acknowledged: ACKNOWLEDGED };
  }

  get url(): string {
    return `http://127.0.0.1:${this.listening.port}`;
  }

  /** Checks of the whole system that found something. */
  async broken(): Promise<readonly object[]> {
    const ids = VENUES.map(({ id }) => id);
    const results = await runChecks(this.test.database, allChecks, ids);
    return results
      .filter((result) => result.count > 0n)
      .map(({ check, violations }) => ({ check: check.id, first: violations[0] }));
  }

  async end(): Promise<void> {
    await this.listening.close();
    await Promise.all([this.app, ...this.others].map((app) => app.close()));
    await this.owner.end();
    await this.test.close();
  }

  token(who: Trader | { readonly venue: Venue; readonly roles: readonly Role[] }): string {
    const isStaff = 'roles' in who;
    const { token } = this.app.platform.accessTokens.issue({
      id: isStaff ? `usr_01${'9'.repeat(24)}` : who.userId,
      operatorId: who.venue.id,
      roles: isStaff ? who.roles : ['investor'],
    });
    return token;
  }

  private digits(): string {
    this.serial += 1;
    return this.serial.toString().padStart(24, '0');
  }
}

function optionsOf(
  { url }: TestDatabase,
  clock: ManualClock,
  config: Partial<Config>,
): ApplicationOptions {
  return {
    config: { ...TEST_CONFIG, poolSize: 12, ...config },
    databaseUrl: url,
    clock,
    strictReplies: true,
    passwordProfile: 'cheap',
    log: createLog({ level: 'error', clock: systemClock, stream: process.stderr }),
  };
}

async function insertVenues(owner: pg.Client, at: Date): Promise<void> {
  for (const { id, rulebookId, currency } of VENUES) {
    await owner.query(
      `INSERT INTO identity_operators
         (id, code, legal_name, line, jurisdiction, rulebook_id, identity_kind, identity_number,
          home_currency, time_zone, calendar, success_fee_rate, created_at)
       VALUES ($1, $2, 'Arena', 'equity', 'US', $3, 'us-ein', $4, $5, 'UTC', 'us', 0.05, $6)`,
      [id, `venue-${id}`, rulebookId, `00-000000${id}`, currency, at],
    );
  }
}

async function insertTraders(
  owner: pg.Client,
  traders: readonly Trader[],
  { plan, at }: { readonly plan: CrowdPlan; readonly at: Date },
): Promise<void> {
  const { venue } = must(traders[0], 'a trader');
  const operator = venue.id;
  const { currency } = venue;
  const tier = plan.tier ?? TIERS[venue.rulebookId] ?? '';
  const means = { amount: plan.means ?? '90000.00', currency };
  const ids = traders.map(({ id }) => id);
  const parties = traders.map(({ partyId }) => partyId);
  const users = traders.map(({ userId }) => userId);
  const expiresAt = new Date(at.getTime() + 400 * DAY_MS).toISOString();
  const takenAt = at.toISOString();
  const facts = {
    kind: 'natural',
    isVerified: true,
    tier,
    tierExpiresAt: expiresAt,
    means: { annualIncome: means, netWorth: means },
    knowledgeTest: { outcome: 'passed', takenAt, expiresAt },
    lossSimulation: { takenAt, expiresAt, abilityToBearLoss: means },
  };
  await owner.query(
    `INSERT INTO identity_parties
       (id, kind, identity_kind, identity_hash, number_encrypted, masked, created_at)
     SELECT t.id, 'natural', 'us-ssn', sha256(convert_to(t.id, 'UTF8')), '', '', $2
     FROM unnest($1::text[]) AS t (id) ON CONFLICT DO NOTHING`,
    [parties, at],
  );
  await owner.query(
    `INSERT INTO identity_users
       (operator_id, id, email, password_hash, roles, party_id, status, created_at)
     SELECT $1, t.id, t.id || '@arena.example', '$argon2id$none', ARRAY['investor'], t.party,
            'active', $4
     FROM unnest($2::text[], $3::text[]) AS t (id, party)`,
    [operator, users, parties, at],
  );
  await owner.query(
    `INSERT INTO investors
       (operator_id, id, party_id, user_id, kind, status, verification, tier, tier_expires_at,
        profile_version, name_encrypted, country, identity_kind, identity_masked, created_at)
     SELECT $1, t.id, t.party, t.usr, 'natural', 'active', 'verified', $6, $7, 1, '', 'US',
            'us-ssn', '', $5
     FROM unnest($2::text[], $3::text[], $4::text[]) AS t (id, party, usr)`,
    [operator, ids, parties, users, at, tier, expiresAt],
  );
  await owner.query(
    `INSERT INTO investor_profiles
       (operator_id, investor_id, version, facts, reason, recorded_by, recorded_at)
     SELECT $1, t.id, 1, $3, 'arena', 'arena', $4 FROM unnest($2::text[]) AS t (id)`,
    [operator, ids, JSON.stringify(facts), at],
  );
  if (plan.cash === undefined) return;
  await fund(owner, traders, { amount: Money.parse(plan.cash, currency), at });
}

/** Opens the cash accounts and pays in, with the ledger's own functions. */
async function fund(
  owner: pg.Client,
  traders: readonly Trader[],
  { amount, at }: { readonly amount: Money; readonly at: Date },
): Promise<void> {
  const { venue } = must(traders[0], 'a trader');
  const { currency } = amount;
  const paths = traders.map(({ id }) => `liabilities:investor:${id}:cash`);
  await owner.query('BEGIN');
  await owner.query(`SELECT ledger_open_account($1, $2, $3, 1::smallint, true, 0, $4)`, [
    venue.id,
    `assets:custodian:${currency.toLowerCase()}`,
    currency,
    at,
  ]);
  const { rows } = await owner.query<{ account_no: bigint }>(
    `SELECT ledger_open_account($1, t.path, $3, (-1)::smallint, true, 0, $4) AS account_no
     FROM unnest($2::text[]) AS t (path)`,
    [venue.id, paths, currency, at],
  );
  if (amount.isPositive) {
    const accounts = rows.map((row) => row.account_no.toString());
    const source = createHash('sha256').update(paths.join()).digest('hex').slice(0, 20);
    await owner.query(
      `SELECT ledger_post($1, $2, ARRAY['deposit'], ARRAY['arena'], ARRAY[$3], ARRAY['Cash'],
         ARRAY[$2::timestamptz], ARRAY[NULL]::bigint[],
         array_fill(0, ARRAY[cardinality($4::bigint[]) + 1]),
         (SELECT a.account_no FROM ledger_accounts a WHERE a.operator_id = $1
            AND a.path = $6 AND a.currency = $7) || $4::bigint[],
         (cardinality($4::bigint[]) * $5::bigint)
           || array_fill(-$5::bigint, ARRAY[cardinality($4::bigint[])]))`,
      [
        venue.id,
        at,
        source,
        accounts,
        amount.minor.toString(),
        `assets:custodian:${currency.toLowerCase()}`,
        currency,
      ],
    );
  }
  await owner.query('SELECT ledger_seal($1, $2)', [venue.id, at]);
  await owner.query('COMMIT');
}

const TIERS: Readonly<Record<string, string>> = {
  'us-reg-cf': 'non-accredited',
  'eu-ecspr': 'sophisticated',
  'cn-equity-private': 'qualified',
};

const NOTE = {
  kind: 'loan-note',
  rateMode: 'fixed',
  repayment: 'annuity',
  expectedLossRate: '0.02',
  purpose: 'equipment',
  security: 'none',
  scorecard: 'consumer/1',
  decisionId: `cdn_01${'0'.repeat(24)}`,
};

async function insertBook(
  owner: pg.Client,
  {
    id,
    issuerId,
    venue,
    at,
  }: {
    readonly id: Id<'off'>;
    readonly issuerId: Id<'iss'>;
    readonly venue: Venue;
    readonly at: Date;
  },
  plan: BookPlan,
): Promise<void> {
  const { currency } = venue;
  const wire = (amount: string) => ({ amount, currency });
  const closesAt = plan.closesAt ?? new Date(at.getTime() + 90 * DAY_MS);
  const opensAt = plan.opensAt ?? new Date(at.getTime() - 30 * DAY_MS);
  const terms = {
    title: 'Arena',
    summary: 'Arena',
    instrument: plan.loan
      ? { ...NOTE, ...plan.loan, apr: plan.loan.rate }
      : { kind: 'ordinary-shares', className: 'Ordinary' },
    currency,
    price: plan.price ?? '1.00',
    target: wire(plan.limit),
    maximum: wire(plan.limit),
    orderLimit: wire(plan.limit),
    minimumTicket: wire(plan.minimumTicket ?? '1.00'),
    ...(plan.maximumTicket === undefined ? {} : { maximumTicket: wire(plan.maximumTicket) }),
    allocation: { method: 'first-come' },
    closesAt: closesAt.toISOString(),
    feeRate: '0.05',
    isAllOrNothing: true,
  };
  await owner.query(
    `INSERT INTO offerings (operator_id, id, issuer_id, kind, status, version, title, created_at,
                            updated_at, published_at)
     VALUES ($1, $2, $3, $5, 'live', 1, 'Arena', $4, $4, $4)`,
    [venue.id, id, issuerId, at, plan.loan ? 'loan' : 'equity'],
  );
  await owner.query(
    `INSERT INTO offering_versions (operator_id, offering_id, version, terms, documents, reason,
                                    recorded_at, recorded_by)
     VALUES ($1, $2, 1, $3, '[]', 'arena', $4, 'arena')`,
    [venue.id, id, JSON.stringify(terms), at],
  );
  await owner.query(
    `INSERT INTO offering_books (operator_id, offering_id, is_open, version, opens_at, closes_at,
                                 currency, limit_minor, holder_limit)
     VALUES ($1, $2, true, 1, $3, $4, $5, $6, $7)`,
    [
      venue.id,
      id,
      opensAt,
      closesAt,
      currency,
      Money.parse(plan.limit, currency).minor.toString(),
      plan.holderLimit,
    ],
  );
}

import pg from 'pg';
import { must } from '../../src/kernel/assert';
import { systemClock } from '../../src/kernel/clock';
import { idMaker, type Id } from '../../src/kernel/id';
import { Database, Session, type Scope } from '../../src/platform/db';
import { APPLICATION_ROLE } from '../../src/platform/db/migrate';
import { CapsService } from '../../src/modules/caps';
import { OperatorDirectory, type Operator } from '../../src/modules/identity';
import { InvestorsForOrders } from '../../src/modules/investors';
import { LedgerService } from '../../src/modules/ledger';
import { OfferingBooks } from '../../src/modules/offerings';
import { Rulebooks } from '../../src/modules/rulebooks';
import { ensureRulebook, OrderDesk, StoredParticipants } from '../../src/modules/subscriptions';

export const OPERATOR_ID = 1;
export const INVESTORS = 100_000;
/** The first so many investors can log in. */
export const USERS = 2_000;
/** Each has this much cash; the tickets of a run are a few dollars. */
const CASH_MINOR = 5_000_000n;
const ISSUER: Id<'iss'> = `iss_01${'0'.repeat(24)}`;
const ISSUER_PARTY: Id<'pty'> = `pty_01${'Z'.repeat(24)}`;
const YEAR_MS = 366 * 86_400_000;

export const SCOPE: Scope = { operatorId: OPERATOR_ID, actor: { kind: 'system', id: 'bench' } };

export function userId(position: number): Id<'usr'> {
  return `usr_01${position.toString().padStart(24, '0')}`;
}

export interface World {
  readonly url: string;
  readonly database: Database;
  readonly desk: OrderDesk;
  /** Opens fresh offerings with a book of their own and gives their ids. */
  openOfferings(count: number): Promise<readonly Id<'off'>[]>;
  close(): Promise<void>;
}

export function investorId(position: number): Id<'inv'> {
  return `inv_01${position.toString().padStart(24, '0')}`;
}

/**
 * One operator under Reg CF and a hundred thousand verified investors with cash, four in five of
 * them under the investor limit; loaded set-based, with the ledger's own functions for the money.
 */
export async function buildWorld(url: string, lanes: number): Promise<World> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(`SELECT set_config('app.operator_id', '${OPERATOR_ID}', false)`);
  const { rows } = await client.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM identity_operators',
  );
  if (rows[0]?.n === 0) await loadPeople(client, { investors: INVESTORS, users: USERS });
  const database = new Database({ url, poolSize: 16, role: APPLICATION_ROLE });
  const desk = await openDesk(database, lanes);
  const newId = idMaker(systemClock);
  return {
    url,
    database,
    desk,
    openOfferings: async (count) => {
      const ids = Array.from({ length: count }, () => newId('off'));
      await insertOfferings(client, ids);
      return ids;
    },
    close: async () => {
      await desk.close();
      await database.close();
      await client.end();
    },
  };
}

/** The desk as the application builds it; only issuers and register, which a run never asks, are stood in for. */
async function openDesk(database: Database, lanes: number): Promise<OrderDesk> {
  const clock = systemClock;
  const rulebooks = Rulebooks.load('compliance/rulebooks');
  const rulebook = rulebooks.get('us-reg-cf');
  const number = await database.write(SCOPE, (tx) => ensureRulebook(tx, rulebook, clock.now()));
  const operators = new OperatorDirectory();
  operators.replaceAll([{ id: OPERATOR_ID, rulebookId: 'us-reg-cf' } as Operator]);
  const ledger = new LedgerService({ clock });
  const offerings = new OfferingBooks();
  const participants = new StoredParticipants({
    investors: new InvestorsForOrders(),
    offerings,
    issuers: {
      listForOrders: async (_, ids) =>
        new Map(ids.map((id) => [id, { partyId: ISSUER_PARTY, facts: {} }])),
    },
    linked: { of: async () => new Map() },
    holdings: { listHolderParties: async () => new Set() },
    ledger,
    operators,
    rulebooks,
    rulebookNumbers: new Map([[rulebook.contentHash, number]]),
  });
  const openSession = (): Session => new Session(database.options);
  const caps = new CapsService();
  return new OrderDesk({ clock, openSession, participants, caps, ledger, offerings }, { lanes });
}

/** One operator, one issuer, and so many investors with cash, the first of whom can log in. */
export async function loadPeople(
  client: pg.Client,
  { investors, users }: { readonly investors: number; readonly users: number },
): Promise<void> {
  await client.query(`SELECT set_config('app.operator_id', '${OPERATOR_ID}', false)`);
  await client.query(`
    INSERT INTO identity_operators
      (id, code, legal_name, line, jurisdiction, rulebook_id, identity_kind, identity_number,
       home_currency, time_zone, calendar, success_fee_rate, created_at)
    VALUES (${OPERATOR_ID}, 'bench', 'Bench', 'equity', 'US', 'us-reg-cf', 'us-ein', '00-0000001',
            'USD', 'America/New_York', 'us', 0.05, now());
    INSERT INTO identity_parties
      (id, kind, identity_kind, identity_hash, number_encrypted, masked, created_at)
    SELECT 'pty_01' || lpad(i::text, 24, '0'), 'natural', 'us-ssn', sha256(i::text::bytea), '', '',
           now()
    FROM generate_series(0, ${investors - 1}) i;
    INSERT INTO identity_users
      (operator_id, id, email, password_hash, roles, party_id, status, created_at)
    SELECT ${OPERATOR_ID}, 'usr_01' || lpad(i::text, 24, '0'), 'u' || i || '@bench.example', '$argon2id$none',
           ARRAY['investor'], 'pty_01' || lpad(i::text, 24, '0'), 'active', now()
    FROM generate_series(0, ${users - 1}) i;
    INSERT INTO identity_parties
      (id, kind, identity_kind, identity_hash, number_encrypted, masked, created_at)
    VALUES ('${ISSUER_PARTY}', 'legal', 'us-ein', sha256('issuer'), '', '', now());
    INSERT INTO issuers
      (operator_id, id, party_id, kind, legal_name, legal_form, jurisdiction, country,
       identity_kind, identity_masked, status, verification, created_at)
    VALUES (${OPERATOR_ID}, '${ISSUER}', '${ISSUER_PARTY}', 'legal', 'Bench', 'company', 'US-DE',
            'US', 'us-ein', '', 'active', 'unverified', now());
    INSERT INTO investors
      (operator_id, id, party_id, user_id, kind, status, verification, tier, tier_expires_at,
       profile_version, name_encrypted, country, identity_kind, identity_masked, created_at)
    SELECT ${OPERATOR_ID}, 'inv_01' || lpad(i::text, 24, '0'), 'pty_01' || lpad(i::text, 24, '0'),
           CASE WHEN i < ${users} THEN 'usr_01' || lpad(i::text, 24, '0') END,
           'natural', 'active', 'verified',
           CASE WHEN i % 5 = 0 THEN 'accredited' ELSE 'non-accredited' END,
           now() + interval '1 year',
           1, '', 'US', 'us-ssn', '', now()
    FROM generate_series(0, ${investors - 1}) i;
    INSERT INTO investor_profiles
      (operator_id, investor_id, version, facts, reason, recorded_by, recorded_at)
    SELECT ${OPERATOR_ID}, 'inv_01' || lpad(i::text, 24, '0'), 1,
           jsonb_build_object('kind', 'natural', 'isVerified', true,
             'tier', CASE WHEN i % 5 = 0 THEN 'accredited' ELSE 'non-accredited' END,
             'tierExpiresAt', now() + interval '1 year',
             'means', jsonb_build_object(
               'annualIncome', jsonb_build_object('amount', '150000.00', 'currency', 'USD'),
               'netWorth', jsonb_build_object('amount', '400000.00', 'currency', 'USD'))),
           'bench', 'bench', now()
    FROM generate_series(0, ${investors - 1}) i;
  `);
  await client.query(`
    BEGIN;
    SELECT ledger_open_account(${OPERATOR_ID}, 'assets:custodian:usd', 'USD', 1::smallint, true, 0,
                               now());
    SELECT count(ledger_open_account(${OPERATOR_ID},
             'liabilities:investor:inv_01' || lpad(i::text, 24, '0') || ':cash', 'USD',
             (-1)::smallint, true, 0, now()))
    FROM generate_series(0, ${investors - 1}) i;
    SELECT ledger_post(${OPERATOR_ID}, now(), ARRAY['deposit'], ARRAY['bench'], ARRAY['funding'],
      ARRAY['Opening cash'], ARRAY[now()], ARRAY[NULL]::bigint[],
      array_agg(0), array_agg(a.account_no),
      array_agg(CASE WHEN a.normal_side = 1 THEN ${CASH_MINOR * BigInt(investors)}
                     ELSE -${CASH_MINOR} END))
    FROM ledger_accounts a;
    SELECT ledger_seal(${OPERATOR_ID}, now());
    COMMIT;
  `);
  await client.query('VACUUM ANALYZE');
}

/** Live offerings with an open book that takes orders for so many dollars. */
export async function insertOfferings(
  client: pg.Client,
  ids: readonly Id<'off'>[],
  dollars = 5_000_000,
): Promise<void> {
  const closesAt = new Date(systemClock.now().getTime() + YEAR_MS).toISOString();
  const usd = (amount: string) => ({ amount, currency: 'USD' });
  const terms = {
    title: 'Bench',
    summary: 'Bench',
    instrument: { kind: 'ordinary-shares', className: 'Ordinary' },
    currency: 'USD',
    price: '1.00000',
    target: usd('1000.00'),
    maximum: usd(`${dollars}.00`),
    orderLimit: usd(`${dollars}.00`),
    minimumTicket: usd('1.00'),
    allocation: { method: 'first-come' },
    closesAt,
    feeRate: '0.05',
    isAllOrNothing: true,
  };
  await client.query(
    `INSERT INTO offerings (operator_id, id, issuer_id, kind, status, version, title, created_at,
                            updated_at, published_at)
     SELECT $1, t.id, '${ISSUER}', 'equity', 'live', 1, 'Bench', now(), now(), now()
     FROM unnest($2::text[]) AS t (id)`,
    [OPERATOR_ID, ids],
  );
  await client.query(
    `INSERT INTO offering_versions (operator_id, offering_id, version, terms, documents, reason,
                                    recorded_at, recorded_by)
     SELECT $1, t.id, 1, $3, '[]', 'bench', now(), 'bench' FROM unnest($2::text[]) AS t (id)`,
    [OPERATOR_ID, ids, JSON.stringify(terms)],
  );
  await client.query(
    `INSERT INTO offering_books (operator_id, offering_id, is_open, version, opens_at, closes_at,
                                 currency, limit_minor)
     SELECT $1, t.id, true, 1, now() - interval '22 days', $3, 'USD', $4
     FROM unnest($2::text[]) AS t (id)`,
    [OPERATOR_ID, ids, closesAt, dollars * 100],
  );
}

export function orderFor(
  ids: { readonly sub: Id<'sub'>; readonly inv: Id<'inv'>; readonly off: Id<'off'> },
  requestKey: string,
): Omit<Parameters<OrderDesk['submit']>[0], 'requested'> {
  return {
    operatorId: OPERATOR_ID,
    id: ids.sub,
    investorId: ids.inv,
    offeringId: ids.off,
    documents: [],
    acknowledged: ACKNOWLEDGED,
    requestKey,
    requestHash: requestKey,
    actorId: must(ids.inv, 'the investor'),
  };
}

export const ACKNOWLEDGED = {
  riskWarning: true,
  educationalMaterials: true,
  cancellationLimits: true,
  resaleDifficulty: true,
  lossOfAll: true,
  understanding: true,
};

import request from 'supertest';
import type { Id } from '../../src/kernel/id';
import {
  custodianAccount,
  investorCashAccount,
  ledgerRoutes,
  type AccountNo,
} from '../../src/modules/ledger';
import type { AuthenticatedUser, Role } from '../../src/platform/auth';
import { Audit } from '../../src/platform/audit';
import {
  OPERATOR,
  OTHER_OPERATOR,
  eur,
  ledgerWorld,
  scopeOf,
  type LedgerWorld,
} from '../support/ledger-world';
import { smallApp } from '../support/small-app';

let world: LedgerWorld;
let api: ReturnType<typeof smallApp>;
let alice: Id<'inv'>;
let cash: AccountNo;

beforeAll(async () => {
  world = await ledgerWorld();
  const { clock, ledger, test: database } = world;
  const audit = new Audit({ clock });
  api = smallApp(ledgerRoutes({ clock, ledger, audit, database: database.database }), {
    database: database.database,
  });
  alice = await world.investor(eur('100.00'));
  cash = (await world.cashAccount(alice, 'EUR')).accountNo;
  await world.investor(eur('7.00'), OTHER_OPERATOR);
  for (const amount of ['1.00', '2.00', '3.00']) {
    world.clock.advance(60_000);
    await world.write((tx) => world.deposit(tx, alice, eur(amount)));
  }
});
afterAll(() => world.close());

function a(role: Role, operatorId = OPERATOR): AuthenticatedUser {
  return { id: 'usr_01JTVST7XAES5BXHWZN4KR4VEZ', operatorId, roles: [role] };
}

function get(path: string, user: AuthenticatedUser = a('operations')) {
  return request(api.app).get(path).set('Authorization', api.bearer(user));
}

function reverse(entryNo: string, body: object, key: string, user = a('operations')) {
  return request(api.app)
    .post(`/v1/ledger/entries/${entryNo}/reverse`)
    .set('Authorization', api.bearer(user))
    .set('Idempotency-Key', key)
    .send(body);
}

describe('accounts', () => {
  test('are listed by path, page by page, those below one path alone', async () => {
    const first = await get('/v1/ledger/accounts?limit=1');
    expect(first.status).toBe(200);
    expect(first.body.items).toEqual([
      {
        accountNo: expect.stringMatching(/^\d+$/),
        path: 'assets:custodian:eur',
        currency: 'EUR',
        isClientMoney: true,
        status: 'open',
        balance: { amount: '106.00', currency: 'EUR' },
        held: { amount: '0.00', currency: 'EUR' },
        available: { amount: '106.00', currency: 'EUR' },
        postingCount: 4,
        openedAt: '2025-03-10T09:00:00.000Z',
      },
    ]);
    const second = await get(`/v1/ledger/accounts?limit=1&after=${first.body.next}`);
    expect(second.body.items).toMatchObject([{ path: `liabilities:investor:${alice}:cash` }]);
    expect(second.body.next).toBeUndefined();
    const below = await get('/v1/ledger/accounts?under=liabilities:investor');
    expect(below.body.items).toHaveLength(1);
    expect((await get('/v1/ledger/accounts?under=liabilities:inv')).body.items).toEqual([]);
    expect((await get('/v1/ledger/accounts?after=zzz')).body.items).toEqual([]);
  });

  test("a client's balance is positive to them, and what is held is not available", async () => {
    const { status, body } = await get(`/v1/ledger/accounts/${cash}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ balance: { amount: '106.00' }, postingCount: 4 });
  });

  test('postings are read from the latest back, with the balance as of any instant', async () => {
    const path = `/v1/ledger/accounts/${cash}/postings`;
    const now = await get(`${path}?limit=3`);
    expect(now.body.balance).toEqual({ amount: '-106.00', currency: 'EUR' });
    expect(now.body.items.map((line: { seq: number }) => line.seq)).toEqual([4, 3, 2]);
    expect(now.body.items[0]).toMatchObject({
      kind: 'deposit',
      source: { type: 'deposit' },
      amount: { amount: '-3.00', currency: 'EUR' },
      balance: { amount: '-106.00', currency: 'EUR' },
      recordedAt: '2025-03-10T09:03:00.000Z',
    });
    const rest = await get(`${path}?limit=3&after=${now.body.next}`);
    expect(rest.body.items.map((line: { seq: number }) => line.seq)).toEqual([1]);

    const then = await get(`${path}?at=2025-03-10T09:02:00Z`);
    expect(then.body.balance).toEqual({ amount: '-103.00', currency: 'EUR' });
    expect(then.body.items).toHaveLength(3);
    const before = await get(`${path}?at=2025-03-10T08:59:59.999Z`);
    expect(before.body).toMatchObject({ balance: { amount: '0.00' }, items: [] });
  });
});

describe('entries', () => {
  test('are found by what they were posted about, and by time', async () => {
    const all = await get('/v1/ledger/entries?limit=3');
    expect(all.body.items).toHaveLength(3);
    const rest = await get(`/v1/ledger/entries?after=${all.body.next}`);
    expect(rest.body.items).toHaveLength(1);
    const [latest] = all.body.items;
    const bySource = await get(`/v1/ledger/entries?source=${latest.source.id}`);
    expect(bySource.body.items).toEqual([latest]);
    const minute = await get(
      '/v1/ledger/entries?from=2025-03-10T09:01:00Z&to=2025-03-10T09:02:00Z',
    );
    expect(minute.body.items).toHaveLength(1);
    expect((await get('/v1/ledger/entries?source=nothing')).body).toEqual({ items: [] });
  });

  test('one is shown with its postings, debits first', async () => {
    const { body: page } = await get('/v1/ledger/entries?limit=1');
    const { status, body } = await get(`/v1/ledger/entries/${page.items[0].entryNo}`);
    expect(status).toBe(200);
    expect(body.postings).toMatchObject([
      { path: 'assets:custodian:eur', amount: { amount: '3.00' }, balance: { amount: '106.00' } },
      { accountNo: cash.toString(), amount: { amount: '-3.00' } },
    ]);
  });

  test('one is reversed once, whoever asks how often, and audited', async () => {
    const entryNo = (await world.write((tx) => world.deposit(tx, alice, eur('0.50')))).toString();
    const first = await reverse(entryNo, { reason: 'entered twice' }, 'key-1');
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      kind: 'reversal',
      description: 'Reversal: entered twice',
      reverses: entryNo,
    });
    expect(first.headers['location']).toBe(`/v1/ledger/entries/${first.body.entryNo}`);

    const again = await reverse(entryNo, { reason: 'entered twice' }, 'key-1');
    expect([again.status, again.body]).toEqual([201, first.body]);
    const other = await reverse(entryNo, { reason: 'entered twice' }, 'key-2');
    expect([other.status, other.body.code]).toEqual([409, 'ledger.already-reversed']);
    expect((await get(`/v1/ledger/entries/${entryNo}`)).body.reversedBy).toBe(first.body.entryNo);

    const audited = await world.read((db) =>
      db.query<{ subject: string }>(
        `SELECT subject FROM platform_audit_records WHERE action = 'ledger.entry-reversed'`,
      ),
    );
    expect(audited).toEqual([{ subject: entryNo }]);
  });
});

describe('refusals', () => {
  test.each<{ path: string; status: number; code: string; user?: AuthenticatedUser }>([
    { path: '/v1/ledger/accounts', status: 403, code: 'auth.role-required', user: a('investor') },
    { path: '/v1/ledger/accounts/999', status: 404, code: 'ledger.account-not-found' },
    { path: '/v1/ledger/accounts/999/postings', status: 404, code: 'ledger.account-not-found' },
    { path: '/v1/ledger/entries/999', status: 404, code: 'ledger.entry-not-found' },
    { path: '/v1/ledger/accounts/-1', status: 400, code: 'request.invalid' },
    { path: '/v1/ledger/entries/9223372036854775808', status: 400, code: 'request.invalid' },
    { path: '/v1/ledger/entries?after=x', status: 400, code: 'request.invalid' },
    { path: '/v1/ledger/accounts?under=%25', status: 400, code: 'request.invalid' },
    { path: '/v1/ledger/accounts?unknown=1', status: 400, code: 'request.invalid' },
  ])('$path is answered $status $code', async ({ path, status, code, user }) => {
    const reply = await get(path, user);
    expect({ status: reply.status, code: reply.body.code }).toEqual({ status, code });
  });

  test("another operator's account and entry do not exist", async () => {
    const theirs = await world.test.database.read(scopeOf(OTHER_OPERATOR), (db) =>
      world.ledger.getAccount(db, custodianAccount('EUR')),
    );
    const reply = await get(`/v1/ledger/accounts/${theirs.accountNo}`);
    expect([reply.status, reply.body.code]).toEqual([404, 'ledger.account-not-found']);
    const mine = await get(`/v1/ledger/accounts/${theirs.accountNo}`, a('admin', OTHER_OPERATOR));
    expect(mine.status).toBe(200);
  });

  test('only operations may reverse, with a key and a reason', async () => {
    const bySupervisor = await reverse('999', { reason: 'x' }, 'key-3', a('regulator'));
    expect([bySupervisor.status, bySupervisor.body.code]).toEqual([403, 'auth.role-required']);
    const unknown = await reverse('999', { reason: 'x' }, 'key-4');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'ledger.entry-not-found']);
    const unreasoned = await reverse('999', {}, 'key-5');
    expect([unreasoned.status, unreasoned.body.code]).toEqual([400, 'request.invalid']);
  });
});

describe('integrity', () => {
  test('is told check by check, with the first break', async () => {
    const sound = await get('/v1/ledger/integrity', a('regulator'));
    expect(sound.status).toBe(200);
    expect(sound.body.isSound).toBe(true);
    expect(sound.body.checks).toHaveLength(12);

    await world.test.owner.write(scopeOf(OPERATOR), (tx) =>
      tx.query(`UPDATE ledger_accounts SET balance_minor = balance_minor - 1 WHERE path = :path`, {
        path: investorCashAccount(alice, 'EUR').path,
      }),
    );
    const broken = await get('/v1/ledger/integrity', a('regulator'));
    expect(broken.body.isSound).toBe(false);
    const found = broken.body.checks.filter(
      (check: { violationCount: number }) => check.violationCount > 0,
    );
    expect(found).toMatchObject([
      {
        id: 'ledger.balances-equal-postings',
        violationCount: 1,
        violations: [{ account_no: cash.toString(), balance_minor: '-10601' }],
      },
      { id: 'ledger.custodian-covers-clients', violationCount: 1 },
    ]);
  });
});

import request from 'supertest';
import { must } from '../../src/kernel/assert';
import { addDays } from '../../src/kernel/calendar-date';
import type { Id } from '../../src/kernel/id';
import { Money } from '../../src/kernel/money';
import type { AuthenticatedUser, Role } from '../../src/platform/auth';
import { coverRoutes, type CoverRouteDeps } from '../../src/modules/cover';
import { COMPANIES, coverWorld, type CoverWorld } from '../support/cover-world';
import { EU_OPERATOR, IN_OPERATOR } from '../support/offering-world';
import type { ServicedLoan } from '../support/servicing-world';
import { smallApp } from '../support/small-app';

const userId = (n: number): Id<'usr'> => `usr_01${String(n).padStart(24, '0')}`;
const LENDER = [userId(1), 'investor'] as const;
const STRANGER = [userId(2), 'investor'] as const;
const OPERATIONS = [userId(3), 'operations'] as const;
const COMPLIANCE = [userId(4), 'compliance'] as const;
const HASH = 'd'.repeat(64);

function appOf(world: CoverWorld, operatorId: number) {
  const { cover, services } = world;
  const deps: CoverRouteDeps = {
    providers: cover.providers,
    policy: cover.policy,
    coverContracts: cover.contracts,
    providerWithdrawals: cover.withdrawals,
    coverClaims: cover.claims,
    loanCover: cover.loanCover,
    collaterals: cover.collaterals,
    funds: cover.funds,
    files: services.files,
    operators: world.operators,
  };
  const small = smallApp(coverRoutes(deps), { database: world.test.database, strictReplies: true });
  let keys = 0;
  const call = (
    method: 'get' | 'post' | 'put',
    path: string,
    [id, role]: readonly [Id<'usr'>, Role],
  ) => {
    const user: AuthenticatedUser = { id, operatorId, roles: [role] };
    return request(small.app)
      [method](path)
      .set('Authorization', small.bearer(user))
      .set('Idempotency-Key', `cover-${(keys += 1)}`);
  };
  return { call, app: small.app };
}

const guarantor = (currency: string) => ({
  kind: 'guarantor',
  name: 'A guarantee company',
  identity: { kind: 'lei', number: COMPANIES[1] },
  relation: 'independent',
  limit: { amount: '200000.00', currency },
  capacity: {
    amount: { amount: '120000.00', currency },
    statedOn: '2025-03-01',
    documentSha256: HASH,
  },
});

const fund = (currency: string) => ({
  name: 'The fund',
  keeper: { kind: 'lei', number: COMPANIES[2] },
  currency,
  title: { en: 'Provision fund', zh: '风险准备金' },
  policy: { en: 'Fed by borrowers.', zh: '由借款人缴纳。' },
  from: '2025-01-01',
  triggerDays: 60,
  share: '0.5',
});

describe('what stands behind a loan, over the API', () => {
  let world: CoverWorld;
  let small: ReturnType<typeof appOf>;
  let serviced: ServicedLoan;
  let accounts = 0;

  beforeAll(async () => {
    world = await coverWorld();
    serviced = await world.active();
    world.services.lendersByUser.set(LENDER[0], must(serviced.lenders[0], 'a lender'));
    small = appOf(world, EU_OPERATOR);
  }, 60_000);

  afterAll(async () => {
    const broken = await world.broken();
    await world.end();
    expect(broken).toEqual([]);
  });

  const at = (rest: string): string => `/v1/loans/${serviced.loan.id}${rest}`;

  test('a guarantor is recorded, approved by somebody else, and put behind the loan', async () => {
    const { call } = small;
    const { body: made } = await call('post', '/v1/guarantors', OPERATIONS)
      .send(guarantor('EUR'))
      .expect(201);
    expect(made).toMatchObject({ status: 'proposed', relation: 'independent' });
    await call('post', `/v1/guarantors/${made.id}/approve`, OPERATIONS).expect(403);
    await call('post', `/v1/guarantors/${made.id}/approve`, COMPLIANCE).expect(200);
    const { body: contract } = await call('post', at('/cover/contracts'), OPERATIONS)
      .send({
        providerId: made.id,
        share: '0.8',
        basis: 'principal-and-interest',
        triggerDays: 30,
        validFrom: '2025-03-01',
        validTo: '2030-01-01',
        documentSha256: HASH,
        fee: { amount: '250.00', currency: 'EUR' },
        feePayer: 'borrower',
        review: 'staff',
      })
      .expect(201);
    expect(contract).toMatchObject({ no: 1, share: '0.8', status: 'active' });

    const { body: cover } = await call('get', at('/cover'), LENDER).expect(200);
    expect(cover.ownShare).toBe('0.2');
    expect(cover.contracts[0].provider).toMatchObject({
      name: 'A guarantee company',
      strength: {
        exposure: { amount: '80000.00', currency: 'EUR' },
        ratio: '1.5',
        level: 'good',
      },
    });
    await call('get', at('/cover'), STRANGER).expect(404);
  });

  test('collateral is shown with its value, and what is lent on it', async () => {
    const { call } = small;
    const { body: made } = await call('post', at('/collaterals'), OPERATIONS)
      .send({
        kind: 'trademark',
        description: 'A word mark',
        owner: 'The borrower',
        prior: { amount: '0.00', currency: 'EUR' },
      })
      .expect(201);
    const path = `/v1/collaterals/${made.id}`;
    await call('post', `${path}/valuations`, OPERATIONS)
      .send({
        valuedOn: '2025-03-10',
        amount: { amount: '400000.00', currency: 'EUR' },
        method: 'market',
        valuer: 'A valuer',
        documentSha256: HASH,
      })
      .expect(201);
    const registration = {
      registry: 'EUIPO',
      number: 'L 1',
      on: '2025-03-11',
      documentSha256: HASH,
    };
    await call('post', `${path}/register`, OPERATIONS).send(registration).expect(200);
    const { body: file } = await call('get', path, COMPLIANCE).expect(200);
    expect(file).toMatchObject({ collateral: { status: 'registered' }, realisations: [] });
    const { body: cover } = await call('get', at('/cover'), LENDER).expect(200);
    expect(cover.loanToValue).toMatchObject({ ratio: '0.25', level: 'good' });
    expect((await call('get', '/v1/collaterals', COMPLIANCE).expect(200)).body.items).toHaveLength(
      1,
    );
  });

  test('a claim waits for compliance, and is paid', async () => {
    const { call } = small;
    const { body: listed } = await call('get', '/v1/guarantors', COMPLIANCE).expect(200);
    const id = listed.items[0].id as Id<'cov'>;
    const known = await world.read((db) => world.cover.providers.getGuarantor(db, id));
    await world.payIn(known, '100000.00');
    await world.evening(addDays(must(serviced.loan.nextDueOn, 'a due date'), 31));
    const { body: claims } = await call('get', '/v1/cover-claims?status=made', COMPLIANCE);
    const path = `/v1/cover-claims/${claims.items[0].id}`;
    await call('post', `${path}/accept`, COMPLIANCE).send({}).expect(200);
    await call('post', `${path}/reject`, COMPLIANCE).send({ reason: 'too late' }).expect(409);
    await world.compensate();
    expect((await call('get', path, OPERATIONS).expect(200)).body.status).toBe('paid');
    const { body: cover } = await call('get', at('/cover'), LENDER).expect(200);
    expect(cover.contracts[0].status).toBe('fulfilled');
    expect(cover.compensations).toHaveLength(1);
  });

  test('anybody may see how far a fund would go, and stress it', async () => {
    const { call, app } = small;
    const { body: made } = await call('post', '/v1/provision-funds', OPERATIONS)
      .send(fund('EUR'))
      .expect(201);
    await call('post', `/v1/provision-funds/${made.id}/approve`, COMPLIANCE).expect(200);
    const code = must(world.operators.all()[0], 'the operator').code;
    const path = `/v1/provision-funds/${made.id}?operator=${code}`;
    const { body } = await request(app).get(path).expect(200);
    expect(body).toMatchObject({
      isDiscretionary: true,
      coverage: { balance: { amount: '0.00', currency: 'EUR' }, ratio: '0' },
    });
    expect(body.warning.zh).toContain('也可能完全不予补偿');
    const { body: worse } = await request(app).get(`${path}&hazardFactor=5`).expect(200);
    const loss = (statement: typeof body) => Number(statement.stressed.expectedLoss.amount);
    expect(loss(worse)).toBeGreaterThan(loss(body));
    await request(app).get(`${path}&hazardFactor=-1`).expect(400);
  });

  test('a guarantor is paid back what no claim asks for', async () => {
    const { call } = small;
    const guarantee = await world.guarantor('500.00', { kind: 'insurer' });
    const path = `/v1/guarantors/${guarantee.id}`;
    const account = await ownAccount(path);
    const payOut = (amount: string) =>
      call('post', `${path}/withdrawals`, OPERATIONS).send({
        amount: { amount, currency: 'EUR' },
        bankAccountId: account,
      });
    expect((await payOut('500.01').expect(409)).body.code).toBe('payments.above-available');
    const { body: paid } = await payOut('500.00').expect(201);
    expect(paid).toMatchObject({
      kind: 'guarantor-cash',
      owner: { kind: 'guarantor', id: guarantee.id },
      status: 'requested',
    });
    // Its bank may still refuse it: what is on its way out is not gone.
    await call('post', `${path}/close`, COMPLIANCE).expect(409);
    await world.bankTakes(paid.id);
    await call('post', `${path}/close`, COMPLIANCE).expect(200);
    await call('post', `${path}/bank-accounts`, OPERATIONS)
      .send({ scheme: 'iban', account: 'GB82WEST12345698765432' })
      .expect(409);
  });

  test('what claims ask for stays', async () => {
    const { call } = small;
    const other = await world.active();
    const guarantee = await world.guarantor('90000.00', { kind: 'insurer' });
    await world.covers(other.loan, world.contract(guarantee.id, { review: 'staff' }));
    await world.evening(addDays(must(other.loan.nextDueOn, 'a due date'), 31));
    const path = `/v1/guarantors/${guarantee.id}`;
    const { body: shown } = await call('get', path, COMPLIANCE).expect(200);
    const claimed = shown.strength.openClaims;
    expect(Number(claimed.amount)).toBeGreaterThan(0);
    const account = await ownAccount(path);
    const payOut = (amount: string) =>
      call('post', `${path}/withdrawals`, OPERATIONS).send({
        amount: { amount, currency: 'EUR' },
        bankAccountId: account,
      });
    const free = Money.parse('90000.00', 'EUR').minus(Money.parse(claimed.amount, 'EUR'));
    const cent = Money.ofMinor(1n, 'EUR');
    const { body: problem } = await payOut(free.plus(cent).toDecimalString()).expect(409);
    expect(problem.code).toBe('cover.money-claimed');
    await payOut(free.toDecimalString()).expect(201);
  });

  test('a fund is emptied by two people: it is suspended first', async () => {
    const { call } = small;
    const { body: listed } = await call('get', '/v1/provision-funds', COMPLIANCE).expect(200);
    const path = `/v1/provision-funds/${listed.items[0].id}`;
    await world.payIn(
      await world.read((db) => world.cover.providers.getFund(db, listed.items[0].id)),
      '40.00',
    );
    const account = await ownAccount(path);
    const payOut = () =>
      call('post', `${path}/withdrawals`, OPERATIONS).send({
        amount: { amount: '40.00', currency: 'EUR' },
        bankAccountId: account,
      });
    expect((await payOut().expect(409)).body.code).toBe('cover.provider-status');
    await call('post', `${path}/suspend`, COMPLIANCE).expect(200);
    // The evening before asked it for something: what it is asked for stays until that is decided.
    expect((await payOut().expect(409)).body.code).toBe('cover.money-claimed');
    const { body: claims } = await call('get', '/v1/cover-claims?status=made', COMPLIANCE);
    const onFund = claims.items.filter((claim: { providerId: string }) =>
      path.endsWith(claim.providerId),
    );
    expect(onFund).toHaveLength(1);
    const reject = `/v1/cover-claims/${onFund[0].id}/reject`;
    await call('post', reject, COMPLIANCE).send({ reason: 'Not granted.' }).expect(200);
    await world.bankTakes((await payOut().expect(201)).body.id);
    await call('post', `${path}/close`, COMPLIANCE).expect(200);
    // A fund's papers are no guarantor's.
    await call('get', `/v1/guarantors/${listed.items[0].id}/bank-accounts`, COMPLIANCE).expect(404);
  });

  /** Registered by staff for it, and known to be its own. */
  async function ownAccount(path: string): Promise<string> {
    const ibans = ['DE89370400440532013000', 'NL91ABNA0417164300', 'BE68539007547034'];
    const iban = must(ibans[(accounts += 1) - 1], 'another account');
    const { body } = await small
      .call('post', `${path}/bank-accounts`, OPERATIONS)
      .send({ scheme: 'iban', account: iban })
      .expect(201);
    const vouch = (by: string) =>
      world.write(
        (tx) => world.services.bankAccounts.decide(tx, body.id, { verdict: 'verified' }),
        by,
      );
    // One person alone could have the money paid to an account of their own.
    await expect(vouch(OPERATIONS[0])).rejects.toMatchObject({ code: 'payments.four-eyes' });
    await vouch(COMPLIANCE[0]);
    const { body: listed } = await small
      .call('get', `${path}/bank-accounts`, COMPLIANCE)
      .expect(200);
    expect(listed.items).toContainEqual(
      expect.objectContaining({ id: body.id, status: 'verified' }),
    );
    return body.id;
  }
});

describe('where the law forbids it, over the API', () => {
  test.each([
    { path: '/v1/guarantors', body: guarantor('INR'), rule: 'permits.credit-enhancement' },
    { path: '/v1/provision-funds', body: fund('INR'), rule: 'permits.provision-fund' },
  ])(
    '$path is refused with the clause',
    async ({ path, body, rule }) => {
      const world = await coverWorld('in-p2p');
      const { call } = appOf(world, IN_OPERATOR);
      const { body: problem } = await call('post', path, OPERATIONS).send(body).expect(422);
      expect(problem.code).toBe('rulebooks.not-permitted');
      expect(problem.findings[0]).toMatchObject({ rule, rulebook: 'in-p2p' });
      expect(problem.findings[0].citation).toContain('paragraph 6(1)');
      await world.end();
    },
    60_000,
  );
});

import request from 'supertest';
import type { Id } from '../../src/kernel/id';
import type { AuthenticatedUser, Role } from '../../src/platform/auth';
import { marketRoutes } from '../../src/modules/market';
import { CONFIRMED, marketServices, marketWorld, type MarketWorld } from '../support/market-world';
import { EU_OPERATOR } from '../support/offering-world';
import type { ServicedLoan } from '../support/servicing-world';
import { smallApp } from '../support/small-app';

let world: MarketWorld;
let lent: ServicedLoan;
let board: ReturnType<typeof smallApp>;
let exchange: ReturnType<typeof smallApp>;
let listingId: string;
let documents: readonly string[];
const files = new Map<string, Id<'inv'>>();

beforeAll(async () => {
  world = await marketWorld();
  lent = await world.active({ parts: ['20000.00', '10000.00'] });
  files.set(user(1, 'investor').id, lent.lenders[0] as Id<'inv'>);
  files.set(user(2, 'investor').id, await world.buyer());
  files.set(user(3, 'investor').id, await world.buyer());
  const app = (market: ReturnType<typeof marketServices>) => {
    const investorOf = async ({ id }: AuthenticatedUser) => files.get(id);
    const routes = marketRoutes({ ...market, investorOf });
    return smallApp(routes, { database: world.test.database, strictReplies: true });
  };
  board = app(world.market);
  exchange = app(marketServices(world, world.services, 'matched'));
});

afterAll(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

function user(no: number, role: Role): AuthenticatedUser {
  const id = `usr_01${`${role.length}${no}`.padStart(24, '0')}` as const;
  return { id, operatorId: EU_OPERATOR, roles: [role] };
}

let keys = 0;

function call(
  method: 'get' | 'post',
  path: string,
  who: AuthenticatedUser,
  { key, on = board }: { readonly key?: string; readonly on?: typeof board } = {},
) {
  return request(on.app)
    [method](path)
    .set('Authorization', on.bearer(who))
    .set('Idempotency-Key', key ?? `key-${(keys += 1)}`);
}

const eur = (amount: string) => ({ amount, currency: 'EUR' });
const [seller, buyer, other] = [1, 2, 3].map((no) => user(no, 'investor')) as [
  AuthenticatedUser,
  AuthenticatedUser,
  AuthenticatedUser,
];
const staff = user(1, 'compliance');
const officer = user(2, 'operations');

describe('buyer’s check 11: a bulletin board with restrictions and what a buyer must know', () => {
  it('says by which clause it is a board, and what it costs', async () => {
    const { body } = await call('get', '/v1/market/rules', buyer).expect(200);
    expect(body).toMatchObject({ mode: 'bulletin', sellerFeeRate: '0.01', findings: [] });
    expect(body.permissions).toContainEqual({
      practice: 'matched-resale',
      answer: 'forbidden',
      citation: 'Article 25(2)',
    });
  });

  it('takes an offer once under its key, and refuses a price out of bounds', async () => {
    const { noteNo } = await world.noteOf(lent, lent.lenders[0] as Id<'inv'>);
    const of = { loanId: lent.loan.id, noteNo };
    const path = '/v1/market/listings';
    const dear = await call('post', path, seller).send({ of, price: '1.2' }).expect(422);
    expect(dear.body.code).toBe('market.price-out-of-bounds');
    const offer = { of, units: '100', price: '0.97' };
    const first = await call('post', path, seller, { key: 'list-1' }).send(offer).expect(201);
    const again = await call('post', path, seller, { key: 'list-1' }).send(offer).expect(201);
    expect(again.body).toEqual(first.body);
    listingId = first.body.id;
    const foreign = await call('post', path, buyer).send({ of, price: '0.9' }).expect(422);
    expect(foreign.body.code).toBe('market.not-held');
  });

  it('shows the state of the loan, the interest apart, the rest of the schedule and the yield', async () => {
    world.clock.advance(10 * 86_400_000);
    const { body } = await call('get', `/v1/market/listings/${listingId}`, buyer).expect(200);
    expect(body).not.toHaveProperty('sellerId');
    expect(body.sale).toMatchObject({
      principal: eur('10000.00'),
      price: eur('9700.00'),
      premium: eur('-300.00'),
      sellerFee: eur('97.00'),
    });
    expect(Number(body.sale.accruedInterest.amount)).toBeGreaterThan(0);
    expect(body.note).toMatchObject({ loanStatus: 'active', daysPastDue: 0, grade: 'C' });
    expect(body.note.remaining).toHaveLength(24);
    expect(Number(body.note.yieldToMaturity)).toBeGreaterThan(0.145);
  });

  it('quotes, keeps no secret of what must be read, and concludes by two signatures', async () => {
    const path = `/v1/market/listings/${listingId}`;
    const quote = await call('post', `${path}/quote`, buyer).send({ units: '10' }).expect(200);
    documents = quote.body.documents.map(({ sha256 }: { sha256: string }) => sha256);
    const { total } = quote.body.sale;
    const order = { units: '10', atMost: total, acknowledged: CONFIRMED, documents };
    const wrong = await call('post', `${path}/buy`, buyer).send(order).expect(409);
    expect(wrong.body.code).toBe('market.wrong-mode');
    const unread = { ...order, documents: [] };
    const refused = await call('post', `${path}/proposals`, buyer).send(unread).expect(409);
    expect(refused.body.code).toBe('market.documents-not-acknowledged');
    const { body } = await call('post', `${path}/proposals`, buyer).send(order).expect(201);
    await call('post', `/v1/market/proposals/${body.id}/countersign`, other).expect(404);
    const sign = `/v1/market/proposals/${body.id}/countersign`;
    const trade = await call('post', sign, seller, { key: 'sign-1' }).expect(201);
    const again = await call('post', sign, seller, { key: 'sign-1' }).expect(201);
    expect(again.body).toEqual(trade.body);
    expect(trade.body).toMatchObject({ side: 'sold', mode: 'bulletin', sale: { total } });
    const decision = `/v1/market/trades/${trade.body.id}/decision`;
    expect((await call('get', decision, staff).expect(200)).body).toMatchObject({
      allowed: true,
      findings: [],
    });
    await call('get', `/v1/market/trades/${trade.body.id}`, other).expect(404);
  });

  it('tells the seller where the offer stands, and nobody else', async () => {
    const path = `/v1/market/listings/${listingId}/queue`;
    const { body } = await call('get', path, seller).expect(200);
    expect(body).toMatchObject({ listingsAhead: 0, sizeAhead: '0', tradedSize: '100000' });
    expect(body.expectedDays).toBe(270);
    await call('get', path, buyer).expect(404);
  });

  it('is stopped at once by one, and goes on by another', async () => {
    const { body } = await call('get', `/v1/market/listings/${listingId}`, staff).expect(200);
    const path = `/v1/market/instruments/${body.instrumentId}`;
    await call('post', `${path}/halt`, staff).send({ reason: 'Rumours' }).expect(201);
    const order = { units: '1', atMost: eur('500.00'), acknowledged: CONFIRMED, documents };
    const to = `/v1/market/listings/${listingId}/proposals`;
    expect((await call('post', to, other).send(order).expect(409)).body.code).toBe('market.halted');
    await call('post', `${path}/resume`, staff).send({ reason: 'Gone' }).expect(403);
    await call('post', `${path}/resume`, officer).send({ reason: 'Gone' }).expect(200);
    const halts = await call('get', `${path}/halts`, buyer).expect(200);
    expect(halts.body.items).toMatchObject([{ reason: 'Rumours', liftReason: 'Gone' }]);
  });

  it('lists by price or time, page by page, and one’s own', async () => {
    const second = lent.lenders[1] as Id<'inv'>;
    await world.offer(lent, second, { price: '0.95', units: 10n });
    const path = '/v1/market/listings?order=price&limit=1';
    const first = await call('get', path, buyer).expect(200);
    expect(first.body.items).toMatchObject([{ price: '0.95' }]);
    const next = await call('get', `${path}&after=${first.body.next}`, buyer).expect(200);
    expect(next.body.items).toMatchObject([{ id: listingId, price: '0.97' }]);
    const filters = 'kind=notes&currency=EUR&grade=C&highestPrice=0.96&maturesBefore=2030-01-01';
    const cheap = await call('get', `/v1/market/listings?${filters}`, staff).expect(200);
    expect(cheap.body.items).toMatchObject([{ price: '0.95', sellerId: second }]);
    const mine = await call('get', '/v1/market/listings?mine=true', seller).expect(200);
    expect(mine.body.items).toMatchObject([{ id: listingId }]);
    const over = await call('get', '/v1/market/listings?status=sold', buyer).expect(200);
    expect(over.body.items).toEqual([]);
  });
});

describe('the same where sales are matched', () => {
  it('is bought at once and only once under its key', async () => {
    const path = `/v1/market/listings/${listingId}`;
    const order = { units: '15', atMost: eur('5000.00'), acknowledged: CONFIRMED, documents };
    const key = { key: 'buy-1', on: exchange };
    const { body } = await call('post', `${path}/buy`, buyer, key).send(order).expect(201);
    const again = await call('post', `${path}/buy`, buyer, key).send(order).expect(201);
    expect(again.body).toEqual(body);
    expect(body.trades.map(({ price }: { price: string }) => price)).toEqual(['0.95', '0.97']);
    const trades = await call('get', '/v1/market/trades', buyer, { on: exchange }).expect(200);
    expect(trades.body.items).toHaveLength(3);
    await call('post', `${path}/price`, seller).send({ price: '0.96' }).expect(200);
    const gone = await call('post', `${path}/withdraw`, seller).expect(200);
    expect(gone.body).toMatchObject({ status: 'withdrawn', endReason: 'seller', priceVersion: 2 });
  });
});

describe('where the law forbids it', () => {
  it('nothing is offered, and the clause is named', async () => {
    const rulebook = world.rulebooks.get('in-p2p');
    const operators = { get: () => ({ rulebookId: 'in-p2p', timeZone: 'Asia/Kolkata' }) };
    const asked = marketServices(
      { ...world, operators, rulebooks: { get: () => rulebook } } as unknown as MarketWorld,
      world.services,
    );
    const investorOf = async ({ id }: AuthenticatedUser) => files.get(id);
    const routes = marketRoutes({ ...asked, investorOf });
    const india = smallApp(routes, { database: world.test.database, strictReplies: true });
    const rules = await call('get', '/v1/market/rules', seller, { on: india }).expect(200);
    expect(rules.body).toMatchObject({
      mode: 'forbidden',
      findings: [{ rule: 'permits.resale', citation: 'paragraph 6(1)(xii)' }],
    });
    const of = { loanId: lent.loan.id, noteNo: 1 };
    const refused = await call('post', '/v1/market/listings', seller, { on: india })
      .send({ of, price: '1' })
      .expect(422);
    expect(refused.body).toMatchObject({
      code: 'rulebooks.not-permitted',
      findings: [{ citation: 'paragraph 6(1)(xii)' }],
    });
  });
});

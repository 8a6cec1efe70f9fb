import request from 'supertest';
import type { Id } from '../../src/kernel/id';
import type { AuthenticatedUser, Role } from '../../src/platform/auth';
import { auctionRoutes, bookRoutes } from '../../src/modules/matching';
import { bidWorld, type BidWorld } from '../support/bid-world';
import { EU_OPERATOR } from '../support/offering-world';
import { CONFIRMED } from '../support/matching-world';
import { smallApp } from '../support/small-app';

let world: BidWorld;
let small: ReturnType<typeof smallApp>;
let offeringId: Id<'off'>;
let documents: readonly string[];
const files = new Map<string, Id<'inv'>>();

beforeAll(async () => {
  world = await bidWorld();
  for (const no of [1, 2]) files.set(user(no, 'investor').id, await world.bidder('2000.00'));
  const investors = Object.assign(Object.create(world.investors) as typeof world.investors, {
    findByUser: async (_: unknown, id: string) => {
      const found = files.get(id);
      return found && { id: found };
    },
  });
  const { auctions, bids, bookOrders, bookRounds, operators } = world;
  const routes = [
    ...auctionRoutes({ auctions, bids, investors }),
    ...bookRoutes({ bookOrders, bookRounds, investors, operators }),
  ];
  small = smallApp(routes, { database: world.test.database, strictReplies: true });
  offeringId = await world.auctioned('1000.00');
  const { version } = await world.read((db) => world.offerings.get(db, offeringId));
  documents = version.documents.map(({ sha256 }) => sha256);
});

afterAll(async () => {
  const broken = await world.brokenBids();
  await world.end();
  expect(broken).toEqual([]);
});

function user(no: number, role: Role): AuthenticatedUser {
  const id = `usr_01${`${role.length}${no}`.padStart(24, '0')}` as const;
  return { id, operatorId: EU_OPERATOR, roles: [role] };
}

let keys = 0;

function call(method: 'get' | 'post', path: string, who: AuthenticatedUser, key?: string) {
  return request(small.app)
    [method](path)
    .set('Authorization', small.bearer(who))
    .set('Idempotency-Key', key ?? `key-${(keys += 1)}`);
}

const eur = (amount: string) => ({ amount, currency: 'EUR' });
const bidOf = (amount: string, minimumRate: string) => ({
  amount: eur(amount),
  minimumRate,
  documents,
  acknowledged: CONFIRMED,
});

describe('an auction over HTTP', () => {
  const auction = () => `/v1/auctions/${offeringId}`;
  const [one, two] = [user(1, 'investor'), user(2, 'investor')];
  const compliance = user(1, 'compliance');

  it('takes a bid once under its key, holds its cash and shows it to its lender only', async () => {
    const path = `${auction()}/bids`;
    const body = bidOf('600.00', '0.0900');
    const first = await call('post', path, one, 'bid-1').send(body).expect(201);
    const again = await call('post', path, one, 'bid-1').send(body).expect(201);
    expect(again.body).toEqual(first.body);
    expect(first.body).toMatchObject({ status: 'open', minimumRate: '0.09' });
    await call('post', path, two).send(bidOf('700.00', '0.11')).expect(201);
    expect((await call('get', path, one).expect(200)).body.items).toHaveLength(1);
    const sealed = await call('get', path, compliance).expect(409);
    expect(sealed.body.code).toBe('matching.auction-not-cleared');
    const { body: seen } = await call('get', auction(), two).expect(200);
    expect(seen).toMatchObject({ status: 'bidding', ceiling: '0.145', unit: eur('50.00') });
    expect(seen).not.toHaveProperty('book');
  });

  it('gives a bid back, and refuses bids of strangers, odd rates and too high ones', async () => {
    const path = `${auction()}/bids`;
    const { body } = await call('post', path, one).send(bidOf('100.00', '0.1')).expect(201);
    await call('post', `${path}/${body.id}/withdraw`, two).expect(404);
    const taken = await call('post', `${path}/${body.id}/withdraw`, one).expect(200);
    expect(taken.body.status).toBe('withdrawn');
    await call('post', path, user(9, 'investor')).send(bidOf('100.00', '0.1')).expect(404);
    await call('post', path, one).send(bidOf('100.00', '0.10001')).expect(400);
    const dear = await call('post', path, one).send(bidOf('100.00', '0.2')).expect(422);
    expect(dear.body.code).toBe('matching.bid-above-ceiling');
    await call('post', path, compliance).send(bidOf('100.00', '0.1')).expect(403);
  });

  it('shows everybody the book and the rate once it is cleared, and replays it', async () => {
    await call('get', `${auction()}/replay`, compliance).expect(409);
    await world.clear(offeringId);
    const { body } = await call('get', auction(), one).expect(200);
    expect(body).toMatchObject({
      status: 'published',
      outcome: 'funded',
      clearingRate: '0.11',
      book: [
        { rate: '0.09', bids: 1, amount: eur('600.00'), lent: eur('600.00') },
        { rate: '0.11', bids: 1, amount: eur('700.00'), lent: eur('400.00') },
      ],
    });
    const own = await call('get', `${auction()}/bids`, two).expect(200);
    expect(own.body.items).toMatchObject([
      {
        status: 'placed',
        outcome: 'scaled-back',
        lent: eur('400.00'),
        why: { en: expect.stringContaining('11 %'), zh: expect.stringContaining('11 %') },
      },
    ]);
    const all = await call('get', `${auction()}/bids`, compliance).expect(200);
    expect(all.body.items).toHaveLength(3);
    const replay = await call('get', `${auction()}/replay`, compliance).expect(200);
    expect(replay.body).toMatchObject({ isSame: true, isInputIntact: true });
    await call('get', `${auction()}/replay`, one).expect(403);
  });
});

describe('the rate book over HTTP', () => {
  const lender = user(1, 'investor');
  const depth = () => request(small.app).get('/v1/rate-book/EUR/depth?operator=eu-ecspr');

  it('takes a standing offer, shows its level to everybody, and cancels it', async () => {
    const body = {
      amount: eur('300.00'),
      minimumRate: '0.1',
      termMonths: 24,
      acknowledged: CONFIRMED,
      expiresAt: new Date(world.clock.now().getTime() + 86_400_000).toISOString(),
    };
    const placed = await call('post', '/v1/rate-book/orders', lender).send(body).expect(201);
    expect(placed.body).toMatchObject({ status: 'open', open: eur('300.00') });
    const { body: shown } = await depth().expect(200);
    expect(shown.terms).toMatchObject([
      { termMonths: 24, lend: [{ rate: '0.1', amount: eur('300.00'), orders: 1 }] },
    ]);
    expect(JSON.stringify(shown)).not.toContain('inv_');
    const mine = await call('get', '/v1/rate-book/orders', lender).expect(200);
    expect(mine.body.items).toHaveLength(1);
    const file = `/v1/rate-book/orders/${placed.body.id}`;
    await call('get', file, user(2, 'investor')).expect(404);
    expect((await call('get', file, lender).expect(200)).body.trades).toEqual([]);
    const path = `${file}/cancel`;
    await call('post', path, user(2, 'investor')).expect(404);
    expect((await call('post', path, lender).expect(200)).body.status).toBe('cancelled');
    expect((await depth().expect(200)).body).toEqual({ terms: [] });
  });

  it('tells a lender which loans parts of an offer met', async () => {
    const loan = await world.loan('300.00');
    const order = await world.offer(files.get(lender.id)!, '400.00', '0.1');
    await world.round();
    const { body } = await call('get', `/v1/rate-book/orders/${order.id}`, lender).expect(200);
    expect(body).toMatchObject({
      status: 'open',
      open: eur('100.00'),
      trades: [{ offeringId: loan, amount: eur('300.00'), status: 'placed' }],
    });
    const { body: shown } = await depth().expect(200);
    expect(shown.terms).toMatchObject([{ reference: { rate: '0.1', volume: eur('300.00') } }]);
  });
});

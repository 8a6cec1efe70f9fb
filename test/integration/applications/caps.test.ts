import { IntakeWorld } from '../../support/intake-world';

let world: IntakeWorld;

beforeAll(async () => {
  world = await IntakeWorld.open('2018-03-12T02:00:00Z', {
    jurisdiction: 'CN',
    rulebookId: 'cn-p2p',
    homeCurrency: 'CNY',
    timeZone: 'Asia/Shanghai',
    calendar: 'cn',
  });
});
afterAll(async () => {
  expect(await world.broken()).toEqual([]);
  await world.close();
});

const cny = (amount: string) => ({ amount, currency: 'CNY' });
const RICH = {
  income: { monthly: cny('90000.00'), source: 'employment' },
  commitments: { housing: cny('0'), loans: cny('0'), other: cny('0'), dependants: 0 },
};

describe('a borrower’s cap of 200,000 at one platform', () => {
  test.each([
    { amount: '200000.00', status: 'offered' },
    { amount: '200001.00', status: 'declined' },
  ])('makes a request for $amount: $status', async ({ amount, status }) => {
    const who = await world.borrower();
    const id = await world.handedIn(who, { ...RICH, amount: cny(amount) });
    expect(await world.judged(id)).toBe(status);
  });

  test('is shared by linked borrowers: what one has listed, the other cannot ask for', async () => {
    const shared = { device: 'one telephone for two' };
    const [one, other, stranger] = [
      await world.borrower(),
      await world.borrower(),
      await world.borrower(),
    ];
    const first = await world.handedIn(one, { ...RICH, amount: cny('150000.00') }, shared);
    expect(await world.judged(first)).toBe('offered');
    const [offer] = (await one.get(`/v1/applications/${first}/offers`)).body.items;
    const accepted = await one.post(`/v1/applications/${first}/offers/${offer.id}/accept`);
    expect([accepted.body.status, accepted.body.detail]).toEqual(['listed', undefined]);

    const second = await world.handedIn(other, { ...RICH, amount: cny('60000.00') }, shared);
    expect(await world.judged(second)).toBe('declined');
    const reasons = await other.get(`/v1/applications/${second}/reasons`);
    expect(reasons.body.reasons).toContain('borrower-cap');

    const third = await world.handedIn(stranger, { ...RICH, amount: cny('60000.00') });
    expect(await world.judged(third)).toBe('offered');
  });
});

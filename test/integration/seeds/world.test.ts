import { DAY_MS } from '../../../src/kernel/clock';
import { HUDSON, PLEISSE, LANZHOU } from '../../../seeds/operators';
import { testWorld, type TestWorld } from '../../support/world';

const after = (test: TestWorld, days: number): Date =>
  new Date(test.world.now.getTime() + days * DAY_MS);

describe('the world that seeds, demo and tests build', () => {
  let test: TestWorld;

  beforeAll(async () => {
    test = await testWorld();
  });

  afterAll(() => test.end());

  it.each([
    { plan: HUDSON, tier: 'accredited', ticket: '1000.00' },
    { plan: PLEISSE, tier: 'sophisticated', ticket: '1000.00' },
    { plan: LANZHOU, tier: 'qualified', ticket: '1000.00' },
  ])('takes a round of $plan.code from draft to settled', async ({ plan, tier, ticket }) => {
    const { world } = test;
    const house = await world.operator(plan);
    const issuer = await house.issuer({ name: 'Bright Mills' });
    const investors = [];
    for (let i = 0; i < 4; i += 1) {
      investors.push(await house.investor({ tier, cash: '5000.00' }));
    }
    const offering = await house.offering(issuer, {
      target: '2000.00',
      maximum: '3000.00',
      orderLimit: '5000.00',
      closesAt: after(test, 30),
    });
    await world.moveTo(after(test, 1));
    for (const investor of investors) await house.subscribe(investor, offering, ticket);
    await world.moveTo(after(test, 40));
    const found = await house.readOffering(offering);
    expect(found.offering.status).toBe('settled');
  });

  it('passes every integrity check', async () => {
    const broken = (await test.world.check()).filter(({ count }) => count > 0n);
    expect(broken).toEqual([]);
  });
});

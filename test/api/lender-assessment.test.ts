import { Money } from '../../src/kernel/money';
import { loadAppetitePolicy } from '../../src/modules/investors';
import { peopleWorld, type PeopleWorld } from '../support/people-world';

let world: PeopleWorld;

beforeAll(async () => {
  world = await peopleWorld();
});
afterAll(async () => {
  expect(await world.broken()).toEqual([]);
  await world.close();
});

const policy = loadAppetitePolicy('compliance/lender-appetite/standard');
const boldest = Object.fromEntries(
  policy.questions.map(({ id, choices }) => [
    id,
    choices.toSorted((a, b) => b.points - a.points)[0]?.id,
  ]),
);
const sheet = { policy: 'standard', version: 1, answers: boldest };
const eur = (amount: string) => ({ amount, currency: 'EUR' });

async function lender(means?: object) {
  const actor = await world.actor(['investor']);
  const { id } = await world.investor({ userId: actor.id });
  if (means) await actor.put(`/v1/investors/${id}/means`, means);
  const assess = (body: object = sheet) =>
    actor.post(`/v1/investors/${id}/lender-assessment`, body);
  const changes = async () => (await actor.get(`/v1/investors/${id}/lending-limits`)).body.items;
  return { id, actor, assess, changes };
}

describe('the assessment of lenders', () => {
  test('is put without its points', async () => {
    const { actor } = await lender();
    const { status, body } = await actor.get('/v1/lender-assessment');
    expect(status).toBe(200);
    expect(body.questions.map(({ factor }: { factor: string }) => factor)).toContain(
      'risk-tolerance',
    );
    expect(JSON.stringify(body.questions)).not.toContain('points');
  });

  test('sets the grade and a limit that is a share of the means, for a year', async () => {
    const { id, actor, assess, changes } = await lender({ netWorth: eur('80000.00') });
    const { status, body } = await assess();
    expect(status).toBe(201);
    expect(body).toMatchObject({
      grade: 'C5',
      expiresAt: '2026-03-09T23:00:00.000Z',
      limit: { maxOutstanding: eur('40000.00'), maxPerLoan: eur('4000.00'), losses: eur('0.00') },
    });
    const file = (await actor.get(`/v1/investors/${id}`)).body;
    expect(file.facts.appetite).toMatchObject({ grade: 'C5', policy: 'standard/1' });
    expect(await changes()).toMatchObject([
      { grade: 'C5', limit: eur('40000.00'), cause: 'appetite.assessed' },
    ]);
  });

  test('moves with means and losses, keeping each step and its cause', async () => {
    const { id, actor, assess, changes } = await lender({ netWorth: eur('80000.00') });
    await assess();
    await actor.put(`/v1/investors/${id}/means`, { netWorth: eur('50000.00') });
    const loss = Money.parse('3000.00', 'EUR');
    await world.write((tx) =>
      world.appetites.recompute(tx, id, { cause: 'loan.charged-off', loss }),
    );
    expect(await changes()).toMatchObject([
      {
        gradeBefore: 'C5',
        grade: 'C4',
        limitBefore: eur('25000.00'),
        limit: eur('17500.00'),
        cause: 'loan.charged-off',
      },
      { limitBefore: eur('40000.00'), limit: eur('25000.00'), cause: 'limit.follows-means' },
      { limit: eur('40000.00'), cause: 'appetite.assessed' },
    ]);
  });

  test('lapses after its year, once, and leaves no limit', async () => {
    const { id, actor, assess, changes } = await lender({ netWorth: eur('80000.00') });
    await assess();
    const lapse = (at: string) => world.write((tx) => world.appetites.lapseDue(tx, new Date(at)));
    expect(await lapse('2026-03-09T22:59:59Z')).toBe(0);
    await lapse('2026-03-09T23:00:00Z');
    expect(await lapse('2026-03-10T00:00:00Z')).toBe(0);
    expect((await actor.get(`/v1/investors/${id}`)).body.facts.appetite).toBeUndefined();
    expect((await changes())[0]).toMatchObject({ gradeBefore: 'C5', cause: 'appetite.lapsed' });
  });

  test.each([
    { name: 'of an older version', body: { version: 2 }, code: 'investors.appetite-outdated' },
    { name: 'with open questions', body: { answers: {} }, code: 'investors.appetite-incomplete' },
    {
      name: 'with a choice it does not have',
      body: { answers: { ...boldest, aim: 'fame' } },
      code: 'investors.unknown-question',
    },
  ])('is refused $name', async ({ body, code }) => {
    const { assess } = await lender({ netWorth: eur('80000.00') });
    expect((await assess({ ...sheet, ...body })).body.code).toBe(code);
  });

  test('needs declared means', async () => {
    const { assess, changes } = await lender();
    expect((await assess()).body.code).toBe('investors.means-missing');
    expect(await changes()).toEqual([]);
  });

  test('is nobody else’s to hand in', async () => {
    const { id } = await lender({ netWorth: eur('80000.00') });
    const stranger = await world.actor(['investor']);
    const reply = await stranger.post(`/v1/investors/${id}/lender-assessment`, sheet);
    expect([reply.status, reply.body.code]).toEqual([404, 'investors.not-found']);
  });
});

describe('what is known of lending elsewhere', () => {
  test('is declared by the lender; a certificate is taken in by compliance alone', async () => {
    const { id, actor } = await lender();
    const officer = await world.actor(['compliance']);
    const certificate = {
      netWorth: eur('60000.00'),
      certifiedBy: 'A. Accountant, 012345',
      sha256: 'a'.repeat(64),
    };
    await actor.put(`/v1/investors/${id}/lending-declaration`, {
      outstandingElsewhere: eur('700.00'),
    });
    const own = await actor.put(`/v1/investors/${id}/net-worth-certificate`, certificate);
    expect(own.status).toBe(403);
    const taken = await officer.put(`/v1/investors/${id}/net-worth-certificate`, certificate);
    expect(taken.status).toBe(200);
    const { facts } = (await actor.get(`/v1/investors/${id}`)).body;
    expect(facts).toMatchObject({
      outstandingElsewhere: eur('700.00'),
      certifiedNetWorth: eur('60000.00'),
    });
  });
});

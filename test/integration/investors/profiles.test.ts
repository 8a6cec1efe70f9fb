import { Money } from '../../../src/kernel/money';
import { sqlState } from '../../../src/platform/db';
import type { Investor } from '../../../src/modules/investors';
import { offlineVerification, VerificationRunner } from '../../../src/modules/verification';
import { peopleWorld, scopeOf, type PeopleWorld } from '../../support/people-world';

let world: PeopleWorld;

beforeAll(async () => {
  world = await peopleWorld();
});
afterAll(async () => {
  expect(await world.broken()).toEqual([]);
  await world.close();
});

const eur = (amount: string): Money => Money.parse(amount, 'EUR');

describe('versions of a profile', () => {
  test('are never changed or removed, whoever tries', async () => {
    const { id } = await world.investor();
    const statements = [
      `UPDATE investor_profiles SET facts = '{}' WHERE investor_id = :id`,
      'DELETE FROM investor_profiles WHERE investor_id = :id',
    ];
    for (const sql of statements) {
      const asApplication = world.write((tx) => tx.execute(sql, { id }));
      expect(sqlState(await asApplication.catch((error: unknown) => error))).toBe('42501');
      const asOwner = world.test.owner.write(scopeOf(world.rhine), (tx) => tx.execute(sql, { id }));
      expect(sqlState(await asOwner.catch((error: unknown) => error))).toBe('YC001');
    }
  });

  test('follow one another without a gap, however many are written at once', async () => {
    const { id } = await world.investor();
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        world.write((tx) =>
          world.investors.declareMeans(tx, id, { means: { netWorth: eur(`${index}.00`) } }),
        ),
      ),
    );
    const versions = await world.read((db) => world.investors.history(db, id, { limit: 50 }));
    expect(versions.map(({ version }) => version)).toEqual(
      Array.from({ length: 13 }, (_, index) => 13 - index),
    );
    const investor = await world.read((db) => world.investors.get(db, id));
    const facts = await world.read((db) =>
      world.investors.factsOf(db, id, investor.profileVersion),
    );
    expect(facts).toEqual(versions[0]?.facts);
  });
});

describe('what lapses together', () => {
  test('lapses for every investor, in batches, each once', async () => {
    const ids: Investor['id'][] = [];
    for (let count = 0; count < 5; count += 1) {
      const { id } = await world.investor();
      await world.verify(id);
      ids.push(id);
    }
    const later = new Date('2028-03-10T00:00:00Z');
    const [first, second] = await Promise.all([
      world.write((tx) => world.investors.expireDue(tx, later)),
      world.write((tx) => world.investors.expireDue(tx, later)),
    ]);
    // What one run holds locked the other leaves alone.
    expect(first + second).toBe(5);
    for (const id of ids) {
      const investor = await world.read((db) => world.investors.get(db, id));
      expect(investor).toMatchObject({ verification: 'expired', profileVersion: 4 });
    }
  });
});

describe('the database itself', () => {
  test('refuses an approval by the one who asked', async () => {
    const { id } = await world.investor();
    const attempt = world.write((tx) =>
      tx.execute(
        `INSERT INTO investor_classifications (operator_id, id, investor_id, from_tier,
           requested_tier, status, declared, documents, findings, requested_by, requested_at,
           decided_by, decided_at)
         VALUES (:operatorId, 'req_x', :id, 'a', 'b', 'approved', '{}', '[]', '[]', 'usr_1', :now,
           'usr_1', :now)`,
        { operatorId: world.rhine.id, id, now: world.clock.now() },
      ),
    );
    await expect(attempt).rejects.toMatchObject({
      constraint: 'investor_classifications_four_eyes',
    });
  });

  test('refuses a second open verification', async () => {
    const { id } = await world.investor();
    await world.write((tx) => world.verifications.request(tx, id));
    const attempt = world.write((tx) =>
      tx.execute(
        `INSERT INTO investor_verifications (operator_id, id, subject_id, subject_version, status,
           requested_by, requested_at)
         VALUES (:operatorId, 'ver_x', :id, 1, 'pending', 'usr_1', :now)`,
        { operatorId: world.rhine.id, id, now: world.clock.now() },
      ),
    );
    await expect(attempt).rejects.toMatchObject({ constraint: 'investor_verifications_one_open' });
  });
});

test('a provider that fails on one case answers the others, and is asked again', async () => {
  const { id: lucky } = await world.investor();
  const { id: unlucky } = await world.investor({ name: 'Unlucky' });
  const scope = scopeOf(world.rhine);
  for (const id of [unlucky, lucky]) {
    await world.write((tx) => world.verifications.request(tx, id));
  }
  const stateOf = async (id: Investor['id']) =>
    (await world.read((db) => world.investors.get(db, id))).verification;
  let isDown = true;
  const runner = new VerificationRunner({
    ...world,
    provider: {
      name: 'moody',
      verify: (caseId, subject, at) =>
        isDown && subject.name === 'Unlucky'
          ? Promise.reject(new Error('no answer'))
          : offlineVerification.verify(caseId, subject, at),
    },
  });
  await expect(runner.runPending(scope)).rejects.toThrow(AggregateError);
  expect([await stateOf(lucky), await stateOf(unlucky)]).toEqual(['verified', 'pending']);
  isDown = false;
  await runner.runPending(scope);
  expect(await stateOf(unlucky)).toBe('verified');
});

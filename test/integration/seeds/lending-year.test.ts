import { GANGES, GangesYear } from '../../../seeds/ganges';
import { Year } from '../../../seeds/scene';
import { openWorld } from '../../../seeds/world';
import { dateIn } from '../../../src/kernel/calendar-date';
import { systemClock } from '../../../src/kernel/clock';
import type { Loan } from '../../../src/modules/loans';
import { testDatabase, type TestDatabase } from '../../support/database';
import { TEST_CONFIG } from '../../support/world';

let test: TestDatabase;
beforeEach(async () => {
  test = await testDatabase();
});
afterEach(() => test.close());

it('a lending platform lives through a year: asked, decided, lent by many, paid out, refused', async () => {
  const year = new Year(systemClock.now());
  const world = await openWorld({
    config: { ...TEST_CONFIG, logLevel: 'error' },
    databaseUrl: test.url,
    startsAt: year.at(0, 8),
  });
  try {
    const ganges = await world.operator(GANGES);
    const scenes = new GangesYear(ganges, year, []).scenes();
    for (const { day, hour, play } of scenes.toSorted((a, b) => a.day - b.day)) {
      await world.moveTo(year.at(day, hour));
      await play();
    }
    await world.moveTo(systemClock.now());
    const offerings = await ganges.read((db) =>
      db.query<{ status: string; committed: bigint; limit_minor: bigint }>(
        `SELECT o.status, b.committed_minor AS committed, b.limit_minor FROM offerings o
         JOIN offering_books b ON b.offering_id = o.id ORDER BY o.id`,
      ),
    );
    expect(offerings.map(({ status }) => status)).toEqual([
      ...Array<string>(4).fill('settled'),
      'live',
    ]);
    const last = offerings.at(-1);
    expect(last?.committed).toBeGreaterThan(0n);
    expect(last?.committed).toBeLessThan(last?.limit_minor ?? 0n);
    const applications = await ganges.read((db) =>
      db.query<{ status: string }>('SELECT a.status FROM applications a ORDER BY a.id'),
    );
    expect(applications.map(({ status }) => status)).toEqual(
      'funded funded funded funded declined listed draft'.split(' '),
    );
    const loans = await ganges.read((db) => world.services.loans.list(db, { limit: 10 }));
    const today = dateIn(ganges.operator.timeZone, world.now);
    const isLate = ({ nextDueOn }: Loan): boolean => nextDueOn !== undefined && nextDueOn < today;
    expect(loans.map((loan) => (isLate(loan) ? 'late' : loan.status)).toSorted()).toEqual(
      'active active late repaid'.split(' '),
    );
    expect((await world.check()).filter(({ count }) => count > 0n)).toEqual([]);
  } finally {
    await world.close();
  }
}, 240_000);

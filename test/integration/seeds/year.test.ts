import request from 'supertest';
import { PERSONAS, SANDBOX_PASSWORD, sandboxEmail } from '../../../src/app/personas';
import { openApplication, type Application } from '../../../src/app/application';
import { dateIn } from '../../../src/kernel/calendar-date';
import { systemClock } from '../../../src/kernel/clock';
import { createLog } from '../../../src/platform/log';
import { withSeedMark } from '../../../src/platform/db/seed-mark';
import { seedWorld, type SeedOutcome } from '../../../seeds/02_demo';
import { HUDSON } from '../../../seeds/operators';
import { openWorld } from '../../../seeds/world';
import { testDatabase, type TestDatabase } from '../../support/database';
import { TEST_CONFIG } from '../../support/world';

let test: TestDatabase;
beforeEach(async () => {
  test = await testDatabase();
});
afterEach(() => test.close());

/** As on a database that is not ours to empty. */
function seed(stop = { isMade: false }): Promise<SeedOutcome> {
  const nothing = (): void => undefined;
  return seedWorld({
    config: { ...TEST_CONFIG, databaseUrl: test.url },
    databaseUrl: test.url,
    migrate: async () => undefined,
    progress: () => ({ update: nothing, stop: nothing }),
    print: nothing,
    stop,
  });
}

it('a first start lives through a year, in which everybody printed can log in; a second does not', async () => {
  expect(await seed()).toBe('seeded');
  expect(await seed()).toBe('kept');
  const app = await openApplication({
    config: TEST_CONFIG,
    databaseUrl: test.url,
    log: createLog({ level: 'silent', clock: systemClock }),
    passwordProfile: 'cheap',
  });
  try {
    for (const persona of PERSONAS) expect(await logInOf(app, persona)).toBe(200);
    expect(await statuses(app, 'hudson')).toEqual(
      'closing draft failed in-review live scheduled settled withdrawn'.split(' '),
    );
    expect(await lent(app, 'ganges')).toEqual({
      offerings: [...Array<string>(4).fill('settled'), 'live'],
      applications: 'funded funded funded funded declined listed draft'.split(' '),
      loans: 'active active late repaid'.split(' '),
      isLastFundedInPart: true,
    });
    expect(await published(app, 'ganges')).toEqual([
      'in-quarterly-return',
      'platform-risk-daily',
      'platform-risk-monthly',
      'public-disclosure',
    ]);
  } finally {
    await app.close();
  }
}, 180_000);

it('half a seed in a database of somebody else is refused, with what to do', async () => {
  await withSeedMark({ url: test.url, isOwn: false, name: 'year' }, (mark) =>
    mark.begin(systemClock.now()),
  );
  await expect(seed()).rejects.toThrow(/holds half a sandbox.*DROP DATABASE/);
});

it('an installation with operators of its own is left alone', async () => {
  const world = await openWorld({
    config: TEST_CONFIG,
    databaseUrl: test.url,
    startsAt: '2025-03-03T15:00:00Z',
  });
  await world.operator(HUDSON);
  await world.close();
  expect(await seed()).toBe('kept');
});

it('stops between two scenes when it is asked to, and says that half is done', async () => {
  expect(await seed({ isMade: true })).toBe('interrupted');
  await expect(seed()).rejects.toThrow(/interrupted/);
}, 60_000);

async function logInOf(app: Application, persona: (typeof PERSONAS)[number]): Promise<number> {
  const body = {
    operator: persona.operator,
    email: sandboxEmail(persona),
    password: SANDBOX_PASSWORD,
  };
  return (await request(app.http).post('/v1/auth/login').send(body)).status;
}

async function statuses(app: Application, code: string): Promise<readonly string[]> {
  const operatorId = app.services.directory.getByCode(code).id;
  const scope = { operatorId, actor: { kind: 'system', id: 'test' } } as const;
  const found = await app.platform.database.read(scope, (db) =>
    db.query<{ status: string }>('SELECT DISTINCT o.status FROM offerings o ORDER BY o.status'),
  );
  return found.map(({ status }) => status);
}

/** The templates of reports that supervisors find. */
async function published(app: Application, code: string): Promise<readonly string[]> {
  const { id: operatorId } = app.services.directory.getByCode(code);
  const scope = { operatorId, actor: { kind: 'system', id: 'test' } } as const;
  const runs = await app.platform.database.read(scope, (db) =>
    app.services.reports.list(db, { limit: 20 }),
  );
  const made = runs.filter(({ state }) => state === 'published');
  return [...new Set(made.map(({ templateId }) => templateId))].toSorted();
}

/** What a lending platform's year came to, in the order in which it began. */
async function lent(app: Application, code: string) {
  const { id: operatorId, timeZone } = app.services.directory.getByCode(code);
  const scope = { operatorId, actor: { kind: 'system', id: 'test' } } as const;
  const today = dateIn(timeZone, systemClock.now());
  return app.platform.database.read(scope, async (db) => {
    const offerings = await db.query<{ status: string; committed: bigint; limit: bigint }>(
      `SELECT o.status, b.committed_minor AS committed, b.limit_minor AS limit FROM offerings o
       JOIN offering_books b ON b.offering_id = o.id ORDER BY o.id`,
    );
    const applications = await db.query<{ status: string }>(
      'SELECT a.status FROM applications a ORDER BY a.id',
    );
    const loans = await app.services.loans.list(db, { limit: 10 });
    const last = offerings.at(-1) ?? { committed: 0n, limit: 0n };
    return {
      offerings: offerings.map(({ status }) => status),
      applications: applications.map(({ status }) => status),
      loans: loans
        .map(({ nextDueOn, status }) => (nextDueOn && nextDueOn < today ? 'late' : status))
        .toSorted(),
      isLastFundedInPart: last.committed > 0n && last.committed < last.limit,
    };
  });
}

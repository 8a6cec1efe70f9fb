import { setTimeout as pause } from 'node:timers/promises';
import { addDays, type CalendarDate } from '../../../src/kernel/calendar-date';
import { HOUR_MS } from '../../../src/kernel/clock';
import type { Id } from '../../../src/kernel/id';
import { Database, type Db, type Scope } from '../../../src/platform/db';
import { APPLICATION_ROLE } from '../../../src/platform/db/migrate';
import { insertRun } from '../../../src/modules/reporting/store';
import { EU_OPERATOR } from '../../support/offering-regimes';
import { PACKS } from '../../support/report-packs';
import { reportWorld, type ReportWorld } from '../../support/report-world';
import { standbyOf, type Standby } from '../../support/standby';

const DAILY = 'platform-risk-daily';
const SCOPE: Scope = { operatorId: EU_OPERATOR, actor: { kind: 'system', id: 'test' } };

let world: ReportWorld;
let standby: Standby;
let replica: Database;
let reported = '2025-02-01' as CalendarDate;

/** A day that was not reported yet. */
const nextDay = (): CalendarDate => {
  reported = addDays(reported, 1);
  return reported;
};

const servicesOn = (database: Pick<Database, 'read'>) => world.servicesOf(PACKS, database);

/** A report that waits to be made. */
async function scheduled(): Promise<Id<'rpt'>> {
  const [id, day] = [world.newId('rpt'), nextDay()];
  const at = world.clock.now();
  const period = { from: day, to: day };
  await world.write(async (tx) => {
    // In the log when it is committed, as wherever commits are durable.
    await tx.query(`SELECT set_config('synchronous_commit', 'on', true)`);
    await insertRun(tx, { id, templateId: DAILY, templateVersion: 1, period, dueOn: day, at });
  });
  return id;
}

const look = (id: Id<'rpt'>) => world.read((db) => world.reports.get(db, id));

// Its files are copied, so it must be the server that the tests start themselves.
const withStandby = process.env['DATABASE_URL'] === undefined ? describe : describe.skip;

withStandby('a report on a standby', () => {
  beforeAll(async () => {
    world = await reportWorld();
    await world.active({ parts: ['7000.00', '3000.00'], note: { termMonths: 6 } });
    await world.live(2);
    standby = await standbyOf(world.test.url);
    replica = new Database({ url: standby.url, role: APPLICATION_ROLE, poolSize: 2 });
  }, 60_000);

  afterAll(async () => {
    await replica.close();
    await standby.remove();
    await world.end();
  });

  it('says the same, byte by byte, as one on the database that it follows', async () => {
    const { reports, maker } = servicesOn(replica);
    const run = await world.write((tx) => reports.run(tx, { templateId: DAILY, day: nextDay() }));
    expect(run.state).toBe('published');
    const told = await world.contentOf(run.id);
    const again = await replica.read(SCOPE, async (db) => {
      const [is] = await db.query('SELECT pg_is_in_recovery() AS standby');
      return { is, content: await maker.again(db, run) };
    });
    expect(again).toEqual({ is: { standby: true }, content: told });
    expect(await world.read((db) => maker.again(db, run))).toBe(told);
  });

  it('waits for a standby that lags, and stays scheduled where it lags long', async () => {
    const { reports, runner } = servicesOn(replica);
    const paused = async (): Promise<void> => {
      await standby.query('SELECT pg_wal_replay_pause()');
      // It is asked for, and heard a moment later.
      const state = async () =>
        (await standby.query('SELECT pg_get_wal_replay_pause_state() s'))[0];
      while ((await state())?.['s'] !== 'paused') await pause(20);
    };
    await paused();
    const id = await scheduled();
    await runner.runAll([EU_OPERATOR]);
    expect(await look(id)).toMatchObject({
      state: 'scheduled',
      attempts: 0,
      lastFailure: undefined,
    });
    const day = nextDay();
    const making = world.write((tx) => reports.run(tx, { templateId: DAILY, day }));
    await standby.query('SELECT pg_wal_replay_resume()');
    expect(await making).toMatchObject({ state: 'published' });
    world.clock.advance(HOUR_MS);
    await runner.runAll([EU_OPERATOR]);
    expect(await look(id)).toMatchObject({ state: 'published' });
  });

  it('leaves nothing behind where the standby is gone, says so, and is made when it is back', async () => {
    const { reports, runner } = servicesOn(replica);
    const id = await scheduled();
    await standby.stop();
    await runner.runAll([EU_OPERATOR]);
    expect(await look(id)).toMatchObject({
      state: 'scheduled',
      attempts: 1,
      lastFailure:
        'reporting.replica-unavailable: The database that reports are computed on does not answer',
      made: undefined,
    });
    expect(await world.read((db) => reports.files(db, id))).toEqual([]);
    await expect(
      world.write((tx) => reports.run(tx, { templateId: DAILY, day: nextDay() })),
    ).rejects.toMatchObject({ kind: 'unavailable' });
    await standby.start();
    world.clock.advance(HOUR_MS);
    await runner.runAll([EU_OPERATOR]);
    expect(await look(id)).toMatchObject({ state: 'published' });
  });

  it('is computed anew where what is replayed cancels its reading', async () => {
    const id = await scheduled();
    let computed = 0;
    /** What is locked on the primary while it is read on the standby ends the reading there. */
    const cancelled = async (db: Db): Promise<void> => {
      await db.query('SELECT 1 FROM loan_payments LIMIT 1');
      await Promise.all([
        db.query('SELECT pg_sleep(20)'),
        world.test.owner.write(SCOPE, (tx) => tx.execute('LOCK TABLE loan_payments')),
      ]);
    };
    const { runner } = servicesOn({
      read: (scope, work) =>
        replica.read(scope, async (db) => {
          const read = await work(db);
          // What is read besides is whether the standby has come as far: as often as it takes.
          if (typeof read !== 'boolean') computed += 1;
          if (typeof read !== 'boolean' && computed === 1) await cancelled(db);
          return read;
        }),
    });
    await runner.runAll([EU_OPERATOR]);
    expect(computed).toBe(2);
    expect(await look(id)).toMatchObject({ state: 'published', attempts: 0 });
  });
});

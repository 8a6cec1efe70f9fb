import { Writable } from 'node:stream';
import { available, ledgerChecks, ledgerJobs } from '../../../src/modules/ledger';
import { integrityJobs } from '../../../src/platform/integrity-jobs';
import type { Job } from '../../../src/platform/jobs';
import { createLog } from '../../../src/platform/log';
import { Outbox } from '../../../src/platform/outbox';
import { OPERATOR, eur, ledgerWorld, scopeOf, type LedgerWorld } from '../../support/ledger-world';

let world: LedgerWorld;
let logged: string;

beforeAll(async () => {
  world = await ledgerWorld();
  logged = '';
});
afterAll(() => world.close());

function jobNamed(jobs: readonly Job[], name: string): Job {
  const found = jobs.find((job) => job.name === name);
  if (!found) throw new Error(`there is no job ${name}`);
  return found;
}

/** Runs a job once, in the scope the scheduler would give it. */
function runOnce(job: Job) {
  const operatorId = job.perOperator ? OPERATOR : undefined;
  const now = world.clock.now();
  return world.test.database.write(scopeOf(operatorId), (tx) =>
    job.run(tx, { operatorId, dueAt: now, now }),
  );
}

test('holds lapse by the minute', async () => {
  const job = jobNamed(
    ledgerJobs({ ledger: world.ledger, timeZone: 'UTC' }),
    'ledger.expire-holds',
  );
  const alice = await world.investor(eur('10.00'));
  const { accountNo } = await world.cashAccount(alice, 'EUR');
  await world.write((tx) =>
    world.ledger.placeHold(tx, {
      accountNo,
      amount: eur('10.00'),
      purpose: 'withdrawal',
      expiresAt: new Date(world.clock.now().getTime() + 60_000),
    }),
  );
  expect(await runOnce(job)).toEqual({ more: false, note: '0 lapsed' });
  world.clock.advance(60_000);
  expect(await runOnce(job)).toEqual({ more: false, note: '1 lapsed' });
  expect(available(await world.cashAccount(alice, 'EUR'))).toEqual(eur('10.00'));
});

test('months are prepared ahead, without an operator', async () => {
  const job = jobNamed(
    ledgerJobs({ ledger: world.ledger, timeZone: 'UTC' }),
    'ledger.extend-partitions',
  );
  expect(await runOnce(job)).toBe('3 partitions made');
  expect(await runOnce(job)).toBe('0 partitions made');
});

test('the nightly check is quiet while all is well, and wakes someone when it is not', async () => {
  const stream = new Writable({
    write(chunk, _encoding, done) {
      logged += String(chunk);
      done();
    },
  });
  const log = createLog({ level: 'info', clock: world.clock, stream });
  const outbox = new Outbox({ clock: world.clock });
  const jobs = integrityJobs({ checks: ledgerChecks, outbox, log, timeZone: 'UTC' });
  const nightly = jobNamed(jobs, 'integrity.operator');

  expect(await runOnce(nightly)).toBe(`${ledgerChecks.length} checks, 0 broken`);
  expect(await runOnce(jobNamed(jobs, 'integrity.installation'))).toBe('0 checks, 0 broken');
  expect(logged).toBe('');

  await world.test.owner.write(scopeOf(OPERATOR), (tx) =>
    tx.query(`UPDATE ledger_accounts SET balance_minor = 0 WHERE path LIKE 'assets:custodian:%'`),
  );
  expect(await runOnce(nightly)).toBe(`${ledgerChecks.length} checks, 2 broken`);
  log.flush();
  expect(logged).toContain('"level":"error"');
  expect(logged).toContain('ledger.custodian-covers-clients');
  const events = await world.read((db) =>
    db.query<{ subject: string }>(
      `SELECT subject FROM platform_outbox_events WHERE type = 'integrity.broken' ORDER BY event_no`,
    ),
  );
  expect(events.map(({ subject }) => subject)).toEqual([
    'ledger.balances-equal-postings',
    'ledger.custodian-covers-clients',
  ]);
});

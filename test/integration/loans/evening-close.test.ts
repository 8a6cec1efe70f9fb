import { DAY_MS, HOUR_MS } from '../../../src/kernel/clock';
import { rate } from '../../../src/kernel/rate';
import { must } from '../../../src/kernel/assert';
import { untilOneSurvives } from '../../support/mortal-database';
import { payingWorld, type PayingWorld } from '../../support/paying-world';

let world: PayingWorld;

beforeEach(async () => {
  world = await payingWorld();
});

afterEach(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

interface Snapshot {
  readonly on_day: string;
  readonly loan_no: bigint;
  readonly outstanding_minor: bigint;
  readonly overdue_principal_minor: bigint;
  readonly overdue_interest_minor: bigint;
  readonly charges_minor: bigint;
  readonly accrued_minor: bigint;
  readonly days_past_due: number;
  readonly is_defaulted: boolean;
}

const snapshots = (): Promise<readonly Snapshot[]> =>
  world.read((db) =>
    db.query<Snapshot>(
      `SELECT s.on_day, s.loan_no, s.outstanding_minor, s.overdue_principal_minor,
         s.overdue_interest_minor, s.charges_minor, s.accrued_minor, s.days_past_due, s.is_defaulted
       FROM loan_snapshots s ORDER BY s.on_day, s.loan_no`,
    ),
  );

const slices = () =>
  world.read((db) =>
    db.query<{ on_day: string; due: number; paid: number; snapshots: number }>(
      `SELECT s.on_day, s.due, s.paid, s.snapshots FROM loan_close_slices s
       ORDER BY s.on_day, s.from_no`,
    ),
  );

const payments = () =>
  world.read((db) =>
    db.query<{ loan_no: bigint; paid_on: string; amount_minor: bigint }>(
      `SELECT p.loan_no, p.paid_on, p.amount_minor FROM loan_payments p
       ORDER BY p.loan_no, p.payment_no`,
    ),
  );

describe('an evening', () => {
  it('distributes what fell due and was paid in, and keeps how every loan stands', async () => {
    const paid = await world.active();
    const poor = await world.active({ parts: ['20000.00'] });
    const [first] = await world.schedule(paid);
    world.until('2025-03-18');
    await world.closeDay('2025-03-18');
    world.until('2025-04-03');
    await world.collect(paid.loan, '10000.00');
    await world.closeDay('2025-04-03');
    expect(await slices()).toEqual([
      { on_day: '2025-03-18', due: 0, paid: 0, snapshots: 2 },
      { on_day: '2025-04-03', due: 2, paid: 1, snapshots: 2 },
    ]);
    expect(await payments()).toEqual([
      {
        loan_no: paid.loan.loanNo,
        paid_on: '2025-04-03',
        amount_minor: first!.principal + first!.interest,
      },
    ]);
    const [halfWay, , settled, late] = await snapshots();
    // Fifteen of the 31 days of the first period.
    expect(halfWay?.accrued_minor).toBe((first!.interest * 15n) / 31n);
    expect(settled).toMatchObject({
      outstanding_minor: paid.loan.outstanding.minor - first!.principal,
      days_past_due: 0,
    });
    expect(late).toMatchObject({ loan_no: poor.loan.loanNo, days_past_due: 0 });
  });

  it('counts days past due, charges for them once grace is over, and marks a default', async () => {
    const { loan } = await world.active({ parts: ['20000.00'] });
    const [first] = await world.schedule({ loan });
    for (const day of ['2025-04-04', '2025-04-06', '2025-04-07', '2025-04-08', '2025-07-02']) {
      world.until(day);
      await world.closeDay(day);
    }
    world.until('2025-07-03');
    await world.closeDay('2025-07-03');
    const seen = (await snapshots()).map((each) => [
      each.on_day,
      each.days_past_due,
      each.charges_minor,
      each.is_defaulted,
    ]);
    // in-p2p: 250.00 once for each missed instalment after three days.
    expect(seen).toEqual([
      ['2025-04-04', 1, 0n, false],
      ['2025-04-06', 3, 0n, false],
      ['2025-04-07', 4, 25_000n, false],
      ['2025-04-08', 5, 25_000n, false],
      ['2025-07-02', 90, 75_000n, false],
      ['2025-07-03', 91, 75_000n, true],
    ]);
    const [overdue] = await snapshots();
    expect([overdue?.overdue_principal_minor, overdue?.overdue_interest_minor]).toEqual([
      first!.principal,
      first!.interest,
    ]);
    expect((await world.look({ loan, lenders: [] })).loan.defaultedOn).toBe('2025-07-03');
  });

  it('keeps late fees below what the law lets a loan cost', async () => {
    const { loan } = await world.active({ parts: ['20000.00'] });
    const [first] = await world.schedule({ loan });
    world.until('2025-04-07');
    const close = world.closing(undefined, undefined, rate('0.24'));
    await world.closeDay('2025-04-07', close);
    const [snapshot] = await snapshots();
    const most = (first!.principal * 24n * 4n) / (100n * 365n);
    expect(snapshot?.charges_minor).toBe(most);
  });

  it('collects what is late, fees first, as soon as there is money', async () => {
    const { loan } = await world.active({ parts: ['20000.00'] });
    const [first] = await world.schedule({ loan });
    world.until('2025-04-07');
    await world.closeDay('2025-04-07');
    await world.collect(loan, '10000.00');
    await world.closeDay('2025-04-08');
    expect(await payments()).toMatchObject([
      { amount_minor: first!.principal + first!.interest + 25_000n },
    ]);
  });

  it('of a loan whose last instalment is paid ends the loan', async () => {
    const known = await world.active({ parts: ['20000.00'], note: { termMonths: 3 } });
    await world.collect(known.loan, '30000.00');
    for (const day of ['2025-04-03', '2025-05-03', '2025-06-03', '2025-06-04']) {
      world.until(day);
      await world.closeDay(day);
    }
    const { loan, notes } = await world.look(known);
    expect(loan).toMatchObject({ status: 'repaid', nextDueOn: undefined });
    expect(notes.every(({ principal, closedOn }) => principal.isZero && closedOn)).toBe(true);
    expect(await snapshots()).toHaveLength(2);
  });
});

describe('bad luck in the evening', () => {
  async function manyLoans(count: number): Promise<void> {
    for (let loan = 0; loan < count; loan += 1) {
      const { loan: made } = await world.active({ parts: ['10000.00', '5000.00'] });
      await world.collect(made, loan % 3 === 0 ? '900.00' : '20000.00');
    }
    world.until('2025-04-03');
  }

  const SMALL = { loans: 2, due: 1 };

  it('neither repeats nor skips, at whichever transaction a process dies', async () => {
    await manyLoans(4);
    await untilOneSurvives(world.test.database, async (transactions) => {
      await world.closeDay('2025-04-03', world.closing(transactions, SMALL));
    });
    expect(await payments()).toHaveLength(4);
    expect(await snapshots()).toHaveLength(4);
    expect(await slices()).toHaveLength(4);
  });

  it('is closed by several processes at once without doing anything twice', async () => {
    await manyLoans(5);
    const operatorId = must(world.operators.all()[0], 'the operator').id;
    const close = world.closing(undefined, SMALL);
    await world.write((tx) => close.open(tx, '2025-04-03' as never));
    await Promise.all(
      Array.from({ length: 4 }, () => world.closing(undefined, SMALL).run(operatorId)),
    );
    expect(await payments()).toHaveLength(5);
    expect(await snapshots()).toHaveLength(5);
  });

  it('comes again for every evening that was missed, in order, and once', async () => {
    const { loan } = await world.active({ parts: ['20000.00'] });
    await world.collect(loan, '90000.00');
    const close = world.closing();
    const openDue = () =>
      world.write((tx) => close.openDue(tx, { now: world.clock.now(), timeZone: 'Asia/Kolkata' }));
    const operatorId = must(world.operators.all()[0], 'the operator').id;
    world.until('2025-04-02');
    // Noon in London is half past five in the afternoon there: yesterday's evening is the latest.
    expect(await openDue()).toBe(1);
    expect(await openDue()).toBe(0);
    world.clock.advance(3 * DAY_MS + 6 * HOUR_MS);
    expect(await openDue()).toBe(4);
    await close.run(operatorId);
    const days = (await snapshots()).map((each) => each.on_day);
    expect(days).toEqual(['2025-04-01', '2025-04-02', '2025-04-03', '2025-04-04', '2025-04-05']);
    expect(await payments()).toMatchObject([{ paid_on: '2025-04-03' }]);
  });
});

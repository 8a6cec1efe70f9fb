import { must } from '../../../src/kernel/assert';
import type { CalendarDate } from '../../../src/kernel/calendar-date';
import type { Id } from '../../../src/kernel/id';
import { rate } from '../../../src/kernel/rate';
import { deskWorld, type DeskWorld } from '../../support/desk-world';

let world: DeskWorld;

beforeEach(async () => {
  world = await deskWorld();
});

afterEach(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

const CLERK = 'usr_clerk';
const HEAD = 'usr_head';

/** Proposed by one, carried out by another. */
async function measure(
  loanId: Id<'lon'>,
  order: Parameters<DeskWorld['desk']['propose']>[2]['order'],
) {
  const proposed = await world.write(
    (tx) => world.desk.propose(tx, loanId, { order, reason: 'As the file says' }),
    CLERK,
  );
  if (proposed.status === 'carried-out') return proposed;
  return world.write((tx) => world.desk.approve(tx, loanId, proposed.no), HEAD);
}

describe('contacts with a borrower', () => {
  it('are refused with the rule once there were enough, and never when it calls itself', async () => {
    const { loan } = await world.active();
    const call = (direction: 'outbound' | 'inbound' = 'outbound') =>
      world.write((tx) =>
        world.contacts.record(tx, loan.id, {
          direction,
          channel: 'phone',
          outcome: 'no-answer',
          note: 'Nobody answered',
        }),
      );
    for (let i = 0; i < 3; i += 1) await call();
    await expect(call()).rejects.toMatchObject({
      code: 'loans.contact-not-allowed',
      findings: [{ rule: 'contact-frequency' }],
    });
    expect((await call('inbound')).no).toBe(4);
  });

  it('rest while the borrower disputes the debt', async () => {
    const { loan } = await world.active();
    const dispute = { kind: 'dispute', reason: 'It says it paid' } as const;
    const { no } = await world.write((tx) => world.contacts.stop(tx, loan.id, dispute));
    const check = () => world.read((db) => world.contacts.check(db, loan, { channel: 'letter' }));
    expect(await check()).toMatchObject([{ rule: 'contact-stop.dispute' }]);
    await world.write((tx) => world.contacts.lift(tx, loan.id, no));
    expect(await check()).toEqual([]);
    await expect(world.write((tx) => world.contacts.lift(tx, loan.id, no))).rejects.toThrow(
      'loans.stop-not-found',
    );
  });
});

describe('a promise to pay', () => {
  it('is kept by what is paid, one at a time, and broken on the evening of its day', async () => {
    const { loan } = await world.active({ parts: ['20000.00'] });
    world.until('2025-04-04');
    const promise = (amount: string, byOn: string) =>
      world.write((tx) =>
        world.promises.make(tx, loan.id, {
          amount: world.money(amount),
          byOn: byOn as CalendarDate,
        }),
      );
    await promise('500.00', '2025-04-10');
    await expect(promise('1.00', '2025-04-10')).rejects.toThrow('loans.promise-open');
    await world.collect(loan, '500.00');
    world.until('2025-04-05');
    await world.evening('2025-04-05');
    await promise('400.00', '2025-04-08');
    world.until('2025-04-08');
    await world.evening('2025-04-08');
    const all = await world.read((db) => world.promises.list(db, loan));
    expect(all.map(({ status, paid }) => [status, paid?.toDecimalString()])).toEqual([
      ['broken', '0.00'],
      ['kept', '500.00'],
    ]);
    await expect(promise('1.00', '2025-04-07')).rejects.toThrow('loans.promise-out-of-range');
  });
});

describe('the desk', () => {
  it('charges costs with a receipt, by two people above a limit, and waives by two', async () => {
    const { loan } = await world.active({ parts: ['20000.00'] });
    const receiptSha256 = 'ab'.repeat(32);
    const costs = (amount: string) =>
      ({ kind: 'costs', amount: world.money(amount), what: 'Letter', receiptSha256 }) as const;
    expect((await measure(loan.id, costs('150.00'))).decidedBy).toBeUndefined();
    const large = await world.write(
      (tx) => world.desk.propose(tx, loan.id, { order: costs('20000.01'), reason: 'Court' }),
      CLERK,
    );
    expect(large.status).toBe('proposed');
    const again = world.write((tx) => world.desk.approve(tx, loan.id, large.no), CLERK);
    await expect(again).rejects.toThrow('loans.four-eyes');
    await world.write((tx) => world.desk.decline(tx, loan.id, large.no), HEAD);
    const waiver = (amount: string) =>
      ({ kind: 'waiver', chargeNo: 1, amount: world.money(amount) }) as const;
    await expect(measure(loan.id, waiver('150.01'))).rejects.toThrow('loans.waiver-too-large');
    await measure(loan.id, waiver('50.00'));
    await world.collect(loan, '100.00');
    await world.write((tx) =>
      world.payments.receive(tx, {
        loanId: loan.id,
        amount: world.money('100.00'),
        kind: 'instalment',
        source: { type: 'test', id: '1' },
        paidOn: '2025-03-03' as CalendarDate,
      }),
    );
    const cash = await world.read((db) => world.writeOffs.costsOf(db, loan));
    expect(cash.cash).toMatchObject({
      costsLaidOut: world.money('100.00'),
      costsRepaid: world.money('100.00'),
    });
  });

  it('calls a borrower unlikely to pay, and says itself when that is over', async () => {
    const { loan } = await world.active({ parts: ['20000.00'] });
    await measure(loan.id, { kind: 'default' });
    expect((await world.now(loan)).defaultedOn).toBe('2025-03-03');
    await expect(measure(loan.id, { kind: 'default' })).rejects.toThrow('loans.already-in-default');
    world.until('2025-06-30');
    await world.collect(loan, '4000.00');
    await world.evening('2025-06-30');
    expect((await world.now(loan)).defaultedOn).toBe('2025-03-03');
    await measure(loan.id, { kind: 'cure' });
    expect((await world.now(loan)).defaultedOn).toBeUndefined();
  });

  it('keeps late fees and costs together below the ceiling of the law', async () => {
    const { loan } = await world.active({ parts: ['20000.00'] });
    world.ceiling = rate('0.24');
    world.until('2025-05-04');
    const order = {
      kind: 'costs',
      amount: world.money('100.00'),
      what: 'Letter',
      receiptSha256: '00'.repeat(32),
    } as const;
    await expect(measure(loan.id, order)).rejects.toThrow('loans.charges-at-ceiling');
    await measure(loan.id, { ...order, amount: world.money('5.00') });
  });
});

describe('a restructuring', () => {
  const terms = { arrears: 'spread', extraMonths: 6 } as const;
  const propose = (loanId: Id<'lon'>) =>
    world.write(
      (tx) => world.restructurings.propose(tx, loanId, { terms, reason: 'Lost a customer' }),
      'usr_borrower',
    );

  it('comes into force by more than half of the principal, with all that went before kept', async () => {
    const { loan, lenders, notes } = await world.active();
    world.until('2025-05-20');
    await world.evening('2025-05-20');
    const { id } = await propose(loan.id);
    await expect(propose(loan.id)).rejects.toThrow('loans.restructuring-open');
    const approve = (by: string) =>
      world.write((tx) => world.restructurings.approve(tx, loan.id, id), by);
    await expect(approve('usr_borrower')).rejects.toThrow('loans.four-eyes');
    expect(await approve(CLERK)).toMatchObject({ status: 'voting', voteUntil: '2025-05-30' });
    const vote = (lender: Id<'inv'> | undefined, isInFavour = true) =>
      world.write((tx) =>
        world.restructurings.vote(
          tx,
          { loanId: loan.id, id },
          { investorId: must(lender, 'a lender'), isInFavour },
        ),
      );
    // Half of the principal is not more than half.
    expect((await vote(lenders[0])).status).toBe('voting');
    expect((await vote(lenders[1], false)).status).toBe('voting');
    const done = await vote(lenders[2]);
    expect(done).toMatchObject({
      status: 'in-force',
      inForce: { on: '2025-05-20', beforeVersion: 1, afterVersion: 2 },
    });
    const now = await world.now(loan);
    expect(now).toMatchObject({
      outstanding: loan.outstanding,
      forborneFrom: '2025-05-20',
      nextDueOn: '2025-06-03',
      scheduleVersion: 2,
      maturesOn: '2027-09-03',
    });
    expect(await world.superseded(loan)).toBe(24);
    expect(await world.noteSum(loan)).toBe(notes.reduce((s, n) => s + n.principal.minor, 0n));
  });

  it('is not in force without consent by its day, nor for who holds nothing', async () => {
    const { loan } = await world.active();
    const { id } = await propose(loan.id);
    await world.write((tx) => world.restructurings.approve(tx, loan.id, id), CLERK);
    const stranger = world.write((tx) =>
      world.restructurings.vote(
        tx,
        { loanId: loan.id, id },
        { investorId: world.newId('inv'), isInFavour: true },
      ),
    );
    await expect(stranger).rejects.toThrow('loans.note-not-found');
    world.until('2025-03-13');
    await world.evening('2025-03-13');
    const found = await world.read((db) => world.restructurings.get(db, loan, id));
    expect(found.status).toBe('declined');
  });

  it('can be paid to its end, and repaid early after interest was put off', async () => {
    const { loan } = await world.active({ parts: ['20000.00'] });
    world.until('2025-05-20');
    await world.evening('2025-05-20');
    await world.arrange(loan, {
      arrears: 'capitalised',
      holiday: { instalments: 2, of: 'all-capitalised' },
    });
    world.until('2025-09-10');
    await world.collect(loan, '30000.00');
    await world.evening('2025-09-10');
    const quote = await world.write((tx) =>
      world.early.quote(tx, { loanId: loan.id, on: '2025-09-10' as CalendarDate }),
    );
    await world.write((tx) => world.early.settle(tx, { loanId: loan.id, quoteId: quote.id }));
    expect(await world.now(loan)).toMatchObject({ status: 'repaid' });
  });

  it('leaves probation after a year on which nothing was late', async () => {
    const { loan } = await world.active({ parts: ['20000.00'] });
    await world.arrange(loan, { arrears: 'kept', rate: rate('0.05') });
    await world.collect(loan, '30000.00');
    for (let due = (await world.now(loan)).nextDueOn; due !== undefined && due < '2026-03-03';) {
      world.until(due);
      await world.evening(due);
      const now = await world.now(loan);
      expect(now.forborneFrom).toBe('2025-03-03');
      due = now.nextDueOn;
    }
    world.until('2026-03-03');
    await world.evening('2026-03-03');
    expect((await world.now(loan)).forborneFrom).toBeUndefined();
  });
});

describe('buyer’s check 17', () => {
  it('arrears, late fees, default, write-off and recovery, net of costs and pro rata', async () => {
    const { loan, lenders } = await world.active({ parts: ['50000.00', '30000.00', '20000.00'] });
    const buckets: (readonly [string, number])[] = [];
    for (const day of ['2025-04-03', '2025-04-04', '2025-05-04', '2025-06-04', '2025-07-02']) {
      world.until(day);
      await world.evening(day);
      buckets.push(await world.bucket(loan, day));
    }
    expect(buckets).toEqual([
      ['current', 0],
      ['1-30', 1],
      ['31-60', 31],
      ['61-90', 62],
      ['61-90', 90],
    ]);
    expect((await world.now(loan)).defaultedOn).toBeUndefined();
    world.until('2025-07-03');
    await world.evening('2025-07-03');
    expect(await world.bucket(loan, '2025-07-03')).toEqual(['over-90', 91]);
    expect((await world.now(loan)).defaultedOn).toBe('2025-07-03');

    const receiptSha256 = 'cd'.repeat(32);
    const costs = { kind: 'costs', amount: world.money('1000.00'), what: 'Court' } as const;
    await measure(loan.id, { ...costs, receiptSha256 });
    await measure(loan.id, { kind: 'write-off' });
    expect(await world.now(loan)).toMatchObject({
      status: 'written-off',
      writtenOffOn: '2025-07-03',
      outstanding: loan.outstanding,
    });
    expect(await world.lenderExposure(lenders)).toBe(0n);

    const before = await world.cash(lenders);
    world.until('2025-08-01');
    await world.collect(loan, '11000.00');
    const received = await world.write((tx) =>
      world.payments.receive(tx, {
        loanId: loan.id,
        amount: world.money('11000.00'),
        kind: 'recovery',
        source: { type: 'test', id: 'sale' },
        paidOn: '2025-08-01' as CalendarDate,
      }),
    );
    expect(received.held.isZero).toBe(true);
    const after = await world.cash(lenders);
    const gained = after.map((cash, at) => cash - must(before[at], 'the cash before'));
    const { cash } = await world.read(async (db) =>
      world.writeOffs.costsOf(db, await world.services.loans.get(db, loan.id)),
    );
    expect(cash).toMatchObject({
      recovered: world.money('11000.00'),
      recoveryCosts: world.money('1000.00'),
      costsRepaid: world.money('1000.00'),
    });
    expect(gained.reduce((sum, each) => sum + each)).toBe(cash.toHolders.minor);
    const shares = cash.toHolders.allocate([5n, 3n, 2n]).map(({ minor }) => Number(minor));
    gained.forEach((each, at) => expect(Math.abs(Number(each) - shares[at]!)).toBeLessThan(10));

    await measure(loan.id, { kind: 'give-up' });
    await expect(measure(loan.id, { kind: 'give-up' })).rejects.toThrow('loans.given-up');
  });
});

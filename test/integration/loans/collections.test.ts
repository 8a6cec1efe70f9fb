import { must } from '../../../src/kernel/assert';
import { addDays, dateIn, type CalendarDate } from '../../../src/kernel/calendar-date';
import { DAY_MS, HOUR_MS, ManualClock } from '../../../src/kernel/clock';
import { Money } from '../../../src/kernel/money';
import { LoanDebits, PaymentRun, unpaidOf } from '../../../src/modules/loans';
import {
  collectingWorld,
  type CollectingWorld,
  type DrawnLoan,
} from '../../support/collecting-world';

/** Some days of one book, lived through in order: each test goes on where the one before ended. */
let world: CollectingWorld;
/** The bank carries out what is drawn from these, and takes it back two days later. */
let bouncing: DrawnLoan;
let early: DrawnLoan;
/** It refuses to be drawn from. */
let refused: DrawnLoan;
let partly: DrawnLoan;
/** The first due day of the first two; that of the others is the day after. */
let due: CalendarDate;

beforeAll(async () => {
  world = await collectingWorld();
  bouncing = await world.loan('ACCT129');
  refused = await world.loan('ACCT231');
  due = must((await world.read(bouncing.id)).nextDueOn, 'the due day');
  await world.world.moveBy(DAY_MS / 2);
  early = await world.loan('ACCT329');
  partly = await world.loan('ACCT400');
  await world.until(addDays(due, -2), 9);
}, 180_000);

afterEach(async () => {
  expect(await world.broken()).toEqual([]);
});
afterAll(() => world.end());

const inr = (amount: string): Money => Money.parse(amount, 'INR');

async function firstUnpaid({ id }: DrawnLoan): Promise<Money> {
  const instalments = await world.instalments(id);
  return unpaidOf(
    must(
      instalments.find(({ paidOn }) => !paidOn),
      'an instalment',
    ),
  );
}

async function statuses({ id }: DrawnLoan): Promise<readonly string[]> {
  return (await world.debits(id)).map(({ status }) => status);
}

describe('before the due day', () => {
  it('what falls due is asked for once, whoever asks and however often', async () => {
    const amount = await firstUnpaid(bouncing);
    const source = `${bouncing.id}/1/1`;
    const asked = [{ status: 'requested', amount, dueOn: due, source }];
    expect(await world.debits(bouncing.id)).toMatchObject(asked);
    const { loanDebits } = world.world.services;
    const write = world.house.write.bind(world.house);
    await Promise.all([
      ...[1, 2].map(() => write(undefined, (tx) => loanDebits.requestPart(tx))),
      ...[1, 2].map(() => write(undefined, (tx) => loanDebits.review(tx, bouncing.id))),
    ]);
    expect(await world.debits(bouncing.id)).toMatchObject(asked);
    expect(await world.debits(bouncing.id)).toHaveLength(1);
  });

  it('what a transfer has brought already is not drawn as well', async () => {
    await world.until(addDays(due, -1), 9);
    const whole = await firstUnpaid(partly);
    await world.transfer(partly, inr('1000.00'));
    const rest = whole.minus(inr('1000.00'));
    expect(await world.debits(partly.id)).toMatchObject([
      { status: 'cancelled', amount: whole },
      { status: 'requested', amount: rest, source: `${partly.id}/1/1/2` },
    ]);
    await world.transfer(partly, rest);
    expect(await statuses(partly)).toEqual(['cancelled', 'cancelled']);
    expect(await world.lyingOn(partly.id)).toEqual(whole);
    expect((await world.read(partly.id)).lastPaymentNo).toBe(0);
  });
});

describe('on the due day', () => {
  it('a refusal is noted on the loan, with the day of the next try', async () => {
    await world.until(due, 12);
    expect(await statuses(refused)).toEqual(['rejected']);
    expect(await world.audited(refused.id, 'loans.debit-refused')).toEqual([
      expect.stringContaining(`"retryOn":"${addDays(due, 3)}"`),
    ]);
  });

  it('what was drawn lies on the account, and is distributed in the evening', async () => {
    expect(await statuses(bouncing)).toEqual(['confirmed']);
    expect(await world.lyingOn(bouncing.id)).toEqual(await firstUnpaid(bouncing));
  });
});

describe('a debit that the bank takes back after it was distributed', () => {
  it('is unwound exactly, also from a lender who has taken the money out', async () => {
    const spender = must(world.lenders[0], 'a lender');
    const unpaid = await world.footprint(bouncing.id);
    const before = await world.sums();
    await world.until(addDays(due, 1), 0);
    const [first] = await world.instalments(bouncing.id);
    expect(first?.paidOn).toBe(due);
    expect((await world.lyingOn(bouncing.id)).isZero).toBe(true);
    const distributed = changes(before, await world.sums());
    expect(distributed.size).toBeGreaterThan(3);

    // After the evening of the others, so that nothing else moves before the bank's answer.
    await world.until(addDays(due, 1), 23);
    const { available } = await world.house.cash(spender);
    await world.house.withdraw(spender, available.toDecimalString());
    const distant = await world.sums();
    await world.until(addDays(due, 2), 4);
    const returned = changes(await world.sums(), distant);
    expect(returned).toEqual(distributed);
    expect(await world.footprint(bouncing.id)).toEqual(unpaid);
    expect(await world.owes(spender)).toBeGreaterThan(0n);
    expect((await world.lyingOn(bouncing.id)).isZero).toBe(true);
  });

  it('is paid by a transfer at once, which also repays what the lender owed', async () => {
    const spender = must(world.lenders[0], 'a lender');
    await world.transfer(bouncing, (await firstUnpaid(bouncing)).plus(inr('500.00')));
    const [first] = await world.instalments(bouncing.id);
    expect(first?.paidOn).toBe(addDays(due, 2));
    await world.world.moveBy(HOUR_MS);
    expect(await world.owes(spender)).toBe(0n);
    expect(await statuses(bouncing)).toEqual(['confirmed']);
  });
});

describe('a loan that is repaid', () => {
  it('gets what it was paid too much sent back, once, and takes no more', async () => {
    await world.until(addDays(due, 2), 12);
    const { services, now } = world.world;
    const on = dateIn(world.house.operator.timeZone, now);
    const quote = await world.house.write(early.borrower, (tx) =>
      services.loanEarlyRepayments.quote(tx, { loanId: early.id, on }),
    );
    await world.transfer(early, quote.total.plus(inr('77.00')));
    await world.house.write(early.borrower, (tx) =>
      services.loanEarlyRepayments.settle(tx, { loanId: early.id, quoteId: quote.id }),
    );
    await world.world.tick();
    await world.world.tick();
    expect((await world.read(early.id)).status).toBe('repaid');
    expect(await world.account(early.id)).toMatchObject({ reference: undefined });
    const settle = () =>
      world.house.write(undefined, (tx) => services.loanArrivals.settle(tx, early.id, 'again'));
    await Promise.all([settle(), settle()]);
    expect(await world.refunds(early.id)).toMatchObject([
      { kind: 'loan-refund', amount: inr('77.00') },
    ]);
    await world.world.moveBy(3 * HOUR_MS);
    expect((await world.lyingOn(early.id)).isZero).toBe(true);
  });

  it('is owed again, and can be paid again, when a debit of it comes back', async () => {
    await world.until(addDays(due, 3), 4);
    const loan = await world.read(early.id);
    const { reference } = await world.account(early.id);
    expect([loan.status, reference]).toEqual(['active', loan.reference]);
    expect(loan.outstanding.isPositive).toBe(true);
  });
});

describe('a debit that was refused', () => {
  it('is asked for once more after three days, and then not again', async () => {
    await world.until(addDays(due, 3), 12);
    expect(await statuses(refused)).toEqual(['rejected', 'rejected']);
    await world.until(addDays(due, 8), 12);
    expect(await statuses(refused)).toEqual(['rejected', 'rejected']);
    const noted = await world.audited(refused.id, 'loans.debit-refused');
    expect(noted).toHaveLength(2);
    expect(noted[1]).not.toContain('retryOn');
  });
});

describe('the asking of a day', () => {
  it('goes on where a crash left it, and asks once when two processes are at it', async () => {
    const { services, app } = world.world;
    const [, second] = await world.instalments(refused.id);
    const dueOn = must(second, 'the second instalment').dueOn;
    const deps = { ...app.platform, ...services };
    const clock = new ManualClock(`${dueOn}T06:00:00Z`);
    // One loan a transaction.
    const debits = new LoanDebits({ ...deps, clock, paymentRun: new PaymentRun(deps) }, 1);
    const part = () => world.house.write(undefined, (tx) => debits.requestPart(tx));
    const died = world.house.write(undefined, async (tx) => {
      await debits.requestPart(tx);
      throw new Error('killed');
    });
    await expect(died).rejects.toThrow('killed');
    expect(await part()).toEqual({ requested: 1, cancelled: 0, isDone: false });
    await Promise.all([part(), part(), part(), part()]);
    expect(await part()).toBeUndefined();
    const asked = async ({ id }: DrawnLoan) =>
      (await world.debits(id)).filter((each) => each.dueOn >= dueOn).map(({ status }) => status);
    for (const loan of [bouncing, refused, partly]) {
      expect(await asked(loan)).toEqual(['requested']);
    }
    // What repaid it early lies there still: it is used before anything is drawn.
    expect(await asked(early)).toEqual([]);
  });
});

/** By how much each sum changed, of those that did. */
function changes(
  before: ReadonlyMap<string, bigint>,
  after: ReadonlyMap<string, bigint>,
): ReadonlyMap<string, bigint> {
  const all = [...after].map(([name, sum]) => [name, sum - (before.get(name) ?? 0n)] as const);
  return new Map(all.filter(([, change]) => change !== 0n));
}

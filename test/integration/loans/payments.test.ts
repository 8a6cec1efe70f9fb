import type { CalendarDate } from '../../../src/kernel/calendar-date';
import type { Receipt } from '../../../src/modules/loans';
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

const on = (day: string) => day as CalendarDate;

describe('money for a loan', () => {
  it('goes where the preview said, and the same fact is applied once', async () => {
    const { loan } = await world.active();
    world.until('2025-04-03');
    const amount = await world.collect(loan, '500.00');
    const preview = await world.read((db) =>
      world.payments.preview(db, { loanId: loan.id, amount, on: on('2025-04-03') }),
    );
    expect(preview.parts.map(({ portion, timeliness }) => [portion, timeliness])).toEqual([
      ['interest', 'due'],
    ]);
    const receipt: Receipt = {
      loanId: loan.id,
      amount,
      kind: 'instalment',
      source: { type: 'transfer', id: 'trf_1' },
      paidOn: on('2025-04-03'),
    };
    const receive = () => world.write((tx) => world.payments.receive(tx, receipt));
    const first = await receive();
    expect(first).toEqual({ paymentNo: 1, applied: amount, held: world.money('0.00') });
    expect(await receive()).toEqual(first);
    expect((await world.look({ loan, lenders: [] })).loan.lastPaymentNo).toBe(1);
  });

  it('that is more than is due waits on the account until something is', async () => {
    const { loan } = await world.active();
    world.until('2025-03-20');
    const amount = await world.collect(loan, '200000.00');
    const receipt: Receipt = {
      loanId: loan.id,
      amount,
      kind: 'instalment',
      source: { type: 'transfer', id: 'trf_1' },
      paidOn: on('2025-03-20'),
    };
    const early = await world.write((tx) => world.payments.receive(tx, receipt));
    expect(early).toEqual({ paymentNo: undefined, applied: world.money('0.00'), held: amount });
    const due = await world.write((tx) =>
      world.payments.applyDue(tx, [loan.loanNo], on('2025-04-03')),
    );
    expect(due.drafts).toHaveLength(1);
    const again = await world.write((tx) =>
      world.payments.applyDue(tx, [loan.loanNo], on('2025-04-03')),
    );
    expect(again.drafts).toHaveLength(0);
  });

  it('of a loan that is repaid is applied to nothing', async () => {
    const known = await world.active({ parts: ['20000.00'] });
    const { loan } = known;
    await world.collect(loan, '30000.00');
    const quote = await world.write((tx) =>
      world.early.quote(tx, { loanId: loan.id, on: on('2025-03-03') }),
    );
    await world.write((tx) => world.early.settle(tx, { loanId: loan.id, quoteId: quote.id }));
    const amount = world.money('100.00');
    const receipt: Receipt = {
      loanId: loan.id,
      amount,
      kind: 'instalment',
      source: { type: 'transfer', id: 'trf_9' },
      paidOn: on('2025-03-03'),
    };
    const late = await world.write((tx) => world.payments.receive(tx, receipt));
    expect(late).toMatchObject({ paymentNo: undefined, held: amount });
    expect((await world.look(known)).loan).toMatchObject({ status: 'repaid' });
  });
});

describe('137 lenders with odd cents', () => {
  it('receive parts that are the whole: in part, in full, and after a reversal as before', async () => {
    const parts = Array.from({ length: 137 }, (_, at) => `${500 + 100 * (at % 7)}.00`);
    const known = await world.active({ parts });
    const { loan, lenders } = known;
    expect(known.notes).toHaveLength(137);
    world.until('2025-04-03');
    const before = await Promise.all(lenders.map((each) => world.cashOf(each)));
    await world.collect(loan, '1234.57');
    await world.write((tx) => world.payments.applyDue(tx, [loan.loanNo], on('2025-04-03')));
    await world.collect(loan, '100000.00');
    await world.write((tx) => world.payments.applyDue(tx, [loan.loanNo], on('2025-04-03')));
    const paid = await world.look(known);
    expect(paid.loan.lastPaymentNo).toBe(2);
    expect(paid.loan.nextDueOn).toBe('2025-05-03');
    const outstanding = paid.notes.reduce((sum, { principal }) => sum + principal.minor, 0n);
    expect(outstanding).toBe(paid.loan.outstanding.minor);
    for (const paymentNo of [1, 2]) {
      await world.write((tx) =>
        world.reversals.reverse(tx, { loanId: loan.id, paymentNo, reason: 'bounced' }),
      );
    }
    const undone = await world.look(known);
    expect(undone.notes.map(({ principal }) => principal)).toEqual(
      known.notes.map(({ principal }) => principal),
    );
    expect(undone.loan).toMatchObject({ nextDueOn: '2025-04-03', lastPaymentNo: 4 });
    expect(undone.loan.outstanding).toEqual(loan.outstanding);
    expect(await Promise.all(lenders.map((each) => world.cashOf(each)))).toEqual(before);
    const [row] = await world.schedule(known);
    expect(row).toMatchObject({ paidOn: undefined });
    await expect(
      world.write((tx) =>
        world.reversals.reverse(tx, { loanId: loan.id, paymentNo: 1, reason: 'bounced' }),
      ),
    ).rejects.toThrow('loans.payment-not-found');
  });
});

describe('early repayment', () => {
  it('of all by a quote saves later interest, ends the loan, and is undone exactly', async () => {
    const known = await world.active();
    const { loan } = known;
    const plan = await world.schedule(known);
    world.until('2025-04-13');
    const quote = await world.write((tx) =>
      world.early.quote(tx, { loanId: loan.id, on: on('2025-04-20') }),
    );
    expect(quote.saved.isPositive).toBe(true);
    await expect(
      world.write((tx) => world.early.settle(tx, { loanId: loan.id, quoteId: quote.id })),
    ).rejects.toThrow('loans.too-little-collected');
    await world.collect(loan, quote.total.toDecimalString());
    const draft = await world.write((tx) =>
      world.early.settle(tx, { loanId: loan.id, quoteId: quote.id }),
    );
    expect(draft.amount).toEqual(quote.total);
    const repaid = await world.look(known);
    expect(repaid.loan).toMatchObject({ status: 'repaid', nextDueOn: undefined });
    expect(repaid.notes.every((note) => note.principal.isZero && note.closedOn)).toBe(true);
    await world.write((tx) =>
      world.reversals.reverse(tx, { loanId: loan.id, paymentNo: 1, reason: 'bounced' }),
    );
    const undone = await world.look(known);
    expect(undone.loan).toMatchObject({ status: 'active', nextDueOn: '2025-04-03' });
    expect(undone.notes.every(({ closedOn }) => closedOn === undefined)).toBe(true);
    expect(await world.schedule(known)).toEqual(plan);
  });

  it('by a quote that was overtaken by its day or by a payment is refused', async () => {
    const { loan } = await world.active();
    await world.collect(loan, '150000.00');
    const quoteFor = (day: string) =>
      world.write((tx) => world.early.quote(tx, { loanId: loan.id, on: on(day) }));
    const settle = (quoteId: Awaited<ReturnType<typeof quoteFor>>['id']) =>
      world.write((tx) => world.early.settle(tx, { loanId: loan.id, quoteId }));
    await expect(quoteFor('2025-03-02')).rejects.toThrow('loans.quote-over');
    await expect(quoteFor('2025-06-30')).rejects.toThrow('loans.quote-over');
    const { id: past } = await quoteFor('2025-03-10');
    world.until('2025-03-11');
    await expect(settle(past)).rejects.toThrow('loans.quote-over');
    const { id: overtaken } = await quoteFor('2025-04-05');
    world.until('2025-04-03');
    await world.write((tx) => world.payments.applyDue(tx, [loan.loanNo], on('2025-04-03')));
    await expect(settle(overtaken)).rejects.toThrow('loans.quote-over');
  });

  it('of a part makes the term shorter, and what was paid since stays paid when it bounces', async () => {
    const known = await world.active();
    const { loan } = known;
    const plan = await world.schedule(known);
    world.until('2025-03-20');
    const amount = await world.collect(loan, '40000.00');
    const repay = () =>
      world.write((tx) =>
        world.early.repayPart(tx, {
          loanId: loan.id,
          amount,
          source: { type: 'transfer', id: 'trf_1' },
        }),
      );
    await repay();
    const shorter = (await world.schedule(known)).filter(({ paidOn }) => paidOn === undefined);
    expect(shorter.length).toBeLessThan(plan.length);
    const left = shorter.reduce((sum, { principal }) => sum + principal, 0n);
    expect(left).toBe((await world.look(known)).loan.outstanding.minor);
    expect(left).toBe(6_000_000n);
    world.until('2025-04-03');
    await world.collect(loan, '20000.00');
    await world.write((tx) => world.payments.applyDue(tx, [loan.loanNo], on('2025-04-03')));
    const unwound = await world.write((tx) =>
      world.reversals.reverse(tx, { loanId: loan.id, paymentNo: 1, reason: 'bounced' }),
    );
    expect(unwound.paymentNos).toEqual([2, 1]);
    const undone = await world.schedule(known);
    expect(undone.map(({ dueOn, no }) => [no, dueOn])).toEqual(
      plan.map(({ dueOn, no }) => [no, dueOn]),
    );
    // The first instalment was paid again from what the unwound payment left.
    expect(undone[0]).toMatchObject({ paidOn: '2025-04-03', principal: 0n });
    expect(undone[1]).toEqual(plan[1]);
  });

  it('of a part that leaves nothing, or is not there, is refused', async () => {
    const { loan } = await world.active();
    const repay = (amount: string) =>
      world.write((tx) =>
        world.early.repayPart(tx, {
          loanId: loan.id,
          amount: world.money(amount),
          source: { type: 'transfer', id: amount },
        }),
      );
    await expect(repay('10.00')).rejects.toThrow('loans.too-little-collected');
    await world.collect(loan, '200000.00');
    await expect(repay('100000.00')).rejects.toThrow('loans.nothing-to-repay-early');
  });
});

describe('a debit that came back', () => {
  it('unwinds the latest payments until the amount lies there again', async () => {
    const { loan } = await world.active();
    world.until('2025-04-03');
    await world.collect(loan, '3000.00');
    await world.write((tx) => world.payments.applyDue(tx, [loan.loanNo], on('2025-04-03')));
    const amount = await world.collect(loan, '2000.00');
    await world.write((tx) => world.payments.applyDue(tx, [loan.loanNo], on('2025-04-03')));
    const back = await world.write((tx) =>
      world.reversals.bringBack(tx, { loanId: loan.id, amount, reason: 'returned' }),
    );
    expect(back.paymentNos).toEqual([2]);
  });

  it('whose distribution was spent is owed by the lender to the operator, and covers clients', async () => {
    const known = await world.active({ parts: ['20000.00'] });
    const { loan, lenders } = known;
    const [lender] = lenders;
    world.until('2025-04-03');
    await world.collect(loan, '3000.00');
    await world.write((tx) => world.payments.applyDue(tx, [loan.loanNo], on('2025-04-03')));
    const cash = await world.cashOf(lender!);
    await world.spend(lender!, cash);
    expect(await world.cashOf(lender!)).toBe(0n);
    await world.earn('5000.00');
    await world.write((tx) =>
      world.reversals.reverse(tx, { loanId: loan.id, paymentNo: 1, reason: 'bounced' }),
    );
    await world.goBack(loan, '3000.00');
    expect(await world.cashOf(lender!)).toBe(0n);
    const owed = await world.owedToOperator(lender!);
    expect(owed).toBeGreaterThan(0n);
    await world.fund(lender!, '500000.00');
    await world.write((tx) => world.clawbacks.collect(tx));
    expect(await world.owedToOperator(lender!)).toBe(0n);
    expect(await world.cashOf(lender!)).toBe(50_000_000n - owed);
  });
});

import fc from 'fast-check';
import { addDays, addMonths, calendarDate, daysBetween } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import { arranged, type ArrangementBasis } from '../../../src/modules/loans/arrangement';
import { impactOf } from '../../../src/modules/loans/impact';
import type { InstalmentStanding } from '../../../src/modules/loans/owed';
import { payoffOn } from '../../../src/modules/loans/payoff';
import { instalmentsOf, type LoanPlan } from '../../../src/modules/loans/plan';
import type { PlannedRow } from '../../../src/modules/loans/replan';
import { ARREARS_RULES, type RestructuringTerms } from '../../../src/modules/loans/restructuring';

const eur = (amount: string): Money => Money.parse(amount, 'EUR');
const NONE = eur('0.00');
const START = calendarDate('2025-01-15');
const PLAN: LoanPlan = {
  principal: eur('12000.00'),
  startOn: START,
  rate: rate('0.12'),
  termMonths: 12,
  repayment: 'annuity',
  dayCount: 'act/365f',
};

const standing = (row: PlannedRow): InstalmentStanding => ({
  version: 1,
  no: row.no,
  fromOn: row.from,
  dueOn: row.dueOn,
  principal: row.principal,
  interest: row.interest,
  fees: row.fees,
  paidPrincipal: NONE,
  paidInterest: NONE,
  paidFees: NONE,
  ...(row.earnedOn && { earnedOn: row.earnedOn }),
});

/** A loan of which the first three instalments were paid, seen on a later day. */
function basisOn(day: string, plan: LoanPlan = PLAN): ArrangementBasis {
  const unpaid = instalmentsOf(plan, undefined).slice(3).map(standing);
  return {
    debt: { currency: 'EUR', instalments: unpaid, charges: [] },
    on: calendarDate(day),
    plan,
    calendar: undefined,
  };
}

const sum = (rows: readonly PlannedRow[], part: 'principal' | 'interest' | 'fees'): Money =>
  Money.sum(
    rows.map((row) => row[part]),
    'EUR',
  );
const owed = ({ debt }: ArrangementBasis): Money =>
  Money.sum(
    debt.instalments.map(({ principal }) => principal),
    'EUR',
  );

/** Two instalments, of May and June, were missed. */
const LATE = '2025-06-25';

describe('a loan arranged anew', () => {
  it('repays the principal lenders lent, whatever is asked for, and numbers no row twice', () => {
    const holidays = ['principal', 'all-capitalised', 'all-deferred', 'all-waived'] as const;
    const requests = fc.record(
      {
        arrears: fc.constantFrom(...ARREARS_RULES),
        extraMonths: fc.integer({ min: 0, max: 36 }),
        rate: fc.integer({ min: 0, max: 30 }).map((percent) => rate(String(percent / 100))),
        holiday: fc.record({
          instalments: fc.integer({ min: 1, max: 4 }),
          of: fc.constantFrom(...holidays),
        }),
      },
      { requiredKeys: ['arrears'] },
    );
    const repayments = fc.constantFrom('annuity', 'equal-principal', 'interest-only' as const);
    const days = fc.integer({ min: 0, max: 100 }).map((n) => addDays(addMonths(START, 3), n));
    fc.assert(
      fc.property(requests, repayments, days, days, (request, repayment, first, second) => {
        const plan = { ...PLAN, repayment: repayment as LoanPlan['repayment'] };
        const basis = { ...basisOn(LATE, plan), on: first };
        const once = arranged(basis, request);
        const again: ArrangementBasis = {
          ...basis,
          debt: { ...basis.debt, instalments: once.rows.map(standing) },
          on: second < first ? first : second,
          plan: once.plan,
        };
        const twice = arranged(again, { ...request, extraMonths: 6 });
        for (const rows of [once.rows, twice.rows]) {
          expect(sum(rows, 'principal')).toEqual(owed(basis));
          expect(new Set(rows.map(({ no }) => no)).size).toBe(rows.length);
          for (const { from, dueOn, earnedOn } of rows) {
            expect(from <= dueOn && (earnedOn === undefined || from < earnedOn)).toBe(true);
            expect(earnedOn === undefined || earnedOn <= dueOn).toBe(true);
          }
        }
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  it('loses no interest to a borrower who repays all the same day', () => {
    for (const arrears of ARREARS_RULES) {
      const basis = basisOn(LATE);
      const { rows } = arranged(basis, { arrears, extraMonths: 6 });
      const debt = { ...basis.debt, instalments: rows.map(standing) };
      const fee = { dayCount: PLAN.dayCount, fee: undefined };
      expect([arrears, payoffOn(debt, basis.on, fee).total]).toEqual([
        arrears,
        payoffOn(basis.debt, basis.on, fee).total,
      ]);
    }
  });

  it.each(['all-capitalised', 'all-deferred'] as const)(
    'lets nobody keep the interest of a holiday that is %s by repaying in the midst of it',
    (of) => {
      const basis = basisOn('2025-04-20');
      const { rows } = arranged(basis, { arrears: 'kept', holiday: { instalments: 3, of } });
      const debt = { ...basis.debt, instalments: rows.map(standing) };
      const on = calendarDate('2025-07-01');
      const { accruedInterest } = payoffOn(debt, on, { dayCount: PLAN.dayCount, fee: undefined });
      const days = daysBetween(calendarDate('2025-04-15'), on);
      const simple = owed(basis).times(PLAN.rate.times(days).div(365), 'half-even');
      expect(accruedInterest.minus(simple).isLessThan(eur('3.00'))).toBe(true);
      expect(simple.minus(accruedInterest).isLessThan(eur('1.00'))).toBe(true);
    },
  );

  it('keeps what is overdue where it was, or puts it off with the interest it was', () => {
    const basis = basisOn(LATE);
    const kept = arranged(basis, { arrears: 'kept', extraMonths: 3 }).rows;
    expect(kept.filter(({ dueOn }) => dueOn <= basis.on)).toHaveLength(2);
    const spread = arranged(basis, { arrears: 'spread' }).rows;
    expect(spread[0]?.dueOn).toBe('2025-07-15');
    const overdue = basis.debt.instalments.slice(0, 2);
    const old = spread.filter(({ earnedOn, from }) => earnedOn === basis.on && from < '2025-05-15');
    expect(sum(old, 'interest')).toEqual(
      Money.sum(
        overdue.map((r) => r.interest),
        'EUR',
      ),
    );
    expect(new Set(old.map(({ interest }) => interest.minor)).size).toBeLessThanOrEqual(2);
  });

  it('charges interest on arrears only where they are capitalised', () => {
    const basis = basisOn(LATE);
    const [spread, capitalised] = (['spread', 'capitalised'] as const).map(
      (arrears) => arranged(basis, { arrears }).rows,
    );
    expect(sum(capitalised!, 'interest').isMoreThan(sum(spread!, 'interest'))).toBe(true);
  });

  it('finds the term that an instalment takes', () => {
    const basis = basisOn('2025-04-15');
    const most = eur('500.00');
    const { rows, plan } = arranged(basis, { arrears: 'kept', instalment: most });
    const totals = rows.map(({ principal, interest }) => principal.plus(interest));
    expect(totals.every((total) => !total.isMoreThan(most))).toBe(true);
    expect(plan.termMonths).toBe(rows.length + 3);
    const shorter = arranged(basis, { arrears: 'kept', extraMonths: rows.length - 10 }).rows;
    expect(shorter[0]!.principal.plus(shorter[0]!.interest).isMoreThan(most)).toBe(true);
    expect(() => arranged(basis, { arrears: 'kept', instalment: eur('50.00') })).toThrow(
      /restructuring-terms|instalment-below-interest/,
    );
  });

  it('can be paid once, later, and never without time left', () => {
    const bullet: LoanPlan = { ...PLAN, repayment: 'bullet' };
    const unpaid = instalmentsOf(bullet, undefined).map(standing);
    const basis = {
      ...basisOn(LATE, bullet),
      debt: { ...basisOn(LATE).debt, instalments: unpaid },
    };
    const { rows } = arranged(basis, { arrears: 'kept', extraMonths: 6 });
    expect(rows.at(-1)?.dueOn).toBe('2026-07-15');
    const over = { ...basisOn('2026-03-01') };
    const request: RestructuringTerms = { arrears: 'spread' };
    expect(() => arranged(over, request)).toThrow('loans.restructuring-terms');
    expect(arranged(over, { ...request, extraMonths: 12 }).rows.at(-1)?.dueOn).toBe('2027-02-15');
  });
});

describe('what lenders lose', () => {
  it('is next to nothing where the rate stays, and grows with a cut', () => {
    const basis = basisOn('2025-04-15');
    const place = { on: basis.on, contractRate: PLAN.rate };
    const lost = (request: RestructuringTerms): Money =>
      impactOf({ debt: basis.debt, rows: arranged(basis, request).rows }, [], place).loss;
    const longer = lost({ arrears: 'kept', extraMonths: 24 });
    const cheaper = lost({ arrears: 'kept', rate: rate('0.06') });
    const none = lost({ arrears: 'kept', rate: rate('0') });
    expect(longer.isLessThan(eur('15.00'))).toBe(true);
    expect(cheaper.isMoreThan(longer)).toBe(true);
    expect(none.isMoreThan(cheaper)).toBe(true);
  });
});

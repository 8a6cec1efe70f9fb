import fc from 'fast-check';
import { calendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import {
  owedOn,
  PORTIONS,
  sumOwed,
  wantedNow,
  type Debt,
  type InstalmentStanding,
} from '../../../src/modules/loans/owed';
import { splitPayment, type Waterfall } from '../../../src/modules/loans/waterfall';

const eur = (minor: number): Money => Money.ofMinor(BigInt(minor), 'EUR');
const day = calendarDate;

const row = (no: number, amounts: readonly [number, number, number]): InstalmentStanding => {
  const [principal, interest, fees] = amounts;
  const month = String(no).padStart(2, '0');
  return {
    version: 1,
    no,
    fromOn: day(`2026-${month}-01`),
    dueOn: day(`2026-${month}-28`),
    principal: eur(principal),
    interest: eur(interest),
    fees: eur(fees),
    paidPrincipal: eur(0),
    paidInterest: eur(0),
    paidFees: eur(0),
  };
};

const ORDER = { portions: PORTIONS };
const waterfall = (order: 'by-portion' | 'by-instalment'): Waterfall => ({
  pastDue: { ...ORDER, order },
  due: { ...ORDER, order },
  inAdvance: { ...ORDER, order },
  surplus: 'hold',
});

const debt: Debt = {
  currency: 'EUR',
  instalments: [row(1, [1000, 100, 10]), row(2, [1100, 90, 10]), row(3, [1200, 80, 10])],
  charges: [
    { no: 1, kind: 'late-fee', dueOn: day('2026-02-03'), left: eur(500) },
    { no: 2, kind: 'costs', dueOn: day('2026-02-10'), left: eur(70) },
  ],
};

describe('what is owed', () => {
  test('is past due, due, or in advance, by the day on which it is looked at', () => {
    const owed = owedOn(debt, day('2026-02-28'));
    const seen = owed.map(({ dueOn, portion, timeliness }) => [dueOn, portion, timeliness]);
    expect(seen).toEqual([
      ['2026-01-28', 'fees', 'past-due'],
      ['2026-01-28', 'interest', 'past-due'],
      ['2026-01-28', 'principal', 'past-due'],
      ['2026-02-03', 'late-fees', 'past-due'],
      ['2026-02-10', 'costs', 'past-due'],
      ['2026-02-28', 'fees', 'due'],
      ['2026-02-28', 'interest', 'due'],
      ['2026-02-28', 'principal', 'due'],
      ['2026-03-28', 'fees', 'in-advance'],
      ['2026-03-28', 'interest', 'in-advance'],
      ['2026-03-28', 'principal', 'in-advance'],
    ]);
    expect(sumOwed(wantedNow(owed), 'EUR').minor).toBe(2880n);
  });

  test('leaves out what is paid', () => {
    const paid = { ...row(1, [1000, 100, 0]), paidInterest: eur(100), paidPrincipal: eur(400) };
    const owed = owedOn({ currency: 'EUR', instalments: [paid], charges: [] }, day('2026-01-28'));
    expect(owed).toMatchObject([{ portion: 'principal', amount: eur(600) }]);
  });
});

describe('a waterfall', () => {
  const flow = (order: 'by-portion' | 'by-instalment', minor: number) =>
    splitPayment(
      eur(minor),
      wantedNow(owedOn(debt, day('2026-02-28'))),
      waterfall(order),
    ).parts.map(({ of, portion, amount }) => [
      'chargeNo' in of ? `charge ${of.chargeNo}` : of.instalmentNo,
      portion,
      Number(amount.minor),
    ]);

  test('pays costs and fees of everything past due before any interest, by portion', () => {
    expect(flow('by-portion', 700)).toEqual([
      ['charge 2', 'costs', 70],
      ['charge 1', 'late-fees', 500],
      [1, 'fees', 10],
      [1, 'interest', 100],
      [1, 'principal', 20],
    ]);
  });

  test('pays the earliest instalment whole before anything later, by instalment', () => {
    expect(flow('by-instalment', 1700)).toEqual([
      [1, 'fees', 10],
      [1, 'interest', 100],
      [1, 'principal', 1000],
      ['charge 1', 'late-fees', 500],
      ['charge 2', 'costs', 70],
      [2, 'fees', 10],
      [2, 'interest', 10],
    ]);
  });

  test('keeps every minor unit: parts and surplus are the whole, and no part is more than is owed', () => {
    const amounts = fc.tuple(fc.nat(5000), fc.nat(500), fc.nat(50));
    fc.assert(
      fc.property(
        fc.array(amounts, { minLength: 1, maxLength: 9 }),
        fc.nat(60_000),
        fc.constantFrom('by-portion' as const, 'by-instalment' as const),
        fc.integer({ min: 1, max: 9 }),
        (rows, minor, order, month) => {
          const instalments = rows.map((each, at) => row(at + 1, each));
          const owed = owedOn({ ...debt, instalments }, day(`2026-0${month}-28`));
          const { parts, surplus } = splitPayment(eur(minor), owed, waterfall(order));
          const paid = Money.sum(
            parts.map(({ amount }) => amount),
            'EUR',
          );
          expect(paid.plus(surplus)).toEqual(eur(minor));
          expect(paid).toEqual(eur(minor).atMost(sumOwed(owed, 'EUR')));
          for (const part of parts) {
            const item = owed.find(({ of, portion }) => of === part.of && portion === part.portion);
            expect(item?.amount.isLessThan(part.amount)).toBe(false);
          }
        },
      ),
    );
  });
});

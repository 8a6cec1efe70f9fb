import fc from 'fast-check';
import { addDays, calendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import { bucketOf, daysPastDue, isInDefault } from '../../../src/modules/loans/arrears';
import { lateFeeOn, type LateDebt } from '../../../src/modules/loans/late-fee';

const eur = (amount: string): Money => Money.parse(amount, 'EUR');
const day = calendarDate;
const NONE = eur('0.00');

const debt = (more: Partial<LateDebt> = {}): LateDebt => ({
  currency: 'EUR',
  instalments: [
    {
      version: 1,
      no: 1,
      fromOn: day('2026-01-01'),
      dueOn: day('2026-02-01'),
      principal: eur('1000.00'),
      interest: eur('50.00'),
      fees: NONE,
      paidPrincipal: eur('200.00'),
      paidInterest: NONE,
      paidFees: NONE,
    },
  ],
  charged: NONE,
  chargedFor: [],
  ...more,
});

const PER_DAY = { rule: { kind: 'per-day', rate: rate('0.0005') }, graceDays: 3 } as const;
const FLAT = { rule: { kind: 'per-instalment', amounts: { EUR: '15.00' } }, graceDays: 5 } as const;

describe('a late fee', () => {
  test('by the day is charged on overdue principal alone, once grace is over', () => {
    const on = (date: string) =>
      lateFeeOn(debt(), PER_DAY, { on: day(date), ceiling: undefined })?.amount;
    expect(on('2026-02-04')).toBeUndefined();
    expect(on('2026-02-05')).toEqual(eur('0.40'));
  });

  test('by the instalment is charged once', () => {
    const fee = lateFeeOn(debt(), FLAT, { on: day('2026-02-07'), ceiling: undefined });
    expect(fee?.amount).toEqual(eur('15.00'));
    const again = debt({ chargedFor: fee?.basis.dueOns ?? [] });
    expect(lateFeeOn(again, FLAT, { on: day('2026-02-08'), ceiling: undefined })).toBeUndefined();
  });

  test('stays below what the law lets it cost a year', () => {
    // 800.00 for six days at 24 % a year are 3.15.
    const fee = lateFeeOn(debt(), FLAT, { on: day('2026-02-07'), ceiling: rate('0.24') });
    expect(fee?.amount).toEqual(eur('3.15'));
    expect(fee?.basis.beforeCeiling).toEqual(eur('15.00'));
    const full = debt({ charged: eur('3.15') });
    expect(lateFeeOn(full, FLAT, { on: day('2026-02-07'), ceiling: rate('0.24') })).toBeUndefined();
  });

  test('over any number of evenings is never more than the ceiling allows for the time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 50 }),
        (evenings, perMille, percent) => {
          const rule = { kind: 'per-day', rate: rate(String(perMille / 1000)) } as const;
          const ceiling = rate(String(percent / 100));
          let charged = NONE;
          for (let late = 1; late <= evenings; late += 1) {
            const on = addDays(day('2026-02-01'), late);
            const fee = lateFeeOn(debt({ charged }), { rule, graceDays: 0 }, { on, ceiling });
            charged = charged.plus(fee?.amount ?? NONE);
          }
          const most = eur('800.00').times(ceiling.times(evenings).div(365), 'floor');
          expect(charged.isMoreThan(most)).toBe(false);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('arrears', () => {
  const policy = {
    graceDays: 5,
    buckets: [
      { id: 'current', fromDays: 0 },
      { id: '1-30', fromDays: 1 },
      { id: 'over-30', fromDays: 31 },
    ],
    defaultDays: 90,
  };

  test.each`
    on              | days  | bucket       | isDefault
    ${'2026-01-31'} | ${0}  | ${'current'} | ${false}
    ${'2026-02-01'} | ${0}  | ${'current'} | ${false}
    ${'2026-02-02'} | ${1}  | ${'1-30'}    | ${false}
    ${'2026-03-04'} | ${31} | ${'over-30'} | ${false}
    ${'2026-05-02'} | ${90} | ${'over-30'} | ${false}
    ${'2026-05-03'} | ${91} | ${'over-30'} | ${true}
  `('on $on are $days days, in $bucket', ({ on, days, bucket, isDefault }) => {
    const past = daysPastDue(day('2026-02-01'), day(on));
    expect([past, bucketOf(past, policy).id, isInDefault(past, policy)]).toEqual([
      days,
      bucket,
      isDefault,
    ]);
  });

  test('there are none where nothing is unpaid', () => {
    expect(daysPastDue(undefined, day('2026-02-01'))).toBe(0);
  });
});

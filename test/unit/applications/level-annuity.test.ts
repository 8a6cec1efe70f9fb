import fc from 'fast-check';
import { calendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import { levelAnnuity } from '../../../src/modules/applications/level-annuity';
import { buildSchedule } from '../../../src/modules/schedules';

describe('an annuity in integers', () => {
  test('is what the whole schedule comes to, to the cent', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000_000 }),
        fc.integer({ min: 0, max: 6000 }),
        fc.integer({ min: 1, max: 60 }),
        (units, bps, months) => {
          const amount = Money.parse(String(units), 'EUR');
          const nominal = rate(String(bps)).dividedBy(10_000);
          const schedule = buildSchedule({
            principal: amount,
            rate: nominal,
            timing: {
              startOn: calendarDate('2025-03-10'),
              frequency: { unit: 'month', every: 1 },
              until: { instalments: months },
            },
            repayment: { kind: 'annuity' },
          });
          const { instalment, interest } = levelAnnuity(amount, nominal, months);
          expect(interest).toEqual(schedule.totals.interest);
          if (months > 1) expect(instalment).toEqual(schedule.instalments[0]?.total);
        },
      ),
      { numRuns: 60 },
    );
  });
});

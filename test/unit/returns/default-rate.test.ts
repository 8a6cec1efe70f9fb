import type { CalendarDate } from '../../../src/kernel/calendar-date';
import { rateText } from '../../../src/kernel/rate';
import {
  defaultRate,
  windowsBefore,
  type ObservedLoan,
} from '../../../src/modules/returns/default-rate';

const day = (text: string): CalendarDate => text as CalendarDate;
const YEAR = { from: day('2024-01-01'), until: day('2025-01-01') };

function loan(changes: Partial<ObservedLoan> = {}): ObservedLoan {
  return {
    category: 'B',
    originatedOn: day('2023-06-01'),
    paymentsDueOn: [day('2023-12-01'), day('2024-06-01'), day('2025-06-01')],
    defaults: [],
    ...changes,
  };
}

describe('one window of twelve months', () => {
  const span = (from: string, until?: string) => ({
    from: day(from),
    until: until === undefined ? undefined : day(until),
  });

  test.each([
    { what: 'a loan that pays', of: loan(), counts: [0, 1] },
    {
      what: 'one made in the window',
      of: loan({ originatedOn: day('2024-01-01') }),
      counts: [0, 0],
    },
    { what: 'one that ended before', of: loan({ endedOn: day('2023-12-31') }), counts: [0, 0] },
    { what: 'one that ends in it', of: loan({ endedOn: day('2024-06-01') }), counts: [0, 1] },
    {
      what: 'one with no payment due in it',
      of: loan({ paymentsDueOn: [day('2025-01-01')] }),
      counts: [0, 0],
    },
    {
      what: 'one with a payment due on its last day',
      of: loan({ paymentsDueOn: [day('2024-12-31')] }),
      counts: [0, 1],
    },
    { what: 'a default in it', of: loan({ defaults: [span('2024-03-01')] }), counts: [1, 1] },
    {
      what: 'a default on its first day',
      of: loan({ defaults: [span('2024-01-01')] }),
      counts: [1, 1],
    },
    {
      what: 'a default on the day after it',
      of: loan({ defaults: [span('2025-01-01')] }),
      counts: [0, 1],
    },
    {
      what: 'two defaults in it',
      of: loan({ defaults: [span('2024-03-01', '2024-05-01'), span('2024-08-01')] }),
      counts: [1, 1],
    },
    {
      what: 'one in default before it',
      of: loan({ defaults: [span('2023-11-01')] }),
      counts: [0, 0],
    },
    {
      what: 'one cured before it, in default again in it',
      of: loan({ defaults: [span('2023-08-01', '2023-10-01'), span('2024-08-01')] }),
      counts: [1, 1],
    },
    {
      what: 'one cured on its first day',
      of: loan({ defaults: [span('2023-08-01', '2024-01-01')] }),
      counts: [0, 1],
    },
  ])('counts $what as $counts', ({ of, counts }) => {
    const [window] = defaultRate([of], [YEAR]).windows;
    expect([window?.numerator, window?.denominator]).toEqual(counts);
  });
});

describe('the whole history', () => {
  const loans = [
    loan({
      originatedOn: day('2021-12-01'),
      paymentsDueOn: [day('2022-06-01'), day('2023-06-01'), day('2024-06-01')],
    }),
    loan({
      originatedOn: day('2022-06-01'),
      paymentsDueOn: [day('2023-06-01')],
      defaults: [{ from: day('2023-09-01') }],
    }),
    loan({
      originatedOn: day('2022-06-01'),
      paymentsDueOn: [day('2023-06-01'), day('2024-06-01')],
    }),
  ];

  it('is cut into years back to the first loan', () => {
    expect(windowsBefore(day('2025-01-01'), loans).map(({ from }) => from)).toEqual([
      '2024-01-01',
      '2023-01-01',
      '2022-01-01',
    ]);
    expect(windowsBefore(day('2022-06-01'), loans)).toEqual([]);
  });

  it('averages the rates of its windows, not the loans', () => {
    const { rate, windows } = defaultRate(loans, windowsBefore(day('2025-01-01'), loans));
    expect(windows.map(({ numerator, denominator }) => [numerator, denominator])).toEqual([
      [0, 2],
      [1, 3],
      [0, 1],
    ]);
    expect(rate && rateText(rate, 6)).toBe('0.111111');
  });

  it('has no rate where no window has a loan', () => {
    expect(defaultRate([loan({ paymentsDueOn: [] })], [YEAR])).toEqual({
      windows: [{ ...YEAR, numerator: 0, denominator: 0 }],
    });
  });
});

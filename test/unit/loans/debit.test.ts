import fc from 'fast-check';
import { addDays, calendarDate } from '../../../src/kernel/calendar-date';
import type { Id } from '../../../src/kernel/id';
import { Money } from '../../../src/kernel/money';
import {
  planDebits,
  retryOn,
  type AskedDebit,
  type DebitPlan,
  type DrawnLoan,
} from '../../../src/modules/loans/debit';
import type { InstalmentStanding } from '../../../src/modules/loans/owed';
import { loadServicingPolicies } from '../../../src/modules/loans/policy.schema';

const { waterfall, debitRetry: retry } = loadServicingPolicies(
  'compliance/servicing-policies',
).latestFor('in-p2p');

const TODAY = calendarDate('2025-04-01');
const UNTIL = addDays(TODAY, 2);
const ID: Id<'lon'> = `lon_01${'0'.repeat(24)}`;
const eur = (minor: number): Money => Money.ofMinor(BigInt(minor), 'EUR');
const none = eur(0);

function instalment(no: number, inDays: number, minor: number): InstalmentStanding {
  const dueOn = addDays(TODAY, inDays);
  const paid = { paidPrincipal: none, paidInterest: none, paidFees: none };
  const parts = { principal: eur(minor - 1), interest: eur(1), fees: none };
  return { version: 1, no, fromOn: addDays(dueOn, -30), dueOn, ...parts, ...paid };
}

function loan(changes: Partial<DrawnLoan> = {}): DrawnLoan {
  const instalments = [instalment(1, 2, 1000), instalment(2, 32, 1000)];
  const debt = { currency: 'EUR', instalments, charges: [] } as const;
  return { id: ID, debt, available: none, waterfall, retry, asked: [], ...changes };
}

function asked(status: AskedDebit['status'], minor = 1000, source = `${ID}/1/1`): AskedDebit {
  const isOpen = status === 'requested' || status === 'instructed';
  return { source, status, amount: eur(minor), endedOn: isOpen ? undefined : addDays(TODAY, -3) };
}

const plan = (changes?: Partial<DrawnLoan>): DebitPlan =>
  planDebits(loan(changes), { today: TODAY, until: UNTIL });

const amounts = ({ orders }: DebitPlan) =>
  orders.map(({ source, amount }) => [source.slice(ID.length + 1), amount.minor]);

describe('a debit', () => {
  test.each`
    lies    | before                                                         | orders                | cancelled  | why
    ${0}    | ${[]}                                                          | ${[['1/1', 1000n]]}   | ${[]}      | ${'asked for when it falls due'}
    ${400}  | ${[]}                                                          | ${[['1/1', 600n]]}    | ${[]}      | ${'less what lies on the account'}
    ${1000} | ${[]}                                                          | ${[]}                 | ${[]}      | ${'not needed'}
    ${0}    | ${[asked('requested')]}                                        | ${[]}                 | ${[]}      | ${'asked for already'}
    ${400}  | ${[asked('requested')]}                                        | ${[['1/1/2', 600n]]}  | ${['1/1']} | ${'asked for anew'}
    ${1000} | ${[asked('requested')]}                                        | ${[]}                 | ${['1/1']} | ${'taken back'}
    ${400}  | ${[asked('instructed')]}                                       | ${[]}                 | ${[]}      | ${'at the bank'}
    ${0}    | ${[asked('confirmed')]}                                        | ${[]}                 | ${[]}      | ${'carried out'}
    ${0}    | ${[asked('cancelled')]}                                        | ${[['1/1/2', 1000n]]} | ${[]}      | ${'needed again'}
    ${0}    | ${[asked('rejected')]}                                         | ${[['1/1/2', 1000n]]} | ${[]}      | ${'tried again'}
    ${0}    | ${[asked('rejected'), asked('rejected', 1000, `${ID}/1/1/2`)]} | ${[]}                 | ${[]}      | ${'refused twice'}
    ${0}    | ${[asked('requested', 9, `${ID}/0/1`)]}                        | ${[['1/1', 1000n]]}   | ${['0/1']} | ${'of another schedule'}
  `('of which $lies lies there: $why', ({ lies, before, orders, cancelled }) => {
    const made = plan({ available: eur(lies as number), asked: before as AskedDebit[] });
    expect(amounts(made)).toEqual(orders);
    expect(made.cancelled.map((source) => source.slice(ID.length + 1))).toEqual(cancelled);
  });

  test('takes the charges that go with the first instalment along', () => {
    const charge = { no: 1, kind: 'origination', dueOn: UNTIL, left: eur(50) } as const;
    const { debt } = loan();
    expect(amounts(plan({ debt: { ...debt, charges: [charge] } }))).toEqual([['1/1', 1050n]]);
  });

  test('leaves out what is overdue, unless the bank refused it', () => {
    const debt = { currency: 'EUR', instalments: [instalment(1, -3, 1000)], charges: [] } as const;
    expect(plan({ debt })).toEqual({ orders: [], cancelled: [] });
    expect(amounts(plan({ debt, asked: [asked('rejected')] }))).toEqual([['1/1/2', 1000n]]);
    expect(plan({ debt, asked: [asked('rejected')], retry: undefined }).orders).toEqual([]);
    expect(plan({ debt, asked: [asked('confirmed')] }).orders).toEqual([]);
  });

  test('is tried again no sooner than the policy says', () => {
    const recent = { ...asked('rejected'), endedOn: addDays(TODAY, -2) };
    expect(retryOn([recent], retry)).toBe(addDays(TODAY, 1));
    expect(plan({ asked: [recent] }).orders).toEqual([]);
  });

  test('that somebody asked for to repay the loan is left alone', () => {
    const made = plan({ asked: [asked('requested', 90_000, 'payoff:qte_1')] });
    expect([amounts(made), made.cancelled]).toEqual([[['1/1', 1000n]], []]);
  });

  test('of a loan that does not run is taken back', () => {
    const debt = { currency: 'EUR', instalments: [], charges: [] } as const;
    const made = plan({ debt, asked: [asked('requested'), asked('instructed', 5, `${ID}/1/2`)] });
    expect(made).toEqual({ orders: [], cancelled: [`${ID}/1/1`] });
  });
});

test('what is asked for and what lies there never exceed what is owed, and asking again adds nothing', () => {
  const due = fc.record({
    inDays: fc.integer({ min: 0, max: 2 }),
    minor: fc.integer({ min: 2, max: 9999 }),
  });
  fc.assert(
    fc.property(
      fc.array(due, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 0, max: 20_000 }),
      (dues, lies) => {
        const instalments = dues.map(({ inDays, minor }, at) => instalment(at + 1, inDays, minor));
        const debt = { currency: 'EUR', instalments, charges: [] } as const;
        const { orders } = plan({ debt, available: eur(lies) });
        const owed = dues.reduce((sum, { minor }) => sum + BigInt(minor), 0n);
        const drawn = orders.reduce((sum, { amount }) => sum + amount.minor, 0n);
        expect(drawn).toBe(owed > BigInt(lies) ? owed - BigInt(lies) : 0n);
        const before = orders.map(({ source, amount }) => ({
          source,
          amount,
          status: 'requested' as const,
          endedOn: undefined,
        }));
        const again = plan({ debt, available: eur(lies), asked: before });
        expect(again).toEqual({ orders: [], cancelled: [] });
      },
    ),
  );
});

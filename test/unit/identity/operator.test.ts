import { calendarDate } from '../../../src/kernel/calendar-date';
import { rate } from '../../../src/kernel/rate';
import {
  goLiveBlockers,
  withStatus,
  type Operator,
  type OperatorStatus,
} from '../../../src/modules/identity/operator';

const OPERATOR: Operator = {
  id: 1,
  code: 'rhine-equity',
  legalName: 'Rhine Equity GmbH',
  line: 'equity',
  jurisdiction: 'DE',
  rulebookId: 'eu-ecspr',
  identityKind: 'lei',
  identityNumber: '529900T8BM49AURSDO55',
  licence: {
    number: 'C-1',
    authority: 'BaFin',
    validFrom: calendarDate('2024-01-01'),
    validTo: calendarDate('2026-01-01'),
  },
  custodian: { name: 'Bank', accountReference: 'DE-1' },
  homeCurrency: 'EUR',
  timeZone: 'Europe/Berlin',
  calendar: 'target',
  status: 'sandbox',
  feeTerms: { successFeeRate: rate('0.05') },
  createdAt: new Date('2024-01-01T00:00:00Z'),
};

const blockersOn = (day: string, changes: Partial<Operator> = {}): string[] =>
  goLiveBlockers({ ...OPERATOR, ...changes }, { on: calendarDate(day), rulebookBlockers: [] }).map(
    ({ code }) => code,
  );

describe('going live', () => {
  test.each([
    { name: 'with everything in place', day: '2025-03-10', expected: [] },
    { name: 'on the first day of the licence', day: '2024-01-01', expected: [] },
    { name: 'the day before', day: '2023-12-31', expected: ['licence-not-begun'] },
    { name: 'on the last day of the licence', day: '2025-12-31', expected: [] },
    { name: 'the day after', day: '2026-01-01', expected: ['licence-ended'] },
  ])('$name', ({ day, expected }) => {
    expect(blockersOn(day)).toEqual(expected);
  });

  test('names every condition that is not met, not only the first', () => {
    expect(blockersOn('2025-03-10', { licence: undefined, custodian: undefined })).toEqual([
      'licence-missing',
      'custodian-missing',
    ]);
  });

  test('needs a rulebook that was checked', () => {
    const facts = { on: calendarDate('2025-03-10'), rulebookBlockers: ['Not checked.'] };
    expect(goLiveBlockers(OPERATOR, facts)).toEqual([
      { code: 'rulebook-unverified', message: 'Not checked.' },
    ]);
  });
});

describe('the status of an operator', () => {
  test.each<{ readonly from: OperatorStatus; readonly to: OperatorStatus; readonly may: boolean }>([
    { from: 'sandbox', to: 'live', may: true },
    { from: 'sandbox', to: 'suspended', may: false },
    { from: 'live', to: 'suspended', may: true },
    { from: 'live', to: 'sandbox', may: false },
    { from: 'suspended', to: 'live', may: true },
    { from: 'winding-down', to: 'live', may: false },
  ])('goes from $from to $to: $may', ({ from, to, may }) => {
    const step = () => withStatus({ ...OPERATOR, status: from }, to).status;
    if (may) expect(step()).toBe(to);
    else expect(step).toThrow(expect.objectContaining({ code: 'identity.operator-status' }));
  });
});

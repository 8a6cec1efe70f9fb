import { decided, proposed, taken, type AmlCase } from '../../../src/modules/aml/case';

const OPEN: AmlCase = {
  id: 'amc_1',
  subject: { kind: 'investor', id: 'inv_1' },
  status: 'open',
  openedAt: new Date('2025-03-01T00:00:00Z'),
};
const AT = new Date('2025-03-02T00:00:00Z');
const REVIEWED = taken(OPEN, 'usr_1');
const dismissal = { outcome: 'dismissed', by: 'usr_1' } as const;
const PROPOSED = proposed(REVIEWED, dismissal, { hasReport: false });

test('a case goes from its queue to whoever takes it, and to its end by two', () => {
  expect(REVIEWED).toMatchObject({ status: 'under-review', officer: 'usr_1' });
  const closed = decided(PROPOSED, { by: 'usr_2', at: AT, isApproved: true });
  expect(closed).toMatchObject({ status: 'dismissed', closedAt: AT });
  const back = decided(PROPOSED, { by: 'usr_2', at: AT, isApproved: false });
  expect(back).toEqual({ ...REVIEWED, proposal: undefined });
});

test.each([
  { step: 'a second taking', code: 'case-status', make: () => taken(REVIEWED, 'usr_2') },
  {
    step: 'an outcome before a review',
    code: 'case-status',
    make: () => proposed(OPEN, dismissal, { hasReport: false }),
  },
  {
    step: 'a second proposal',
    code: 'outcome-proposed',
    make: () => proposed(PROPOSED, dismissal, { hasReport: false }),
  },
  {
    step: 'reported without a report',
    code: 'report-missing',
    make: () => proposed(REVIEWED, { ...dismissal, outcome: 'reported' }, { hasReport: false }),
  },
  {
    step: 'a decision on nothing',
    code: 'outcome-not-proposed',
    make: () => decided(REVIEWED, { by: 'usr_2', at: AT, isApproved: true }),
  },
  {
    step: 'a decision on one’s own proposal',
    code: 'four-eyes',
    make: () => decided(PROPOSED, { by: 'usr_1', at: AT, isApproved: true }),
  },
])('$step is refused', ({ code, make }) => {
  expect(make).toThrow(expect.objectContaining({ code: `aml.${code}` }));
});

import { join } from 'node:path';
import {
  COMPLAINT_STATUSES,
  escalated,
  requireStep,
  STEPS,
  type Complaint,
  type ComplaintStatus,
  type Step,
} from '../../../src/modules/disputes/complaint';
import { deadlinesOf } from '../../../src/modules/disputes/policy';
import {
  loadComplaintPolicies,
  parseComplaintPolicy,
} from '../../../src/modules/disputes/policy.schema';
import { dueAfter } from '../../../src/kernel/time-limit';
import { calendars } from '../../support/compliance';

const complaint: Complaint = {
  id: 'cpl_01JTVST7XAES5BXHWZN4KR4VEZ',
  complainant: { kind: 'investor', id: 'inv_01JTVST7XAES5BXHWZN4KR4VEZ' },
  subject: { kind: 'other' },
  topic: 'fees',
  text: 'x',
  channel: 'online',
  status: 'received',
  filedBy: 'usr_x',
  filedAt: new Date('2025-03-03T10:00:00Z'),
};

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'allowed';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test('every step is allowed from the statuses it names, and from no other', () => {
  const allowed: Record<Step, readonly ComplaintStatus[]> = {
    acknowledge: ['received'],
    answer: ['received', 'acknowledged', 'escalated'],
    escalate: ['received', 'acknowledged', 'answered', 'escalated'],
    conclude: ['acknowledged', 'answered', 'escalated'],
    withdraw: ['received', 'acknowledged', 'answered', 'escalated'],
  };
  for (const step of STEPS) {
    const from = COMPLAINT_STATUSES.filter(
      (status) => codeOf(() => requireStep({ status }, step)) === 'allowed',
    );
    expect([step, from]).toEqual([step, allowed[step]]);
  }
});

test.each([
  { by: 'complainant', status: 'received', isLate: false, says: 'disputes.escalation-early' },
  { by: 'complainant', status: 'received', isLate: true, says: 'allowed' },
  { by: 'complainant', status: 'answered', isLate: false, says: 'allowed' },
  { by: 'operator', status: 'received', isLate: false, says: 'allowed' },
  { by: 'operator', status: 'settled', isLate: false, says: 'disputes.complaint-status' },
] as const)(
  '$by escalating what is $status (late: $isLate): $says',
  ({ by, status, isLate, says }) => {
    const to = { channel: 'regulator', by, isLate } as const;
    expect(codeOf(() => escalated({ ...complaint, status }, to))).toBe(says);
  },
);

test('it is not escalated to where it is', () => {
  const to = { channel: 'online', by: 'operator', isLate: false } as const;
  expect(codeOf(() => escalated(complaint, to))).toBe('disputes.same-channel');
});

describe('time limits', () => {
  const cn = calendars().get('cn');
  if (!cn) throw new Error('the calendar of China');
  const place = { timeZone: 'Asia/Shanghai', workingDays: cn };
  test.each([
    { limit: { count: 6, unit: 'hours' }, ends: '2025-01-24T16:30:00.000Z' },
    { limit: { count: 15, unit: 'days' }, ends: '2025-02-08T16:00:00.000Z' },
    // The spring festival of 2025 is from 28 January to 4 February; 26 January is worked.
    { limit: { count: 3, unit: 'working-days' }, ends: '2025-02-05T16:00:00.000Z' },
  ] as const)('$limit.count $limit.unit from Friday 24 January 2025 end at $ends', (row) => {
    const from = new Date('2025-01-24T10:30:00Z');
    expect(dueAfter(from, row.limit, place).toISOString()).toBe(row.ends);
  });
});

describe('policies', () => {
  const folder = join(__dirname, '../../../compliance/complaint-policies');
  const policies = loadComplaintPolicies(folder);
  test.each([
    ['eu-ecspr', 'eu-ecspr'],
    ['uk-fca', 'uk-fca'],
    ['in-p2p', 'in-p2p'],
    ['cn-p2p', 'cn'],
    ['us-reg-cf', 'general'],
  ])('the complaints of %s follow the policy %s', (rulebook, id) => {
    expect(policies.of(rulebook)?.id).toBe(id);
  });

  test('every channel has an answer that is owed', () => {
    for (const rulebook of ['eu-ecspr', 'uk-fca', 'in-p2p', 'cn-p2p', 'us-reg-cf']) {
      const policy = policies.of(rulebook);
      if (!policy) throw new Error(rulebook);
      const answered = policy.duties
        .filter(({ duty }) => duty === 'answer')
        .flatMap(({ channels }) => channels);
      expect(answered).toHaveLength(6);
    }
  });

  test('a channel has its own deadlines', () => {
    const policy = policies.of('uk-fca');
    const uk = calendars().get('uk');
    if (!policy || !uk) throw new Error('uk');
    const place = { timeZone: 'Europe/London', workingDays: uk };
    const at = new Date('2025-03-03T10:00:00Z');
    const owed = deadlinesOf(policy, { channel: 'online', at }, place);
    expect(owed.map(({ duty, dueAt }) => [duty, dueAt.toISOString()])).toEqual([
      ['acknowledge', '2025-03-11T00:00:00.000Z'],
      // Eight weeks, to the end of 28 April, by when clocks have changed.
      ['answer', '2025-04-28T23:00:00.000Z'],
    ]);
  });

  test('a file that names a duty twice for one channel is refused with its path', () => {
    const policy = policies.of('uk-fca');
    const duties = [...(policy?.duties ?? []), ...(policy?.duties ?? [])];
    const text = JSON.stringify({ ...policy, duties });
    expect(() => parseComplaintPolicy(text, 'x/1.json')).toThrow(/x\/1\.json.*twice/s);
  });
});

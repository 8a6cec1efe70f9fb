import { join } from 'node:path';
import type { Incident } from '../../../src/modules/incidents/incident';
import { noticesOf } from '../../../src/modules/incidents/policy';
import {
  loadIncidentPolicies,
  parseIncidentPolicy,
} from '../../../src/modules/incidents/policy.schema';
import { calendars } from '../../support/compliance';

const policies = loadIncidentPolicies(join(__dirname, '../../../compliance/incident-policies'));
const calendar = calendars().get('cn');
if (!calendar) throw new Error('the calendar');
const PLACE = { timeZone: 'UTC', workingDays: calendar };

const incident: Incident = {
  id: 'inc_01JTVST7XAES5BXHWZN4KR4VEZ',
  kind: 'intrusion',
  description: 'x',
  severity: 'critical',
  affectedUsers: 1,
  dataAffected: ['identity'],
  status: 'open',
  noticedAt: new Date('2025-03-03T10:00:00Z'),
  classifiedAt: new Date('2025-03-03T12:00:00Z'),
  recordedBy: 'usr_x',
  recordedAt: new Date('2025-03-03T12:00:00Z'),
};

function hoursOf(rulebook: string, changes: Partial<Incident> = {}) {
  const policy = policies.of(rulebook);
  if (!policy) throw new Error(rulebook);
  const owed = noticesOf(policy, { ...incident, ...changes }, PLACE);
  const since = incident.noticedAt.getTime();
  return Object.fromEntries(
    owed.map(({ duty, dueAt }) => [duty, (dueAt.getTime() - since) / 3_600_000]),
  );
}

test.each([
  { rulebook: 'in-p2p', duty: 'cert-in', hours: 6 },
  { rulebook: 'eu-ecspr', duty: 'data-protection-authority', hours: 72 },
  { rulebook: 'eu-ecspr', duty: 'dora-latest', hours: 24 },
  // Two hours lay between noticing and judging.
  { rulebook: 'eu-ecspr', duty: 'dora-initial', hours: 6 },
  { rulebook: 'eu-ecspr', duty: 'dora-intermediate', hours: 74 },
  // To the end of the twenty-eighth day, which comes before a month is over.
  { rulebook: 'eu-ecspr', duty: 'dora-final', hours: 28 * 24 + 14 },
  { rulebook: 'cn-p2p', duty: 'local-regulator', hours: 48 },
  { rulebook: 'cn-p2p', duty: 'cyberspace-administration', hours: 4 },
  { rulebook: 'uk-fca', duty: 'information-commissioner', hours: 72 },
])('$rulebook: $duty is told within $hours hours of noticing', ({ rulebook, duty, hours }) => {
  expect(hoursOf(rulebook)[duty]).toBe(hours);
});

test('thirty days end with their last day', () => {
  expect(hoursOf('us-reg-cf')['customers']).toBe(30 * 24 + 14);
});

test('no duty about people arises where only data of businesses was affected', () => {
  expect(hoursOf('us-reg-cf', { dataAffected: ['business'] })).toEqual({});
  expect(hoursOf('in-p2p', { dataAffected: [] })).toEqual({ 'cert-in': 6 });
});

test('a minor incident is told only to whom the law wants every one to be told', () => {
  expect(hoursOf('cn-p2p', { severity: 'minor', dataAffected: [] })).toEqual({});
});

test('a file with a duty twice is refused with its path', () => {
  const policy = policies.of('uk-fca');
  const duties = [...(policy?.duties ?? []), ...(policy?.duties ?? [])];
  const text = JSON.stringify({ ...policy, duties });
  expect(() => parseIncidentPolicy(text, 'y/1.json')).toThrow(/y\/1\.json.*twice/s);
});

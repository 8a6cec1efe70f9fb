import { DAY_MS, HOUR_MS } from '../../../src/kernel/clock';
import { contactFindings, type ContactFacts } from '../../../src/modules/loans/contact';
import { loadServicingPolicies } from '../../../src/modules/loans/policy.schema';
import { loadCalendars } from '../../../src/platform/calendars';

const policies = loadServicingPolicies('compliance/servicing-policies');
const general = policies.latestFor('us-reg-cf').desk.contacts;
const indian = policies.latestFor('in-p2p').desk.contacts;

/** Tuesday, noon in New York. */
const NOON = new Date('2025-03-11T16:00:00Z');
const NEW_YORK = 'America/New_York';
const quiet: ContactFacts = {
  contacts: [],
  openStops: [],
  hasPromised: false,
  calendar: undefined,
};
const call = (at: Date, outcome: 'no-answer' | 'conversation' = 'no-answer') =>
  ({ direction: 'outbound', channel: 'phone', outcome, at }) as const;
const ago = (days: number): Date => new Date(NOON.getTime() - days * DAY_MS);

const rulesFor = (
  facts: Partial<ContactFacts>,
  plan: Partial<Parameters<typeof contactFindings>[0]> = {},
  policy = { ...general, pausesOnPromise: true },
): readonly string[] =>
  contactFindings(
    { channel: 'phone', at: NOON, timeZone: NEW_YORK, ...plan },
    { ...quiet, ...facts },
    policy,
  ).map(({ rule }) => rule);

describe('a borrower is called', () => {
  it('seven times in seven days, and not an eighth time', () => {
    const six = [1, 2, 3, 4, 5, 6].map((days) => call(ago(days)));
    expect(rulesFor({ contacts: six })).toEqual([]);
    expect(rulesFor({ contacts: [...six, call(ago(0.1))] })).toEqual(['contact-frequency']);
    expect(rulesFor({ contacts: [...six, call(ago(7))] })).toEqual([]);
  });

  it('not within seven days of a conversation, whoever began it', () => {
    const inbound = { ...call(ago(6.9), 'conversation'), direction: 'inbound' } as const;
    expect(rulesFor({ contacts: [inbound] })).toEqual(['contact-after-conversation']);
    expect(rulesFor({ contacts: [call(ago(7), 'conversation')] })).toEqual([]);
  });

  it.each`
    at                        | zone                  | allowed
    ${'2025-03-11T11:59:00Z'} | ${'America/New_York'} | ${false}
    ${'2025-03-11T12:00:00Z'} | ${'America/New_York'} | ${true}
    ${'2025-03-12T00:59:00Z'} | ${'America/New_York'} | ${true}
    ${'2025-03-12T01:00:00Z'} | ${'America/New_York'} | ${false}
    ${'2025-03-11T12:00:00Z'} | ${'America/Denver'}   | ${false}
  `('at $at in $zone: $allowed', ({ at, zone, allowed }) => {
    const found = rulesFor({}, { at: new Date(at as string), timeZone: zone as string });
    expect(found).toEqual(allowed === true ? [] : ['contact-hours']);
  });

  it('before seven in the evening in India, with the circular that says so', () => {
    const at = new Date('2025-03-11T13:30:00Z');
    const plan = { channel: 'phone', at, timeZone: 'Asia/Kolkata' } as const;
    const policy = { ...indian, pausesOnPromise: true };
    const [finding] = contactFindings(plan, quiet, policy);
    expect(finding).toMatchObject({ rule: 'contact-hours', observed: '19:00' });
    expect(finding?.citation).toMatch(/RBI\/2022-23\/108/);
    const earlier = { ...plan, at: new Date(at.getTime() - HOUR_MS) };
    expect(contactFindings(earlier, quiet, policy)).toEqual([]);
  });

  it('not on a public holiday', () => {
    const calendar = loadCalendars('compliance/calendars').get('us');
    const at = new Date('2025-07-04T16:00:00Z');
    expect(rulesFor({ calendar }, { at })).toEqual(['contact-holiday']);
  });

  it('not before the day it promised to pay on', () => {
    expect(rulesFor({ hasPromised: true })).toEqual(['contact-promise']);
    expect(rulesFor({ hasPromised: true }, {}, { ...general, pausesOnPromise: false })).toEqual([]);
  });
});

describe('a borrower is left alone', () => {
  it.each(['dispute', 'representation', 'request'] as const)('on %s, by letter too', (kind) => {
    const openStops = [{ kind }];
    expect(rulesFor({ openStops }, { channel: 'letter' })).toEqual([`contact-stop.${kind}`]);
  });

  it('while letters may be sent at any hour', () => {
    const midnight = new Date('2025-03-11T05:00:00Z');
    expect(rulesFor({ hasPromised: true }, { channel: 'letter', at: midnight })).toEqual([]);
  });
});

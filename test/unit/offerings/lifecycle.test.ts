import { Money } from '../../../src/kernel/money';
import { TRANSITIONS, type Offering, type OfferingStatus } from '../../../src/modules/offerings';
import {
  changeReasons,
  earlyCloseReasons,
  readinessReasons,
  type ReadinessFacts,
} from '../../../src/modules/offerings/guards';
import { transition, type OfferingAction } from '../../../src/modules/offerings/offering';
import { someTerms } from '../../support/builders/offering-terms';

const NOW = new Date('2025-03-03T12:00:00Z');
const usd = (amount: string) => Money.parse(amount, 'USD');

function anOffering(status: OfferingStatus): Offering {
  return {
    id: 'off_00000000000000000000000001',
    issuerId: 'iss_00000000000000000000000001',
    kind: 'equity',
    status,
    version: 1,
    title: 'Lantern Robotics',
    createdAt: NOW,
    updatedAt: NOW,
  };
}

describe('the lifecycle of an offering', () => {
  const statuses: readonly OfferingStatus[] = [
    'draft',
    'in-review',
    'scheduled',
    'live',
    'closing',
    'settled',
    'failed',
    'withdrawn',
  ];
  const table = (Object.keys(TRANSITIONS) as OfferingAction[]).flatMap((action) =>
    statuses.map((from) => ({ action, from })),
  );

  it.each(table)('$action from $from', ({ action, from }) => {
    const { from: allowed, to } = TRANSITIONS[action];
    const step = () => transition(anOffering(from), action, NOW);
    if (allowed.includes(from)) expect(step().status).toBe(to);
    else expect(step).toThrow(expect.objectContaining({ code: 'offerings.wrong-status' }));
  });

  it.each(['settled', 'failed', 'withdrawn'] as const)('ends at %s', (status) => {
    const onward = Object.values(TRANSITIONS).filter(({ from }) => from.includes(status));
    expect(onward).toEqual([]);
  });

  it('remembers when it opened and when it closed', () => {
    const live = transition(anOffering('scheduled'), 'open', NOW);
    const closed = transition(live, 'close', new Date('2025-05-01T16:00:00Z'));
    expect(closed.publishedAt).toEqual(NOW);
    expect(closed.closedAt).toEqual(new Date('2025-05-01T16:00:00Z'));
  });
});

describe('reasons against going public', () => {
  const document = {
    id: 'doc_00000000000000000000000001' as const,
    kind: 'form-c' as const,
    title: 'Form C',
    sha256: 'a'.repeat(64),
    mustAcknowledge: true,
  };
  const ready: ReadinessFacts = {
    now: NOW,
    kind: 'equity',
    terms: someTerms(),
    documents: [document],
    issuer: { status: 'active', isVerified: true, openDueDiligence: [] },
    operator: { line: 'equity', status: 'live', rulebookId: 'us-reg-cf' },
    earliestSettlement: {
      endsAt: new Date('2025-03-24T12:00:00Z'),
      rule: 'minimum-open-period',
      citation: '17 CFR 227.303(a)(2)',
    },
    findings: [],
    clearanceReasons: [],
  };

  it('are none when everything is in place', () => {
    expect(readinessReasons(ready)).toEqual([]);
  });

  const cases: readonly { code: string; facts: Partial<ReadinessFacts> }[] = [
    { code: 'operator-line', facts: { operator: { ...ready.operator, line: 'lending' } } },
    { code: 'operator-not-open', facts: { operator: { ...ready.operator, status: 'suspended' } } },
    { code: 'issuer-not-active', facts: { issuer: { ...ready.issuer, status: 'suspended' } } },
    { code: 'issuer-not-verified', facts: { issuer: { ...ready.issuer, isVerified: false } } },
    {
      code: 'due-diligence-incomplete',
      facts: { issuer: { ...ready.issuer, openDueDiligence: ['bad-actor-check'] } },
    },
    { code: 'document-missing', facts: { documents: [] } },
    { code: 'deadline-passed', facts: { terms: someTerms({ closesAt: NOW }) } },
    {
      code: 'deadline-too-soon',
      facts: { terms: someTerms({ closesAt: new Date('2025-03-24T11:59:59Z') }) },
    },
    { code: 'target-above-maximum', facts: { terms: someTerms({ target: usd('250000.01') }) } },
    {
      code: 'form-c-filed',
      facts: {
        findings: [{ rule: 'form-c-filed', citation: '17 CFR 227.203', message: 'File it.' }],
      },
    },
  ];
  it.each(cases)('say $code', ({ code, facts }) => {
    expect(readinessReasons({ ...ready, ...facts }).map((reason) => reason.code)).toContain(code);
  });

  it('let a deadline stand on the first allowed instant', () => {
    const terms = someTerms({ closesAt: new Date('2025-03-24T12:00:00Z') });
    expect(readinessReasons({ ...ready, terms })).toEqual([]);
  });
});

describe('reasons against closing early', () => {
  const allowed = {
    now: NOW,
    terms: someTerms(),
    committed: usd('100000.00'),
    closesAt: new Date('2025-04-01T00:00:00Z'),
    notBefore: { endsAt: new Date('2025-04-01T00:00:00Z'), rule: 'r', citation: 'c' },
  };
  it.each([
    { code: undefined, facts: {} },
    { code: 'target-not-reached', facts: { committed: usd('99999.99') } },
    { code: 'not-earlier', facts: { closesAt: new Date('2025-05-01T16:00:00Z') } },
    { code: 'early-close-too-soon', facts: { closesAt: new Date('2025-03-31T23:59:59Z') } },
    { code: 'deadline-passed', facts: { closesAt: NOW } },
  ])('say $code', ({ code, facts }) => {
    const codes = earlyCloseReasons({ ...allowed, ...facts }).map((reason) => reason.code);
    if (code === undefined) expect(codes).toEqual([]);
    else expect(codes).toContain(code);
  });
});

describe('reasons against a change while orders are taken', () => {
  const allowed = {
    now: NOW,
    before: someTerms(),
    after: someTerms({ title: 'Lantern' }),
    committed: usd('120000.00'),
    reconfirmBy: { endsAt: new Date('2025-03-11T04:00:00Z'), rule: 'r', citation: 'c' },
  };
  it.each([
    { code: undefined, facts: {} },
    {
      code: 'committed-above-limit',
      facts: {
        after: someTerms({ maximum: usd('110000.00'), orderLimit: usd('119999.99') }),
      },
    },
    {
      code: 'use-early-close',
      facts: { after: someTerms({ closesAt: new Date('2025-04-30T16:00:00Z') }) },
    },
    {
      code: 'deadline-before-reconfirmation',
      facts: { reconfirmBy: { ...allowed.reconfirmBy, endsAt: new Date('2025-05-01T16:00:01Z') } },
    },
    { code: 'deadline-passed', facts: { now: new Date('2025-05-01T16:00:00Z') } },
  ])('say $code', ({ code, facts }) => {
    const codes = changeReasons({ ...allowed, ...facts }).map((reason) => reason.code);
    if (code === undefined) expect(codes).toEqual([]);
    else expect(codes).toContain(code);
  });
});

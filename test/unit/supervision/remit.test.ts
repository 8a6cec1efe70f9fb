import { covers, isInForce, type Remit } from '../../../src/modules/supervision/remit';

const remit: Remit = { jurisdictions: ['DE', 'FR'], lines: ['lending'], operatorIds: undefined };
const operator = { id: 7, jurisdiction: 'DE', line: 'lending' } as const;

describe('a remit', () => {
  it.each([
    { of: 'its jurisdictions and lines', its: {}, at: {}, seen: true },
    { of: 'another jurisdiction', its: {}, at: { jurisdiction: 'US' }, seen: false },
    { of: 'another line', its: {}, at: { line: 'equity' as const }, seen: false },
    { of: 'those it names', its: { operatorIds: [3, 7] }, at: {}, seen: true },
    { of: 'those it does not name', its: { operatorIds: [3] }, at: {}, seen: false },
    {
      of: 'those it names elsewhere',
      its: { operatorIds: [7] },
      at: { jurisdiction: 'US' },
      seen: false,
    },
  ])('covers operators of $of: $seen', ({ its, at, seen }) => {
    expect(covers({ ...remit, ...its }, { ...operator, ...at })).toBe(seen);
  });
});

describe('a supervisor', () => {
  const expiresAt = new Date('2026-06-01T00:00:00Z');
  const supervisor = {
    userId: 'usr_1',
    authorityId: 'aut_1',
    remit,
    expiresAt,
    endedAt: undefined,
  } as const;

  it.each([
    { when: 'before the end', at: '2026-05-31T23:59:59.999Z', endedAt: undefined, is: true },
    { when: 'at the end', at: '2026-06-01T00:00:00Z', endedAt: undefined, is: false },
    { when: 'shut out', at: '2026-03-01T00:00:00Z', endedAt: new Date(0), is: false },
  ])('may come in $when: $is', ({ at, endedAt, is }) => {
    expect(isInForce({ ...supervisor, endedAt }, new Date(at))).toBe(is);
  });
});

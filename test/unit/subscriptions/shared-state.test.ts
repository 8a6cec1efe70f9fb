import fc from 'fast-check';
import type { AccountNo } from '../../../src/modules/ledger';
import type { HolderCap } from '../../../src/modules/rulebooks';
import type { Candidate } from '../../../src/modules/subscriptions/order';
import {
  takeOrRefuse,
  type LockedBook,
  type SharedState,
} from '../../../src/modules/subscriptions/shared-state';
import { aCandidate, NOW } from '../../support/orders';

function aBook(changes: Partial<LockedBook> = {}): LockedBook {
  return {
    isOpen: true,
    version: 1,
    opensAt: new Date('2026-01-01T00:00:00Z'),
    closesAt: new Date('2026-12-31T00:00:00Z'),
    limitMinor: 10_000n,
    committedMinor: 0n,
    holders: new Set(),
    ...changes,
  };
}

function aState(changes: {
  readonly used?: readonly (readonly [string, bigint])[];
  readonly available?: bigint;
  readonly book?: LockedBook | undefined;
}): SharedState {
  const book = 'book' in changes ? changes.book : aBook();
  return {
    now: NOW,
    used: new Map(changes.used),
    available: new Map([[1n as AccountNo, changes.available ?? 10_000n]]),
    books: new Map(book ? [['off_A', book] as const] : []),
  };
}

function order(amountMinor: bigint, changes: Partial<Candidate> = {}): Candidate {
  const candidate = aCandidate({
    investor: 'P1',
    offering: 'A',
    account: 1n,
    amountMinor,
    caps: [{ rule: 'annual', ceilingMinor: 5000n }],
  });
  return { ...candidate, ...changes };
}

const HOLDER_CAP: HolderCap = {
  rule: 'holders',
  title: 'Holders',
  citation: 'Article 12',
  rulebook: 'test',
  effectiveFrom: '2020-01-01' as HolderCap['effectiveFrom'],
  scope: 'issuer',
  reach: 'installation',
  measure: 'holder-count',
  ceiling: 2,
};

describe('deciding on shared state', () => {
  it.each<{ readonly what: string; readonly state: SharedState; readonly code: string }>([
    {
      what: 'the book is shut',
      state: aState({ book: aBook({ isOpen: false }) }),
      code: 'subscriptions.offering-not-open',
    },
    {
      what: 'there is no book',
      state: aState({ book: undefined }),
      code: 'subscriptions.offering-not-open',
    },
    {
      what: 'it is the very instant of the deadline',
      state: aState({ book: aBook({ closesAt: NOW }) }),
      code: 'subscriptions.offering-not-open',
    },
    {
      what: 'the cap has a cent too little',
      state: aState({ used: [['pty_P1 test/annual', 4001n]] }),
      code: 'subscriptions.cap-exceeded',
    },
    {
      what: 'the room has a cent too little',
      state: aState({ book: aBook({ committedMinor: 9001n }) }),
      code: 'subscriptions.offering-full',
    },
    {
      what: 'the account has a cent too little',
      state: aState({ available: 999n }),
      code: 'subscriptions.insufficient-funds',
    },
    {
      what: 'the account is not open',
      state: { ...aState({}), available: new Map() },
      code: 'subscriptions.investor-not-active',
    },
  ])('refuses when $what, and takes nothing', ({ state, code }) => {
    const before = JSON.stringify([[...state.used], [...state.books]], bigints);
    expect(takeOrRefuse(order(1000n), state)).toMatchObject({ code });
    expect(JSON.stringify([[...state.used], [...state.books]], bigints)).toBe(before);
  });

  it.each<{ readonly what: string; readonly state: SharedState }>([
    {
      what: 'all that is left of the cap',
      state: aState({ used: [['pty_P1 test/annual', 4000n]] }),
    },
    { what: 'the last room', state: aState({ book: aBook({ committedMinor: 9000n }) }) },
    { what: 'the last cash', state: aState({ available: 1000n }) },
    { what: 'the first instant', state: aState({ book: aBook({ opensAt: NOW }) }) },
  ])('accepts an order for $what', ({ state }) => {
    expect(takeOrRefuse(order(1000n), state)).toBeUndefined();
  });

  it('names the rule, its source and what is left when a cap refuses', () => {
    const state = aState({ used: [['pty_P1 test/annual', 4500n]] });
    expect(takeOrRefuse(order(1000n), state)?.findings).toEqual([
      expect.objectContaining({ rule: 'annual', citation: 'Article annual', left: '5.00' }),
    ]);
  });

  it('lets somebody who holds already take more when no new holder fits', () => {
    const holders = new Set(['pty_P1', 'pty_P2']);
    const state = aState({ book: aBook({ holders }) });
    expect(takeOrRefuse(order(10n, { holderCaps: [HOLDER_CAP] }), state)).toBeUndefined();
  });

  it('refuses one holder too many, with the rule', () => {
    const state = aState({ book: aBook({ holders: new Set(['pty_P2', 'pty_P3']) }) });
    const refusal = takeOrRefuse(order(10n, { holderCaps: [HOLDER_CAP] }), state);
    expect(refusal).toMatchObject({
      code: 'subscriptions.cap-exceeded',
      findings: [{ rule: 'holders', citation: 'Article 12' }],
    });
  });

  it('never passes a cap, the room or the cash, whatever comes in whatever order', () => {
    const amounts = fc.array(fc.bigInt({ min: 1n, max: 3000n }), { maxLength: 40 });
    fc.assert(
      fc.property(amounts, (sizes) => {
        const book = aBook();
        const state = aState({ available: 8000n, book });
        let taken = 0n;
        for (const size of sizes) {
          const fits = taken + size <= 5000n;
          const refusal = takeOrRefuse(order(size), state);
          // The cap of 5,000 binds before the cash of 8,000 and the room of 10,000.
          expect(refusal === undefined).toBe(fits);
          if (fits) taken += size;
        }
        expect(book.committedMinor).toBe(taken);
        expect(state.used.get('pty_P1 test/annual') ?? 0n).toBe(taken);
        expect(state.available.get(1n as AccountNo)).toBe(8000n - taken);
      }),
    );
  });
});

function bigints(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Set ? [...value] : value;
}

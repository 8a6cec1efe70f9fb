import fc from 'fast-check';
import { maskName, nameViewOf } from '../../../src/modules/holdings/name-policy';
import {
  replay,
  type Holder,
  type RegisterEventKind,
} from '../../../src/modules/holdings/register';
import { sharesOfTotal } from '../../../src/modules/holdings/share-of-total';

const holder = (index: number): Holder => ({
  investorId: `inv_${index}`,
  partyId: `pty_${index}`,
});

interface Step {
  readonly kind: RegisterEventKind;
  readonly from: number;
  readonly to: number;
  readonly units: bigint;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom<RegisterEventKind>('issuance', 'transfer', 'cancellation'),
  from: fc.nat(5),
  to: fc.nat(5),
  units: fc.bigInt({ min: 1n, max: 1000n }),
});

/** Keeps the steps that can be, with balances as a bookkeeper would keep them. */
function possible(steps: readonly Step[]) {
  const balances = new Map<string, bigint>();
  const events = [];
  for (const { kind, from, to, units } of steps) {
    const [giver, taker] = [holder(from), holder(to)];
    const has = balances.get(giver.investorId) ?? 0n;
    if (kind !== 'issuance' && has < units) continue;
    if (kind !== 'issuance') balances.set(giver.investorId, has - units);
    if (kind !== 'cancellation') {
      balances.set(taker.investorId, (balances.get(taker.investorId) ?? 0n) + units);
    }
    events.push({
      position: BigInt(events.length + 1),
      kind,
      from: kind === 'issuance' ? undefined : giver,
      to: kind === 'cancellation' ? undefined : taker,
      units,
    });
  }
  return { balances, events };
}

describe('replaying', () => {
  test('gives what a bookkeeper has, and the parts equal the whole', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { balances, events } = possible(steps);
        const state = replay(events);
        const standing = [...balances].filter(([, units]) => units > 0n);
        expect(new Map(state.units)).toEqual(new Map(standing));
        const held = [...state.units.values()].reduce((sum, units) => sum + units, 0n);
        expect(held).toBe(state.issued - state.cancelled);
        expect(state.lastPosition).toBe(BigInt(events.length));
      }),
    );
  });

  test.each([
    { what: 'a gap', positions: [1n, 3n] },
    { what: 'a beginning that is not one', positions: [2n] },
    { what: 'a position twice', positions: [1n, 1n] },
  ])('stops at $what', ({ positions }) => {
    const events = positions.map((position) => ({
      position,
      kind: 'issuance' as const,
      to: holder(1),
      units: 1n,
    }));
    expect(() => replay(events)).toThrow('does not follow');
  });

  test('stops when somebody gives what they do not have', () => {
    const events = [{ position: 1n, kind: 'cancellation' as const, from: holder(1), units: 1n }];
    expect(() => replay(events)).toThrow('gives more units than it has');
  });
});

describe('shares of the total', () => {
  test.each([
    { units: [1n, 1n, 1n], shares: ['33.3334', '33.3333', '33.3333'] },
    { units: [70n, 30n], shares: ['70.0000', '30.0000'] },
    { units: [1n, 999_999_999n], shares: ['0.0000', '100.0000'] },
    { units: [5n], shares: ['100.0000'] },
    { units: [0n, 0n], shares: ['0.0000', '0.0000'] },
    { units: [], shares: [] },
  ])('of $units are $shares', ({ units, shares }) => {
    expect(sharesOfTotal(units)).toEqual(shares);
  });

  test('always sum to exactly one hundred, and are off by less than one ten-thousandth', () => {
    const units = fc.array(fc.bigInt({ min: 0n, max: 10n ** 15n }), { minLength: 1 });
    fc.assert(
      fc.property(units, (counts) => {
        const total = counts.reduce((sum, count) => sum + count, 0n);
        fc.pre(total > 0n);
        const parts = sharesOfTotal(counts).map((share) => BigInt(share.replace('.', '')));
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(1_000_000n);
        for (const [index, part] of parts.entries()) {
          const exact = counts[index]! * 1_000_000n;
          const off = part * total - exact;
          expect(off < total && off > -total).toBe(true);
        }
      }),
    );
  });
});

describe('names', () => {
  test.each([
    { name: 'Ada Lovelace', masked: 'A•• L•••••••' },
    { name: '张伟', masked: '张•' },
    { name: '𠮷田', masked: '𠮷•' },
    { name: '  X  ', masked: 'X' },
    { name: '', masked: '' },
  ])('"$name" is masked as "$masked"', ({ name, masked }) => {
    expect(maskName(name)).toBe(masked);
  });

  test.each([
    { roles: ['regulator'], view: 'full' },
    { roles: ['issuer'], view: 'full' },
    { roles: ['admin', 'compliance'], view: 'full' },
    { roles: ['operations'], view: 'masked' },
    { roles: ['admin'], view: 'masked' },
  ])('$roles see them $view', ({ roles, view }) => {
    expect(nameViewOf(roles)).toBe(view);
  });
});

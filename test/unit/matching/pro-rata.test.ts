import fc from 'fast-check';
import { proRata } from '../../../src/modules/matching/pro-rata';

const claimsOf = fc.array(fc.bigInt(0n, 50n), { maxLength: 8 });

describe('dividing in proportion', () => {
  it.each([
    { name: 'all, when there is enough', total: 10n, claims: [4n, 6n], parts: [4n, 6n] },
    { name: 'halves of an even total', total: 5n, claims: [4n, 6n], parts: [2n, 3n] },
    { name: 'the last to the largest remainder', total: 3n, claims: [4n, 6n], parts: [1n, 2n] },
    { name: 'equal remainders to the earlier', total: 1n, claims: [5n, 5n], parts: [1n, 0n] },
    { name: 'nothing of nothing', total: 0n, claims: [5n, 5n], parts: [0n, 0n] },
    { name: 'nothing to nobody', total: 7n, claims: [], parts: [] },
  ])('gives $name', ({ total, claims, parts }) => {
    expect(proRata(total, claims)).toEqual(parts);
  });

  it('sums to the total, keeps within each claim and within one of the exact share', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 200n), claimsOf, (total, claims) => {
        const parts = proRata(total, claims);
        const claimed = claims.reduce((sum, claim) => sum + claim, 0n);
        const given = parts.reduce((sum, part) => sum + part, 0n);
        expect(given).toBe(claimed < total ? claimed : total);
        claims.forEach((claim, at) => {
          const part = parts[at] ?? -1n;
          expect(part >= 0n && part <= claim).toBe(true);
          if (claimed > total) {
            const off = part * claimed - claim * total;
            expect(off < claimed && off > -claimed).toBe(true);
          }
        });
      }),
    );
  });

  it('never gives a larger claim less', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 200n), claimsOf, (total, claims) => {
        const parts = proRata(total, claims);
        claims.forEach((one, a) =>
          claims.forEach((other, b) => {
            if (one > other) expect((parts[a] ?? 0n) >= (parts[b] ?? 0n)).toBe(true);
          }),
        );
      }),
    );
  });
});

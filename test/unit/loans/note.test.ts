import fc from 'fast-check';
import { Money } from '../../../src/kernel/money';
import { cutNote } from '../../../src/modules/loans/note';

const eur = (minor: bigint) => Money.ofMinor(minor, 'EUR');

describe('a note that is cut', () => {
  it('is always the whole of its two parts', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 1_000_000n }),
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        fc.nat(1000),
        (units, principal, cost, part) => {
          const given = (units * BigInt(part)) / 1000n;
          const note = { units, principal: eur(principal), cost: eur(cost) };
          const cut = cutNote(note, given);
          expect(cut.given.principal.plus(cut.kept.principal)).toEqual(note.principal);
          expect(cut.given.cost.plus(cut.kept.cost)).toEqual(note.cost);
          const exact = (principal * given) / units;
          expect(cut.given.principal.minor - exact).toBeGreaterThanOrEqual(0n);
          expect(cut.given.principal.minor - exact).toBeLessThanOrEqual(1n);
        },
      ),
    );
  });

  it('gives everything when all its units go', () => {
    const cut = cutNote({ units: 3n, principal: eur(100n), cost: eur(101n) }, 3n);
    expect(cut.given).toEqual({ principal: eur(100n), cost: eur(101n) });
    expect(cut.kept).toEqual({ principal: eur(0n), cost: eur(0n) });
  });
});

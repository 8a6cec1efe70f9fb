import fc from 'fast-check';
import { Money } from '../../../src/kernel/money';
import { FEE_KINDS } from '../../../src/modules/ledger';
import { sweepsOf } from '../../../src/modules/payments/fee-sweep';

const eur = (minor: bigint): Money => Money.ofMinor(minor, 'EUR');
const unsweptOf = (amounts: readonly bigint[]) =>
  new Map(FEE_KINDS.map((kind, at) => [kind, eur(amounts[at] ?? 0n)]));

test('all that was earned is sent, each kind by its own amount', () => {
  expect(sweepsOf(unsweptOf([5n, 0n, 7n]), eur(12n))).toEqual([
    { feeKind: 'success', amount: eur(5n) },
    { feeKind: 'servicing', amount: eur(7n) },
  ]);
});

test('what was given back of one kind after it was sent is kept back from the others', () => {
  expect(sweepsOf(unsweptOf([5n, -3n, 7n]), eur(9n))).toEqual([
    { feeKind: 'success', amount: eur(5n) },
    { feeKind: 'servicing', amount: eur(4n) },
  ]);
});

test('no kind is overdrawn, and never more is sent than is the operator’s own', () => {
  const amounts = fc.array(fc.bigInt({ min: -1000n, max: 1000n }), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(amounts, fc.bigInt({ min: -500n, max: 6000n }), (unswept, own) => {
      const byKind = unsweptOf(unswept);
      const sweeps = sweepsOf(byKind, eur(own));
      const total = Money.sum(
        sweeps.map(({ amount }) => amount),
        'EUR',
      );
      for (const { feeKind, amount } of sweeps) {
        expect(amount.isPositive).toBe(true);
        expect(amount.isMoreThan(byKind.get(feeKind) ?? eur(0n))).toBe(false);
      }
      const wanted = unswept.reduce((sum, minor) => (minor > 0n ? sum + minor : sum), 0n);
      const possible = own < 0n ? 0n : own;
      expect(total).toEqual(eur(wanted < possible ? wanted : possible));
    }),
  );
});

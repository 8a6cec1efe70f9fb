import { assert } from '../../kernel/assert';

/**
 * Divides `total` among claims in proportion, each at most its claim: everybody gets the whole part
 * of the share, and what that leaves goes one by one to the largest remainders. Among equal
 * remainders the earlier position wins, so claims are passed in the order of their lots.
 *
 * Source: the largest-remainder method (Hamilton). The parts always sum to the lesser of `total`
 * and the sum of the claims.
 *
 * @param claims none negative, in the units that may not be divided.
 */
export function proRata(total: bigint, claims: readonly bigint[]): readonly bigint[] {
  assert(total >= 0n && claims.every((claim) => claim >= 0n), 'claims and total are not negative');
  const claimed = claims.reduce((sum, claim) => sum + claim, 0n);
  if (claimed <= total) return [...claims];
  const parts = claims.map((claim) => (claim * total) / claimed);
  const left = total - parts.reduce((sum, part) => sum + part, 0n);
  const remainders = claims.map((claim, position) => ({
    position,
    remainder: (claim * total) % claimed,
  }));
  remainders.sort((a, b) =>
    a.remainder === b.remainder ? a.position - b.position : a.remainder > b.remainder ? -1 : 1,
  );
  for (const { position } of remainders.slice(0, Number(left))) {
    parts[position] = (parts[position] ?? 0n) + 1n;
  }
  return parts;
}

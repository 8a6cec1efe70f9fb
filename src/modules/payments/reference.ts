import type { Id } from '../../kernel/id';

/**
 * What the payer writes on a transfer: `YC-4KR4-VEZ0-1234`, the last twelve characters of the id
 * of the deposit, or of the loan or guarantor it is for. Sixty bits: short enough to type, and
 * unique per operator by constraint.
 */
export function referenceOf(id: Id<'dep'> | Id<'lon'> | Id<'cov'>): string {
  const tail = id.slice(-12);
  return `YC-${tail.slice(0, 4)}-${tail.slice(4, 8)}-${tail.slice(8)}`;
}

/**
 * Finds our reference in what a payer wrote, however it was spaced, cased or surrounded; the
 * letters I, L and O are read as the digits they were mistaken for (Crockford's base 32).
 */
export function findReference(remittance: string): string | undefined {
  const text = remittance.toUpperCase().replaceAll(/[^0-9A-Z]/g, '');
  const found = /YC([0-9A-Z]{12})/.exec(text)?.[1];
  if (found === undefined) return undefined;
  const tail = found.replaceAll(/[IL]/g, '1').replaceAll('O', '0');
  return `YC-${tail.slice(0, 4)}-${tail.slice(4, 8)}-${tail.slice(8)}`;
}

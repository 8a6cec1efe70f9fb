import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { MatchInput } from '../../src/modules/matching';

/** An instance made elsewhere, with the maximum flow that was computed there. Amounts in cents. */
export interface SharedInstance {
  readonly input: MatchInput;
  readonly bound: number;
}

interface Stored {
  readonly L: number;
  readonly N: number;
  readonly P: readonly (readonly [lender: number, loan: number])[];
  readonly cash: readonly number[];
  readonly min: readonly number[];
  readonly cap: readonly number[];
  readonly bcap: readonly number[];
  readonly rcap: readonly number[];
  readonly amt: readonly number[];
  readonly minf: readonly number[];
  readonly bor: readonly number[];
  readonly risky: readonly number[];
  readonly UB: number;
}

export const SHARED_INSTANCES = [
  'i150x20_r0.7.json',
  'i150x20_r1.05.json',
  'i150x20_r1.5.json',
  'i600x60_r0.7.json',
  'i600x60_r1.05.json',
  'i600x60_r1.5.json',
  'i2000x200_r1.05.json.gz',
] as const;

/** Reads an instance: grade 1 is its risky loans, grade 0 the others; pairs not listed are barred. */
export function readSharedInstance(path: string): SharedInstance {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const stored = JSON.parse(text) as Stored;
  const wanted = stored.cash.map(() => new Uint8Array(stored.N));
  for (const [lender, loan] of stored.P) {
    const row = wanted[lender];
    if (row) row[loan] = 1;
  }
  const amount = (values: readonly number[], at: number): bigint => BigInt(values[at] ?? 0);
  return {
    bound: stored.UB,
    input: {
      seed: 1n,
      mandates: wanted.map((row, at) => ({
        id: `mandate-${at}`,
        cashMinor: amount(stored.cash, at),
        ticketMinor: amount(stored.min, at),
        maxPerLoanMinor: amount(stored.cap, at),
        maxPerBorrowerMinor: amount(stored.bcap, at),
        gradeMask: 0b11,
        gradeCaps: [{ gradeMask: 0b10, maxMinor: amount(stored.rcap, at) }],
        minimumRatePpm: 0,
        excludedListings: [...row.keys()].filter((loan) => row[loan] === 0),
      })),
      listings: stored.amt.map((_, at) => ({
        id: `listing-${at}`,
        amountMinor: amount(stored.amt, at),
        minimumFillMinor: amount(stored.minf, at),
        grade: stored.risky[at] ?? 0,
        ratePpm: 0,
        termMonths: 12,
        borrower: stored.bor[at] ?? at,
      })),
    },
  };
}

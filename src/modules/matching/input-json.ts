import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../../kernel/canonical-json';
import type { ListingForMatch, MandateForMatch, MatchInput, MatchResult } from './instance';

/**
 * What the engine is given, as one text that is the same for the same input: what a window is
 * replayed from. Whole numbers beyond what JSON holds exactly are texts.
 */
export function inputText(input: MatchInput): string {
  return canonicalJson(plain(input) as Json);
}

/** The input of that text. */
export function inputOf(text: string): MatchInput {
  const json = JSON.parse(text) as {
    readonly mandates: readonly Record<string, unknown>[];
    readonly listings: readonly Record<string, unknown>[];
    readonly seed: string;
    readonly unitMinor?: string;
  };
  return {
    mandates: json.mandates.map((one) => revived(one) as unknown as MandateForMatch),
    listings: json.listings.map((one) => revived(one) as unknown as ListingForMatch),
    seed: BigInt(json.seed),
    ...(json.unitMinor === undefined ? {} : { unitMinor: BigInt(json.unitMinor) }),
  };
}

/** The positions of a result as one hash, by ids, so that it does not hang on any order of input. */
export function resultSha256(input: MatchInput, { positions }: MatchResult): string {
  const lines = Array.from(positions.mandate, (mandate, row) => {
    const listing = positions.listing[row] ?? 0;
    return `${input.listings[listing]?.id} ${input.mandates[mandate]?.id} ${positions.amountMinor[row]}`;
  });
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex');
}

/** Amounts are bigint and named `…Minor`: as texts they keep every digit. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, plain(member)]),
  );
}

function revived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name.endsWith('Minor') ? BigInt(member as string) : revived(member),
    ]),
  );
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { rate } from '../../kernel/rate';
import { MARKET_MODES, MarketPolicies, type MarketPolicy } from './policy';

const positive = z
  .string()
  .regex(/^\d{1,4}(\.\d{1,8})?$/)
  .transform((text) => rate(text));
const days = z.int().min(0).max(3660);

const policyFile = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  version: z.int().min(1),
  title: z.string(),
  note: z.string().optional(),
  /** Where a figure that the law sets comes from, and how sure we are of it. */
  sources: z.array(
    z.strictObject({
      figure: z.string(),
      citation: z.string(),
      verification: z.enum(['verified', 'secondary', 'unverified']),
    }),
  ),
  rulebooks: z.array(z.string()),
  mode: z.enum(MARKET_MODES),
  listingDays: days.min(1),
  proposalDays: days.min(1),
  minimumHoldingDays: days,
  sellerFeeRate: positive.refine((share) => share.lessThan(1), {
    message: 'a fee is less than the price',
  }),
  notes: z
    .strictObject({
      lowestPrice: positive.refine((price) => price.isPositive() && !price.isZero()),
      highestPrice: positive,
      minimumDaysToMaturity: days,
      whenLate: z.enum(['withdraw', 'flag']),
    })
    .refine(({ lowestPrice, highestPrice }) => lowestPrice.lessThanOrEqualTo(highestPrice), {
      message: 'the lowest price lies below the highest',
    }),
  shares: z.strictObject({ highestOfFairValue: positive }),
});

/** @throws Error naming what is wrong; it stops the process. */
export function parseMarketPolicy(text: string, file: string): MarketPolicy {
  const parsed = policyFile.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  const { note: _, sources: __, ...policy } = parsed.data;
  return policy;
}

/**
 * Every version of each policy under `<directory>/<id>/<version>.json`.
 *
 * @throws Error naming the file that is wrong; it stops the process.
 */
export function loadMarketPolicies(directory: string): MarketPolicies {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^[^/\\]+[/\\]\d+\.json$/.test(name))
    .toSorted()
    .map((name) => join(directory, name));
  return new MarketPolicies(
    files.map((file) => parseMarketPolicy(readFileSync(file, 'utf8'), file)),
  );
}

import { z } from 'zod';
import { flawsOf } from './draw-verification';
import type { Draw } from './draw';
import { supervisionProblem } from './errors';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const drawFile: z.ZodType<Draw> = z.strictObject({
  format: z.literal('yunchou-draw-1'),
  commitment: hash,
  nonce: z.string(),
  reportSha256: hash,
  ledgerHead: z.string(),
  detectionRate: z.string(),
  confidence: z.string(),
  roster: z.array(z.string()),
  seed: hash,
  population: z.array(z.strictObject({ key: z.string(), stratum: z.string() })),
  sampleSize: z.int(),
  inspectors: z.array(z.string()),
  drawn: z.array(z.strictObject({ key: z.string(), stratum: z.string(), inspector: z.string() })),
});

/**
 * Reads a draw as it was published, and computes it again.
 *
 * @throws Problem `supervision.not-a-draw`, naming what is missing.
 */
export function drawFlaws(text: string): {
  readonly draw: Draw;
  readonly flaws: readonly string[];
} {
  const read = drawFile.safeParse(jsonOf(text));
  if (!read.success) {
    const detail = z.prettifyError(read.error).slice(0, 500);
    throw supervisionProblem('not-a-draw', { detail });
  }
  return { draw: read.data, flaws: flawsOf(read.data) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { TIME_LIMIT_UNITS } from '../../kernel/time-limit';
import { CHANNELS } from './complaint';
import { ComplaintPolicies, DUTIES, type ComplaintPolicy } from './policy';

const timeLimitFile = z.strictObject({
  count: z.int().min(1).max(400),
  unit: z.enum(TIME_LIMIT_UNITS),
});

const policyFile: z.ZodType<ComplaintPolicy> = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  version: z.int().min(1),
  rulebooks: z.array(z.string()),
  duties: z
    .array(
      z.strictObject({
        duty: z.enum(DUTIES),
        channels: z.array(z.enum(CHANNELS)).min(1),
        within: timeLimitFile,
        citation: z.string().min(1),
        verification: z.enum(['verified', 'secondary', 'unverified', 'own']),
      }),
    )
    .refine(isUnambiguous, { error: 'A duty stands twice for one channel.' }),
  redress: z.strictObject({ en: z.string().min(1), zh: z.string().min(1) }),
});

/** @throws Error naming the file and what is wrong in it; it stops the process. */
export function parseComplaintPolicy(text: string, file: string): ComplaintPolicy {
  const parsed = policyFile.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/**
 * Every version of each policy under `<directory>/<id>/<version>.json`.
 *
 * @throws Error naming the file that is wrong; it stops the process.
 */
export function loadComplaintPolicies(directory: string): ComplaintPolicies {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^[^/\\]+[/\\]\d+\.json$/.test(name))
    .toSorted()
    .map((name) => join(directory, name));
  return new ComplaintPolicies(
    files.map((file) => parseComplaintPolicy(readFileSync(file, 'utf8'), file)),
  );
}

function isUnambiguous(
  duties: readonly Pick<ComplaintPolicy['duties'][number], 'duty' | 'channels'>[],
) {
  const named = duties.flatMap(({ duty, channels }) => channels.map((each) => `${duty} ${each}`));
  return new Set(named).size === named.length;
}

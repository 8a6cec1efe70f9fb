import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { TIME_LIMIT_UNITS } from '../../kernel/time-limit';
import { SEVERITIES } from './incident';
import { IncidentPolicies, type IncidentPolicy } from './policy';

const slug = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);

const policyFile: z.ZodType<IncidentPolicy> = z.strictObject({
  id: slug,
  version: z.int().min(1),
  rulebooks: z.array(z.string()),
  duties: z
    .array(
      z.strictObject({
        id: slug,
        recipient: z.strictObject({ en: z.string().min(1), zh: z.string().min(1) }),
        severities: z.array(z.enum(SEVERITIES)).min(1),
        personalDataOnly: z.boolean(),
        since: z.enum(['noticed', 'classified']),
        within: z.strictObject({
          count: z.int().min(1).max(400),
          unit: z.enum(TIME_LIMIT_UNITS),
        }),
        citation: z.string().min(1),
        verification: z.enum(['verified', 'secondary', 'unverified', 'own']),
      }),
    )
    .refine((duties) => new Set(duties.map(({ id }) => id)).size === duties.length, {
      error: 'A duty stands twice.',
    }),
});

/** @throws Error naming the file and what is wrong in it; it stops the process. */
export function parseIncidentPolicy(text: string, file: string): IncidentPolicy {
  const parsed = policyFile.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/**
 * Every version of each policy under `<directory>/<id>/<version>.json`.
 *
 * @throws Error naming the file that is wrong; it stops the process.
 */
export function loadIncidentPolicies(directory: string): IncidentPolicies {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^[^/\\]+[/\\]\d+\.json$/.test(name))
    .toSorted()
    .map((name) => join(directory, name));
  return new IncidentPolicies(
    files.map((file) => parseIncidentPolicy(readFileSync(file, 'utf8'), file)),
  );
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { KIIS_KINDS, KiisModels, type KiisModel } from './model';
import { STATED_POINTS } from './stated';

const slug = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);
const text = z.string().min(1);
const notice = z.strictObject({ title: text, text });

const point = z
  .strictObject({
    id: slug,
    label: text,
    kinds: z.array(z.enum(KIIS_KINDS)).min(1),
    words: z.enum(['required', 'optional']),
    statement: text.optional(),
  })
  .refine(
    ({ id, words, statement }) =>
      words === 'required' || statement !== undefined || STATED_POINTS.has(id),
    { error: 'Nothing would stand there: nothing is known of it, and words are optional.' },
  );

const modelFile: z.ZodType<KiisModel> = z
  .strictObject({
    id: slug,
    version: z.int().min(1),
    rulebooks: z.array(slug).min(1),
    maximumPages: z.int().min(1).max(50),
    title: text,
    citation: text,
    verification: text,
    disclaimer: text,
    riskWarning: notice,
    reflection: notice,
    parts: z
      .array(
        z.strictObject({
          letter: z.string().regex(/^[A-Z]$/),
          title: text,
          points: z.array(point).min(1),
        }),
      )
      .min(1),
  })
  .refine(({ parts }) => isUnambiguous(parts), { error: 'A part or a point stands twice.' });

/** @throws Error naming the file and what is wrong in it; it stops the process. */
export function parseKiisModel(content: string, file: string): KiisModel {
  const parsed = modelFile.safeParse(JSON.parse(content));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/**
 * Every version of each model under `<directory>/<id>/<version>.json`.
 *
 * @throws Error naming the file that is wrong; it stops the process.
 */
export function loadKiisModels(directory: string): KiisModels {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^[^/\\]+[/\\]\d+\.json$/.test(name))
    .toSorted()
    .map((name) => join(directory, name));
  return new KiisModels(files.map((file) => parseKiisModel(readFileSync(file, 'utf8'), file)));
}

function isUnambiguous(parts: KiisModel['parts']): boolean {
  const letters = parts.map(({ letter }) => letter);
  const ids = parts.flatMap(({ points }) => points.map(({ id }) => id));
  return new Set(letters).size === letters.length && new Set(ids).size === ids.length;
}

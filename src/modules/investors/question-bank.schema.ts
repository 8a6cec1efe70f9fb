import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { QuestionBank } from './knowledge-test';

const bilingual = z.strictObject({ en: z.string().min(1), zh: z.string().min(1) });
const slug = z.string().regex(/^[a-z][a-z0-9-]*$/);

const question = z
  .strictObject({
    id: slug,
    topic: slug,
    citation: z.string().min(1),
    text: bilingual,
    choices: z.array(z.strictObject({ id: slug, text: bilingual })).min(2),
    answer: slug,
    explanation: bilingual,
  })
  .refine(({ choices, answer }) => choices.some(({ id }) => id === answer), {
    path: ['answer'],
    error: 'The answer is not among the choices.',
  });

const bankFile: z.ZodType<QuestionBank> = z
  .strictObject({
    id: slug,
    version: z.int().positive(),
    rulebookId: slug,
    title: bilingual,
    source: z.string().min(1),
    note: z.string().optional(),
    warning: bilingual,
    minimumCorrect: z.int().positive(),
    validForMonths: z.int().positive(),
    lockout: z.strictObject({ failures: z.int().positive(), hours: z.int().positive() }),
    questions: z.array(question).min(10),
  })
  .refine(({ minimumCorrect, questions }) => minimumCorrect <= questions.length, {
    path: ['minimumCorrect'],
    error: 'More right answers are asked for than there are questions.',
  });

/**
 * Reads the newest version of every test, `<directory>/<id>/<version>.json`.
 *
 * @throws Error naming the file; it stops the process.
 */
export function loadQuestionBanks(directory: string): readonly QuestionBank[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => loadNewest(join(directory, entry.name)))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function loadNewest(folder: string): QuestionBank {
  const versions = readdirSync(folder)
    .map((name) => /^(\d+)\.json$/.exec(name)?.[1])
    .filter((version) => version !== undefined)
    .map(Number);
  const file = join(folder, `${Math.max(...versions)}.json`);
  const parsed = bankFile.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

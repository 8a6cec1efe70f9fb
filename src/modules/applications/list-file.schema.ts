import { z } from 'zod';
import { lineInput } from '../../platform/http';
import { entryBody } from './list.schema';

/** What every file of a credit list begins with: another format is another file. */
export const LIST_FORMAT = 'yunchou-credit-list/1';

const listFile = z.strictObject({
  format: z.literal(LIST_FORMAT),
  source: lineInput(100),
  entries: z
    .array(entryBody.extend({ externalId: lineInput(100) }))
    .max(100_000)
    .refine(
      (entries) => new Set(entries.map(({ externalId }) => externalId)).size === entries.length,
      {
        error: 'An entry stands twice.',
      },
    ),
});

/** A credit list as somebody sends it; entries are known by the name that their keeper gives them. */
export type ListFile = z.output<typeof listFile>;
export type FiledEntry = ListFile['entries'][number];

/** @throws Error that says what is wrong, and where. */
export function parseListFile(text: string): ListFile {
  const parsed = listFile.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new Error(z.prettifyError(parsed.error));
}

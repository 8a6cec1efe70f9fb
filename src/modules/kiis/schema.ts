import { z } from 'zod';
import { idInput, idView, instantView } from '../../platform/http';
import type { KiisState } from './service';
import type { DrawnSheet, WrittenText } from './written';

/** Official languages of the Union whose letters the standard fonts of a PDF have. */
const LANGUAGES = ['da', 'de', 'en', 'es', 'fi', 'fr', 'ga', 'it', 'nl', 'pt', 'sv'] as const;

const words = z
  .string()
  .trim()
  .min(1)
  .max(4000)
  .regex(/^[^\p{Cc}\p{Cs}]*(?:\n[^\p{Cc}\p{Cs}]*)*$/u, {
    error: 'The text has control characters.',
  });

export const offeringParams = z.strictObject({ id: idInput('off') });
export const publicParams = z.strictObject({ operator: z.string().max(60), id: idInput('off') });

export const textBody = z.strictObject({
  language: z
    .enum(LANGUAGES)
    .meta({ description: 'Of the words; what the law says is in English.' }),
  words: z
    .record(
      z
        .string()
        .regex(/^[a-z]+(-[a-z]+)*$/)
        .max(40),
      words,
    )
    .meta({
      description: 'By point, as GET names them. The whole text: what is left out is gone.',
    }),
});

const textView = z.object({
  version: z.int(),
  language: z.string(),
  words: z.record(z.string(), z.string()),
  sha256: z.string(),
  writtenAt: instantView,
});

export const sheetView = z.object({
  documentId: idView('doc'),
  sha256: z.string().meta({ description: 'Of the sealed PDF: what subscribers acknowledge.' }),
  textVersion: z.int(),
  pages: z.int(),
  drawnAt: instantView,
});

export const stateView = z.object({
  model: z.string(),
  points: z
    .array(
      z.object({ part: z.string(), id: z.string(), label: z.string(), needsWords: z.boolean() }),
    )
    .readonly(),
  text: textView.optional(),
  missing: z.array(z.string()).readonly(),
  pages: z.int().meta({ description: 'How many it would take if it were drawn up now.' }),
  sheet: sheetView.extend({ isCurrent: z.boolean() }).optional(),
});

export const asText = ({ version, language, words: said, sha256, writtenAt }: WrittenText) => ({
  version,
  language,
  words: said,
  sha256,
  writtenAt,
});

export function asSheet(
  drawn: Omit<DrawnSheet, 'sheet'> & { readonly document: { readonly sha256: string } },
): z.input<typeof sheetView> {
  const { documentId, textVersion, pages, drawnAt, document } = drawn;
  return { documentId, sha256: document.sha256, textVersion, pages, drawnAt };
}

export function asState({
  model,
  kind,
  text,
  missing,
  pages,
  drawn,
}: KiisState): z.input<typeof stateView> {
  return {
    model: `${model.id}/${model.version}`,
    points: model.parts.flatMap(({ letter, points }) =>
      points
        .filter(({ kinds }) => kinds.includes(kind))
        .map(({ id, label, words: need }) => ({
          part: letter,
          id,
          label,
          needsWords: need === 'required',
        })),
    ),
    text: text && asText(text),
    missing,
    pages,
    sheet: drawn && { ...asSheet(drawn), isCurrent: drawn.isCurrent },
  };
}

export { textView };

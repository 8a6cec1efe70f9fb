import { renderText, type RenderedText, type TextBlock } from '../../platform/pdf';
import { kiisProblem } from './errors';
import { NOT_ASKED, partHeading, type Sheet, type SheetPoint } from './sheet';
import type { Fact } from './stated';

/**
 * The sheet as a PDF on A4.
 *
 * @throws Problem `kiis.too-long` above that many pages.
 */
export async function renderSheet(
  sheet: Sheet,
  { maximumPages, madeAt }: { readonly maximumPages: number; readonly madeAt: Date },
): Promise<RenderedText> {
  const rendered = await renderText({ title: sheet.title, blocks: blocksOf(sheet), madeAt });
  if (rendered.pages <= maximumPages) return rendered;
  throw kiisProblem('too-long', {
    detail: `It takes ${rendered.pages} pages of A4; ${maximumPages} are the most.`,
  });
}

/** What is printed, in order: the disclaimer stands right under the title. */
export function blocksOf({ disclaimer, notices, overview, parts }: Sheet): readonly TextBlock[] {
  return [
    { kind: 'notice', text: disclaimer },
    ...notices.map((notice): TextBlock => ({ kind: 'notice', ...notice })),
    ...overview.map(factBlock),
    ...parts.flatMap(({ letter, title, points }): readonly TextBlock[] => [
      { kind: 'heading', text: partHeading(letter, title) },
      ...(points.length === 0 ? [paragraph(NOT_ASKED)] : points.flatMap(pointBlocks)),
    ]),
  ];
}

function pointBlocks({ label, facts, statement, words }: SheetPoint): readonly TextBlock[] {
  return [
    { kind: 'subheading', text: label },
    ...facts.map(factBlock),
    ...(words === undefined ? [] : [paragraph(words)]),
    ...(statement === undefined ? [] : [paragraph(statement)]),
  ];
}

function factBlock({ label, value }: Fact): TextBlock {
  return { kind: 'fact', label, value };
}

function paragraph(text: string): TextBlock {
  return { kind: 'paragraph', text };
}

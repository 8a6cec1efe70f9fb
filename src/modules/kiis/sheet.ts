import type { KiisKind, KiisModel, Notice, Point, Words } from './model';
import { overviewOf, statedAt, type Fact, type KiisFacts } from './stated';

/** A sheet, whole, as it is printed and shown. It says nothing of when it was made. */
export interface Sheet {
  readonly model: string;
  /** Of the words; what the law says is in English. */
  readonly language: string;
  readonly title: string;
  readonly disclaimer: string;
  readonly notices: readonly Notice[];
  readonly overview: readonly Fact[];
  readonly parts: readonly SheetPart[];
}

export interface SheetPart {
  readonly letter: string;
  readonly title: string;
  /** None where the part is not asked of this kind of offering. */
  readonly points: readonly SheetPoint[];
}

export interface SheetPoint {
  readonly id: string;
  readonly label: string;
  readonly facts: readonly Fact[];
  readonly statement?: string | undefined;
  readonly words?: string | undefined;
}

export const NOT_ASKED = 'Does not apply to this offer.';

/** What the issuer wrote, in which language. */
export interface KiisText {
  readonly language: string;
  readonly words: Words;
}

/** Puts a sheet together: the order is the model's, the facts the engine's, the words the issuer's. */
export function sheetOf(model: KiisModel, facts: KiisFacts, { language, words }: KiisText): Sheet {
  const kind = kindOf(facts);
  const shown = (point: Point): SheetPoint => ({
    id: point.id,
    label: point.label,
    facts: statedAt(point.id, facts),
    statement: point.statement,
    words: words[point.id],
  });
  return {
    model: `${model.id}/${model.version}`,
    language,
    title: model.title,
    disclaimer: model.disclaimer,
    notices: [model.riskWarning, model.reflection],
    overview: overviewOf(facts),
    parts: model.parts.map(({ letter, title, points }) => ({
      letter,
      title,
      points: points.filter(({ kinds }) => kinds.includes(kind)).map(shown),
    })),
  };
}

export function kindOf({ terms }: Pick<KiisFacts, 'terms'>): KiisKind {
  return terms.instrument.kind === 'loan-note' ? 'loan' : 'equity';
}

export function partHeading(letter: string, title: string): string {
  return `Part ${letter}: ${title}`;
}

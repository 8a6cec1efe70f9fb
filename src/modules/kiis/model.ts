/** Offerings that the law asks a sheet of. */
export const KIIS_KINDS = ['equity', 'loan'] as const;
export type KiisKind = (typeof KIIS_KINDS)[number];

/** One thing the sheet must say. */
export interface Point {
  readonly id: string;
  readonly label: string;
  /** The offerings of which it is asked. */
  readonly kinds: readonly KiisKind[];
  /** Whether its issuer must put it in words, beside what is known of it here. */
  readonly words: 'required' | 'optional';
  /** What every sheet says there. */
  readonly statement?: string | undefined;
}

export interface Part {
  readonly letter: string;
  readonly title: string;
  readonly points: readonly Point[];
}

export interface Notice {
  readonly title: string;
  readonly text: string;
}

/** The sheet as a regulator lays it out, in the order in which it is read. */
export interface KiisModel {
  readonly id: string;
  readonly version: number;
  readonly rulebooks: readonly string[];
  readonly maximumPages: number;
  readonly title: string;
  readonly citation: string;
  /** Which of it was compared with the law. */
  readonly verification: string;
  readonly disclaimer: string;
  readonly riskWarning: Notice;
  readonly reflection: Notice;
  readonly parts: readonly Part[];
}

/** What the issuer says, by point. */
export type Words = Readonly<Record<string, string>>;

export class KiisModels {
  constructor(private readonly all: readonly KiisModel[]) {}

  /** The newest model under the rulebook; undefined where its law asks for no sheet. */
  of(rulebookId: string): KiisModel | undefined {
    return this.all
      .filter(({ rulebooks }) => rulebooks.includes(rulebookId))
      .toSorted((a, b) => b.version - a.version)
      .at(0);
  }
}

/** The points that are asked of an offering, in order. */
export function pointsOf({ parts }: KiisModel, kind: KiisKind): readonly Point[] {
  return parts.flatMap(({ points }) => points).filter(({ kinds }) => kinds.includes(kind));
}

/** Points of the offering that still need words. */
export function missingWords(model: KiisModel, kind: KiisKind, words: Words): readonly string[] {
  return pointsOf(model, kind)
    .filter((point) => point.words === 'required' && words[point.id] === undefined)
    .map(({ id }) => id);
}

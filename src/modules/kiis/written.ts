import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../../kernel/canonical-json';
import type { Id } from '../../kernel/id';
import type { KiisText, Sheet } from './sheet';

/** One version of what the issuer says. Versions are counted from 1 without a gap. */
export interface WrittenText extends KiisText {
  readonly version: number;
  /** Of the canonical JSON of language and words, hexadecimal. */
  readonly sha256: string;
  readonly writtenAt: Date;
  readonly writtenBy: string;
}

/** A sheet that was drawn up: the offering's document of that id has its bytes. */
export interface DrawnSheet {
  readonly documentId: Id<'doc'>;
  readonly textVersion: number;
  /** The canonical JSON of the sheet. */
  readonly content: string;
  readonly sheet: Sheet;
  readonly pages: number;
  readonly drawnAt: Date;
}

export function textHash({ language, words }: KiisText): string {
  return createHash('sha256').update(canonicalJson({ language, words })).digest('hex');
}

/** The canonical JSON of a sheet: what is equal reads the same. */
export function sheetJson(sheet: Sheet): string {
  return canonicalJson(JSON.parse(JSON.stringify(sheet)) as Json);
}

import type { Operator } from '../identity';
import type { BothLanguages, ReportContent, Run } from '../reporting';

/** What is published of an operator: who it is, its last figures, and all that went before. */
export interface Disclosure {
  readonly operator: Operator;
  readonly latest: { readonly run: Run; readonly content: ReportContent } | undefined;
  /** What each figure is called. */
  readonly titles: ReadonlyMap<string, BothLanguages>;
  /** The newest first; one more than were asked for where there are more. */
  readonly archive: readonly Run[];
}

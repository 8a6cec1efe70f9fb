import type { Id } from '../../kernel/id';
import type { ReportContent, RowSet } from './figure';

/** Identity numbers that a file has to name. They stand in no content: who reads figures sees none. */
export type PartyNumbers = ReadonlyMap<Id<'pty'>, string>;

/** A file that is made of a report's content, and of nothing else: the same content, the same bytes. */
export interface Layout {
  /** The name of the file: `ecspr.csv`. */
  readonly name: string;
  readonly mediaType: string;
  readonly write: (content: ReportContent, numbers: PartyNumbers) => Buffer | Promise<Buffer>;
}

/** What is wrong with a content; a report with findings is kept and shown, and not signed. */
export interface ContentFinding {
  readonly rule: string;
  readonly message: string;
  /** What its compliance officer can do about it; said once for each rule. */
  readonly remedy?: string;
}

/** What templates are computed with: row sets, files of their own form, rules of their content. */
export interface Pack {
  readonly id: string;
  readonly rowSets: readonly RowSet[];
  readonly layouts: readonly Layout[];
  /** Whose identity numbers the files name; nobody's where left out. */
  readonly parties?: (content: ReportContent) => readonly Id<'pty'>[];
  readonly validate: (content: ReportContent, numbers: PartyNumbers) => readonly ContentFinding[];
}

import type { ReportContent, RowSet } from './figure';

/** A file that is made of a report's content, and of nothing else: the same content, the same bytes. */
export interface Layout {
  /** The name of the file: `ecspr.csv`. */
  readonly name: string;
  readonly mediaType: string;
  readonly write: (content: ReportContent) => Buffer | Promise<Buffer>;
}

/** What is wrong with a content; a report with findings is kept and shown, and not signed. */
export interface ContentFinding {
  readonly rule: string;
  readonly message: string;
}

/** What templates are computed with: row sets, files of their own form, rules of their content. */
export interface Pack {
  readonly id: string;
  readonly rowSets: readonly RowSet[];
  readonly layouts: readonly Layout[];
  readonly validate: (content: ReportContent) => readonly ContentFinding[];
}

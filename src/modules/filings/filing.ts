import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Problem } from '../../kernel/problem';
import { rate, type Rate } from '../../kernel/rate';
import type { FiledStatement, FilingFinding } from './filed-statement';
import type { FormCType } from './form-c-elements';

/** A filing that was taken in. It stays as it is: a later one supersedes what it says. */
export interface Filing {
  readonly id: Id<'fil'>;
  readonly issuerId: Id<'iss'>;
  /** The offering it is about; absent on reports, and where none could be taken from it. */
  readonly offeringId?: Id<'off'> | undefined;
  readonly formType: FormCType;
  /** Of the content as we would write it: blanks and line ends between elements do not count. */
  readonly sha256: string;
  /** Of the very bytes. */
  readonly fileSha256: string;
  readonly cik: string;
  readonly fileNumber?: string | undefined;
  readonly signedOn?: CalendarDate | undefined;
  readonly deadlineOn?: CalendarDate | undefined;
  /** On annual reports: the end of the year reported on. */
  readonly fiscalPeriodEndsOn?: CalendarDate | undefined;
  readonly progressUpdate?: string | undefined;
  readonly amendment?: string | undefined;
  readonly findings: readonly FilingFinding[];
  readonly importedAt: Date;
  readonly importedBy: string;
}

/** Something that a filing gave rise to. */
export interface Taken {
  readonly what: 'issuer' | 'figures' | 'offering' | 'document' | 'filing';
  /** Id of what was made or found. */
  readonly id?: string | undefined;
  readonly message: string;
}

/** Something in a filing that was not taken, and why. */
export interface Refused {
  readonly what: 'issuer' | 'figures' | 'offering' | 'document';
  /** As of a problem: public and never renamed. */
  readonly code: string;
  readonly reason: string;
}

/** What became of one file. */
export interface ImportedFiling {
  readonly outcome: 'imported' | 'already-imported';
  readonly filing: Filing;
  readonly issuerName: string;
  readonly taken: readonly Taken[];
  readonly refused: readonly Refused[];
  /** What the filing does not say and was filled in, each in a sentence. */
  readonly assumed: readonly string[];
  readonly findings: readonly FilingFinding[];
  /** What its offering still lacks before it may go public. */
  readonly missing: readonly string[];
}

/** What an importing operator decides, since no filing states it. */
export interface ImportSettings {
  /** How much is ordered at most, as a part of the maximum: `1.25` leaves a waiting list. */
  readonly orderLimitRate: Rate;
}

/** A part of a filing that its problem keeps out, while the rest of it is taken. */
export function refused(what: Refused['what'], { code, title, detail }: Problem): Refused {
  return { what, code, reason: detail ?? `${title}.` };
}

/** Room for a waiting list of a quarter: whoever is on it comes in when somebody cancels. */
export const USUAL_ORDER_LIMIT: Rate = rate('1.25');

/** The types that are about an offering: it begins, changes or moves on. */
export function isAboutOffering({ submissionType }: Pick<FiledStatement, 'submissionType'>) {
  return submissionType === 'C' || submissionType === 'C/A' || submissionType === 'C-U';
}

/** Whether nothing on file was signed after this statement. A day that is unknown proves nothing. */
export function isLatest(
  { signedOn }: Pick<FiledStatement, 'signedOn'>,
  onFile: readonly Pick<Filing, 'signedOn'>[],
): boolean {
  const latest = onFile
    .flatMap((filing) => filing.signedOn ?? [])
    .toSorted()
    .at(-1);
  return latest === undefined || (signedOn !== undefined && signedOn >= latest);
}

/** `Form C/A signed on 2024-10-20`. */
export function nameOfFiling({
  submissionType,
  signedOn,
}: Pick<FiledStatement, 'submissionType' | 'signedOn'>): string {
  const name = `Form ${submissionType}`;
  return signedOn === undefined ? name : `${name} signed on ${signedOn}`;
}

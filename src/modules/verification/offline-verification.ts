import { createHash } from 'node:crypto';
import { addMonths, dateIn, startOfDay, type CalendarDate } from '../../kernel/calendar-date';
import type {
  SubjectPerson,
  VerificationOutcome,
  VerificationProvider,
  VerificationReason,
  VerificationSubject,
} from './verification-provider';

const VALID_FOR_MONTHS = 36;
const FULL_AGE_MONTHS = 18 * 12;

type Verdict = readonly [VerificationOutcome['status'], VerificationReason];

/**
 * A provider that needs no network and always says the same of the same subject, so that every
 * path can be tried in a sandbox:
 *
 * - a person under 18 is rejected (`under-age`); without a date of birth, it goes to review;
 * - an identity number ending in 98 is rejected (`watch-list`), in 97 goes to review, in 96 is
 *   refused by the register (`identity-number-refused`);
 * - a name with the word REJECT or 拒绝 is rejected, with REVIEW or 复核 goes to review; so are
 *   officers and owners of an organisation (`person-…`);
 * - everybody else is verified, for 36 months.
 */
export const offlineVerification: VerificationProvider = {
  name: 'offline',
  async verify(caseId, subject, at): Promise<VerificationOutcome> {
    const verdicts = [
      ...ageVerdicts(subject, dateIn('UTC', at)),
      ...numberVerdicts(subject.identityNumber),
      ...nameVerdicts(subject.name, ['watch-list', 'possible-watch-list']),
      ...subject.people.flatMap((person) => personVerdicts(person)),
    ];
    const reasons = [...new Set(verdicts.map(([, reason]) => reason))];
    const status = worstOf(verdicts);
    return {
      status,
      reasons,
      provider: 'offline',
      reference: `offline-${caseId}`,
      evidenceSha256: evidenceOf(caseId, status, reasons),
      validUntil: startOfDay(addMonths(dateIn('UTC', at), VALID_FOR_MONTHS), 'UTC'),
    };
  },
};

function ageVerdicts({ kind, bornOn }: VerificationSubject, on: CalendarDate): readonly Verdict[] {
  if (kind === 'legal') return [];
  if (bornOn === undefined) return [['review', 'birth-date-unknown']];
  // Someone born on 29 February is of age on the last day of February, as most civil codes have it.
  return addMonths(bornOn, FULL_AGE_MONTHS) > on ? [['rejected', 'under-age']] : [];
}

function numberVerdicts(number: string): readonly Verdict[] {
  switch (number.slice(-2)) {
    case '98':
      return [['rejected', 'watch-list']];
    case '97':
      return [['review', 'possible-watch-list']];
    case '96':
      return [['rejected', 'identity-number-refused']];
    default:
      return [];
  }
}

function nameVerdicts(
  name: string,
  [sure, possible]: readonly [VerificationReason, VerificationReason],
): readonly Verdict[] {
  if (/\bREJECT\b|拒绝/.test(name)) return [['rejected', sure]];
  if (/\bREVIEW\b|复核/.test(name)) return [['review', possible]];
  return [];
}

function personVerdicts({ name }: SubjectPerson): readonly Verdict[] {
  return nameVerdicts(name, ['person-watch-list', 'person-possible-watch-list']);
}

function worstOf(verdicts: readonly Verdict[]): VerificationOutcome['status'] {
  const statuses = verdicts.map(([status]) => status);
  if (statuses.includes('rejected')) return 'rejected';
  return statuses.includes('review') ? 'review' : 'verified';
}

/** No name and no number goes in: a hash of either could be searched for. */
function evidenceOf(caseId: string, status: string, reasons: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([caseId, status, reasons]))
    .digest('hex');
}

import type { BureauFile } from './bureau-file';
import type { CreditBureau } from './ports';

/**
 * A credit bureau that needs no network and always says the same of the same applicant, so that
 * every path can be tried in a sandbox:
 *
 * - of an applicant in whose name or address stands NOFILE or 无档案 it knows nothing;
 * - with STRAINED or 多头 what was stated is corrected to cards that are used up, and to twice the
 *   instalments;
 * - everything else is confirmed as it was stated.
 */
export const offlineBureau: CreditBureau = {
  name: 'offline',
  async enquire(caseId, { kind, subject }): Promise<BureauFile> {
    const reference = `offline-${kind}-${caseId}`;
    const said = `${subject.name} ${subject.address ?? ''}`;
    const { facts, instalments } = subject.stated;
    if (/NOFILE|无档案/.test(said)) return { outcome: 'thin', reference };
    if (!/STRAINED|多头/.test(said)) return { outcome: 'found', reference, facts, instalments };
    return {
      outcome: 'found',
      reference,
      facts: { ...facts, ...STRAINED },
      instalments: instalments.plus(instalments),
    };
  },
};

/** By the names that scorecards share. */
const STRAINED = {
  allUtilisation: 98,
  cardCreditLeft: 0,
  cardUtilisation: 99,
  inquiries: 9,
  inquiriesLast12Months: 9,
  monthsSinceNewestRevolving: 0,
  revolvingUtilisation: 99,
} as const;

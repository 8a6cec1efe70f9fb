import { rate } from '../../kernel/rate';
import type { IncomeCheck } from './affordability';
import type { IncomeProvider, IncomeSubject } from './ports';

/**
 * A provider that needs no network and always says the same of the same subject, so that every
 * path can be tried in a sandbox:
 *
 * - an employer or account with the word UNKNOWN or 未知 is not found: the income is unconfirmed;
 * - with HALF or 一半 half of what was stated is confirmed, with TENTH or 十分之一 a tenth;
 * - everything else is confirmed as it was stated.
 */
export const offlineIncome: IncomeProvider = {
  name: 'offline',
  async check(caseId, subject): Promise<IncomeCheck> {
    const reference = `offline-${caseId}`;
    const said = `${subject.employer ?? ''} ${subject.bankAccount ?? ''}`;
    if (/UNKNOWN|未知/.test(said)) return { outcome: 'unconfirmed', reference };
    return { outcome: 'confirmed', monthly: confirmed(subject, said), reference };
  },
};

function confirmed({ stated }: IncomeSubject, said: string) {
  if (/HALF|一半/.test(said)) return stated.times(rate('0.5'), 'floor');
  if (/TENTH|十分之一/.test(said)) return stated.times(rate('0.1'), 'floor');
  return stated;
}

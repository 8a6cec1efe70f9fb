import { calendarDate } from '../../kernel/calendar-date';
import type { FundTerms } from './fund';

type Days = 'from' | 'until';

/** Terms of a fund as they are stored. */
export type FundTermsJson = Omit<FundTerms, Days> & {
  readonly from: string;
  readonly until?: string | undefined;
};

/** The terms as they were stored. */
export function fundTermsOf({ from, until, ...rest }: FundTermsJson): FundTerms {
  return {
    ...rest,
    from: calendarDate(from),
    ...(until === undefined ? {} : { until: calendarDate(until) }),
  };
}

/** The terms as they are stored; `fundTermsOf` reads them back. */
export function fundTermsJson(terms: FundTerms): FundTermsJson {
  return { ...terms };
}

import { addMonths, type CalendarDate } from '../../kernel/calendar-date';
import type { Repayment, Timing } from '../schedules';
import type { LoanNote, LoanRepayment } from './instrument';

/** What each kind of repayment is to the mathematics of schedules. */
export const REPAYMENT_PLANS: Readonly<Record<LoanRepayment, Repayment>> = {
  annuity: { kind: 'annuity' },
  'equal-principal': { kind: 'equal-principal' },
  'interest-only': { kind: 'interest-only' },
  bullet: { kind: 'bullet', interest: 'simple' },
};

/** When a loan that is paid out on `startOn` falls due: monthly, or once at its end. */
export function loanTiming(
  note: Pick<LoanNote, 'repayment' | 'termMonths' | 'firstDueOn'>,
  startOn: CalendarDate,
): Timing {
  const { repayment, termMonths, firstDueOn } = note;
  const frequency = { unit: 'month', every: 1 } as const;
  if (repayment === 'bullet') {
    const maturityOn = addMonths(startOn, termMonths);
    return { startOn, frequency, until: { maturityOn, stub: 'short-last' } };
  }
  return {
    startOn,
    frequency,
    until: { instalments: termMonths },
    ...(firstDueOn === undefined ? {} : { firstDueOn }),
  };
}

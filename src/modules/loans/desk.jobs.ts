import type { CalendarDate } from '../../kernel/calendar-date';
import type { Listener } from '../../platform/outbox';
import type { DefaultService } from './default.service';
import type { PromiseService } from './promise.service';
import type { RestructuringService } from './restructuring.service';

export interface DeskJobDeps {
  readonly loanPromises: PromiseService;
  readonly loanRestructurings: RestructuringService;
  readonly loanDefaults: DefaultService;
}

/**
 * What an evening means for the desk, once its last slice is closed: by then everything that was
 * paid that day counts. An evening that is caught up on judges as it would have on its day.
 */
export function deskListeners(deps: DeskJobDeps): readonly Listener[] {
  return [
    {
      name: 'loans.desk-evening',
      types: ['loans.day-closed'],
      handle: async (tx, { subject }) => {
        const on = subject as CalendarDate;
        await deps.loanPromises.judge(tx, on);
        await deps.loanRestructurings.lapse(tx, on);
        await deps.loanDefaults.endDue(tx, on);
      },
    },
  ];
}

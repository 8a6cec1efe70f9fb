import { addDays, dateIn } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { WorkingDays } from '../../kernel/working-days';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import { dutiesAfter, type Rulebooks } from '../rulebooks';
import type { OwedProgress, ProgressStep } from './progress';
import * as store from './progress.store';

export interface FilingProgressDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly operators: OperatorDirectory;
  readonly rulebooks: Rulebooks;
  readonly calendars: ReadonlyMap<string, WorkingDays>;
}

/** The log of how offerings come to their targets, which their updates report. */
export class FilingProgress {
  constructor(private readonly deps: FilingProgressDeps) {}

  /** Notes what was reached since it was last looked, once each. @returns how many steps. */
  async note(tx: Tx): Promise<number> {
    const { audit, clock, operators } = this.deps;
    if (operators.get(operatorIdOf(tx)).rulebookId !== 'us-reg-cf') return 0;
    const reached = await store.insertReached(tx, clock.now());
    for (const { offeringId, mark } of reached) {
      const details = { percent: mark };
      await audit.record(tx, { action: 'filing.progress-reached', subject: offeringId, details });
    }
    return reached.length;
  }

  /** What was reached, and by when it has to be reported. */
  async of(db: Db, offeringId: Id<'off'>): Promise<readonly OwedProgress[]> {
    const steps = await store.listSteps(db, offeringId);
    return steps.map((step) => ({ ...step, ...this.duty(db, step) }));
  }

  private duty(db: Db, { mark, seenAt }: ProgressStep): Pick<OwedProgress, 'dueOn' | 'citation'> {
    const { operators, rulebooks, calendars } = this.deps;
    const { rulebookId, timeZone, calendar } = operators.get(operatorIdOf(db));
    const event = mark === 50 ? 'half-target-reached' : 'target-reached';
    // It is seen once a day: counted from the day before, the date is never later than the law's.
    const on = addDays(dateIn(timeZone, seenAt), -1);
    const [duty] = dutiesAfter(rulebooks.get(rulebookId), { event, on }, calendars.get(calendar));
    return duty === undefined ? {} : { dueOn: duty.dueOn, citation: duty.citation };
  }
}

import type { Id } from '../../kernel/id';
import { defineJob, type Job } from '../../platform/jobs';
import type { Listener } from '../../platform/outbox';
import type { AcceptanceService } from './acceptance.service';
import type { ApplicationStatus } from './application';
import type { CreditLists } from './list.service';

export interface ApplicationJobDeps {
  readonly acceptances: AcceptanceService;
  readonly creditLists: CreditLists;
}

export function applicationJobs({ acceptances, creditLists }: ApplicationJobDeps): readonly Job[] {
  return [
    defineJob({
      name: 'applications.lapse-offers',
      cron: '*/15 * * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx, { now }) => {
        const lapsed = await acceptances.lapseDue(tx, now);
        return { more: lapsed > 0, note: `${lapsed} applications expired` };
      },
    }),
    defineJob({
      name: 'applications.end-list-entries',
      cron: '5 * * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx, { now }) => {
        const ended = await creditLists.endDue(tx, now);
        return { more: ended > 0, note: `${ended} entries of credit lists ended` };
      },
    }),
  ];
}

/** What an application becomes by a step of its offering; the other steps say nothing to it. */
const FOLLOWING: Readonly<Record<string, ApplicationStatus>> = {
  'offering.scheduled': 'listed',
  'offering.opened': 'listed',
  'offering.settled': 'funded',
  'offering.failed': 'expired',
  'offering.withdrawn': 'withdrawn',
};

export function applicationListeners({
  acceptances,
}: Pick<ApplicationJobDeps, 'acceptances'>): readonly Listener[] {
  return [
    {
      name: 'applications.follow-offerings',
      types: Object.keys(FOLLOWING),
      handle: async (tx, { type, subject }) => {
        const to = FOLLOWING[type];
        if (to !== undefined) await acceptances.follow(tx, subject as Id<'off'>, to);
      },
    },
    {
      name: 'applications.follow-overrides',
      types: ['credit.overridden'],
      handle: async (tx, { subject, payload }) => {
        const { application, outcome } = payload as {
          readonly application: string;
          readonly outcome: string;
        };
        if (outcome !== 'decline') return;
        await acceptances.stop(tx, application as Id<'app'>, subject as Id<'cdn'>);
      },
    },
  ];
}

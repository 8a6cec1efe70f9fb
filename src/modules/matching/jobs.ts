import type { Currency } from '../../kernel/currency';
import { defineJob, type Job } from '../../platform/jobs';
import type { Listener } from '../../platform/outbox';
import type { MandateService } from './mandate.service';
import type { PlacementService } from './placement.service';
import type { MatchingWindows } from './window.service';

export interface MatchingJobDeps {
  readonly mandates: MandateService;
  readonly windows: MatchingWindows;
  /** The currencies an operator lends in. */
  readonly currenciesOf: (operatorId: number) => readonly Currency[];
}

export function matchingJobs(deps: MatchingJobDeps): readonly Job[] {
  const { mandates, windows, currenciesOf } = deps;
  return [
    defineJob({
      name: 'matching.expire',
      cron: '*/15 * * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx, { now }) => {
        const expired = await mandates.expireDue(tx, now);
        const lapsed = await windows.lapseProposals(tx, now);
        return { more: expired > 0, note: `${expired} mandates ended, ${lapsed} proposals lapsed` };
      },
    }),
    defineJob({
      // Four windows a day: often enough to deploy cash, seldom enough that speed earns nothing.
      name: 'matching.open-window',
      cron: '0 3,9,15,21 * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx, { operatorId, dueAt }) => {
        let opened = 0;
        for (const currency of currenciesOf(operatorId)) {
          if (await windows.open(tx, { currency, dueAt })) opened += 1;
        }
        return `${opened} windows opened`;
      },
    }),
  ];
}

/** What was placed and is given back no longer counts against a mandate's budget. */
export function matchingListeners({
  placements,
}: {
  readonly placements: PlacementService;
}): readonly Listener[] {
  return [
    {
      name: 'matching.end-revoked',
      types: ['subscription.revoked'],
      handle: (tx, { subject }) => placements.endPlaced(tx, { subscriptionIds: [subject] }),
    },
    {
      // Who did not reconfirm a change in time was given everything back, together with others.
      name: 'matching.end-released',
      types: ['subscriptions.released'],
      handle: async (tx, { payload }) => {
        const ids = (payload as { readonly ids?: readonly string[] } | undefined)?.ids ?? [];
        await placements.endPlaced(tx, { subscriptionIds: ids });
      },
    },
    {
      name: 'matching.end-failed',
      types: ['offering.failed', 'offering.withdrawn'],
      handle: (tx, { subject }) => placements.endPlaced(tx, { offeringId: subject }),
    },
  ];
}

import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { defineJob, type Job } from '../../platform/jobs';
import type { Listener } from '../../platform/outbox';
import type { OfferingLifecycle } from '../offerings';
import type { ClosingService } from './closing.service';
import type { ReleaseService } from './release.service';

export interface ClosingJobDeps {
  readonly closings: ClosingService;
  readonly releases: ReleaseService;
  readonly lifecycle: OfferingLifecycle;
}

const EVERY_MINUTE = { cron: '* * * * *', timeZone: 'UTC' } as const;

/** What the clock makes happen to open subscriptions, one transaction an offering. */
export function closingJobs(deps: ClosingJobDeps): readonly Job[] {
  const { closings, releases, lifecycle } = deps;
  return [
    defineJob({
      ...EVERY_MINUTE,
      perOperator: true,
      name: 'subscriptions.apply-changes',
      run: async (tx) => {
        for (const id of await openOfferings(tx, lifecycle)) {
          if (!(await releases.hasPendingChanges(tx, id))) continue;
          await releases.applyChanges(tx, id);
          return { more: true, note: `applied changes of ${id}` };
        }
        return undefined;
      },
    }),
    defineJob({
      ...EVERY_MINUTE,
      perOperator: true,
      name: 'subscriptions.release-unconfirmed',
      run: async (tx) => {
        const [next] = await releases.listWithUnconfirmed(tx);
        if (next === undefined) return undefined;
        const released = await releases.releaseUnconfirmed(tx, next);
        return { more: true, note: `released ${released} of ${next}` };
      },
    }),
    defineJob({
      ...EVERY_MINUTE,
      perOperator: true,
      name: 'subscriptions.release-withdrawn',
      run: async (tx) => {
        const [next] = await lifecycle.listWithdrawnUnreleased(tx);
        if (next === undefined) return undefined;
        const released = await releases.releaseWithdrawn(tx, next);
        return { more: released > 0, note: `released ${released} of ${next}` };
      },
    }),
    defineJob({
      ...EVERY_MINUTE,
      perOperator: true,
      name: 'subscriptions.close-full-loans',
      run: async (tx, { dueAt }) => {
        for (const id of rotated(await lifecycle.listFullLoans(tx), dueAt)) {
          if (await closings.closeFull(tx, id)) return { more: true, note: `closed ${id}` };
        }
        return undefined;
      },
    }),
    defineJob({
      ...EVERY_MINUTE,
      perOperator: true,
      name: 'subscriptions.settle-due',
      run: async (tx, { dueAt }) => {
        const closed = rotated(await lifecycle.listByStatus(tx, 'closing'), dueAt);
        for (const id of closed) {
          if (!(await closings.isDue(tx, id))) continue;
          const { outcome } = await closings.settle(tx, id);
          return { more: true, note: `${outcome} ${id}` };
        }
        return undefined;
      },
    }),
  ];
}

/** Does at once what the jobs would do within a minute. */
export function closingListeners(deps: Pick<ClosingJobDeps, 'releases'>): readonly Listener[] {
  const { releases } = deps;
  return [
    {
      name: 'subscriptions.apply-changes',
      types: ['offering.changed', 'offering.early-close-announced'],
      handle: async (tx, { subject }) => {
        await releases.applyChanges(tx, subject as Id<'off'>);
      },
    },
    {
      name: 'subscriptions.release-withdrawn',
      types: ['offering.withdrawn'],
      handle: (tx, { subject }) => releaseAll(tx, subject as Id<'off'>, releases),
    },
  ];
}

async function releaseAll(tx: Tx, id: Id<'off'>, releases: ReleaseService): Promise<void> {
  let released = await releases.releaseWithdrawn(tx, id);
  while (released > 0) released = await releases.releaseWithdrawn(tx, id);
}

async function openOfferings(db: Db, lifecycle: OfferingLifecycle): Promise<readonly Id<'off'>[]> {
  const live = await lifecycle.listByStatus(db, 'live');
  return [...live, ...(await lifecycle.listByStatus(db, 'closing'))];
}

/** Begins elsewhere every minute, so that one offering that cannot be settled holds up no other. */
function rotated<T>(items: readonly T[], at: Date): readonly T[] {
  const start = items.length === 0 ? 0 : Math.trunc(at.getTime() / 60_000) % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

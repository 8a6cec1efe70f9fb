import { rate, rateText } from '../../src/kernel/rate';
import { SUPERVISOR, sandboxEmail } from '../../src/app/personas';
import { INSTALLATION } from '../../src/platform/auth';
import { openAuthority } from '../authority';
import { ALLER } from '../operators';
import type { PlayScene } from './act';
import { tellWhether } from './life-loans';
import { refusalOf } from './narrator';
import type { WatchedLender } from './watched-lender';

/** How an authority comes in, what it sees, and what warns it. */
export function authorityScenes(watched: WatchedLender): readonly PlayScene[] {
  return [
    { title: 'An authority is let in, this far and no further', play: () => letIn(watched) },
    { title: 'Early warning, from where the authority says', play: () => warn(watched) },
  ];
}

async function letIn(watched: WatchedLender): Promise<void> {
  const { world, tell } = watched;
  const { alerts, supervisedReading } = world.services;
  const { userId, authorityId } = await openAuthority(world, {
    name: 'Authority of Markets',
    jurisdiction: 'DE',
    jurisdictions: ['DE'],
    lines: ['lending'],
    email: sandboxEmail(SUPERVISOR),
  });
  watched.note({ supervisor: userId });
  tell.done(
    'Ada Quill may look at lenders in Germany, for two years, as a role that can write nothing.',
  );
  const { run, readings } = await watched.look({ what: 'overview' }, (db, visit) =>
    alerts.overview(db, visit.operator, visit.supervisor.authorityId),
  );
  tell.say(`What it sees of Weser first, from the report of ${run?.period.to}:`);
  tell.table(
    ['indicator', 'value', 'level'],
    readings.map(({ indicator, value, level }) => [
      indicator.id,
      value === undefined ? '' : rateText(value),
      level,
    ]),
  );
  const outside = { operator: ALLER.code, what: 'overview' };
  tell.refused(
    'Ada asks for Aller, an equity platform next door',
    await refusalOf(
      watched.look(outside, (db, { operator }) => alerts.overview(db, operator, authorityId)),
    ),
  );
  const looks = await world.read(
    { operatorId: INSTALLATION, actor: { kind: 'user', id: userId } },
    (db) => supervisedReading.looks(db, { userId: userId, before: undefined, limit: 5 }),
  );
  tell.say('Both looks are on record, for the authority and for whom it looked at:');
  tell.table(
    ['what', 'outcome'],
    looks.map(({ what, outcome }) => [what, outcome]),
  );
}

async function warn(watched: WatchedLender): Promise<void> {
  const { world, tell, house } = watched;
  const { alerts, alertRunner } = world.services;
  const threshold = {
    indicator: 'largest-borrower-share',
    amber: rate('0.25'),
    red: rate('0.5'),
  };
  await watched.answer(
    { what: `threshold ${threshold.indicator}` },
    {
      read: async () => Promise.resolve(),
      keep: (tx, _, { supervisor }) => alerts.setThreshold(tx, supervisor, threshold),
    },
  );
  await alertRunner.examine([house.operator], { kind: 'user', id: watched.supervisor.id });
  const raised = await watched.look({ what: 'alerts' }, (db, { supervisor }) =>
    alerts.alerts(db, supervisor, { before: undefined, limit: 5 }),
  );
  for (const { indicator, level, value, threshold: reached } of raised) {
    tell.done(
      `${indicator} is ${level}: ${value}, and ${reached} was set. It is raised once, not daily.`,
    );
  }
  tellWhether(tell, raised.length === 1, 'One alert, at once.');
}

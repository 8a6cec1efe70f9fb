import type { Id } from '../../src/kernel/id';
import { HOUR_MS } from '../../src/kernel/clock';
import { must } from '../../src/kernel/assert';
import { findPostedEntry } from '../../src/modules/ledger';
import type { PlayScene } from './act';
import { refusalOf } from './narrator';
import type { WatchedLender } from './watched-lender';

/** What goes wrong between people, and what goes wrong with data. */
export function disputeScenes(watched: WatchedLender): readonly PlayScene[] {
  return [
    { title: 'A complaint, with the money held until it ends', play: () => complain(watched) },
    { title: 'A list sent astray: who must be told by when', play: () => leak(watched) },
  ];
}

const CLAIM = '500.00';
const AWARD = '350.00';

async function complain(watched: WatchedLender): Promise<void> {
  const { life, house, world, tell } = watched;
  const { complaints, disputeOutcomes } = world.services;
  const [ada, ben] = [life.lender('Ada'), life.lender('Ben')];
  const { compliance, secondCompliance } = house.staff;
  const { id } = await house.write(ada, (tx) =>
    complaints.file(tx, {
      complainant: { kind: 'investor', id: ada.id },
      subject: { kind: 'other' },
      topic: 'payment',
      text: 'What I sent was booked for Ben.',
      channel: 'online',
    }),
  );
  const deadlines = await house.read((db) => complaints.deadlines(db, id));
  tell.done('Ada complains, free of charge: what she sent was booked for Ben.');
  tell.table(
    ['duty', 'by', 'because'],
    deadlines.map(({ duty, dueAt, citation }) => [
      duty,
      dueAt.toISOString().slice(0, 10),
      citation,
    ]),
  );
  const amount = house.money(CLAIM);
  const { hold } = { hold: { side: 'respondent', amount } as const };
  await house.write(compliance, async (tx) => {
    await complaints.nameRespondent(tx, id, { kind: 'investor', id: ben.id });
    await complaints.acknowledge(tx, id);
    await disputeOutcomes.hold(tx, id, hold);
  });
  const { available, reserved } = await house.cash(ben);
  tell.done(`Of Ben's cash ${amount} are held: ${available} available, ${reserved} reserved.`);
  const award = house.money(AWARD);
  await house.write(compliance, (tx) =>
    disputeOutcomes.propose(tx, id, {
      outcome: 'partly-upheld',
      grounds: 'One of two transfers was hers.',
      award,
    }),
  );
  tell.refused(
    'Who proposes the outcome decides on it',
    await refusalOf(house.write(compliance, (tx) => disputeOutcomes.decide(tx, id, 'confirmed'))),
  );
  await house.write(secondCompliance, (tx) => disputeOutcomes.decide(tx, id, 'confirmed'));
  await tellAward(watched, id);
}

async function tellAward(
  { house, world, tell, life }: WatchedLender,
  id: Id<'cpl'>,
): Promise<void> {
  const { disputeOutcomes } = world.services;
  const [ended] = await house.read((db) => disputeOutcomes.holds(db, id));
  const { captured, entryNo, amount } = must(ended, 'the hold');
  const entry = must(
    await house.read((db) => findPostedEntry(db, must(entryNo, 'the entry'))),
    'the entry of the award',
  );
  tell.done(`The second person confirms: ${captured} of ${amount} go to Ada, the rest is free.`);
  tell.table(
    ['account', 'debit', 'credit'],
    entry.postings.map(({ path, amount: posted }) => [
      life.nameOf(path),
      posted.isPositive ? posted.toString() : '',
      posted.isPositive ? '' : posted.negated().toString(),
    ]),
  );
}

async function leak({ house, world, tell }: WatchedLender): Promise<void> {
  const { incidents } = world.services;
  const { compliance } = house.staff;
  const { id } = await house.write(compliance, (tx) =>
    incidents.record(tx, {
      kind: 'data-leak',
      severity: 'major',
      affectedUsers: 12,
      dataAffected: ['contact'],
      description: 'A list of addresses went to the wrong recipient.',
      noticedAt: new Date(world.now.getTime() - HOUR_MS),
    }),
  );
  const [first] = await house.read((db) => incidents.duties(db, id));
  const { duty, recipient } = must(first, 'somebody to tell');
  await house.write(compliance, (tx) =>
    incidents.notify(tx, id, {
      duty,
      recipient: recipient.en,
      reference: 'DSB-17',
      sentAt: world.now,
    }),
  );
  const duties = await house.read((db) => incidents.duties(db, id));
  tell.table(
    ['to be told', 'by', 'told', 'because'],
    duties.map(({ recipient: whom, dueAt, doneAt, citation }) => [
      whom.en,
      minuteOf(dueAt),
      doneAt === undefined ? '' : minuteOf(doneAt),
      citation,
    ]),
  );
}

function minuteOf(at: Date): string {
  return at.toISOString().slice(0, 16).replace('T', ' ');
}

import { must } from '../../src/kernel/assert';
import { addDays, dateIn } from '../../src/kernel/calendar-date';
import type { Money } from '../../src/kernel/money';
import { readZip } from '../../src/platform/documents';
import { verifyPack, type ChangedField, type ReportContent } from '../../src/modules/reporting';
import { giveLeave, liveThroughDay, sendTransfer } from '../servicing';
import type { PlayScene } from './act';
import { tellWhether } from './life-loans';
import { refusalOf } from './narrator';
import { DAILY, type WatchedLender } from './watched-lender';

/** Reports that prove themselves. */
export function reportScenes(watched: WatchedLender): readonly PlayScene[] {
  return [
    { title: 'A lender, and a payment that goes astray', play: () => lend(watched) },
    { title: 'In the morning the reports are there', play: () => report(watched) },
    { title: 'A pack that proves itself', play: () => prove(watched) },
  ];
}

/** A figure that can be taken apart. */
export function figureScenes(watched: WatchedLender): readonly PlayScene[] {
  return [{ title: 'From a figure to the journal', play: () => follow(watched) }];
}

/** What comes late is told late, in the open. */
export function restatementScenes(watched: WatchedLender): readonly PlayScene[] {
  return [
    { title: 'The payment is found', play: () => find(watched) },
    { title: 'The report says so, field by field', play: () => restate(watched) },
  ];
}

const PARTS = [
  ['Ada', '3000.00'],
  ['Ben', '2000.00'],
] as const;
/** Each below what would be looked at by itself; together not. */
const SPLIT = ['3900.00', '4400.00', '4100.00'] as const;
/** Investors who have not lent yet. */
const OTHERS = 16;
const NO_REFERENCE = 'my loan';

async function lend({ life, world, tell }: WatchedLender): Promise<void> {
  await life.open();
  for (let other = 0; other < OTHERS; other += 1) {
    const { id, name } = await life.house.investor();
    life.call(id, name);
  }
  await world.moveTo(`${addDays(dateIn('UTC', world.now), 1)}T08:00:00Z`);
  for (const name of ['Ida', 'Jonas']) {
    await life.borrow(name, { amount: '5000.00', parts: PARTS });
  }
  const { house } = life;
  const [ida, jonas] = [life.of('Ida'), life.of('Jonas')];
  await giveLeave(house, ida.borrower, ida);
  const due = life.dueOn(jonas.loan);
  tell.done(`Ida and Jonas borrow ${jonas.loan.principal} each; ${due} is their first day.`);
  await world.moveTo(`${addDays(due, -1)}T20:00:00Z`);
  await world.beginNights();
  await world.moveTo(`${due}T08:00:00Z`);
  for (const amount of SPLIT) await house.payIn(life.lender('Dora'), amount);
  const amount = await firstInstalment(life);
  await sendTransfer(house, amount, { reference: NO_REFERENCE, from: 'Jonas' });
  await liveThroughDay(house, due);
  tell.done(
    `Ida's instalment is drawn. Jonas sends ${amount} with the words “${NO_REFERENCE}”, which are no ` +
      'reference: it lies in suspense, and he seems late.',
  );
}

async function firstInstalment(life: WatchedLender['life']): Promise<Money> {
  const { loan } = life.of('Jonas');
  const { loans } = life.world.services;
  const { instalments } = await life.house.read((db) => loans.schedule(db, loan));
  const { principal, interest, fees } = must(instalments[0], 'an instalment');
  return principal.plus(interest).plus(fees);
}

async function report(watched: WatchedLender): Promise<void> {
  const { world, tell, house, life } = watched;
  await world.moveTo(`${addDays(life.dueOn(life.of('Jonas').loan), 1)}T07:00:00Z`);
  const runs = await house.read((db) => world.services.reports.list(db, { limit: 20 }));
  tell.say('At four in the morning, where the operator is, the night made what was due:');
  tell.table(
    ['report', 'period', 'due', 'state', 'SHA-256'],
    runs.map(({ templateId, period, dueOn, state, made }) => [
      templateId,
      period.from === period.to ? period.from : `${period.from} to ${period.to}`,
      dueOn,
      state,
      `${made?.contentHash.slice(0, 12) ?? ''}…`,
    ]),
  );
  watched.note({ daily: await watched.latestReport(DAILY) });
}

async function prove(watched: WatchedLender): Promise<void> {
  const { world, tell, house } = watched;
  const { id } = watched.get('daily');
  const pack = await house.write(house.staff.compliance, (tx) =>
    world.services.reports.download(tx, { id, name: 'pack.zip' }),
  );
  const entries = readZip(pack.bytes);
  const { keyId, files, wrong } = verifyPack(entries);
  tellWhether(
    tell,
    wrong.length === 0,
    `${files} files as key ${keyId} signed them: a detached JWS over the manifest, which has the hash of ` +
      'each. OpenSSL alone can tell, and npm run verify says how.',
  );
  const altered = entries.map(({ name, bytes }) => ({
    name,
    bytes: name === 'figures.csv' ? Buffer.from(bytes.toString().replace(/\d/, '9')) : bytes,
  }));
  tellWhether(
    tell,
    verifyPack(altered).wrong.length > 0,
    `A copy with another digit in it: ${verifyPack(altered).wrong.join(', ')}.`,
  );
  const { contentHash, again, isEqual } = await house.read((db) =>
    world.services.reports.reproduce(db, id),
  );
  tellWhether(
    tell,
    isEqual && again === contentHash,
    'Computed again from the journal, byte by byte the same.',
  );
}

async function follow(watched: WatchedLender): Promise<void> {
  const { world, tell, house, life } = watched;
  const { id } = watched.get('daily');
  const rows = await watched.look({ what: 'figure received', subject: id }, (db) =>
    world.services.reports.drill(db, id, { figureId: FIGURE, by: {}, after: '', limit: 10 }),
  );
  tell.say('The supervisor asks what “received from borrowers” is made of:');
  tell.table(
    ['row', 'loan', 'amount', 'of it principal'],
    rows.map(({ key, values }) => [
      `…${key.slice(-14)}`,
      life.nameOf(values['loan_id'] ?? ''),
      values['amount_minor'] ?? '',
      values['principal_minor'] ?? '',
    ]),
  );
  const [payment] = await life.payments(await life.loan('Ida'));
  await life.tellEntry(must(payment, 'the payment'));
  const { content } = must(
    await house.read((db) => world.services.reports.latest(db, DAILY)),
    'the report',
  );
  const sum = valueOf(content, FIGURE);
  const [row] = rows;
  tellWhether(
    tell,
    sum === must(row, 'a row').values['amount_minor'],
    `The figure says ${sum} EUR, too.`,
  );
}

const FIGURE = 'received';

function valueOf({ figures }: ReportContent, figureId: string): string | undefined {
  return figures.find(({ id }) => id === figureId)?.cells[0]?.value ?? undefined;
}

async function find({ life, house, world, tell }: WatchedLender): Promise<void> {
  const { transfers } = world.services;
  const [stray] = await house.read((db) => transfers.list(db, { status: 'suspense', limit: 1 }));
  const { id, amount } = must(stray, 'the transfer');
  const { reference } = life.of('Jonas').loan;
  const { operations } = house.staff;
  const second = await world.user(house, 'second.operations', ['operations']);
  await house.write(operations, (tx) =>
    transfers.propose(tx, id, { reference, note: 'Jonas telephoned.' }),
  );
  tell.refused(
    'Whoever says that it is his confirms it',
    await refusalOf(house.write(operations, (tx) => transfers.confirm(tx, id))),
  );
  await house.write(second, (tx) => transfers.confirm(tx, id));
  await world.tick();
  const [payment] = await life.payments(await life.loan('Jonas'));
  tell.done(
    `The second person confirms: ${amount} are his, and count for ${payment?.paidOn}, the day on which ` +
      'they came.',
  );
}

async function restate(watched: WatchedLender): Promise<void> {
  const { world, tell, house } = watched;
  const { reports } = world.services;
  await world.moveTo(`${addDays(dateIn('UTC', world.now), 1)}T07:00:00Z`);
  const { id, contentSha } = await markedOf(watched);
  const restated = await house.write(house.staff.compliance, (tx) =>
    reports.restate(tx, { id, reason: 'A transfer without a reference was found' }),
  );
  const changes = await house.write(house.staff.compliance, (tx) =>
    reports.download(tx, { id: restated.id, name: 'changes.json' }),
  );
  tell.table(
    ['field', 'before', 'after'],
    (JSON.parse(changes.bytes.toString()) as ChangedField[]).map(({ field, before, after }) => [
      field.replace(/^figures\//, '').replace(/\/value$/, ''),
      before ?? '',
      after ?? '',
    ]),
  );
  const before = await house.read((db) => reports.get(db, id));
  tellWhether(
    tell,
    before.state === 'restated' && before.made?.contentHash === contentSha,
    'The first stays as it was made, and says by what it was replaced; both can be had.',
  );
  const filing = await watched.answer(
    { what: 'acknowledged', subject: restated.id },
    {
      read: async () => Promise.resolve(),
      keep: (tx, _, visit) =>
        world.services.supervisedFilings.respond(tx, visit, {
          runId: restated.id,
          verdict: 'acknowledged',
        }),
    },
  );
  tell.done(`The authority has the restatement: ${filing.state}.`);
}

/** The report that the morning's search marked. */
async function markedOf(watched: WatchedLender) {
  const { world, tell, house } = watched;
  const { id } = watched.get('daily');
  const { made, needsRestatementAt } = await house.read((db) => world.services.reports.get(db, id));
  tellWhether(
    tell,
    needsRestatementAt !== undefined,
    `At five the search for late facts marked it: needs restatement.`,
  );
  return { id, contentSha: must(made, 'a report that was made').contentHash };
}

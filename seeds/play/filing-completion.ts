import { addDays, calendarDate, dateIn, yearOf } from '../../src/kernel/calendar-date';
import { DAY_MS } from '../../src/kernel/clock';
import type { Assurance, FinancialYearDraft } from '../../src/modules/issuers';
import { sha256 } from '../people';
import type { PlayScene } from './act';
import type { FilingRound } from './filing-round';
import { refusalOf } from './narrator';

/** What people have to add before a filing may become an offering to the public. */
export function completionScenes(round: FilingRound): readonly PlayScene[] {
  return [
    { title: 'What a filing lacks is found out', play: () => complete(round) },
    { title: 'Four eyes read it, and it goes public', play: () => publish(round) },
  ];
}

const CHECKLIST = [
  'registration',
  'ownership',
  'bad-actor',
  'financial-statements',
  'business-plan',
  'material-claims',
] as const;

async function complete(round: FilingRound): Promise<void> {
  const { tell, house, offering, issuer } = round;
  const { offerings } = round.world.services;
  const { operations } = house.staff;
  tell.refused(
    'As it came in it is submitted',
    await refusalOf(house.write(operations, (tx) => offerings.submit(tx, offering))),
  );
  await screen(round);
  for (const item of CHECKLIST) await settleItem(round, item);
  tell.done(`${issuer.name}: ${CHECKLIST.length} items of due diligence, each on evidence.`);
  const assurance = await proveFigures(round);
  tell.done(`Financial statements are on file, ${assurance}: what a raise of this size asks for.`);
}

/** The provider checks the company and everybody who signed; a doubt is settled by a person. */
async function screen({ tell, house, world, issuer }: FilingRound): Promise<void> {
  const { issuers, issuerVerifications, issuerVerificationRunner } = world.services;
  const opened = await house.write(house.staff.operations, (tx) =>
    issuerVerifications.request(tx, issuer.id),
  );
  const { status } = await issuerVerificationRunner.run(house.scope(), opened);
  const decision = { outcome: 'verified', note: 'Read against the register.' } as const;
  if (status === 'review') {
    await house.write(house.staff.compliance, (tx) =>
      issuerVerifications.resolve(tx, issuer.id, decision),
    );
  }
  const people = await house.read((db) => issuers.peopleOf(db, issuer.id));
  const names = people.map(({ name, roles }) => `${name} (${roles.join(', ')})`).join(', ');
  tell.done(`Its number and whoever signed are checked: ${names}.`);
}

async function settleItem(
  { house, world, issuer }: FilingRound,
  item: (typeof CHECKLIST)[number],
): Promise<void> {
  const evidenceSha256 = sha256(`${item} of ${issuer.name}`);
  const order = { item, outcome: 'satisfied', evidenceSha256 } as const;
  await house.write(house.staff.compliance, (tx) =>
    world.services.dueDiligence.settle(tx, issuer.id, order),
  );
}

/** From the cheapest statements up, until the rulebook has nothing against the offering. */
async function proveFigures(round: FilingRound): Promise<Assurance> {
  const { house, world, issuer, offering } = round;
  const { financials, offerings } = world.services;
  const { operations, compliance } = house.staff;
  const year = await latestYear(round);
  const { fiscalYearEndsOn } = year;
  for (const assurance of ['certified', 'reviewed', 'audited'] as const) {
    await house.write(operations, (tx) => financials.record(tx, issuer.id, { ...year, assurance }));
    await house.write(compliance, (tx) => financials.verify(tx, issuer.id, fiscalYearEndsOn));
    await settleItem(round, 'financial-statements');
    const reasons = await house.read((db) => offerings.reasonsAgainst(db, offering));
    if (!reasons.some(({ code }) => code === 'financial-statements')) return assurance;
  }
  return 'audited';
}

async function latestYear({ house, world, issuer }: FilingRound): Promise<FinancialYearDraft> {
  const years = await house.read((db) => world.services.financials.list(db, issuer.id));
  const [latest] = years.toSorted((a, b) => (a.fiscalYearEndsOn < b.fiscalYearEndsOn ? 1 : -1));
  if (latest) {
    const { fiscalYearEndsOn, currency, assurance, employees, figures } = latest;
    return { fiscalYearEndsOn, currency, assurance, employees, figures };
  }
  const today = dateIn(house.operator.timeZone, world.now);
  const fiscalYearEndsOn = addDays(calendarDate(`${yearOf(today)}-01-01`), -1);
  return { fiscalYearEndsOn, currency: 'USD', assurance: 'none', figures: {} };
}

async function publish(round: FilingRound): Promise<void> {
  const { tell, house, world, offering } = round;
  const { offerings, lifecycle } = world.services;
  const { operations, compliance } = house.staff;
  await house.write(operations, (tx) => offerings.submit(tx, offering));
  tell.refused(
    'Whoever submitted it signs it off',
    await refusalOf(house.write(operations, (tx) => offerings.approve(tx, offering, 'Fine.'))),
  );
  const note = 'Filing, figures and due diligence agree.';
  await house.write(compliance, (tx) => offerings.approve(tx, offering, note));
  await house.write(operations, (tx) => lifecycle.publish(tx, offering));
  const { target, maximum, orderLimit, closesAt, allocation, feeRate } = await round.terms();
  world.expect(closesAt);
  tell.done(
    `Public: ${target} to ${maximum}, orders up to ${orderLimit}, allocation ${allocation.method}, ` +
      `fee ${feeRate.times(100).toString()} %, until ${closesAt.toISOString()}.`,
  );
  await world.moveBy(DAY_MS);
}

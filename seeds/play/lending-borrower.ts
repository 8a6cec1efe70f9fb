import { DAY_MS } from '../../src/kernel/clock';
import type { Id } from '../../src/kernel/id';
import { rate, rateText, roundRate } from '../../src/kernel/rate';
import type { LoanQuote } from '../../src/modules/applications';
import {
  addPayslip,
  applyForLoan,
  contactOf,
  STEADY,
  STRAINED,
  submitApplication,
} from '../lending';
import { sha256 } from '../people';
import type { PlayScene } from './act';
import type { LendingRound } from './lending-round';
import { refusalOf } from './narrator';

/** How somebody asks for a loan, and what comes of it. */
export function borrowerScenes(round: LendingRound): readonly PlayScene[] {
  return [
    { title: 'A borrower asks: saved, left, resumed', play: () => save(round) },
    { title: 'A soft offer, before anybody is bound', play: () => quote(round) },
    { title: 'Handed in: scored, graded, priced', play: () => decide(round) },
    { title: 'Offers by term; one is accepted, the loan is listed', play: () => accept(round) },
    { title: 'Somebody is declined, and told why', play: () => decline(round) },
  ];
}

async function save(round: LendingRound): Promise<void> {
  const { tell, world } = round;
  const { ganges } = round.houses;
  const { applications, listing } = world.services;
  for (const house of Object.values(round.houses)) {
    await house.write(house.staff.compliance, (tx) =>
      listing.setPolicy(tx, {
        reviewedBy: 'credit-decision',
        note: 'Every decision is explained to its borrower.',
      }),
    );
  }
  const meera = await round.borrows(ganges, 'Meera', { mailbox: 'borrower' });
  const contact = contactOf(ganges, meera);
  const begun = await ganges.write(meera, (tx) =>
    applications.open(tx, {
      issuerId: meera.id,
      source: 'borrower',
      form: { amount: ganges.money('180000.00'), termMonths: 24, purpose: 'small-business' },
      contact: {},
    }),
  );
  const { id } = begun.application;
  round.note({ application: id, contact });
  const gaps = await ganges.read((db) => applications.gaps(db, begun));
  tell.done(`Meera asks for ${begun.form.amount} over 24 months, saves, and leaves.`);
  tell.say(`Still missing: ${gaps.map(({ code }) => code).join(', ')}.`);
  await world.moveBy(2 * DAY_MS);

  const form = {
    repayment: 'annuity' as const,
    project: 'Four looms and a dye vat.',
    income: { monthly: ganges.money('68000.00'), source: 'employment' as const },
    commitments: {
      housing: ganges.money('6000.00'),
      loans: ganges.money('2500.00'),
      other: ganges.money('0.00'),
      dependants: 1,
    },
    creditFacts: STEADY,
  };
  const resumed = await ganges.write(meera, (tx) =>
    applications.save(tx, id, { form, contact, basedOn: 1 }),
  );
  tell.done(
    `Two days later she goes on where she stopped: version ${resumed.application.version}.`,
  );
  tell.refused(
    'A tab that still shows version 1 saves over it',
    await refusalOf(
      ganges.write(meera, (tx) =>
        applications.save(tx, id, { form: { termMonths: 12 }, contact: {}, basedOn: 1 }),
      ),
    ),
  );
  await addPayslip(ganges, meera, id);
  tell.done('Her payslip is added: kept sealed, known by its hash, every reading recorded.');
}

async function quote(round: LendingRound): Promise<void> {
  const { tell, world } = round;
  const { ganges } = round.houses;
  const { applications, applicationRunner, assessments } = world.services;
  const id = round.get('application');
  const meera = round.borrower('Meera');
  const { kind, provider, file } = await applicationRunner.askSoftly(
    ganges.scope(meera),
    id,
    sha256('You may ask a credit bureau softly.'),
  );
  tell.done(
    `By her consent the bureau (${provider}) is asked: a ${kind} enquiry, which leaves no mark. ` +
      `Its file: ${file.outcome}. What she states of her history counts only as far as it confirms.`,
  );
  const priced = await ganges.read(async (db) =>
    assessments.quote(db, await applications.get(db, id)),
  );
  tell.say('What the loan would cost in each term. Nobody is bound, nothing is decided:');
  tell.table(
    [...COSTS, 'left a month'],
    priced.map(({ quote: each, burden }) => [...costsOf(each), burden.disposable.toString()]),
  );
}

async function decide(round: LendingRound): Promise<void> {
  const { tell, world } = round;
  const { ganges } = round.houses;
  const { applications, applicationRunner, credit } = world.services;
  const id = round.get('application');
  const meera = round.borrower('Meera');
  tell.refused(
    'Meera hands in without her consent to be scored',
    await refusalOf(
      submitApplication(ganges, meera, { id, consents: ['terms', 'data-processing'] }),
    ),
  );
  await submitApplication(ganges, meera, { id });
  await applicationRunner.run(ganges.scope(), id);
  const { application } = await ganges.read((db) => applications.get(db, id));
  const { decisionId } = application;
  if (decisionId === undefined) throw new Error('no decision was taken');
  round.note({ decision: decisionId });
  const { recorded } = await ganges.read((db) => credit.get(db, decisionId));
  const { decision, scorecardNo, scaleNo, policyNo } = recorded;
  tell.done(
    `${decision.points} points; ${percent(decision.yearlyPd)} may fail within a year: grade ` +
      `${decision.grade}. Taken with scorecard ${scorecardNo}, scale ${scaleNo} and policy ` +
      `${policyNo}, whose contents are kept with the decision.`,
  );
  await tellReasons(round, decisionId);
  const { parts } = decision;
  if (parts === undefined || decision.rate === undefined) throw new Error('it has no price');
  tell.say('The price, part by part, a year:');
  tell.table(
    ['part', 'rate'],
    [
      ['base: what money costs', percent(parts.base)],
      ['expected loss of the grade', percent(parts.expectedLoss)],
      ['cost of making and serving it', percent(parts.cost)],
      ['margin', percent(parts.margin)],
      ['rounding', percent(parts.rounding)],
      ['the rate', percent(decision.rate)],
    ],
  );
}

async function accept(round: LendingRound): Promise<void> {
  const { tell, world } = round;
  const { ganges } = round.houses;
  const { acceptances } = world.services;
  const id = round.get('application');
  const meera = round.borrower('Meera');
  const offers = await ganges.read((db) => acceptances.listOffers(db, id));
  tell.table(COSTS, offers.map(costsOf));
  const [chosen] = offers.filter(({ termMonths }) => termMonths === 24);
  if (chosen === undefined) throw new Error('there is no offer over 24 months');
  tell.say(`Each holds until ${chosen.validUntil.toISOString()}.`);
  const accepted = await ganges.write(meera, (tx) => acceptances.accept(tx, id, chosen.id));
  if (accepted.offeringId === undefined) throw new Error('the loan is not listed');
  round.listed("Meera's looms", accepted.offeringId);
  const { offering } = await ganges.readOffering(accepted.offeringId);
  tell.done(
    `She takes the one over 24 months: the application is ${accepted.status}, the loan ` +
      `${offering.status}, and what she may still borrow anywhere is less by ${chosen.amount}.`,
  );
  tell.refused(
    'She takes the one over 36 months as well',
    await refusalOf(
      ganges.write(meera, (tx) =>
        acceptances.accept(
          tx,
          id,
          offers.find(({ termMonths }) => termMonths === 36)?.id ?? chosen.id,
        ),
      ),
    ),
  );
}

async function decline(round: LendingRound): Promise<void> {
  const { tell, world } = round;
  const { ganges } = round.houses;
  const { assessments } = world.services;
  const dev = await round.borrows(ganges, 'Dev');
  const application = await applyForLoan(ganges, dev, {
    amount: '150000.00',
    months: 24,
    purpose: 'car',
    project: 'A motorcycle to work.',
    monthlyIncome: '21000.00',
    otherLoans: '14000.00',
    facts: STRAINED,
  });
  tell.say(`Dev asks for 150,000 with 21,000 a month, of which 14,000 are owed already.`);
  const [last] = await ganges.read((db) => assessments.list(db, application.id));
  for (const { outcome, message } of last?.findings ?? []) tell.say(`– ${outcome}: ${message}`);
  if (application.decisionId !== undefined) await tellReasons(round, application.decisionId);
  tell.done(`It is ${application.status}; his reasons are his to read, in both languages.`);
}

/** What cost the applicant most points, as the borrower reads it. */
async function tellReasons(round: LendingRound, decisionId: Id<'cdn'>): Promise<void> {
  const { credit } = round.world.services;
  const { recorded } = await round.houses.ganges.read((db) => credit.get(db, decisionId));
  const { reasons } = recorded.decision;
  if (reasons.length === 0) {
    round.tell.say('Nothing cost points: there is no reason to give.');
    return;
  }
  round.tell.say('What cost most points:');
  round.tell.table(
    ['code', 'English', '中文'],
    reasons.map(({ code, text }) => [code, text.en, text.zh]),
  );
}

const COSTS = ['months', 'rate', 'APR', 'instalment', 'fee', 'total cost', 'to pay back'];

function costsOf(each: LoanQuote): readonly string[] {
  return [
    String(each.termMonths),
    percent(rateText(each.rate)),
    percent(rateText(each.apr)),
    each.instalment.toString(),
    each.fee.toString(),
    each.totalCost.toString(),
    each.totalPayable.toString(),
  ];
}

/** `0.1425` as `14.25 %`. */
export function percent(fraction: string): string {
  const digits = 2;
  return `${rateText(roundRate(rate(fraction).times(100), digits, 'half-even'), digits)} %`;
}

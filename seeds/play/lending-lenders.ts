import type { Id } from '../../src/kernel/id';
import { rate } from '../../src/kernel/rate';
import type { MandateTerms } from '../../src/modules/matching';
import { applyForLoan } from '../lending';
import { sha256, type Investor } from '../people';
import type { PlayScene } from './act';
import type { LendingRound } from './lending-round';
import { refusalOf } from './narrator';

/** How lenders are assessed, sign mandates, and lend by hand. */
export function lenderScenes(round: LendingRound): readonly PlayScene[] {
  return [
    { title: 'Lenders are assessed, C1 to C5', play: () => assess(round) },
    { title: 'Mandates: drafted, read, signed', play: () => mandate(round) },
    { title: 'One lends by hand, and where that ends', play: () => byHand(round) },
  ];
}

/** Answers, from the most careful to the boldest. */
const CAREFUL = {
  'steady-income': 'tenth',
  'share-lent': 'third',
  experience: 'none',
  'seen-loss': 'never',
  aim: 'keep',
  horizon: 'year',
  'lose-tenth': 'worry',
  'lose-all': 'no',
};
const USUAL = {
  'steady-income': 'quarter',
  'share-lent': 'tenth',
  experience: 'shares',
  'seen-loss': 'waited',
  aim: 'growth',
  horizon: 'years',
  'lose-tenth': 'bear',
  'lose-all': 'hardly',
};
const BOLD = {
  'steady-income': 'more',
  'share-lent': 'little',
  experience: 'years',
  'seen-loss': 'bought',
  aim: 'most',
  horizon: 'later',
  'lose-tenth': 'expected',
  'lose-all': 'yes',
};

const LENDERS: readonly (readonly [name: string, cash: string, answers: typeof USUAL])[] = [
  ['Asha', '120000.00', BOLD],
  ['Bharat', '60000.00', USUAL],
  ['Chitra', '60000.00', USUAL],
  ['Farid', '60000.00', USUAL],
  ['Gita', '60000.00', USUAL],
  ['Hari', '45000.00', USUAL],
  ['Indra', '30000.00', USUAL],
  ['Jaya', '80000.00', CAREFUL],
  ['Kiran', '900.00', USUAL],
];

async function assess(round: LendingRound): Promise<void> {
  const { tell, world } = round;
  const { ganges } = round.houses;
  const { appetites, investors } = world.services;
  const { policy } = appetites;
  const rows: string[][] = [];
  for (const [place, [name, cash, answers]] of LENDERS.entries()) {
    const mailbox = place === 0 ? { mailbox: 'investor' } : {};
    const lender = await round.lends(ganges, name, { ...mailbox, cash });
    const sheet = { policy: policy.id, version: policy.version, answers };
    await ganges.write(lender, (tx) => appetites.assess(tx, lender.id, sheet));
    const { appetite } = await ganges.read(async (db) => {
      const { profileVersion } = await investors.get(db, lender.id);
      return investors.factsOf(db, lender.id, profileVersion);
    });
    if (appetite === undefined) throw new Error(`${name} has no limit`);
    const { points, grade, maxOutstanding, maxPerLoan, loanGrades } = appetite;
    const loans = `${loanGrades.at(0)} to ${loanGrades.at(-1)}`;
    rows.push([
      name,
      String(points),
      grade,
      maxOutstanding.toString(),
      maxPerLoan.toString(),
      loans,
    ]);
  }
  tell.table(['lender', 'points', 'grade', 'all loans', 'one loan', 'loan grades'], rows);
  tell.say('The limits follow means and losses; every change is kept with its cause.');
}

async function mandate(round: LendingRound): Promise<void> {
  const { tell, world } = round;
  const { ganges } = round.houses;
  const { mandates } = world.services;
  const asha = round.lender('Asha');
  await moreLoans(round);
  tell.refused(
    'Asha wants to be lent for without being asked',
    await refusalOf(
      ganges.write(asha, (tx) =>
        mandates.draft(tx, asha.id, termsOf(round, { approvesEach: false })),
      ),
    ),
  );
  const { mandate: drafted, text } = await ganges.write(asha, (tx) =>
    mandates.draft(tx, asha.id, termsOf(round, {})),
  );
  tell.say('So each loan will be proposed to her. What she signs, in the two languages:');
  for (const each of [text.en, text.zh]) tell.text(shown(each));
  tell.refused(
    'She signs what another version said',
    await refusalOf(sign(round, asha, { id: drafted.id, text: `${text.en} and more` })),
  );
  await sign(round, asha, { id: drafted.id, text: text.zh });
  round.mandates.set('Asha', drafted.id);
  round.names.set(drafted.id, 'Asha');
  tell.done('She signs the Chinese text; its hash stands for the same terms.');
  const wishes: readonly (readonly [name: string, changes: Partial<MandateTerms>])[] = [
    ['Bharat', {}],
    ['Chitra', { maxPerLoan: ganges.money('15000.00') }],
    ['Farid', { maxShare: rate('0.25') }],
    ['Gita', { keepUninvested: ganges.money('30000.00') }],
    ['Hari', { minimumRate: rate('0.30') }],
    ['Indra', { mostTermMonths: 12 }],
    ['Jaya', { ticket: ganges.money('8000.00') }],
    ['Kiran', {}],
  ];
  for (const [name, changes] of wishes) {
    const lender = round.lender(name);
    const file = await ganges.write(lender, (tx) =>
      mandates.draft(tx, lender.id, termsOf(round, changes)),
    );
    await sign(round, lender, { id: file.mandate.id, text: file.text.en });
    round.mandates.set(name, file.mandate.id);
    round.names.set(file.mandate.id, name);
  }
  tell.done(
    'Bharat signs the same. Chitra wants at most 15,000 in a loan, Farid at most a quarter of his ' +
      'money, Gita keeps 30,000, Hari asks for 30 %, Indra for a year at most; Jaya is a careful ' +
      'lender with large tickets, and Kiran has 900.',
  );
}

/** Other loans, so that lenders have something to choose from. */
async function moreLoans(round: LendingRound): Promise<void> {
  const { ganges } = round.houses;
  const asked = [
    ["Noor's clinic", 'Noor', '90000.00', 36, '61000.00', 'medical'],
    ["Omar's pump", 'Omar', '60000.00', 12, '44000.00', 'home-improvement'],
  ] as const;
  for (const [title, name, amount, months, monthlyIncome, purpose] of asked) {
    const borrower = await round.borrows(ganges, name);
    const { offeringId } = await applyForLoan(ganges, borrower, {
      amount,
      months,
      purpose,
      project: title,
      monthlyIncome,
    });
    if (offeringId === undefined) throw new Error(`${title} should be listed`);
    round.listed(title, offeringId);
  }
  round.tell.done('Two more loans are listed: a clinic over 36 months, a pump over 12.');
}

function termsOf(round: LendingRound, changes: Partial<MandateTerms>): MandateTerms {
  const { ganges } = round.houses;
  return {
    currency: ganges.operator.homeCurrency,
    budget: ganges.money('250000.00'),
    keepUninvested: ganges.money('0.00'),
    ticket: ganges.money('1000.00'),
    grades: ['A', 'B', 'C', 'D', 'E'],
    maxPerGrade: [],
    mostTermMonths: 36,
    minimumRate: rate('0.06'),
    reinvest: true,
    approvesEach: true,
    ...changes,
  };
}

function sign(
  { world, houses: { ganges } }: LendingRound,
  lender: Investor,
  { id, text }: { readonly id: Id<'mnd'>; readonly text: string },
): Promise<unknown> {
  const acknowledged = ['riskWarning', 'lossOfAll', 'limitsObserved'];
  return ganges.write(lender, (tx) =>
    world.services.mandates.sign(tx, id, { textSha256: sha256(text), acknowledged }),
  );
}

/** Without its last line, which is for programs, and cut to the width of the terminal. */
function shown(text: string): string {
  const longest = 92;
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => (line.length > longest ? `${line.slice(0, longest)}…` : line))
    .join('\n');
}

async function byHand(round: LendingRound): Promise<void> {
  const { tell } = round;
  const { ganges } = round.houses;
  const loan = round.loan("Meera's looms");
  const ravi = await round.lends(ganges, 'Ravi', { cash: '90000.00' });
  tell.refused('Ravi lends Meera 60,000', await ganges.refused(ravi, loan, '60000.00'));
  const { subscription, caps } = await ganges.subscribe(ravi, loan, '30000.00');
  tell.done(`He lends 30,000 by hand: ${subscription.amount} held, not moved.`);
  for (const cap of caps) {
    tell.say(
      `– ${cap.rule}, ${cap.citation}: limit ${cap.limit}, used ${cap.used}, left ${cap.left}`,
    );
  }
  const jaya = round.lender('Jaya');
  tell.refused(
    'Jaya, a careful lender, tries 20,000',
    await ganges.refused(jaya, loan, '20000.00'),
  );
  const { brahmaputra } = round.houses;
  const meera = round.borrower('Meera');
  const again = await round.borrows(brahmaputra, 'Meera');
  const { offeringId } = await applyForLoan(brahmaputra, again, {
    amount: '100000.00',
    months: 12,
    purpose: 'medical',
    project: 'An operation for her mother.',
    monthlyIncome: '68000.00',
    otherLoans: '11500.00',
  });
  if (offeringId === undefined) throw new Error('the second loan should be listed');
  tell.say(
    `Meera also borrows at Brahmaputra (${meera.partyId === again.partyId ? 'one party, two files' : 'two parties'}); ` +
      'Ravi lends there as well.',
  );
  const twin = await round.lends(brahmaputra, 'Ravi', { cash: '90000.00' });
  tell.refused(
    'There he lends her 30,000',
    await brahmaputra.refused(twin, offeringId, '30000.00'),
  );
  await brahmaputra.subscribe(twin, offeringId, '20000.00');
  tell.done(
    'With 20,000 the pair is at its 50,000, counted over both platforms; neither is told of the other’s rows.',
  );
}

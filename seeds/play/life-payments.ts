import { must } from '../../src/kernel/assert';
import { addDays } from '../../src/kernel/calendar-date';
import { DAY_MS } from '../../src/kernel/clock';
import { Money } from '../../src/kernel/money';
import { rateText } from '../../src/kernel/rate';
import { giveLeave, liveThroughDay, sendTransfer } from '../servicing';
import type { PlayScene } from './act';
import { tellWhether, type LifeOfLoans } from './life-loans';
import { refusalOf } from './narrator';

/** How borrowers pay, by debit and by transfer, late, early, and with money that goes back. */
export function paymentScenes(life: LifeOfLoans): readonly PlayScene[] {
  return [
    { title: 'Two loans that run', play: () => begin(life) },
    { title: 'The first instalment: drawn, divided to the cent', play: () => first(life) },
    { title: 'The second by transfer; a part early, quoted', play: () => early(life) },
    { title: 'A debit bounces, and is taken back exactly', play: () => bounce(life) },
  ];
}

const PARTS = [
  ['Ada', '5000.00'],
  ['Ben', '3000.00'],
  ['Cleo', '1000.00'],
] as const;

async function begin(life: LifeOfLoans): Promise<void> {
  const { tell } = life;
  await life.open();
  for (const name of ['Frieda', 'Gustav']) {
    await life.world.moveBy(9 * DAY_MS);
    const loan = await life.borrow(name, { amount: '9000.00', parts: PARTS });
    tell.done(
      `${name} borrows ${loan.principal} at ${rateText(loan.terms.rate.times(100))} % of Ada, Ben ` +
        `and Cleo: signed, paid out on ${loan.disbursedOn}, due first on ${loan.nextDueOn}.`,
    );
  }
  const frieda = await life.loan('Frieda');
  const { instalments } = await life.house.read((db) =>
    life.world.services.loans.schedule(db, frieda),
  );
  tell.say('What Frieda owes when:');
  tell.table(
    ['no', 'due', 'principal', 'interest', 'fees'],
    instalments
      .slice(0, SHOWN)
      .map((each) => [
        String(each.no),
        each.dueOn,
        each.principal.toString(),
        each.interest.toString(),
        each.fees.toString(),
      ]),
  );
  const sum = Money.sum(
    instalments.map(({ principal }) => principal),
    frieda.principal.currency,
  );
  tellWhether(tell, sum.equals(frieda.principal), `All ${instalments.length} repay ${sum}.`);
}

const SHOWN = 4;

async function first(life: LifeOfLoans): Promise<void> {
  const { tell, house } = life;
  for (const name of ['Frieda', 'Gustav']) {
    const { borrower, loan } = life.of(name);
    await giveLeave(house, borrower, { loan });
  }
  const before = await life.loan('Frieda');
  const due = life.dueOn(before);
  tell.done('Both give leave to draw what falls due from their bank accounts.');
  await liveThroughDay(house, due);
  const loan = await life.loan('Frieda');
  const payment = must((await life.payments(loan))[0], 'the first payment');
  tell.done(
    `${due}: ${payment.amount} drawn from Frieda's account and divided in the evening: ` +
      `${payment.principal} principal, ${payment.interest} interest, ${payment.fees} fees.`,
  );
  await life.tellEntry(payment);
  await life.tellNotes(loan);
  const held = Money.sum(
    (await life.notes(loan)).map(({ principal }) => principal),
    loan.principal.currency,
  );
  tellWhether(
    tell,
    held.equals(loan.outstanding),
    `The notes together are what is outstanding, ${loan.outstanding}; the next is due ${loan.nextDueOn}.`,
  );
}

async function early(life: LifeOfLoans): Promise<void> {
  const { tell, house, world } = life;
  const { loanPayments, loanEarlyRepayments, loans, references } = world.services;
  const { borrower, loan: known } = life.of('Frieda');
  await house.write(borrower, (tx) => references.endDebitMandate(tx, known.reference));
  const due = life.dueOn(await life.loan('Frieda'));
  await world.moveTo(`${due}T08:00:00Z`);
  const loan = await life.loan('Frieda');
  const { instalments } = await house.read((db) => loans.schedule(db, loan));
  const row = must(
    instalments.find(({ dueOn }) => dueOn === due),
    'the instalment of the day',
  );
  const amount = row.principal.plus(row.interest).plus(row.fees);
  const shown = await house.read((db) =>
    loanPayments.preview(db, { loanId: loan.id, amount, on: due }),
  );
  tell.say(`Frieda takes her leave back and asks where ${amount} would go today:`);
  tell.table(
    ['for', 'amount'],
    shown.parts.map((part) => [part.portion, part.amount.toString()]),
  );
  await sendTransfer(house, amount, { reference: loan.reference, from: borrower.name });
  await liveThroughDay(house, due);
  tell.done(`Her transfer names ${loan.reference}, finds its way, and is divided in the evening.`);

  await world.moveTo(`${addDays(due, 3)}T09:00:00Z`);
  const now = await life.loan('Frieda');
  const until = addDays(due, 13);
  const quote = await house.write(borrower, (tx) =>
    loanEarlyRepayments.quote(tx, { loanId: now.id, on: until }),
  );
  tell.done(
    `She asks what would settle all of it: ${quote.total} on ${quote.on}, of which ${quote.principal} ` +
      `principal, ${quote.accruedInterest} interest to the day, ${quote.earlyFee} for repaying early; ` +
      `it saves ${quote.saved}.`,
  );
  const part = house.money('3000.00');
  await sendTransfer(house, part, { reference: now.reference, from: borrower.name });
  await house.write(borrower, (tx) =>
    loanEarlyRepayments.repayPart(tx, { loanId: now.id, amount: part }),
  );
  const after = await life.loan('Frieda');
  const payment = must((await life.payments(after))[0], 'the early repayment');
  tell.done(
    `She repays ${payment.amount} of it, ${payment.interest} for doing so early: ${now.outstanding} ` +
      `become ${after.outstanding}, and the ` +
      `last instalment falls due on ${after.maturesOn} instead of ${now.maturesOn}.`,
  );
  tell.refused(
    'The quote is used after that',
    await refusalOf(
      house.write(borrower, (tx) =>
        loanEarlyRepayments.settle(tx, { loanId: now.id, quoteId: quote.id }),
      ),
    ),
  );
}

const HOLDERS = ['Ada', 'Ben', 'Cleo'] as const;

async function bounce(life: LifeOfLoans): Promise<void> {
  const { tell, house, world } = life;
  const { borrower, loan: known } = life.of('Frieda');
  await giveLeave(house, borrower, { loan: known, ending: '29' });
  const due = life.dueOn(await life.loan('Frieda'));
  await world.moveTo(`${due}T00:30:00Z`);
  const before = await standing(life);
  await liveThroughDay(house, due);
  const paid = await standing(life);
  const [payment] = await life.payments(await life.loan('Frieda'));
  tell.done(`${due}: ${payment?.amount} drawn from another account of hers, and divided.`);
  await world.moveTo(`${addDays(due, 3)}T12:00:00Z`);
  const after = await standing(life);
  const [reversal] = await life.payments(await life.loan('Frieda'));
  tell.done(
    `Two days later her bank takes it back: payment ${reversal?.reversesPaymentNo} is reversed by ` +
      `payment ${reversal?.paymentNo}, ${reversal?.amount}.`,
  );
  tell.table(
    ['', 'before', 'when it was paid', 'after it bounced'],
    before.map(([name, was], at) => [
      name,
      was.toString(),
      paid[at]?.[1].toString() ?? '',
      after[at]?.[1].toString() ?? '',
    ]),
  );
  const isExact = before.every(([, was], at) => after[at]?.[1].equals(was) === true);
  const moved = before.some(([, was], at) => paid[at]?.[1].equals(was) === false);
  tellWhether(tell, isExact && moved, 'Everything stands as before, to the cent.');
  const loan = await life.loan('Frieda');
  const { instalments } = await house.read((db) => world.services.loans.schedule(db, loan));
  const row = must(
    instalments.find(({ dueOn }) => dueOn === due),
    'the instalment that bounced',
  );
  const amount = row.principal.plus(row.interest).plus(row.fees);
  await sendTransfer(house, amount, { reference: loan.reference, from: borrower.name });
  await world.tick();
  await giveLeave(house, borrower, { loan });
  tell.done(
    `She sends ${amount}: since it is late, it is divided at once; the next is due on ` +
      `${(await life.loan('Frieda')).nextDueOn}.`,
  );
}

/** What lenders have, in cash and in Frieda's loan. */
async function standing(life: LifeOfLoans): Promise<readonly (readonly [string, Money])[]> {
  const loan = await life.loan('Frieda');
  const notes = await life.notes(loan);
  const rows: [string, Money][] = [];
  for (const name of HOLDERS) {
    rows.push([`${name}, cash`, await life.available(name)]);
    const own = notes.filter(({ holder }) => holder.id === life.lender(name).id);
    const held = own.map(({ principal }) => principal);
    rows.push([`${name}, owed`, Money.sum(held, loan.principal.currency)]);
  }
  return [...rows, ['Frieda owes', loan.outstanding]];
}

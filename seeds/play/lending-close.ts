import { HOUR_MS } from '../../src/kernel/clock';
import { applyForLoan } from '../lending';
import { disburseLoan, loanOf, signLoan } from '../servicing';
import type { PlayScene } from './act';
import type { LendingRound } from './lending-round';
import { refusalOf } from './narrator';

/** How the loan comes about, what caps and links found, and whether it can all be taken again. */
export function lendingClosingScenes(round: LendingRound): readonly PlayScene[] {
  return [
    { title: 'Somebody with the same telephone: linked borrowers', play: () => link(round) },
    { title: 'The loan is full: closed, its money held', play: () => close(round) },
    { title: 'Signed, then paid out in two stages', play: () => payOut(round) },
    { title: 'Decision and window, taken again', play: () => replay(round) },
  ];
}

async function link(round: LendingRound): Promise<void> {
  const { tell, world } = round;
  const { ganges } = round.houses;
  const { applications, assessments } = world.services;
  const { phone, bankAccount, device } = round.get('contact');
  const tara = await round.borrows(ganges, 'Tara');
  const asked = await applyForLoan(ganges, tara, {
    amount: '80000.00',
    months: 24,
    purpose: 'wedding',
    project: 'A wedding.',
    monthlyIncome: '52000.00',
    contact: { phone, bankAccount, device },
    until: 'judged',
  });
  const { application } = await ganges.read((db) => applications.get(db, asked.id));
  tell.say('Tara, known to nobody, gives the telephone, the account and the device of Meera.');
  const [assessment] = await ganges.read((db) => assessments.list(db, asked.id));
  for (const { outcome, message, rule } of assessment?.findings ?? []) {
    tell.say(`– ${outcome}, ${rule}: ${message}`);
  }
  tell.done(
    `Found by keyed hashes, no mark readable: linked with ${application.linkedCount} other ` +
      `borrower; ${application.status}, so a person looks at it.`,
  );
}

async function close(round: LendingRound): Promise<void> {
  const { tell, world } = round;
  const { ganges } = round.houses;
  const { closings, offerings } = world.services;
  const id = round.loan("Meera's looms");
  const book = await ganges.read((db) => offerings.findBook(db, id));
  if (book === undefined) throw new Error('the loan has no book');
  const left = book.limit.minus(book.committed);
  const lenders = ['Vikram', 'Yamini', 'Zoya', 'Usha'];
  let open = left;
  for (const name of lenders) {
    if (open.isZero) break;
    const lender = await round.lends(ganges, name, { cash: '90000.00' });
    const part = ganges.money('45000.00').atMost(open);
    await ganges.subscribe(lender, id, part.toDecimalString());
    open = open.minus(part);
  }
  tell.say(`${book.committed} of ${book.limit} is lent; others lend ${left} by hand.`);
  world.expect(new Date(world.now.getTime() + HOUR_MS));
  await world.moveBy(2 * HOUR_MS);
  const closing = await ganges.read((db) => closings.findClosing(db, id));
  if (closing?.outcome !== 'settled') throw new Error('the loan should have closed');
  const proceeds = closing.raised.minus(closing.fee);
  tell.done(`Closed: ${closing.raised} raised, ${closing.fee} fee, ${proceeds} to Meera.`);
  const loan = await loanOf(ganges, id);
  tell.done(
    `The loan ${loan.id} is ${loan.status}: everything is on hold until she signs, by ` +
      `${loan.signBy.toISOString()}; else lenders get all of it back.`,
  );
  tell.refused(
    'Meera has her proceeds paid out at once',
    await refusalOf(ganges.payProceeds(round.borrower('Meera'), proceeds.toDecimalString())),
  );
}

async function payOut(round: LendingRound): Promise<void> {
  const { tell, world } = round;
  const { ganges } = round.houses;
  const { applications, loans, loanDisbursals } = world.services;
  const meera = round.borrower('Meera');
  const agreed = await loanOf(ganges, round.loan("Meera's looms"));
  const { text } = await ganges.read((db) => loans.agreement(db, agreed));
  tell.say('The agreement, in two languages; its beginning:');
  for (const each of [text.en, text.zh]) tell.text(beginningOf(each));
  tell.refused('It is paid out unsigned', await refusalOf(disburseLoan(ganges, meera, agreed)));
  const signed = await signLoan(ganges, meera, agreed);
  tell.done(`Meera signs by the hash of what she read: the loan is ${signed.status}.`);
  const told = await disburseLoan(ganges, meera, signed);
  tell.done(`First stage, the custodian is told: ${told.status}. Nothing is owed yet.`);
  await world.moveBy(2 * HOUR_MS);
  const loan = await loanOf(ganges, agreed.offeringId);
  const [attempt] = await ganges.read((db) => loanDisbursals.list(db, loan));
  if (loan.status !== 'active' || attempt?.status !== 'confirmed') {
    throw new Error('the bank should have paid the loan out');
  }
  tell.done(
    `Second stage, the bank has paid ${attempt.amount}: the loan is ${loan.status}, interest runs ` +
      `from ${loan.disbursedOn}, the first instalment is due on ${loan.nextDueOn}, the last on ` +
      `${loan.maturesOn}.`,
  );
  const { application } = await ganges.read((db) => applications.get(db, round.get('application')));
  tell.say(`Her application is ${application.status}.`);
}

/** So many lines let a reader see what it is. */
const SHOWN_LINES = 6;

function beginningOf(text: string): string {
  return [...text.split('\n').slice(0, SHOWN_LINES), '...'].join('\n');
}

async function replay(round: LendingRound): Promise<void> {
  const { tell, world } = round;
  const { ganges } = round.houses;
  const { credit, windows } = world.services;
  const again = await ganges.read((db) => credit.replay(db, round.get('decision')));
  const isDecisionEqual = again.isEqual && again.storedHash === again.replayedHash;
  const text = `The decision on Meera, from its stored inputs and models: ${again.replayedHash.slice(0, 16)}`;
  if (isDecisionEqual) tell.done(`${text}, equal to the last character.`);
  else tell.broken(`${text}, not what was stored.`);
  const window = await ganges.read((db) => windows.replay(db, round.get('window')));
  const found = `The window, from its stored input and seed: ${window.resultSha256.slice(0, 16)}`;
  if (window.isInputIntact && window.isSame) tell.done(`${found}, the same positions.`);
  else tell.broken(`${found}, not what was stored.`);
}

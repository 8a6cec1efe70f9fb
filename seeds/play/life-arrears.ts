import { must } from '../../src/kernel/assert';
import { addDays, calendarDate } from '../../src/kernel/calendar-date';
import { HOUR_MS } from '../../src/kernel/clock';
import type { Id } from '../../src/kernel/id';
import { Money } from '../../src/kernel/money';
import { rate } from '../../src/kernel/rate';
import { listCharges, type Loan } from '../../src/modules/loans';
import type { By } from '../office';
import { sha256 } from '../people';
import { sendTransfer } from '../servicing';
import { legalEntityIdentifier } from '../synthetic-numbers';
import type { PlayScene } from './act';
import { tellWhether, type LifeOfLoans } from './life-loans';
import { refusalOf } from './narrator';

/** What happens when a borrower stops paying: to the loan, to its lenders, to whoever answers for it. */
export function arrearsScenes(life: LifeOfLoans): readonly PlayScene[] {
  return [
    { title: 'A guarantor stands behind a loan', play: () => guarantee(life) },
    { title: 'Arrears: a late fee, a promise, the default', play: () => fallBehind(life) },
    { title: 'The guarantor pays, and takes the claim', play: () => compensate(life) },
    { title: 'Written off; what is recovered is shared', play: () => recover(life) },
  ];
}

const COVERED = 'Gustav';

async function guarantee(life: LifeOfLoans): Promise<void> {
  const { tell, house, world } = life;
  const { coverProviders, coverContracts, loanCover } = world.services;
  const today = calendarDate(world.now.toISOString().slice(0, 10));
  const documentSha256 = sha256('Statement of the guarantor');
  const { id } = await house.write(house.staff.operations, (tx) =>
    coverProviders.proposeGuarantor(tx, {
      kind: 'guarantor',
      name: 'Havel Bürgschaft AG',
      identity: { kind: 'lei', number: legalEntityIdentifier(90_101) },
      relation: 'independent',
      limit: house.money('100000.00'),
      capacity: { amount: house.money('50000.00'), statedOn: today, documentSha256 },
    }),
  );
  tell.refused(
    'Whoever proposed it approves it too',
    await refusalOf(house.write(house.staff.operations, (tx) => coverProviders.approve(tx, id))),
  );
  await house.write(house.staff.compliance, (tx) => coverProviders.approve(tx, id));
  life.call(id, 'Havel');
  const { reference } = await house.read((db) => coverProviders.getGuarantor(db, id));
  await sendTransfer(house, house.money('20000.00'), { reference, from: 'Havel Bürgschaft AG' });
  const loan = await life.loan(COVERED);
  await house.write(house.staff.operations, (tx) =>
    coverContracts.make(tx, loan.id, {
      providerId: id,
      sharePpm: 800_000,
      basis: 'principal-and-interest',
      triggerDays: 60,
      validFrom: today,
      validTo: calendarDate('2030-12-31'),
      documentSha256,
      fee: house.money('90.00'),
      feePayer: 'borrower',
      review: 'automatic',
    }),
  );
  const cover = await house.read((db) => loanCover.of(db, loan.id));
  tell.done(
    `Havel, a third party, answers for 80 % of what Gustav owes from the 60th day on; its lenders ` +
      `bear the rest. ${cover.contracts.length} contract, signed by hash, seen by every lender.`,
  );
}

async function fallBehind(life: LifeOfLoans): Promise<void> {
  const { tell, house, world } = life;
  const { borrower, loan: known } = life.of(COVERED);
  const { loanPromises, marketListings, references } = world.services;
  await house.write(borrower, (tx) => references.endDebitMandate(tx, known.reference));
  const due = life.dueOn(await life.loan(COVERED));
  await world.moveTo(`${addDays(due, -3)}T09:00:00Z`);
  const listing = await offered(life, known);
  await world.moveTo(`${addDays(due, 10)}T09:00:00Z`);
  const late = await life.loan(COVERED);
  const [fee] = (await house.read((db) => listCharges(db, late))).slice(-1);
  tell.done(
    `Gustav takes his leave back; what fell due on ${due} is not paid. After five days of grace ` +
      `${fee?.amount} is charged for it, once.`,
  );
  const { status, endReason } = await house.read((db) => marketListings.get(db, listing));
  tell.done(`Ada had offered her note of it: the offer is ${status} by itself (${endReason}).`);
  const byOn = addDays(due, 20);
  const promise = await house.write(house.staff.operations, (tx) =>
    loanPromises.make(tx, late.id, { amount: house.money('400.00'), byOn }),
  );
  tell.done(`On the telephone he promises ${promise.amount} by ${promise.byOn}.`);
  await world.moveTo(`${addDays(byOn, 1)}T09:00:00Z`);
  const [judged] = await house.read((db) => loanPromises.list(db, late));
  tell.done(`That evening it is ${judged?.status}: ${judged?.paid ?? 'nothing'} came.`);
  await world.moveTo(`${addDays(due, 92)}T09:00:00Z`);
  const loan = await life.loan(COVERED);
  tellWhether(
    tell,
    loan.defaultedOn !== undefined && judged?.status === 'broken',
    `More than 90 days past due: in default since ${loan.defaultedOn}.`,
  );
}

/** Ada's note, offered while it is not late. */
async function offered(life: LifeOfLoans, loan: Loan): Promise<Id<'mkl'>> {
  const { house, world } = life;
  const ada = life.lender('Ada');
  const note = (await life.notes(loan)).find(({ holder }) => holder.id === ada.id);
  const { noteNo } = must(note, "Ada's note");
  const { id } = await house.write(ada, (tx) =>
    world.services.marketListings.list(tx, {
      sellerId: ada.id,
      of: { loanId: loan.id, noteNo },
      price: rate('1'),
    }),
  );
  return id;
}

async function compensate(life: LifeOfLoans): Promise<void> {
  const { tell, house, world } = life;
  const { coverClaims } = world.services;
  await world.moveBy(3 * HOUR_MS);
  const loan = await life.loan(COVERED);
  const [claim] = await house.read((db) =>
    coverClaims.list(db, { loanNo: loan.loanNo, limit: 10 }),
  );
  const paid = (await life.payments(loan)).find(({ kind }) => kind === 'compensation');
  tell.done(
    `The evening of the 60th day made a claim by itself, and it is ${claim?.status}: ` +
      `${paid?.amount} for ${paid?.principal} principal and ${paid?.interest} interest.`,
  );
  if (paid) await life.tellEntry(paid);
  await life.tellNotes(loan);
  const notes = await life.notes(loan);
  const havel = notes.find(({ holder }) => holder.kind === 'guarantor');
  const sum = Money.sum(
    notes.map(({ principal }) => principal),
    loan.principal.currency,
  );
  tellWhether(
    tell,
    havel !== undefined && sum.equals(loan.outstanding),
    `Gustav owes what he owed, ${loan.outstanding}; ${havel?.principal} of it to Havel now.`,
  );
}

async function recover(life: LifeOfLoans): Promise<void> {
  const { tell, house, world } = life;
  const { arrearsDesk } = world.services;
  const { id, reference } = await life.loan(COVERED);
  const by: readonly [By, By] = [house.staff.operations, house.staff.compliance];
  const reason = 'Nothing came for three months';
  const measure = await house.write(by[0], (tx) =>
    arrearsDesk.propose(tx, id, { order: { kind: 'write-off' }, reason }),
  );
  tell.refused(
    'Whoever proposes the write-off agrees to it',
    await refusalOf(house.write(by[0], (tx) => arrearsDesk.approve(tx, id, measure.no))),
  );
  await house.write(by[1], (tx) => arrearsDesk.approve(tx, id, measure.no));
  const costs = house.money('120.00');
  const what = 'A lawyer';
  await house.write(by[0], (tx) =>
    arrearsDesk.propose(tx, id, {
      order: { kind: 'costs', amount: costs, what, receiptSha256: sha256(what) },
      reason: what,
    }),
  );
  tell.done(
    `Written off: all is due at once, and his lenders keep their claims. A lawyer costs ${costs}.`,
  );
  const before = await life.notes({ loanNo: (await life.loan(COVERED)).loanNo });
  await sendTransfer(house, house.money('2000.00'), { reference, from: 'Bailiff' });
  await world.tick();
  const loan = await life.loan(COVERED);
  const [recovered] = await life.payments(loan);
  tell.done(
    `2000.00 EUR come in: ${recovered?.costs} for the costs, ${recovered?.principal} principal and ` +
      `${recovered?.interest} interest for whoever holds the debt, by what each holds.`,
  );
  if (recovered) await life.tellEntry(recovered);
  const after = await life.notes(loan);
  const freed = before.map((note, at) =>
    note.principal.minus(must(after[at], 'the note').principal),
  );
  tellWhether(
    tell,
    Money.sum(freed, costs.currency).equals(recovered?.principal ?? costs.minus(costs)) &&
      recovered?.costs.equals(costs) === true,
    'The parts of all holders are the whole, and the costs were paid first.',
  );
}

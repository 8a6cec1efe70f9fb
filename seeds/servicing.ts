import type { CalendarDate } from '../src/kernel/calendar-date';
import { HOUR_MS } from '../src/kernel/clock';
import type { Id } from '../src/kernel/id';
import type { Money } from '../src/kernel/money';
import type { Loan } from '../src/modules/loans';
import type { House } from './house';
import type { Company } from './issuing';
import { openBankAccount, sha256, type Investor } from './people';
import { iban } from './synthetic-numbers';

/** A bank answers what it was told within so many hours. */
const ANSWERED_WITHIN_HOURS = 2;

/** The loan that an offering came to. @throws Error before it was settled. */
export async function loanOf(house: House, offeringId: Id<'off'>): Promise<Loan> {
  const { loans } = house.stage.services;
  const loan = await house.read((db) => loans.findByOffering(db, offeringId));
  if (!loan) throw new Error(`${offeringId} should be a loan by now`);
  return loan;
}

/** The agreement is read and signed by its borrower, and by the operator where its policy says so. */
export async function signLoan(house: House, borrower: Company, { id }: Loan): Promise<Loan> {
  const { loans } = house.stage.services;
  const { text, isCountersigned } = await house.read(async (db) =>
    loans.agreement(db, await loans.get(db, id)),
  );
  const textSha256 = sha256(text.en);
  const signed = await house.write(borrower, (tx) =>
    loans.sign(tx, id, { side: 'borrower', textSha256 }),
  );
  if (!isCountersigned) return signed;
  return house.write(house.staff.operations, (tx) =>
    loans.sign(tx, id, { side: 'operator', textSha256 }),
  );
}

/**
 * Tells the custodian to pay a signed loan out to an account of its borrower, opened for it. It is
 * active when the bank has answered, which the clock has to reach.
 */
export async function disburseLoan(house: House, borrower: Company, { id }: Loan): Promise<Loan> {
  const { loanDisbursals, paymentDispatcher } = house.stage.services;
  const bankAccountId = await openBankAccount(house, borrower);
  const loan = await house.write(house.staff.operations, (tx) =>
    loanDisbursals.instruct(tx, id, bankAccountId),
  );
  await paymentDispatcher.run(house.operator.id);
  house.stage.expect(new Date(house.stage.now.getTime() + ANSWERED_WITHIN_HOURS * HOUR_MS));
  return loan;
}

/** Somebody who lent, and how much. */
export interface Part {
  readonly lender: Investor;
  readonly amount: string;
}

/** A loan from its offering to the money on its borrower's account: lent, signed, paid out. */
export async function runLoan(
  house: House,
  offeringId: Id<'off'>,
  of: { readonly borrower: Company; readonly parts: readonly Part[] },
): Promise<Loan> {
  for (const { lender, amount } of of.parts) await house.subscribe(lender, offeringId, amount);
  await house.stage.moveBy(HOUR_MS);
  const agreed = await loanOf(house, offeringId);
  await disburseLoan(house, of.borrower, await signLoan(house, of.borrower, agreed));
  await house.stage.moveBy(ANSWERED_WITHIN_HOURS * HOUR_MS);
  const loan = await loanOf(house, offeringId);
  await expectInstalments(house, loan);
  return loan;
}

/**
 * Gives leave to draw what falls due from an account opened for it.
 *
 * @param ending the last digits of the account, by which the sandbox's bank acts.
 */
export async function giveLeave(
  house: House,
  borrower: Company,
  { loan, ending = '00' }: { readonly loan: Pick<Loan, 'reference'>; readonly ending?: string },
): Promise<void> {
  const { bankAccounts, paymentDispatcher, references } = house.stage.services;
  const serial = `${house.operator.id}${house.stage.cast.between(1000, 9999)}${ending}`;
  const isEuropean = house.land === 'EU';
  const { id: bankAccountId } = await house.write(borrower, (tx) =>
    bankAccounts.register(tx, {
      partyId: borrower.partyId,
      holder: borrower.name,
      scheme: isEuropean ? 'iban' : 'account-reference',
      account: isEuropean ? iban(Number(serial)) : `ACCT${serial}`,
    }),
  );
  await paymentDispatcher.run(house.operator.id);
  const { reference } = loan;
  await house.write(borrower, (tx) =>
    references.giveDebitMandate(tx, { reference, bankAccountId }),
  );
}

/** A transfer that names what it is for, and arrives at once. */
export async function sendTransfer(
  house: House,
  amount: Money,
  { reference, from }: { readonly reference: string; readonly from: string },
): Promise<void> {
  const { custodian, paymentDispatcher } = house.stage.services;
  const operatorId = house.operator.id;
  const payer = { name: from, account: house.accountNumber() };
  await custodian.receiveTransfer({ operatorId, amount, reference, payer });
  await paymentDispatcher.run(operatorId);
}

/** When debits are asked for, when they have been drawn, and when the evening is over. UTC. */
const HALTS = ['02:00', '08:00', '22:30'] as const;

/** Has the clock halt wherever an instalment of the loan falls due. */
export async function expectInstalments(house: House, loan: Loan): Promise<void> {
  const { loans } = house.stage.services;
  const { instalments } = await house.read((db) => loans.schedule(db, loan));
  for (const { dueOn } of instalments) {
    for (const time of HALTS) house.stage.expect(new Date(`${dueOn}T${time}:00Z`));
  }
}

/** To the end of the evening of a day. */
export async function liveThroughDay(house: House, day: CalendarDate): Promise<void> {
  await house.stage.moveTo(`${day}T${HALTS[2]}:00Z`);
}

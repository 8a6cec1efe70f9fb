import { HOUR_MS } from '../src/kernel/clock';
import type { Id } from '../src/kernel/id';
import type { Loan } from '../src/modules/loans';
import type { House } from './house';
import type { Company } from './issuing';
import { openBankAccount, sha256 } from './people';

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

import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import { available, loanCollectionsAccount, type LedgerService } from '../ledger';
import type {
  BankAccountService,
  DebitMandate,
  ReferenceService,
  Withdrawal,
  WithdrawalService,
} from '../payments';
import { listDisbursals } from './disbursal.store';
import { loanProblem } from './errors';
import { currencyOf, isLive, type Loan } from './loan';
import { lockLoan } from './store';
import { findGivenUpOn } from './write-off.store';

export interface LoanArrivalDeps {
  readonly audit: Audit;
  readonly ledger: LedgerService;
  readonly references: Pick<
    ReferenceService,
    'getOfOwner' | 'close' | 'reopen' | 'findDebitMandate'
  >;
  readonly bankAccounts: Pick<BankAccountService, 'listOfParty'>;
  readonly withdrawals: Pick<WithdrawalService, 'payOut'>;
}

/** How money comes to a loan, and what of it lies there. */
export interface LoanAccount {
  /** What the borrower writes on a transfer; undefined when nothing is to come any more. */
  readonly reference: string | undefined;
  readonly debitMandate: DebitMandate | undefined;
  readonly available: Money;
}

/** The way of a borrower's money to a loan: open while it is owed, and back when it is not. */
export class LoanArrivals {
  constructor(private readonly deps: LoanArrivalDeps) {}

  async account(db: Db, loan: Loan): Promise<LoanAccount> {
    const { references } = this.deps;
    const { reference, closedAt } = await references.getOfOwner(db, ownerOf(loan));
    return {
      reference: closedAt ? undefined : reference,
      debitMandate: closedAt ? undefined : await references.findDebitMandate(db, reference),
      available: await this.lyingOn(db, loan),
    };
  }

  /**
   * Brings the way of the money up to where the loan stands. One that has ended takes no more, and
   * what lies on its account goes back to its borrower; one that is owed again, since a bank took a
   * payment back, takes money again.
   *
   * @param fact what it follows from: the same fact sends back once.
   */
  async settle(tx: Tx, id: Id<'lon'>, fact: string): Promise<void> {
    const { references } = this.deps;
    const loan = await lockLoan(tx, id);
    if (loan.endedAt !== undefined) {
      await references.close(tx, ownerOf(loan));
      await this.sendBack(tx, loan, fact);
    } else if (isLive(loan) && (await findGivenUpOn(tx, loan.loanNo)) === undefined) {
      await references.reopen(tx, ownerOf(loan));
    }
  }

  /**
   * Sends a borrower back what lies on the account of a loan that has ended, where that did not happen
   * by itself: no bank account was known, or its bank took nothing.
   *
   * @param to by default as it is sent of itself.
   * @throws Problem `loans.loan-not-found`, `loans.loan-status` while it is owed,
   *   `loans.nothing-to-return`, `loans.no-bank-account`, and those of `WithdrawalService.payOut`.
   */
  async returnSurplus(tx: Tx, id: Id<'lon'>, to?: Id<'bac'>): Promise<Withdrawal> {
    const { withdrawals } = this.deps;
    const loan = await lockLoan(tx, id);
    if (loan.endedAt === undefined) {
      throw loanProblem('loan-status', {
        detail: 'What is paid into a loan waits for what falls due.',
      });
    }
    const amount = await this.lyingOn(tx, loan);
    if (!amount.isPositive) throw loanProblem('nothing-to-return');
    const bankAccountId = to ?? (await this.knownAccount(tx, loan));
    if (bankAccountId === undefined) throw loanProblem('no-bank-account');
    const withdrawal = await withdrawals.payOut(tx, {
      owner: ownerOf(loan),
      amount,
      bankAccountId,
    });
    await this.noteSentBack(tx, loan, { amount, bankAccountId });
    return withdrawal;
  }

  /** To an account that is known to be the borrower's own; without one, staff see it lie there. */
  private async sendBack(tx: Tx, loan: Loan, fact: string): Promise<void> {
    const { audit, withdrawals } = this.deps;
    const amount = await this.lyingOn(tx, loan);
    if (!amount.isPositive) return;
    const bankAccountId = await this.knownAccount(tx, loan);
    if (bankAccountId === undefined) {
      const details = { amount: amount.toString() };
      await audit.record(tx, { action: 'loans.surplus-kept', subject: loan.id, details });
      return;
    }
    const source = `surplus:${loan.id}/${fact}`;
    await withdrawals.payOut(tx, { owner: ownerOf(loan), amount, bankAccountId, source });
    await this.noteSentBack(tx, loan, { amount, bankAccountId });
  }

  private async noteSentBack(
    tx: Tx,
    { id }: Loan,
    { amount, bankAccountId }: { readonly amount: Money; readonly bankAccountId: Id<'bac'> },
  ): Promise<void> {
    const details = { amount: amount.toString(), bankAccountId };
    await this.deps.audit.record(tx, { action: 'loans.surplus-sent-back', subject: id, details });
  }

  /** The account that the loan was paid out to, or else the last that was verified. */
  private async knownAccount(db: Db, loan: Loan): Promise<Id<'bac'> | undefined> {
    const { references, bankAccounts } = this.deps;
    const { partyId } = await references.getOfOwner(db, ownerOf(loan));
    const own = await bankAccounts.listOfParty(db, partyId);
    const verified = own.filter(({ status }) => status === 'verified').map(({ id }) => id);
    const disbursals = await listDisbursals(db, loan);
    const paidTo = disbursals.find(({ status }) => status === 'confirmed')?.bankAccountId;
    return verified.find((id) => id === paidTo) ?? verified.at(-1);
  }

  private async lyingOn(db: Db, loan: Loan): Promise<Money> {
    const currency = currencyOf(loan);
    const account = await this.deps.ledger.findAccount(
      db,
      loanCollectionsAccount(loan.id, currency),
    );
    return account ? available(account) : Money.zero(currency);
  }
}

function ownerOf({ id }: Pick<Loan, 'id'>) {
  return { kind: 'loan', id } as const;
}

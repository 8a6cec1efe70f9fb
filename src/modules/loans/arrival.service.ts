import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import { available, loanCollectionsAccount, type LedgerService } from '../ledger';
import type {
  BankAccountService,
  DebitMandate,
  ReferenceService,
  WithdrawalService,
} from '../payments';
import { listDisbursals } from './disbursal.store';
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

  /** To an account that is known to be the borrower's own; without one, staff see it lie there. */
  private async sendBack(tx: Tx, loan: Loan, fact: string): Promise<void> {
    const { audit, withdrawals } = this.deps;
    const amount = await this.lyingOn(tx, loan);
    if (!amount.isPositive) return;
    const bankAccountId = await this.knownAccount(tx, loan);
    const details = { amount: amount.toString(), bankAccountId };
    if (bankAccountId === undefined) {
      await audit.record(tx, { action: 'loans.surplus-kept', subject: loan.id, details });
      return;
    }
    const source = `surplus:${loan.id}/${fact}`;
    await withdrawals.payOut(tx, { owner: ownerOf(loan), amount, bankAccountId, source });
    await audit.record(tx, { action: 'loans.surplus-sent-back', subject: loan.id, details });
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

import { dateIn } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { agreementText, type AgreementText } from './agreement';
import { loanProblem } from './errors';
import { announce } from './announce.service';
import type { LoanInstalment } from './instalment';
import { moved, requireStatus, type Loan } from './loan';
import { countHolders } from './note.store';
import { instalmentsOf, planFrom } from './plan';
import type { LoanDeps } from './ports';
import { listInstalments, listSchedules, type ScheduleHead } from './schedule.store';
import { isFullySigned, requireText, type Signature, type SigningSide } from './signature';
import { insertSignature, listSignatures } from './signing.store';
import * as store from './store';

/** The agreement of a loan as it is to be read, and who has signed it. */
export interface Agreement {
  readonly text: AgreementText;
  readonly signatures: readonly Signature[];
  readonly isCountersigned: boolean;
}

/** One schedule of a loan, and which others it has had. */
export interface LoanSchedule {
  /** 0 before the money was paid out. */
  readonly version: number;
  readonly versions: readonly ScheduleHead[];
  readonly instalments: readonly LoanInstalment[];
}

/** Loans: reading them, and the signing of their agreements. */
export class LoanService {
  constructor(private readonly deps: LoanDeps) {}

  /** @throws Problem `loans.loan-not-found`. */
  async get(db: Db, id: Id<'lon'>): Promise<Loan> {
    return store.getLoan(db, id);
  }

  async findByOffering(db: Db, offeringId: Id<'off'>): Promise<Loan | undefined> {
    return store.findLoanByOffering(db, offeringId);
  }

  /** Newest first; one more than the limit, to tell whether there are others. */
  async list(db: Db, filter: store.LoanFilter): Promise<readonly Loan[]> {
    return store.listLoans(db, filter);
  }

  /** The schedule in force, or an earlier one. */
  async schedule(db: Db, loan: Loan, version = loan.scheduleVersion): Promise<LoanSchedule> {
    return {
      version,
      versions: await listSchedules(db, loan.loanNo),
      instalments: await listInstalments(db, loan, version),
    };
  }

  /**
   * The agreement to be signed, or as it was signed: the text of the first signature stands,
   * whatever programs write later.
   */
  async agreement(db: Db, loan: Loan): Promise<Agreement> {
    const { isCountersigned } = this.deps.servicingPolicies.get(loan.policy).signing;
    const signatures = await listSignatures(db, loan.loanNo);
    const text = signatures[0]?.text ?? (await this.textOf(db, loan));
    return { text, signatures, isCountersigned };
  }

  /**
   * Signs the agreement for one side, by the hash of what was read. With the last signature the
   * loan can be paid out.
   *
   * @throws Problem `loans.loan-not-found`, `loans.loan-status`, `loans.sign-by-over`,
   *   `loans.agreement-changed`, `loans.already-signed`, also by the same person for the other side.
   */
  async sign(
    tx: Tx,
    id: Id<'lon'>,
    { side, textSha256 }: { readonly side: SigningSide; readonly textSha256: string },
  ): Promise<Loan> {
    const loan = await store.lockLoan(tx, id);
    requireStatus(loan, 'agreed');
    const now = this.deps.clock.now();
    if (now >= loan.signBy) throw loanProblem('sign-by-over');
    const { text, signatures, isCountersigned } = await this.agreement(tx, loan);
    requireText(text, textSha256);
    const userId = tx.scope.actor.id as Id<'usr'>;
    if (signatures.some((each) => each.side === side || each.userId === userId)) {
      throw loanProblem('already-signed');
    }
    const signature: Signature = { side, userId, text, textSha256, signedAt: now };
    await insertSignature(tx, loan.loanNo, signature);
    const isComplete = isFullySigned([...signatures, signature], { isCountersigned });
    await this.deps.audit.record(tx, {
      action: 'loans.signature-given',
      subject: id,
      details: { side, textSha256 },
    });
    if (!isComplete) return loan;
    const signed = moved(loan, 'signed');
    await store.updateLoan(tx, signed);
    await announce(this.deps, tx, { type: 'loans.signed', loan: signed });
    return signed;
  }

  private async textOf(db: Db, loan: Loan): Promise<AgreementText> {
    const { files, offerings } = this.deps;
    const { operator, workingDays } = offerings.regimeOf(db);
    const { name } = await files.getIssuer(db, loan.issuerId);
    const agreedOn = dateIn(operator.timeZone, loan.agreedAt);
    return agreementText({
      loan,
      agreedOn,
      borrower: name,
      operator: operator.legalName,
      lenders: await countHolders(db, loan.loanNo),
      instalments: instalmentsOf(planFrom(loan.terms, loan.principal, agreedOn), workingDays),
    });
  }
}

import { dateIn } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Tx } from '../../platform/db';
import { credit, debit, issuerProceedsAccount, type AccountNo } from '../ledger';
import { announce } from './announce.service';
import { moved, type Loan } from './loan';
import type { Note } from './note';
import * as notes from './note.store';
import type { LoanDeps } from './ports';
import type { RenewalCaps } from './renewal-caps.service';
import type { RenewalService } from './renewal.service';
import * as store from './store';

export interface CancellationDeps extends LoanDeps {
  readonly renewals: RenewalService;
  readonly renewalCaps: RenewalCaps;
}

/** Undoes loans that were agreed and never paid out. */
export class LoanCancellation {
  constructor(private readonly deps: CancellationDeps) {}

  /**
   * Cancels a loan before it is paid out. Every lender gets back what it lent, to the minor unit:
   * the operator has earned no fee yet. The notes leave the register, and outstanding principal the
   * caps it counted against.
   *
   * @throws Problem `loans.loan-not-found`, `loans.loan-status`, also while it is being paid out.
   */
  async cancel(tx: Tx, id: Id<'lon'>, reason: string): Promise<Loan> {
    const { clock, references, renewals, renewalCaps } = this.deps;
    await renewals.lockBoth(tx, await store.getLoan(tx, id));
    const loan = await store.lockLoan(tx, id);
    const cancelled: Loan = {
      ...moved(loan, 'cancelled'),
      proceedsHoldNo: undefined,
      feeHoldNo: undefined,
      endedAt: clock.now(),
    };
    const held = await notes.lockNotes(tx, loan.loanNo);
    await this.freeCaps(tx, loan, held);
    await renewals.release(tx, loan);
    await renewalCaps.giveBack(tx, loan.offeringId);
    await this.payBack(tx, loan, held);
    await this.emptyRegister(tx, loan, { held, reason });
    const { timeZone } = this.deps.offerings.regimeOf(tx).operator;
    const closedOn = dateIn(timeZone, clock.now());
    await notes.updateNotes(
      tx,
      held.map((note) => ({ ...note, units: 0n, closedOn })),
    );
    await store.updateLoan(tx, cancelled);
    await references.close(tx, { kind: 'loan', id });
    await announce(this.deps, tx, { type: 'loans.cancelled', loan, details: { reason } });
    return cancelled;
  }

  /** Cancels the loan whose time to be signed ran out first. @returns its id, if there is one. */
  async cancelUnsigned(tx: Tx): Promise<Id<'lon'> | undefined> {
    const [next] = await store.listUnsigned(tx, this.deps.clock.now(), 1);
    if (!next) return undefined;
    await this.cancel(tx, next.id, 'Not signed in time');
    return next.id;
  }

  private async freeCaps(tx: Tx, loan: Loan, held: readonly Note[]): Promise<void> {
    const paymentId = `${loan.id}/cancelled`;
    const ofLenders = held.flatMap(({ caps, source, cost }) =>
      caps.map((row) => ({ ...row, sourceId: source.id, paymentId, amountMinor: cost.minor })),
    );
    const ofBorrower = loan.caps.map((row) => ({
      ...row,
      sourceId: loan.offeringId,
      paymentId,
      amountMinor: loan.principal.minor,
    }));
    await this.deps.caps.repay(tx, [...ofLenders, ...ofBorrower], this.deps.clock.now());
  }

  private async payBack(tx: Tx, loan: Loan, held: readonly Note[]): Promise<void> {
    const { ledger, clock } = this.deps;
    const { principal, issuerId, proceedsHoldNo, feeHoldNo } = loan;
    const holds = [proceedsHoldNo, feeHoldNo].filter((each) => each !== undefined);
    await ledger.releaseHolds(tx, holds);
    const proceeds = await ledger.ensureAccount(
      tx,
      issuerProceedsAccount(issuerId, principal.currency),
    );
    await ledger.post(tx, [
      {
        kind: 'loan-cancellation',
        source: { type: 'loan-cancellation', id: loan.id },
        description: `${loan.id} was not paid out: lenders get back what they lent`,
        occurredAt: clock.now(),
        postings: [
          debit(proceeds, principal),
          ...[...byAccount(held, loan)].map(([account, amount]) => credit(account, amount)),
        ],
      },
    ]);
  }

  private async emptyRegister(
    tx: Tx,
    { id, instrumentId }: Loan,
    { held, reason }: { readonly held: readonly Note[]; readonly reason: string },
  ): Promise<void> {
    const units = new Map<Id<'inv'>, bigint>();
    for (const { holder, units: part } of held) {
      if (holder.kind === 'investor') units.set(holder.id, (units.get(holder.id) ?? 0n) + part);
    }
    await this.deps.holdings.cancelAll(tx, {
      instrumentId,
      items: [...units].map(([investorId, sum]) => ({ investorId, units: sum })),
      reason,
      occurredAt: this.deps.clock.now(),
      source: { type: 'loan-cancellation', id },
    });
  }
}

/** What each holder's account gets back: a lender may have several notes. */
function byAccount(held: readonly Note[], { principal }: Loan): ReadonlyMap<AccountNo, Money> {
  const sums = new Map<AccountNo, Money>();
  for (const { accountNo, cost } of held) {
    sums.set(accountNo, (sums.get(accountNo) ?? Money.zero(principal.currency)).plus(cost));
  }
  return sums;
}

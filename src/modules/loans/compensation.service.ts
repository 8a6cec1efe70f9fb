import { must } from '../../kernel/assert';
import type { CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Tx } from '../../platform/db';
import type { CapsService } from '../caps';
import {
  credit,
  debit,
  loanCollectionsAccount,
  type AccountNo,
  type EntryNo,
  type LedgerService,
} from '../ledger';
import { loanProblem } from './errors';
import { isLive, type Loan } from './loan';
import type { Note } from './note';
import { insertNotes, lockNotes, nextNoteNo, updateNotes } from './note.store';
import { insertCompensation, type NoteCompensation } from './compensation.store';
import { lockLoan } from './store';

/** What a provider of cover paid, and what of it goes to which part of the debt. */
export interface CompensationOrder {
  readonly loanId: Id<'lon'>;
  readonly provider: { readonly id: Id<'cov'>; readonly accountNo: AccountNo };
  readonly principal: Money;
  readonly interest: Money;
  /** The claim that was paid, and which payment on it this is: `clm_.../1`. */
  readonly source: { readonly type: 'claim'; readonly id: string };
  readonly paidOn: CalendarDate;
}

/** Where a compensation stands: its payment, the provider's note, the entry it came by. */
export interface Compensated {
  readonly paymentNo: number;
  readonly noteNo: number;
  /** From the provider's account to the loan's collections. */
  readonly entryNo: EntryNo;
}

export interface CompensationDeps {
  readonly clock: Clock;
  readonly ledger: LedgerService;
  readonly caps: CapsService;
}

/**
 * What a third party pays lenders for a borrower (代偿). The borrower owes what it owed before: the
 * principal that lenders were paid is taken over by whoever paid it, in a note of its own, so that
 * every later payment is divided by who holds what.
 */
export class CompensationService {
  constructor(private readonly deps: CompensationDeps) {}

  /** The loan, locked until commit. @throws Problem `loans.loan-not-found`. */
  async lock(tx: Tx, id: Id<'lon'>): Promise<Loan> {
    return lockLoan(tx, id);
  }

  /**
   * Pays lenders out of the provider's account by way of the loan's collections, by the principal of
   * their notes, and gives the provider a note for the principal.
   *
   * @throws Problem `loans.loan-not-found`, `loans.loan-status`, `loans.compensation-too-large` when
   *   lenders are owed less principal, and those of the ledger.
   */
  async compensate(tx: Tx, order: CompensationOrder): Promise<Compensated> {
    const { clock, ledger, caps } = this.deps;
    const { principal, interest } = order;
    const loan = await lockLoan(tx, order.loanId);
    if (!isLive(loan)) throw loanProblem('loan-status', { detail: `It is ${loan.status}.` });
    const open = await lockNotes(tx, loan.loanNo);
    const lenders = open.filter(
      ({ holder, principal: held }) => holder.kind === 'investor' && held.isPositive,
    );
    const parts = partsOf(order, lenders);
    const paymentNo = loan.lastPaymentNo + 1;
    const id = `${loan.id}/${paymentNo}`;
    const at = clock.now();
    await caps.repay(tx, freedBy(parts, id), at);
    const collections = await ledger.ensureAccount(
      tx,
      loanCollectionsAccount(loan.id, principal.currency),
    );
    const [fromProvider, toLenders] = await ledger.post(tx, [
      {
        kind: 'compensation',
        source: { type: 'compensation', id: order.source.id },
        description: `Compensation ${order.source.id}`,
        occurredAt: at,
        postings: [
          debit(order.provider.accountNo, principal.plus(interest)),
          credit(collections, principal.plus(interest)),
        ],
      },
      {
        kind: 'loan-payment',
        source: { type: 'loan-payment', id },
        description: `Compensation of lenders, payment ${paymentNo} of a loan`,
        occurredAt: at,
        postings: [debit(collections, principal.plus(interest)), ...creditsOf(parts)],
      },
    ]);
    const noteNo = await nextNoteNo(tx, loan.loanNo);
    await insertCompensation(tx, {
      loanNo: loan.loanNo,
      paymentNo,
      source: order.source,
      paidOn: order.paidOn,
      recordedAt: at,
      parts,
      entryNo: must(toLenders, 'the entry of the payment'),
    });
    await updateNotes(
      tx,
      parts.map(({ note, principal: paid }) => lessened(note, paid, order.paidOn)),
    );
    await insertNotes(tx, [takenOver(loan, noteNo, order)]);
    return { paymentNo, noteNo, entryNo: must(fromProvider, 'the entry of a compensation') };
  }
}

/** By principal: the parts are the whole, and no note is paid more than it has. */
function partsOf(
  { principal, interest }: CompensationOrder,
  lenders: readonly Note[],
): readonly NoteCompensation[] {
  const owed = Money.sum(
    lenders.map((note) => note.principal),
    principal.currency,
  );
  if (owed.isZero || owed.isLessThan(principal)) {
    throw loanProblem('compensation-too-large', { detail: `Lenders are owed ${owed.toString()}.` });
  }
  const weights = lenders.map((note) => note.principal.minor);
  const principals = principal.allocate(weights);
  const interests = interest.allocate(weights);
  return lenders.map((note, index) => ({
    note,
    principal: must(principals[index], 'the principal of a note'),
    interest: must(interests[index], 'the interest of a note'),
  }));
}

function lessened(note: Note, paid: Money, on: CalendarDate): Note {
  const principal = note.principal.minus(paid);
  return { ...note, principal, closedOn: principal.isZero ? on : undefined };
}

function takenOver(loan: Loan, noteNo: number, order: CompensationOrder): Note {
  const { provider, principal, interest, paidOn, source } = order;
  return {
    loanNo: loan.loanNo,
    noteNo,
    holder: { kind: 'guarantor', id: provider.id },
    accountNo: provider.accountNo,
    units: 0n,
    principal,
    cost: principal.plus(interest),
    openedOn: paidOn,
    source,
    caps: [],
  };
}

/** The lenders' caps; the borrower's stay, since it owes as much as before. */
function freedBy(parts: readonly NoteCompensation[], id: string) {
  const repaid = parts.filter(({ principal }) => principal.isPositive);
  return repaid.flatMap(({ note, principal }) =>
    note.caps.map((row) => ({
      ...row,
      sourceId: note.source.id,
      paymentId: `${id}/${note.noteNo}`,
      amountMinor: principal.minor,
    })),
  );
}

/** One credit for each account. */
function creditsOf(parts: readonly NoteCompensation[]) {
  const sums = new Map<AccountNo, Money>();
  for (const { note, principal, interest } of parts) {
    const paid = principal.plus(interest);
    sums.set(note.accountNo, sums.get(note.accountNo)?.plus(paid) ?? paid);
  }
  return [...sums].map(([accountNo, amount]) => credit(accountNo, amount));
}

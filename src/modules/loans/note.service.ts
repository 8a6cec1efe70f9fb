import { must } from '../../kernel/assert';
import type { CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import type { CapRow, CapsService } from '../caps';
import { investorCashAccount, type LedgerService } from '../ledger';
import { loanProblem } from './errors';
import { requireStatus, type Loan, type LoanNo } from './loan';
import { cutNote, type Note } from './note';
import * as store from './note.store';
import { lockLoans } from './store';

export interface NoteDeps {
  readonly clock: Clock;
  readonly ledger: LedgerService;
  readonly caps: CapsService;
}

/** Units of a note that go to another investor. */
export interface NoteTrade {
  readonly loanNo: LoanNo;
  readonly noteNo: number;
  readonly units: bigint;
  readonly on: CalendarDate;
  readonly to: {
    readonly investorId: Id<'inv'>;
    /** What the buyer pays for it. */
    readonly cost: Money;
    readonly tradeId: Id<'trd'>;
    /** The buyer's caps on outstanding principal, counted under the trade's id. */
    readonly caps: readonly CapRow[];
  };
}

/** Who holds which part of a loan. The outstanding principal of its notes is always the loan's. */
export class NoteService {
  constructor(private readonly deps: NoteDeps) {}

  /** By loan and number; one more than the limit, to tell whether there are others. */
  async list(db: Db, filter: store.NoteFilter): Promise<readonly Note[]> {
    return store.listNotes(db, filter);
  }

  /** The notes of one loan that are not closed, by number, with their loan locked until commit. */
  async lockNotes(tx: Tx, loanNo: LoanNo): Promise<readonly Note[]> {
    await this.lockLoan(tx, loanNo);
    return store.lockNotes(tx, loanNo);
  }

  /**
   * Cuts units off a note and opens the buyer's. The seller's caps are free of that principal; the
   * buyer's must have been counted, the register be told, and the price be paid by whoever trades.
   *
   * @returns the buyer's note: its principal is what the buyer's caps count.
   * @throws Problem `loans.loan-status` unless the loan is active, `loans.note-not-found`, also for
   *   a note that is closed or a guarantor's, `loans.note-units`.
   */
  async split(tx: Tx, trade: NoteTrade): Promise<Note> {
    const { loanNo, noteNo, units, on, to } = trade;
    const loan = await this.lockLoan(tx, loanNo);
    requireStatus(loan, 'active');
    const seller = (await store.lockNotes(tx, loanNo)).find((note) => note.noteNo === noteNo);
    if (seller?.holder.kind !== 'investor') throw loanProblem('note-not-found');
    if (units <= 0n || units > seller.units) {
      throw loanProblem('note-units', { detail: `It has ${seller.units}.` });
    }
    const { given, kept } = cutNote(seller, units);
    await this.freeCaps(tx, { note: seller, principal: given.principal, paymentId: to.tradeId });
    const left = seller.units - units;
    await store.updateNotes(tx, [
      { ...seller, ...kept, units: left, closedOn: left === 0n ? on : undefined },
    ]);
    const { currency } = given.principal;
    const account = investorCashAccount(to.investorId, currency);
    const bought: Note = {
      loanNo,
      noteNo: await store.nextNoteNo(tx, loanNo),
      holder: { kind: 'investor', id: to.investorId },
      accountNo: await this.deps.ledger.ensureAccount(tx, account),
      units,
      principal: given.principal,
      cost: to.cost,
      openedOn: on,
      source: { type: 'trade', id: to.tradeId },
      caps: to.caps,
    };
    await store.insertNotes(tx, [bought]);
    return bought;
  }

  private async lockLoan(tx: Tx, loanNo: LoanNo): Promise<Loan> {
    const [loan] = await lockLoans(tx, [loanNo]);
    return must(loan, `loan ${loanNo}`);
  }

  /** Principal that a holder is owed no more counts against its caps no more. */
  private async freeCaps(
    tx: Tx,
    gone: { readonly note: Note; readonly principal: Money; readonly paymentId: string },
  ): Promise<void> {
    const { note, principal, paymentId } = gone;
    const lines = note.caps.map((row) => ({
      ...row,
      sourceId: note.source.id,
      paymentId,
      amountMinor: principal.minor,
    }));
    await this.deps.caps.repay(tx, lines, this.deps.clock.now());
  }
}

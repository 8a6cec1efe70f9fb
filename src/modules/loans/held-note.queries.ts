import type { Db } from '../../platform/db';
import type { Loan, LoanNo } from './loan';
import type { Note } from './note';
import { listNotesByPlace, type NotePlace } from './note.store';
import type { InstalmentStanding } from './owed';
import { listUnpaidInstalments } from './payment.store';
import { listLoansByNo } from './store';

/** A note with its loan, and everything that is unpaid of it. */
export interface HeldNote {
  readonly note: Note;
  readonly loan: Loan;
  /** Of the whole loan, the earliest due first. */
  readonly unpaid: readonly InstalmentStanding[];
}

/** Notes as they stand now, by loan and number; those that do not exist are left out. */
export async function listHeldNotes(
  db: Db,
  places: readonly NotePlace[],
): Promise<readonly HeldNote[]> {
  if (places.length === 0) return [];
  const notes = await listNotesByPlace(db, places);
  const loans = await listLoansByNo(db, [...new Set(notes.map(({ loanNo }) => loanNo))]);
  const unpaid = await listUnpaidInstalments(
    db,
    loans.map(({ loanNo, principal: { currency } }) => ({ loanNo, currency })),
  );
  const byNo = new Map<LoanNo, Loan>(loans.map((loan) => [loan.loanNo, loan]));
  return notes.flatMap((note) => {
    const loan = byNo.get(note.loanNo);
    return loan ? [{ note, loan, unpaid: unpaid.get(note.loanNo) ?? [] }] : [];
  });
}

import type { CalendarDate } from '../../kernel/calendar-date';
import type { Money } from '../../kernel/money';
import type { Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { EntryNo } from '../ledger';
import type { LoanNo } from './loan';
import type { Note } from './note';

/** What one lender's note was paid for. */
export interface NoteCompensation {
  readonly note: Note;
  readonly principal: Money;
  readonly interest: Money;
}

export interface StoredCompensation {
  readonly loanNo: LoanNo;
  readonly paymentNo: number;
  readonly source: { readonly type: string; readonly id: string };
  readonly paidOn: CalendarDate;
  readonly recordedAt: Date;
  readonly parts: readonly NoteCompensation[];
  readonly entryNo: EntryNo;
}

/**
 * Writes a payment that was for no instalment, since the borrower made none: it has shares, and no
 * parts.
 */
export async function insertCompensation(tx: Tx, paid: StoredCompensation): Promise<void> {
  const { parts } = paid;
  await tx.execute(
    `WITH share AS (
       SELECT * FROM unnest(:noteNos::int[], :principals::bigint[], :interests::bigint[])
         AS t (note_no, principal, interest)
     ), kept AS (
       INSERT INTO loan_distributions (operator_id, loan_no, note_no, payment_no, principal_minor,
         interest_minor, late_minor, servicing_minor)
       SELECT :operatorId, :loanNo, s.note_no, :paymentNo, s.principal, s.interest, 0, 0
       FROM share s
     ), counted AS (
       UPDATE loans l SET last_payment_no = :paymentNo
       WHERE l.operator_id = :operatorId AND l.loan_no = :loanNo
     )
     INSERT INTO loan_payments (operator_id, loan_no, payment_no, kind, source_type, source_id,
       paid_on, recorded_at, amount_minor, interest_minor, principal_minor, entry_no)
     SELECT :operatorId, :loanNo, :paymentNo, 'compensation', :sourceType, :sourceId, :paidOn,
       :recordedAt, sum(s.principal + s.interest), sum(s.interest), sum(s.principal), :entryNo
     FROM share s`,
    {
      operatorId: operatorIdOf(tx),
      loanNo: paid.loanNo,
      paymentNo: paid.paymentNo,
      sourceType: paid.source.type,
      sourceId: paid.source.id,
      paidOn: paid.paidOn,
      recordedAt: paid.recordedAt,
      entryNo: paid.entryNo,
      noteNos: parts.map(({ note }) => note.noteNo),
      principals: parts.map(({ principal }) => principal.minor),
      interests: parts.map(({ interest }) => interest.minor),
    },
  );
}

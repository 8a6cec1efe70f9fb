import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import type { Db } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { AccountNo, EntryNo } from '../ledger';
import { capRowsOf } from './cap-rows';
import type { NoteHolder } from './note';
import type { OwedFor, Portion } from './owed';
import type { PaymentKind } from './payment';
import type { LoanRow } from './payment.store';
import type { HeldShare, MadePayment, PaidPart } from './reversal';

/** Payments that stand, neither reversals nor reversed, from a number on, the latest first. */
export async function listStanding(
  db: Db,
  { loanNo, currency }: Pick<LoanRow, 'loanNo' | 'currency'>,
  fromNo: number,
): Promise<readonly MadePayment[]> {
  const rows = await db.query<{
    payment_no: number;
    kind: PaymentKind;
    amount_minor: bigint;
    servicing_minor: bigint;
    paid_on: CalendarDate;
    entry_no: EntryNo;
  }>(
    `SELECT p.payment_no, p.kind, p.amount_minor, p.servicing_minor, p.paid_on, p.entry_no
     FROM loan_payments p
     WHERE p.operator_id = :operatorId AND p.loan_no = :loanNo AND p.payment_no >= :fromNo
       AND p.reverses_payment_no IS NULL AND NOT EXISTS (
         SELECT 1 FROM loan_payments r WHERE r.operator_id = p.operator_id
           AND r.loan_no = p.loan_no AND r.reverses_payment_no = p.payment_no)
     ORDER BY p.payment_no DESC`,
    { operatorId: operatorIdOf(db), loanNo, fromNo },
  );
  return rows.map((row) => ({
    paymentNo: row.payment_no,
    kind: row.kind,
    amount: Money.ofMinor(row.amount_minor, currency),
    servicing: Money.ofMinor(row.servicing_minor, currency),
    paidOn: row.paid_on,
    entryNo: row.entry_no,
  }));
}

export async function listParts(
  db: Db,
  { loanNo, currency }: Pick<LoanRow, 'loanNo' | 'currency'>,
  paymentNo: number,
): Promise<readonly PaidPart[]> {
  const rows = await db.query<{
    version: number | null;
    instalment_no: number | null;
    charge_no: number | null;
    portion: Portion;
    amount_minor: bigint;
    is_superseded: boolean | null;
    from_on: CalendarDate;
    due_on: CalendarDate;
  }>(
    `SELECT p.version, p.instalment_no, p.charge_no, p.portion, p.amount_minor, i.is_superseded,
       coalesce(i.from_on, c.due_on) AS from_on, coalesce(i.due_on, c.due_on) AS due_on
     FROM loan_payment_parts p
     LEFT JOIN loan_instalments i ON i.operator_id = p.operator_id AND i.loan_no = p.loan_no
       AND i.version = p.version AND i.no = p.instalment_no
     LEFT JOIN loan_charges c ON c.operator_id = p.operator_id AND c.loan_no = p.loan_no
       AND c.no = p.charge_no
     WHERE p.operator_id = :operatorId AND p.loan_no = :loanNo AND p.payment_no = :paymentNo
     ORDER BY p.part_no`,
    { operatorId: operatorIdOf(db), loanNo, paymentNo },
  );
  return rows.map((row) => ({
    of: owedFor(row),
    portion: row.portion,
    amount: Money.ofMinor(row.amount_minor, currency),
    isSuperseded: row.is_superseded ?? false,
    fromOn: row.from_on,
    dueOn: row.due_on,
  }));
}

function owedFor(row: {
  readonly version: number | null;
  readonly instalment_no: number | null;
  readonly charge_no: number | null;
}): OwedFor {
  const { version, instalment_no: instalmentNo, charge_no: chargeNo } = row;
  if (version !== null && instalmentNo !== null) return { version, instalmentNo };
  return { chargeNo: chargeNo ?? 0 };
}

export async function listShares(
  db: Db,
  { loanNo, currency }: Pick<LoanRow, 'loanNo' | 'currency'>,
  paymentNo: number,
): Promise<readonly HeldShare[]> {
  const rows = await db.query<RawShare>(
    `SELECT d.note_no, d.principal_minor, d.interest_minor, d.late_minor, d.servicing_minor,
       n.account_no, n.holder_kind, n.holder_id, n.source_id, n.cap_subjects, n.cap_keys
     FROM loan_distributions d
     JOIN loan_notes n ON n.operator_id = d.operator_id AND n.loan_no = d.loan_no
       AND n.note_no = d.note_no
     WHERE d.operator_id = :operatorId AND d.loan_no = :loanNo AND d.payment_no = :paymentNo
     ORDER BY d.note_no`,
    { operatorId: operatorIdOf(db), loanNo, paymentNo },
  );
  return rows.map((row) => shareOf(row, currency));
}

interface RawShare {
  readonly note_no: number;
  readonly principal_minor: bigint;
  readonly interest_minor: bigint;
  readonly late_minor: bigint;
  readonly servicing_minor: bigint;
  readonly account_no: AccountNo;
  readonly holder_kind: NoteHolder['kind'];
  readonly holder_id: string;
  readonly source_id: string;
  readonly cap_subjects: readonly string[];
  readonly cap_keys: readonly string[];
}

function shareOf(row: RawShare, currency: Currency): HeldShare {
  const money = (minor: bigint): Money => Money.ofMinor(minor, currency);
  return {
    share: {
      noteNo: row.note_no,
      principal: money(row.principal_minor),
      interest: money(row.interest_minor),
      late: money(row.late_minor),
      servicing: money(row.servicing_minor),
    },
    accountNo: row.account_no,
    holder: { kind: row.holder_kind, id: row.holder_id } as NoteHolder,
    sourceId: row.source_id,
    caps: capRowsOf(row.cap_subjects, row.cap_keys),
  };
}

import type { CalendarDate } from '../../kernel/calendar-date';
import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { AccountNo, EntryNo } from '../ledger';
import { capRowsOf } from './cap-rows';
import type { LoanNo, LoanStatus, PolicyRef } from './loan';
import type { ChargeKind, ChargeStanding, InstalmentStanding } from './owed';
import type { PaidNote, PayingLoan, PaymentDraft, PaymentKind, PaymentSource } from './payment';

/** A loan as a payment finds it, before its policy and its account are known. */
export interface LoanRow extends Omit<PayingLoan, 'policy' | 'collections'> {
  readonly policy: PolicyRef;
  readonly status: LoanStatus;
  readonly outstanding: Money;
  readonly scheduleVersion: number;
  readonly agreedOn: CalendarDate;
  readonly nextDueOn: CalendarDate | undefined;
  readonly defaultedOn: CalendarDate | undefined;
}

/** The loans, locked until commit in the order of their numbers; who is missing is left out. */
export async function lockLoanRows(
  tx: Tx,
  loanNos: readonly LoanNo[],
): Promise<readonly LoanRow[]> {
  return readLoanRows(tx, `${SELECT_LOANS} AND l.loan_no = ANY (:loanNos) ${IN_ORDER} FOR UPDATE`, {
    loanNos,
  });
}

/** As `lockLoanRows`, for who only looks. */
export async function findLoanRow(db: Db, id: Id<'lon'>): Promise<LoanRow | undefined> {
  const rows = await readLoanRows(db, `${SELECT_LOANS} AND l.id = :id`, { id });
  return rows[0];
}

export async function readLoanRows(
  db: Db,
  sql: string,
  bindings: Parameters<Db['query']>[1],
): Promise<readonly LoanRow[]> {
  const rows = await db.query<RawLoan>(sql, { operatorId: operatorIdOf(db), ...bindings });
  return rows.map(loanOf);
}

export const SELECT_LOANS = `SELECT l.loan_no, l.id, l.offering_id, l.currency, l.policy_id,
  l.policy_version, l.status, l.schedule_version, l.last_payment_no, l.outstanding_minor,
  l.next_due_on, l.defaulted_on, nullif(l.cap_subjects, '{}') AS cap_subjects,
  nullif(l.cap_keys, '{}') AS cap_keys, l.agreed_at::date AS agreed_on
  FROM loans l WHERE l.operator_id = :operatorId`;
export const IN_ORDER = 'ORDER BY l.loan_no';

/** What is unpaid of the loans' instalments, in order; those due later than `upTo` are left out. */
export async function listUnpaidInstalments(
  db: Db,
  loans: readonly Pick<LoanRow, 'loanNo' | 'currency'>[],
  upTo?: CalendarDate,
): Promise<ReadonlyMap<LoanNo, readonly InstalmentStanding[]>> {
  const rows = await db.query<RawInstalment>(
    `${SELECT_INSTALMENTS} AND i.loan_no = ANY (:loanNos) AND NOT i.is_superseded
       AND (:upTo::date IS NULL OR i.due_on <= :upTo)
     ORDER BY i.loan_no, i.due_on, i.version, i.no`,
    { operatorId: operatorIdOf(db), loanNos: loans.map(({ loanNo }) => loanNo), upTo },
  );
  return byLoan(loans, rows, instalmentOf);
}

/** What was unpaid of a version of a loan's schedule when the next one took its place. */
export async function listSuperseded(
  db: Db,
  { loanNo, currency }: Pick<LoanRow, 'loanNo' | 'currency'>,
  version: number,
): Promise<readonly InstalmentStanding[]> {
  const rows = await db.query<RawInstalment>(
    `${SELECT_INSTALMENTS} AND i.loan_no = :loanNo AND i.version = :version AND i.is_superseded
     ORDER BY i.due_on, i.no`,
    { operatorId: operatorIdOf(db), loanNo, version },
  );
  return rows.map((row) => instalmentOf(row, currency));
}

const SELECT_INSTALMENTS = `SELECT i.loan_no, i.version, i.no, i.from_on, i.due_on,
  i.principal_minor, i.interest_minor, i.fees_minor, i.paid_principal_minor,
  i.paid_interest_minor, i.paid_fees_minor, i.earned_on
  FROM loan_instalments i WHERE i.operator_id = :operatorId AND i.paid_on IS NULL`;

/** What is unpaid of the loans' charges. */
export async function listUnpaidCharges(
  db: Db,
  loans: readonly Pick<LoanRow, 'loanNo' | 'currency'>[],
): Promise<ReadonlyMap<LoanNo, readonly ChargeStanding[]>> {
  const rows = await db.query<RawCharge>(
    `SELECT c.loan_no, c.no, c.kind, c.due_on, c.amount_minor - c.paid_minor - c.waived_minor AS left_minor
     FROM loan_charges c
     WHERE c.operator_id = :operatorId AND c.loan_no = ANY (:loanNos) AND c.paid_on IS NULL
     ORDER BY c.loan_no, c.due_on, c.no`,
    { operatorId: operatorIdOf(db), loanNos: loans.map(({ loanNo }) => loanNo) },
  );
  return byLoan(loans, rows, ({ no, kind, due_on: dueOn, left_minor: left }, currency) => ({
    no,
    kind,
    dueOn,
    left: Money.ofMinor(left, currency),
  }));
}

/** The notes of the loans that are not closed. */
export async function listPaidNotes(
  db: Db,
  loans: readonly Pick<LoanRow, 'loanNo' | 'currency'>[],
): Promise<ReadonlyMap<LoanNo, readonly PaidNote[]>> {
  const rows = await db.query<RawNote>(
    `SELECT n.loan_no, n.note_no, n.account_no, n.principal_minor, n.cost_minor, n.source_id,
       nullif(n.cap_subjects, '{}') AS cap_subjects, nullif(n.cap_keys, '{}') AS cap_keys
     FROM loan_notes n
     WHERE n.operator_id = :operatorId AND n.loan_no = ANY (:loanNos) AND n.closed_on IS NULL
     ORDER BY n.loan_no, n.note_no`,
    { operatorId: operatorIdOf(db), loanNos: loans.map(({ loanNo }) => loanNo) },
  );
  return byLoan(loans, rows, (row, currency) => ({
    noteNo: row.note_no,
    accountNo: row.account_no,
    principal: Money.ofMinor(row.principal_minor, currency),
    cost: Money.ofMinor(row.cost_minor, currency),
    sourceId: row.source_id,
    caps: capRowsOf(row.cap_subjects ?? [], row.cap_keys ?? []),
  }));
}

/** Writes payments that were posted, and brings instalments, charges, notes and loans up to them. */
export async function insertPayments(
  tx: Tx,
  drafts: readonly PaymentDraft[],
  { entryNos, at }: { readonly entryNos: readonly EntryNo[]; readonly at: Date },
): Promise<void> {
  if (drafts.length === 0) return;
  await insertHeads(tx, drafts, { entryNos, at });
  await insertPaidParts(tx, drafts);
  await insertShares(tx, drafts);
}

async function insertHeads(
  tx: Tx,
  drafts: readonly PaymentDraft[],
  { entryNos, at }: { readonly entryNos: readonly EntryNo[]; readonly at: Date },
): Promise<void> {
  await tx.execute(
    `INSERT INTO loan_payments (operator_id, loan_no, payment_no, kind, source_type, source_id,
       paid_on, recorded_at, amount_minor, costs_minor, late_minor, fees_minor, interest_minor,
       principal_minor, servicing_minor, entry_no, reverses_payment_no)
     SELECT :operatorId, t.loan_no, t.payment_no, t.kind, t.source_type, t.source_id, t.paid_on,
       :at, t.amount, t.costs, t.late, t.fees, t.interest, t.principal, t.servicing, t.entry_no,
       t.reverses
     FROM unnest(:loanNos::bigint[], :paymentNos::int[], :kinds::text[], :sourceTypes::text[],
       :sourceIds::text[], :paidOns::date[], :amounts::bigint[], :costs::bigint[], :lates::bigint[],
       :fees::bigint[], :interests::bigint[], :principals::bigint[], :servicings::bigint[],
       :entryNos::bigint[], :reverses::int[])
       AS t (loan_no, payment_no, kind, source_type, source_id, paid_on, amount, costs, late, fees,
             interest, principal, servicing, entry_no, reverses)`,
    {
      operatorId: operatorIdOf(tx),
      at,
      entryNos,
      loanNos: drafts.map(({ loan }) => loan.loanNo),
      paymentNos: drafts.map(({ paymentNo }) => paymentNo),
      kinds: drafts.map(({ kind }) => kind),
      sourceTypes: drafts.map(({ source }) => source.type),
      sourceIds: drafts.map(({ source }) => source.id),
      paidOns: drafts.map(({ paidOn }) => paidOn),
      amounts: drafts.map(({ amount }) => amount.minor),
      costs: drafts.map(({ byPortion }) => byPortion.costs.minor),
      lates: drafts.map(({ byPortion }) => byPortion['late-fees'].minor),
      fees: drafts.map(({ byPortion }) => byPortion.fees.minor),
      interests: drafts.map(({ byPortion }) => byPortion.interest.minor),
      principals: drafts.map(({ byPortion }) => byPortion.principal.minor),
      servicings: drafts.map(({ servicing }) => servicing.minor),
      reverses: drafts.map(({ reverses }) => reverses),
    },
  );
}

/** The parts, and with them what is paid of instalments and charges. */
async function insertPaidParts(tx: Tx, drafts: readonly PaymentDraft[]): Promise<void> {
  const parts = drafts.flatMap((draft) =>
    draft.parts.map((part, at) => ({ ...part, partNo: at + 1, draft })),
  );
  await tx.execute(
    `WITH part AS (
       SELECT * FROM unnest(:loanNos::bigint[], :paymentNos::int[], :partNos::int[],
         :versions::int[], :instalmentNos::int[], :chargeNos::int[], :portions::text[],
         :amounts::bigint[], :paidOns::date[])
         AS t (loan_no, payment_no, part_no, version, instalment_no, charge_no, portion, amount,
               paid_on)
     ), kept AS (
       INSERT INTO loan_payment_parts (operator_id, loan_no, payment_no, part_no, version,
         instalment_no, charge_no, portion, amount_minor)
       SELECT :operatorId, p.loan_no, p.payment_no, p.part_no, p.version, p.instalment_no,
         p.charge_no, p.portion, p.amount
       FROM part p
     ), charged AS (
       UPDATE loan_charges c
       SET paid_minor = c.paid_minor + p.amount,
           paid_on = CASE WHEN c.paid_minor + p.amount = c.amount_minor - c.waived_minor
                       THEN p.paid_on END
       FROM part p
       WHERE c.operator_id = :operatorId AND c.loan_no = p.loan_no AND c.no = p.charge_no
     )
     UPDATE loan_instalments i
     SET paid_principal_minor = i.paid_principal_minor + s.principal,
         paid_interest_minor = i.paid_interest_minor + s.interest,
         paid_fees_minor = i.paid_fees_minor + s.fees,
         paid_on = CASE WHEN i.paid_principal_minor + s.principal = i.principal_minor
                         AND i.paid_interest_minor + s.interest = i.interest_minor
                         AND i.paid_fees_minor + s.fees = i.fees_minor
                     THEN s.paid_on END
     FROM (
       SELECT p.loan_no, p.version, p.instalment_no, max(p.paid_on) AS paid_on,
         coalesce(sum(p.amount) FILTER (WHERE p.portion = 'principal'), 0)::bigint AS principal,
         coalesce(sum(p.amount) FILTER (WHERE p.portion = 'interest'), 0)::bigint AS interest,
         coalesce(sum(p.amount) FILTER (WHERE p.portion = 'fees'), 0)::bigint AS fees
       FROM part p WHERE p.instalment_no IS NOT NULL
       GROUP BY p.loan_no, p.version, p.instalment_no
     ) s
     WHERE i.operator_id = :operatorId AND i.loan_no = s.loan_no AND i.version = s.version
       AND i.no = s.instalment_no`,
    {
      operatorId: operatorIdOf(tx),
      loanNos: parts.map(({ draft }) => draft.loan.loanNo),
      paymentNos: parts.map(({ draft }) => draft.paymentNo),
      partNos: parts.map(({ partNo }) => partNo),
      versions: parts.map(({ of }) => ('version' in of ? of.version : null)),
      instalmentNos: parts.map(({ of }) => ('version' in of ? of.instalmentNo : null)),
      chargeNos: parts.map(({ of }) => ('chargeNo' in of ? of.chargeNo : null)),
      portions: parts.map(({ portion }) => portion),
      amounts: parts.map(({ amount }) => amount.minor),
      paidOns: parts.map(({ draft }) => draft.paidOn),
    },
  );
}

/** What each note received, and with it what is left of the note. */
async function insertShares(tx: Tx, drafts: readonly PaymentDraft[]): Promise<void> {
  const shares = drafts.flatMap((draft) => draft.shares.map((share) => ({ share, draft })));
  if (shares.length === 0) return;
  await tx.execute(
    `WITH share AS (
       SELECT * FROM unnest(:loanNos::bigint[], :noteNos::int[], :paymentNos::int[],
         :principals::bigint[], :interests::bigint[], :lates::bigint[], :servicings::bigint[])
         AS t (loan_no, note_no, payment_no, principal, interest, late, servicing)
     ), kept AS (
       INSERT INTO loan_distributions (operator_id, loan_no, note_no, payment_no, principal_minor,
         interest_minor, late_minor, servicing_minor)
       SELECT :operatorId, s.loan_no, s.note_no, s.payment_no, s.principal, s.interest, s.late,
         s.servicing
       FROM share s
     )
     UPDATE loan_notes n
     SET principal_minor = n.principal_minor - s.principal,
         -- What is taken back is its holder's again.
         closed_on = CASE WHEN s.principal < 0 OR s.interest < 0 THEN NULL ELSE n.closed_on END
     FROM share s
     WHERE n.operator_id = :operatorId AND n.loan_no = s.loan_no AND n.note_no = s.note_no
       AND (s.principal <> 0 OR s.interest < 0)`,
    {
      operatorId: operatorIdOf(tx),
      loanNos: shares.map(({ draft }) => draft.loan.loanNo),
      noteNos: shares.map(({ share }) => share.noteNo),
      paymentNos: shares.map(({ draft }) => draft.paymentNo),
      principals: shares.map(({ share }) => share.principal.minor),
      interests: shares.map(({ share }) => share.interest.minor),
      lates: shares.map(({ share }) => share.late.minor),
      servicings: shares.map(({ share }) => share.servicing.minor),
    },
  );
}

/** A payment by its source; the same fact never pays twice. */
export async function findPayment(
  db: Db,
  {
    loanNo,
    kind,
    source,
  }: { readonly loanNo: LoanNo; readonly kind: PaymentKind; readonly source: PaymentSource },
): Promise<{ readonly paymentNo: number; readonly amountMinor: bigint } | undefined> {
  const rows = await db.query<{ payment_no: number; amount_minor: bigint }>(
    `SELECT p.payment_no, p.amount_minor FROM loan_payments p
     WHERE p.operator_id = :operatorId AND p.loan_no = :loanNo AND p.source_type = :type
       AND p.source_id = :id AND p.kind = :kind`,
    { operatorId: operatorIdOf(db), loanNo, kind, ...source },
  );
  return rows[0] && { paymentNo: rows[0].payment_no, amountMinor: rows[0].amount_minor };
}

function byLoan<Raw extends { readonly loan_no: LoanNo }, T>(
  loans: readonly Pick<LoanRow, 'loanNo' | 'currency'>[],
  rows: readonly Raw[],
  read: (row: Raw, currency: LoanRow['currency']) => T,
): ReadonlyMap<LoanNo, readonly T[]> {
  const found = new Map(
    loans.map(({ loanNo, currency }) => [loanNo, { currency, own: [] as T[] }]),
  );
  for (const row of rows) {
    const entry = found.get(row.loan_no);
    entry?.own.push(read(row, entry.currency));
  }
  return new Map([...found].map(([loanNo, { own }]) => [loanNo, own]));
}

interface RawLoan {
  readonly loan_no: LoanNo;
  readonly id: Id<'lon'>;
  readonly offering_id: Id<'off'>;
  readonly currency: string;
  readonly policy_id: string;
  readonly policy_version: number;
  readonly status: LoanStatus;
  readonly schedule_version: number;
  readonly last_payment_no: number;
  readonly outstanding_minor: bigint;
  readonly next_due_on: CalendarDate | null;
  readonly defaulted_on: CalendarDate | null;
  readonly cap_subjects: readonly string[] | null;
  readonly cap_keys: readonly string[] | null;
  readonly agreed_on: CalendarDate;
}

function loanOf(row: RawLoan): LoanRow {
  const currency = asCurrency(row.currency);
  return {
    loanNo: row.loan_no,
    id: row.id,
    offeringId: row.offering_id,
    currency,
    policy: { id: row.policy_id, version: row.policy_version },
    status: row.status,
    scheduleVersion: row.schedule_version,
    lastPaymentNo: row.last_payment_no,
    outstanding: Money.ofMinor(row.outstanding_minor, currency),
    nextDueOn: row.next_due_on ?? undefined,
    defaultedOn: row.defaulted_on ?? undefined,
    caps: capRowsOf(row.cap_subjects ?? [], row.cap_keys ?? []),
    agreedOn: row.agreed_on,
  };
}

interface RawInstalment {
  readonly loan_no: LoanNo;
  readonly version: number;
  readonly no: number;
  readonly from_on: CalendarDate;
  readonly due_on: CalendarDate;
  readonly principal_minor: bigint;
  readonly interest_minor: bigint;
  readonly fees_minor: bigint;
  readonly paid_principal_minor: bigint;
  readonly paid_interest_minor: bigint;
  readonly paid_fees_minor: bigint;
  readonly earned_on: CalendarDate | null;
}

function instalmentOf(row: RawInstalment, currency: LoanRow['currency']): InstalmentStanding {
  const money = (minor: bigint): Money => Money.ofMinor(minor, currency);
  return {
    version: row.version,
    no: row.no,
    fromOn: row.from_on,
    dueOn: row.due_on,
    principal: money(row.principal_minor),
    interest: money(row.interest_minor),
    fees: money(row.fees_minor),
    paidPrincipal: money(row.paid_principal_minor),
    paidInterest: money(row.paid_interest_minor),
    paidFees: money(row.paid_fees_minor),
    ...(row.earned_on !== null && { earnedOn: row.earned_on }),
  };
}

interface RawCharge {
  readonly loan_no: LoanNo;
  readonly no: number;
  readonly kind: ChargeKind;
  readonly due_on: CalendarDate;
  readonly left_minor: bigint;
}

interface RawNote {
  readonly loan_no: LoanNo;
  readonly note_no: number;
  readonly account_no: AccountNo;
  readonly principal_minor: bigint;
  readonly cost_minor: bigint;
  readonly source_id: string;
  readonly cap_subjects: readonly string[] | null;
  readonly cap_keys: readonly string[] | null;
}

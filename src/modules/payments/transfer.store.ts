import { must } from '../../kernel/assert';
import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import type { FieldCipher } from '../../platform/field-cipher';
import type { EntryNo } from '../ledger';
import type { Payer } from './custodian';
import { paymentProblem } from './errors';
import type { Proposal, Transfer, TransferStatus } from './transfer';

/** Incoming transfers at rest. Who paid is sealed. */
export class TransferStore {
  constructor(private readonly cipher: FieldCipher) {}

  async insert(tx: Tx, transfer: Transfer): Promise<void> {
    await tx.execute(
      `INSERT INTO payment_transfers
         (operator_id, id, custodian_ref, amount_minor, currency, reference, payer_encrypted,
          received_at, recorded_at, status, deposit_id, matched_reference, suggested_deposit_id,
          suggested_reference, entry_no)
       VALUES (:operatorId, :id, :custodianRef, :amountMinor, :currency, :reference,
               :payerEncrypted, :receivedAt, :recordedAt, :status, :depositId, :matchedReference,
               :suggestedDepositId, :suggestedReference, :entryNo)`,
      {
        operatorId: tx.scope.operatorId,
        id: transfer.id,
        custodianRef: transfer.custodianRef,
        amountMinor: transfer.amount.minor,
        currency: transfer.amount.currency,
        reference: transfer.reference,
        payerEncrypted: this.cipher.seal(JSON.stringify(transfer.payer), payerAt(transfer.id)),
        receivedAt: transfer.receivedAt,
        recordedAt: transfer.recordedAt,
        status: transfer.status,
        depositId: transfer.depositId,
        matchedReference: transfer.matchedReference,
        suggestedDepositId: transfer.suggestedDepositId,
        suggestedReference: transfer.suggestedReference,
        entryNo: transfer.entryNo,
      },
    );
  }

  async update(tx: Tx, transfer: Transfer): Promise<void> {
    await tx.execute(
      `UPDATE payment_transfers SET status = :status, proposed_investor_id = :investorId,
         proposed_reference = :reference, proposed_by = :proposedBy,
         proposed_at = :proposedAt, note = :note,
         assigned_by = :assignedBy, assigned_at = :assignedAt,
         assignment_entry_no = :assignmentEntryNo
       WHERE id = :id`,
      {
        id: transfer.id,
        status: transfer.status,
        investorId: transfer.proposal?.investorId,
        reference: transfer.proposal?.reference,
        proposedBy: transfer.proposal?.by,
        proposedAt: transfer.proposal?.at,
        note: transfer.proposal?.note,
        assignedBy: transfer.assignedBy,
        assignedAt: transfer.assignedAt,
        assignmentEntryNo: transfer.assignmentEntryNo,
      },
    );
  }

  /** Whether the transfer is booked already: the custodian tells of one until it is acknowledged. */
  async isBooked(db: Db, custodianRef: string): Promise<boolean> {
    const rows = await db.query(
      `SELECT 1 FROM payment_transfers t WHERE t.custodian_ref = :custodianRef`,
      { custodianRef },
    );
    return rows.length > 0;
  }

  /** @throws Problem `payments.transfer-not-found`. */
  async getAndLock(tx: Tx, id: Id<'trf'>): Promise<Transfer> {
    const rows = await tx.query<TransferRow>(`${SELECT} WHERE t.id = :id FOR UPDATE`, { id });
    if (!rows[0]) throw paymentProblem('transfer-not-found');
    return this.fromRow(rows[0]);
  }

  /** Newest first; one more than the limit, to tell whether there are others. */
  async list(
    db: Db,
    filter: {
      readonly status?: TransferStatus | undefined;
      readonly after?: string | undefined;
      readonly limit: number;
    },
  ): Promise<readonly Transfer[]> {
    const rows = await db.query<TransferRow>(
      `${SELECT}
       WHERE (:status::text IS NULL OR t.status = :status)
         AND (:after::text IS NULL OR t.id < :after)
       ORDER BY t.id DESC LIMIT :limit`,
      { status: filter.status, after: filter.after, limit: filter.limit + 1 },
    );
    return rows.map((row) => this.fromRow(row));
  }

  private fromRow(row: TransferRow): Transfer {
    return {
      id: row.id,
      custodianRef: row.custodian_ref,
      amount: Money.ofMinor(row.amount_minor, asCurrency(row.currency)),
      reference: row.reference,
      payer: JSON.parse(this.cipher.open(row.payer_encrypted, payerAt(row.id))) as Payer,
      receivedAt: row.received_at,
      recordedAt: row.recorded_at,
      status: row.status,
      depositId: row.deposit_id ?? undefined,
      matchedReference: row.matched_reference ?? undefined,
      suggestedDepositId: row.suggested_deposit_id ?? undefined,
      suggestedReference: row.suggested_reference ?? undefined,
      entryNo: row.entry_no,
      proposal: proposalOf(row),
      assignedBy: row.assigned_by ?? undefined,
      assignedAt: row.assigned_at ?? undefined,
      assignmentEntryNo: row.assignment_entry_no ?? undefined,
    };
  }
}

function proposalOf(row: TransferRow): Proposal | undefined {
  const { proposed_investor_id: investorId, proposed_reference: reference } = row;
  const { proposed_by: by, proposed_at: at, note } = row;
  if (by === null || at === null) return undefined;
  const terms = { by, at, note: note ?? '' };
  return investorId === null
    ? { reference: must(reference, 'the reference'), ...terms }
    : { investorId, ...terms };
}

function payerAt(rowId: string) {
  return { table: 'payment_transfers', column: 'payer_encrypted', rowId };
}

const SELECT = `SELECT t.id, t.custodian_ref, t.amount_minor, t.currency, t.reference,
  t.payer_encrypted, t.received_at, t.recorded_at, t.status, t.deposit_id,
  t.matched_reference, t.suggested_deposit_id, t.suggested_reference, t.entry_no,
  t.proposed_investor_id, t.proposed_reference, t.proposed_by, t.proposed_at, t.note,
  t.assigned_by, t.assigned_at, t.assignment_entry_no
  FROM payment_transfers t`;

interface TransferRow {
  id: Id<'trf'>;
  custodian_ref: string;
  amount_minor: bigint;
  currency: string;
  reference: string;
  payer_encrypted: string;
  received_at: Date;
  recorded_at: Date;
  status: TransferStatus;
  deposit_id: Id<'dep'> | null;
  matched_reference: string | null;
  suggested_deposit_id: Id<'dep'> | null;
  suggested_reference: string | null;
  entry_no: EntryNo;
  proposed_investor_id: Id<'inv'> | null;
  proposed_reference: string | null;
  proposed_by: string | null;
  proposed_at: Date | null;
  note: string | null;
  assigned_by: string | null;
  assigned_at: Date | null;
  assignment_entry_no: EntryNo | null;
}

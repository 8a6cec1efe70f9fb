import { assert } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { AccountNo, EntryDraft, EntryNo } from '../ledger';
import type { Payer } from './custodian';
import { paymentProblem } from './errors';

export const TRANSFER_STATUSES = ['matched', 'suspense', 'proposed', 'assigned'] as const;
export type TransferStatus = (typeof TRANSFER_STATUSES)[number];

/** Whose an unmatched transfer is: an investor's, or that of a standing reference's owner. */
export type Assignee =
  | { readonly investorId: Id<'inv'>; readonly reference?: undefined }
  | { readonly investorId?: undefined; readonly reference: string };

/** Whose an unmatched transfer is, as one person proposed it. */
export type Proposal = Assignee & {
  readonly by: string;
  readonly at: Date;
  readonly note: string;
};

/**
 * Money that arrived by bank transfer: matched to a deposit or a standing reference, or in suspense
 * until assigned.
 */
export interface Transfer {
  readonly id: Id<'trf'>;
  readonly custodianRef: string;
  readonly amount: Money;
  readonly reference: string;
  readonly payer: Payer;
  readonly receivedAt: Date;
  readonly recordedAt: Date;
  readonly status: TransferStatus;
  readonly depositId?: Id<'dep'> | undefined;
  readonly matchedReference?: string | undefined;
  /** A deposit its reference named that no longer waits: a hint, no more. */
  readonly suggestedDepositId?: Id<'dep'> | undefined;
  /** A standing reference it bore that is closed, or of another currency. */
  readonly suggestedReference?: string | undefined;
  readonly entryNo: EntryNo;
  readonly proposal?: Proposal | undefined;
  readonly assignedBy?: string | undefined;
  readonly assignedAt?: Date | undefined;
  readonly assignmentEntryNo?: EntryNo | undefined;
}

/** @throws Problem `payments.transfer-not-open` unless it lies in suspense unclaimed. */
export function proposeAssignment(transfer: Transfer, proposal: Proposal): Transfer {
  requireStatus(transfer, 'suspense');
  return { ...transfer, status: 'proposed', proposal };
}

/** Takes a proposal back, by whoever sees that it is wrong. */
export function declineAssignment(transfer: Transfer): Transfer {
  requireStatus(transfer, 'proposed');
  return { ...transfer, status: 'suspense', proposal: undefined };
}

/**
 * Says that a proposal may be carried out: by anybody but its author.
 *
 * @returns the proposal.
 * @throws Problem `payments.transfer-not-open`, `payments.four-eyes`.
 */
export function requireSecondPerson(transfer: Transfer, by: string): Proposal {
  requireStatus(transfer, 'proposed');
  const { proposal } = transfer;
  assert(proposal !== undefined, 'a proposed transfer has a proposal');
  if (proposal.by === by) throw paymentProblem('four-eyes');
  return proposal;
}

export function assignTransfer(
  transfer: Transfer,
  assignment: { readonly by: string; readonly at: Date; readonly entryNo: EntryNo },
): Transfer {
  return {
    ...transfer,
    status: 'assigned',
    assignedBy: assignment.by,
    assignedAt: assignment.at,
    assignmentEntryNo: assignment.entryNo,
  };
}

/** Nobody was found: the custodian has it, and the books owe it to whoever it may be. */
export function suspenseEntry(
  id: Id<'trf'>,
  arrival: {
    readonly amount: Money;
    readonly receivedAt: Date;
    readonly custodian: AccountNo;
    readonly suspense: AccountNo;
  },
): EntryDraft {
  return {
    kind: 'unmatched-transfer',
    source: { type: 'transfer', id },
    description: `Unmatched transfer ${id}`,
    occurredAt: arrival.receivedAt,
    postings: [
      { accountNo: arrival.custodian, amount: arrival.amount },
      { accountNo: arrival.suspense, amount: arrival.amount.negated() },
    ],
  };
}

/** It is known whose it is: the custodian has it, and owes it to the reference's owner. */
export function matchEntry(
  id: Id<'trf'>,
  arrival: {
    readonly amount: Money;
    readonly reference: string;
    readonly receivedAt: Date;
    readonly custodian: AccountNo;
    readonly owner: AccountNo;
  },
): EntryDraft {
  return {
    kind: 'collection',
    source: { type: 'transfer', id },
    description: `Transfer ${id} for ${arrival.reference}`,
    occurredAt: arrival.receivedAt,
    postings: [
      { accountNo: arrival.custodian, amount: arrival.amount },
      { accountNo: arrival.owner, amount: arrival.amount.negated() },
    ],
  };
}

export function assignmentEntry(
  transfer: Transfer,
  assignment: { readonly at: Date; readonly suspense: AccountNo; readonly owner: AccountNo },
): EntryDraft {
  return {
    kind: 'suspense-assignment',
    source: { type: 'transfer-assignment', id: transfer.id },
    description: `Transfer ${transfer.id} assigned`,
    occurredAt: assignment.at,
    postings: [
      { accountNo: assignment.suspense, amount: transfer.amount },
      { accountNo: assignment.owner, amount: transfer.amount.negated() },
    ],
  };
}

function requireStatus(transfer: Transfer, status: TransferStatus): void {
  if (transfer.status !== status) {
    throw paymentProblem('transfer-not-open', { detail: `It is ${transfer.status}.` });
  }
}

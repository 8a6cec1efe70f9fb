import { assert } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { AccountNo, EntryDraft, EntryNo } from '../ledger';
import { referenceOf } from './reference';

export const DEPOSIT_METHODS = ['direct-debit', 'bank-transfer'] as const;
/** Drawn by the custodian from the payer's bank, or sent by the payer under our reference. */
export type DepositMethod = (typeof DEPOSIT_METHODS)[number];

export const DEPOSIT_STATUSES = ['instructed', 'confirmed', 'rejected', 'expired'] as const;
export type DepositStatus = (typeof DEPOSIT_STATUSES)[number];

/** Client cash on its way in. Nothing is the investor's until the custodian has it. */
export interface Deposit {
  readonly id: Id<'dep'>;
  readonly investorId: Id<'inv'>;
  readonly method: DepositMethod;
  readonly amount: Money;
  readonly reference: string;
  readonly status: DepositStatus;
  readonly requestedBy: string;
  readonly instructedAt: Date;
  readonly expiresAt: Date;
  readonly attempts: number;
  readonly nextAttemptAt?: Date | undefined;
  readonly lastFailure?: string | undefined;
  readonly custodianRef?: string | undefined;
  /** What arrived; by bank transfer it may differ from what was announced. */
  readonly received?: Money | undefined;
  readonly entryNo?: EntryNo | undefined;
  readonly resolvedAt?: Date | undefined;
  readonly reasonCode?: string | undefined;
}

/** How long a deposit may take. Source: a week covers a SEPA direct debit with a failed try. */
export const DEPOSIT_LIFE_MS = 7 * 86_400_000;

export interface DepositOrder {
  readonly investorId: Id<'inv'>;
  readonly amount: Money;
  readonly method: DepositMethod;
}

export function instructDeposit(
  order: DepositOrder,
  by: { readonly id: Id<'dep'>; readonly requestedBy: string; readonly now: Date },
): Deposit {
  const expiresAt = new Date(by.now.getTime() + DEPOSIT_LIFE_MS);
  return {
    ...order,
    id: by.id,
    reference: referenceOf(by.id),
    status: 'instructed',
    requestedBy: by.requestedBy,
    instructedAt: by.now,
    expiresAt,
    attempts: 0,
    // A transfer is the payer's to send: all there is to do is to stop waiting for it.
    nextAttemptAt: order.method === 'direct-debit' ? by.now : expiresAt,
  };
}

export function confirmDeposit(
  deposit: Deposit,
  receipt: {
    readonly received: Money;
    readonly custodianRef: string;
    readonly entryNo: EntryNo;
    readonly at: Date;
  },
): Deposit {
  const { at, ...received } = receipt;
  return { ...ended(deposit, 'confirmed', at), ...received };
}

export function rejectDeposit(deposit: Deposit, reasonCode: string, at: Date): Deposit {
  return { ...ended(deposit, 'rejected', at), reasonCode };
}

export function expireDeposit(deposit: Deposit, at: Date): Deposit {
  return ended(deposit, 'expired', at);
}

function ended(deposit: Deposit, status: DepositStatus, at: Date): Deposit {
  assert(deposit.status === 'instructed', `deposit ${deposit.id} has ended before`);
  return { ...deposit, status, resolvedAt: at, nextAttemptAt: undefined };
}

/** Money arrived: the custodian has more, and owes it to the investor. */
export function depositEntry(
  deposit: Deposit,
  receipt: {
    readonly received: Money;
    readonly executedAt: Date;
    readonly custodian: AccountNo;
    readonly cash: AccountNo;
  },
): EntryDraft {
  return {
    kind: 'deposit',
    source: { type: 'deposit', id: deposit.id },
    description: `Deposit ${deposit.reference}`,
    occurredAt: receipt.executedAt,
    postings: [
      { accountNo: receipt.custodian, amount: receipt.received },
      { accountNo: receipt.cash, amount: receipt.received.negated() },
    ],
  };
}

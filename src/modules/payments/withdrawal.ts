import { assert, must } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import {
  investorCashAccount,
  issuerProceedsAccount,
  operatorBankAccount,
  type AccountNo,
  type AccountSpec,
  type EntryDraft,
  type EntryNo,
  type FeeKind,
  type HoldNo,
} from '../ledger';
import { paymentProblem } from './errors';
import { ownerAccount, type PaymentOwner } from './owner';

export const WITHDRAWAL_KINDS = [
  'investor-cash',
  'issuer-proceeds',
  'loan-refund',
  'guarantor-cash',
  'fund-cash',
  'fees',
] as const;
/**
 * Whose money goes out: an investor's cash, what an issuer raised, what a borrower paid too much, a
 * guarantor's cash, what is set aside in a provision fund, fees the operator earned.
 */
export type WithdrawalKind = (typeof WITHDRAWAL_KINDS)[number];

export const WITHDRAWAL_STATUSES = [
  'requested',
  'instructed',
  'confirmed',
  'rejected',
  'cancelled',
] as const;
export type WithdrawalStatus = (typeof WITHDRAWAL_STATUSES)[number];

/**
 * Client cash on its way out. It is held from the request on, and moves in the books only when
 * the custodian has paid it.
 */
export interface Withdrawal {
  readonly id: Id<'wdr'>;
  readonly kind: WithdrawalKind;
  readonly investorId?: Id<'inv'> | undefined;
  readonly issuerId?: Id<'iss'> | undefined;
  /** A borrower who is sent back what it overpaid, or a guarantor, by its standing reference. */
  readonly owner?: PaymentOwner | undefined;
  readonly ownerReference?: string | undefined;
  readonly feeKind?: FeeKind | undefined;
  readonly bankAccountId?: Id<'bac'> | undefined;
  /** The fact that asked for it, where it was not a person. */
  readonly source?: string | undefined;
  readonly amount: Money;
  readonly status: WithdrawalStatus;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly instructedAt?: Date | undefined;
  readonly attempts: number;
  readonly nextAttemptAt?: Date | undefined;
  readonly lastFailure?: string | undefined;
  readonly custodianRef?: string | undefined;
  /** The bank's instant, by which days are counted. */
  readonly executedAt?: Date | undefined;
  readonly holdNo?: HoldNo | undefined;
  /** The hold is not the withdrawal's own: without a payment it stays for whoever placed it. */
  readonly keepsHold?: boolean | undefined;
  readonly entryNo?: EntryNo | undefined;
  readonly resolvedAt?: Date | undefined;
  readonly reasonCode?: string | undefined;
}

/** What it is when money of an owner with a standing reference goes out. */
export const OWNER_WITHDRAWALS: Readonly<Record<PaymentOwner['kind'], WithdrawalKind>> = {
  loan: 'loan-refund',
  guarantor: 'guarantor-cash',
  fund: 'fund-cash',
};

/** Where a withdrawal may go from each status. The last three are final. */
const NEXT: Readonly<Record<WithdrawalStatus, readonly WithdrawalStatus[]>> = {
  requested: ['instructed', 'cancelled'],
  instructed: ['confirmed', 'rejected'],
  confirmed: [],
  rejected: [],
  cancelled: [],
};

/** From here on the custodian may have heard of it, so nobody can take it back. */
export function instructWithdrawal(withdrawal: Withdrawal, at: Date): Withdrawal {
  return { ...moved(withdrawal, 'instructed'), instructedAt: at, nextAttemptAt: at };
}

/** @throws Problem `payments.not-cancellable` once it has gone to the custodian. */
export function cancelWithdrawal(withdrawal: Withdrawal, at: Date): Withdrawal {
  if (withdrawal.status !== 'requested') {
    throw paymentProblem('not-cancellable', { detail: `It is ${withdrawal.status}.` });
  }
  return { ...moved(withdrawal, 'cancelled'), resolvedAt: at, nextAttemptAt: undefined };
}

export function confirmWithdrawal(
  withdrawal: Withdrawal,
  payment: {
    readonly custodianRef: string;
    readonly executedAt: Date;
    readonly entryNo: EntryNo;
    readonly at: Date;
  },
): Withdrawal {
  const { at, ...paid } = payment;
  return {
    ...moved(withdrawal, 'confirmed'),
    ...paid,
    resolvedAt: at,
    nextAttemptAt: undefined,
  };
}

export function rejectWithdrawal(withdrawal: Withdrawal, reasonCode: string, at: Date): Withdrawal {
  return {
    ...moved(withdrawal, 'rejected'),
    reasonCode,
    resolvedAt: at,
    nextAttemptAt: undefined,
  };
}

function moved(withdrawal: Withdrawal, status: WithdrawalStatus): Withdrawal {
  assert(
    NEXT[withdrawal.status].includes(status),
    `withdrawal ${withdrawal.id} cannot go from ${withdrawal.status} to ${status}`,
  );
  return { ...withdrawal, status };
}

const ENTRY_KINDS: Readonly<Record<WithdrawalKind, string>> = {
  'investor-cash': 'withdrawal',
  'issuer-proceeds': 'proceeds-withdrawal',
  'loan-refund': 'loan-refund',
  'guarantor-cash': 'guarantor-withdrawal',
  'fund-cash': 'fund-withdrawal',
  fees: 'fee-sweep',
};

/**
 * Money left: the custodian has less, and the client is owed less. Fees stay income: they only
 * move from the clients' account at the custodian to the operator's own bank.
 */
export function withdrawalEntry(
  withdrawal: Withdrawal,
  payment: {
    readonly executedAt: Date;
    readonly custodian: AccountNo;
    /** The client's account, or for fees the operator's own bank. */
    readonly against: AccountNo;
  },
): EntryDraft {
  return {
    kind: ENTRY_KINDS[withdrawal.kind],
    source: { type: 'withdrawal', id: withdrawal.id },
    description: `Withdrawal ${withdrawal.id}`,
    occurredAt: payment.executedAt,
    postings: [
      { accountNo: payment.against, amount: withdrawal.amount },
      { accountNo: payment.custodian, amount: withdrawal.amount.negated() },
    ],
  };
}

/** The account a withdrawal is booked against: the client's, or the operator's own bank. */
export function accountOf({ kind, investorId, issuerId, owner, amount }: Withdrawal): AccountSpec {
  const { currency } = amount;
  switch (kind) {
    case 'investor-cash':
      return investorCashAccount(must(investorId, 'the investor'), currency);
    case 'issuer-proceeds':
      return issuerProceedsAccount(must(issuerId, 'the issuer'), currency);
    case 'loan-refund':
    case 'guarantor-cash':
    case 'fund-cash':
      return ownerAccount(must(owner, 'the owner'), currency);
    case 'fees':
      return operatorBankAccount(currency);
  }
}

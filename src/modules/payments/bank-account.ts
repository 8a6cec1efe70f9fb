import type { Id } from '../../kernel/id';
import type { PayeeAccount } from './custodian';
import { paymentProblem } from './errors';

export const BANK_ACCOUNT_STATUSES = ['pending', 'verified', 'rejected', 'closed'] as const;
export type BankAccountStatus = (typeof BANK_ACCOUNT_STATUSES)[number];

/** A party's account at a bank. Its number is sealed at rest and masked wherever it is shown. */
export interface BankAccount {
  readonly id: Id<'bac'>;
  readonly partyId: Id<'pty'>;
  readonly scheme: PayeeAccount['scheme'];
  readonly masked: string;
  readonly status: BankAccountStatus;
  readonly reason?: string | undefined;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly attempts: number;
  readonly nextAttemptAt?: Date | undefined;
  readonly decidedBy?: string | undefined;
  readonly decidedAt?: Date | undefined;
}

/** The number as banks compare it: no spaces or dashes, capitals. */
export function normaliseAccount(text: string): string {
  return text.toUpperCase().replaceAll(/[\s-]/g, '');
}

/**
 * Checks the shape of a national account reference, already normalised.
 *
 * @throws Problem `payments.malformed-account`.
 */
export function checkAccountReference(account: string): void {
  if (!/^[0-9A-Z]{4,34}$/.test(account)) {
    throw paymentProblem('malformed-account', {
      detail: 'An account reference has 4 to 34 letters and digits.',
    });
  }
}

/** `DE••••••••••••••••3000`: the country of an IBAN, and the last four characters. */
export function maskAccount(scheme: PayeeAccount['scheme'], account: string): string {
  const head = scheme === 'iban' ? account.slice(0, 2) : '';
  const tail = account.slice(account.length > 8 ? -4 : -2);
  return head + '•'.repeat(account.length - head.length - tail.length) + tail;
}

export type BankAccountVerdict =
  { readonly verdict: 'verified' } | { readonly verdict: 'rejected'; readonly reason: string };

/** @throws Problem `payments.bank-account-decided` unless it is pending. */
export function decideBankAccount(
  account: BankAccount,
  { verdict, ...rest }: BankAccountVerdict,
  by: { readonly decidedBy: string; readonly decidedAt: Date },
): BankAccount {
  if (account.status !== 'pending') {
    throw paymentProblem('bank-account-decided', { detail: `It is ${account.status}.` });
  }
  return { ...account, ...rest, ...by, status: verdict, nextAttemptAt: undefined };
}

/** Takes the account out of use; nothing is paid to it any more. */
export function closeBankAccount(
  account: BankAccount,
  by: { readonly decidedBy: string; readonly decidedAt: Date },
): BankAccount {
  if (account.status === 'closed' || account.status === 'rejected') return account;
  return { ...account, ...by, status: 'closed', nextAttemptAt: undefined };
}

/** @throws Problem `payments.bank-account-not-verified`. */
export function requireVerified(account: BankAccount): void {
  if (account.status !== 'verified') {
    throw paymentProblem('bank-account-not-verified', { detail: `It is ${account.status}.` });
  }
}

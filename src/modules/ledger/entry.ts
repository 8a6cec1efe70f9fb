import { Money } from '../../kernel/money';
import type { AccountNo } from './account';
import { ledgerProblem } from './errors';

/** The number of a journal entry within the installation. */
export type EntryNo = bigint & { readonly __entryNo: true };

/**
 * One signed amount on one account. **Debit positive, credit negative**: said here, once. A
 * client's cash is a liability of the books, so paying money in to it is a credit, a negative.
 */
export interface Posting {
  readonly accountNo: AccountNo;
  readonly amount: Money;
}

/** A balanced, dated set of postings that has not been written yet. */
export interface EntryDraft {
  /** What kind of fact it records: `deposit`, `capture`, `settlement`. */
  readonly kind: string;
  /** The fact itself. One fact is posted once: the pair is unique per operator. */
  readonly source: { readonly type: string; readonly id: string };
  readonly description: string;
  /** When it happened in the world; when it was written is the ledger's own business. */
  readonly occurredAt: Date;
  readonly reverses?: EntryNo;
  readonly postings: readonly Posting[];
}

export function debit(accountNo: AccountNo, amount: Money): Posting {
  return { accountNo, amount };
}

export function credit(accountNo: AccountNo, amount: Money): Posting {
  return { accountNo, amount: amount.negated() };
}

/**
 * The draft without postings of zero, which say nothing.
 *
 * @throws Problem `ledger.unbalanced-entry` unless at least two postings remain and they sum to
 *   zero in every currency.
 */
export function balanced(draft: EntryDraft): EntryDraft {
  const postings = draft.postings.filter((posting) => !posting.amount.isZero);
  const sums = new Map<string, bigint>();
  for (const { amount } of postings) {
    sums.set(amount.currency, (sums.get(amount.currency) ?? 0n) + amount.minor);
  }
  const crooked = [...sums].filter(([, sum]) => sum !== 0n);
  if (postings.length < 2 || crooked.length > 0) {
    throw ledgerProblem('unbalanced-entry', {
      detail: `${draft.kind} of ${draft.source.type} ${draft.source.id}: ${
        crooked.map(([currency, sum]) => `${currency} is off by ${sum} minor units`).join(', ') ||
        'fewer than two postings'
      }.`,
    });
  }
  return { ...draft, postings };
}

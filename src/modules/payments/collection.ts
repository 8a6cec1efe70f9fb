import { assert } from '../../kernel/assert';
import { addDays, startOfDay, type CalendarDate } from '../../kernel/calendar-date';
import { DAY_MS } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { AccountNo, EntryDraft, EntryNo } from '../ledger';
import type { InstructionState } from './custodian';
import type { PaymentOwner } from './owner';
import { nextQuestion } from './retry';

export const COLLECTION_STATUSES = [
  'requested',
  'instructed',
  'confirmed',
  'rejected',
  'expired',
  'cancelled',
] as const;
export type CollectionStatus = (typeof COLLECTION_STATUSES)[number];

/** An amount that falls due, drawn from the payer's bank under a debit mandate. */
export interface Collection {
  readonly id: Id<'col'>;
  readonly reference: string;
  readonly debitMandateId: Id<'mdt'>;
  readonly amount: Money;
  readonly dueOn: CalendarDate;
  /** The fact that asked for it: drawn once, however often it is asked for. */
  readonly source: string;
  readonly status: CollectionStatus;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  /** The payer's account is charged within this time, half-open. */
  readonly notBefore: Date;
  readonly expiresAt: Date;
  readonly attempts: number;
  readonly nextAttemptAt?: Date | undefined;
  readonly lastFailure?: string | undefined;
  readonly custodianRef?: string | undefined;
  readonly executedAt?: Date | undefined;
  readonly entryNo?: EntryNo | undefined;
  readonly resolvedAt?: Date | undefined;
  readonly reasonCode?: string | undefined;
}

/** What is to be drawn for an owner. */
export interface CollectionOrder {
  readonly owner: PaymentOwner;
  readonly amount: Money;
  readonly dueOn: CalendarDate;
  /** One a loan and instalment, such as `lon_…/1/7`. */
  readonly source: string;
}

/** A collection with what its reference and debit mandate say: whence and where to. */
export interface CollectionTerms {
  readonly collection: Collection;
  readonly owner: PaymentOwner;
  readonly accountNo: AccountNo;
  readonly bankAccountId: Id<'bac'>;
  /** Why it must not be drawn now, where it must not. */
  readonly obstacle?: string | undefined;
}

/**
 * How long before the due day the custodian is told. Source: SEPA Direct Debit Core Scheme Rulebook
 * (EPC016-06): a collection reaches the debtor’s bank at the latest one banking day before.
 */
const LEAD_DAYS = 1;
/** As long as a deposit may take: a week covers a failed try. */
const LIFE_MS = 7 * DAY_MS;

export function requestCollection(
  order: Pick<Collection, 'reference' | 'debitMandateId' | 'amount' | 'dueOn' | 'source'>,
  by: {
    readonly id: Id<'col'>;
    readonly requestedBy: string;
    readonly now: Date;
    readonly timeZone: string;
  },
): Collection {
  const { id, requestedBy, now, timeZone } = by;
  const dueAt = startOfDay(order.dueOn, timeZone);
  const tellAt = startOfDay(addDays(order.dueOn, -LEAD_DAYS), timeZone);
  const notBefore = latest(dueAt, now);
  return {
    ...order,
    id,
    status: 'requested',
    requestedBy,
    requestedAt: now,
    notBefore,
    expiresAt: new Date(notBefore.getTime() + LIFE_MS),
    attempts: 0,
    nextAttemptAt: latest(tellAt, now),
  };
}

function latest(one: Date, other: Date): Date {
  return one > other ? one : other;
}

/** From here on the custodian may have heard of it, so nobody can take it back. */
export function instructCollection(collection: Collection): Collection {
  assert(collection.status === 'requested', `collection ${collection.id} was instructed before`);
  return { ...collection, status: 'instructed' };
}

export function cancelCollection(collection: Collection, at: Date): Collection {
  assert(collection.status === 'requested', `collection ${collection.id} cannot be cancelled`);
  return ended(collection, 'cancelled', at);
}

export function rejectCollection(collection: Collection, reasonCode: string, at: Date): Collection {
  return { ...ended(collection, 'rejected', at), reasonCode };
}

export function confirmCollection(
  collection: Collection,
  receipt: {
    readonly custodianRef: string;
    readonly executedAt: Date;
    readonly entryNo: EntryNo;
    readonly at: Date;
  },
): Collection {
  const { at, ...received } = receipt;
  return { ...ended(collection, 'confirmed', at), ...received };
}

/** What an answer that books nothing makes of a collection. */
export function unbookedAnswer(
  collection: Collection,
  answer: Exclude<InstructionState, { readonly state: 'executed' }>,
  now: Date,
): Collection {
  switch (answer.state) {
    case 'rejected':
      return rejectCollection(collection, answer.reasonCode, now);
    case 'lapsed':
      return { ...ended(collection, 'expired', now), reasonCode: 'lapsed' };
    case 'pending':
      return {
        ...collection,
        attempts: 0,
        lastFailure: undefined,
        nextAttemptAt: nextQuestion(answer.askAgainAt, now),
      };
  }
}

function ended(collection: Collection, status: CollectionStatus, at: Date): Collection {
  assert(collection.resolvedAt === undefined, `collection ${collection.id} has ended before`);
  return { ...collection, status, resolvedAt: at, nextAttemptAt: undefined };
}

/** Money arrived: the custodian has more, and owes it to the owner. */
export function collectionEntry(
  { collection, accountNo }: CollectionTerms,
  receipt: { readonly executedAt: Date; readonly custodian: AccountNo },
): EntryDraft {
  return {
    kind: 'collection',
    source: { type: 'collection', id: collection.id },
    description: `Collection ${collection.reference} due ${collection.dueOn}`,
    occurredAt: receipt.executedAt,
    postings: [
      { accountNo: receipt.custodian, amount: collection.amount },
      { accountNo, amount: collection.amount.negated() },
    ],
  };
}

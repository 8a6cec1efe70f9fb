import { z } from 'zod';
import {
  dateView,
  idInput,
  idView,
  instantView,
  moneyView,
  pageQueryWith,
} from '../../platform/http';
import { COLLECTION_STATUSES } from './collection';
import type { ListedCollection } from './collection.store';
import { OWNER_KINDS, type PaymentOwner } from './owner';
import type { ListedReturn } from './return.store';
import { RETURN_STATUSES } from './returned-debit';
import type { DebitMandate, StandingReference } from './standing-reference';

/** As `referenceOf` writes it. */
export const referenceInput = z
  .string()
  .regex(/^YC(-[0-9A-Z]{4}){3}$/)
  .meta({ examples: ['YC-XHWZ-N4KR-4VEZ'] });
const ownerIdInput = z.union([idInput('lon'), idInput('cov')]);

export const referenceParams = z.strictObject({ reference: referenceInput });
export const referencesQuery = pageQueryWith({ ownerId: ownerIdInput.optional() });
export const debitMandateBody = z.strictObject({ bankAccountId: idInput('bac') });
export const collectionsQuery = pageQueryWith({
  ownerId: ownerIdInput.optional(),
  status: z.enum(COLLECTION_STATUSES).optional(),
});
export const returnsQuery = pageQueryWith({ status: z.enum(RETURN_STATUSES).optional() });

export const ownerView = z.object({ kind: z.enum(OWNER_KINDS), id: z.string() });

export const referenceView = z.object({
  reference: z.string().meta({ description: 'What the payer writes on a bank transfer.' }),
  owner: ownerView,
  currency: z.string(),
  openedAt: instantView,
  closedAt: instantView.optional(),
});

export const debitMandateView = z.object({
  id: idView('mdt'),
  reference: z.string(),
  bankAccountId: idView('bac'),
  givenAt: instantView,
});

export const collectionView = z.object({
  id: idView('col'),
  owner: ownerView,
  reference: z.string(),
  debitMandateId: idView('mdt'),
  amount: moneyView,
  dueOn: dateView,
  source: z.string().meta({ description: 'What asked for it; drawn once.' }),
  status: z.enum(COLLECTION_STATUSES),
  requestedAt: instantView,
  executedAt: instantView.optional(),
  resolvedAt: instantView.optional(),
  reasonCode: z.string().optional(),
  entryNo: z.string().optional(),
});

export const returnView = z.object({
  id: idView('rtn'),
  collectionId: idView('col'),
  owner: ownerView,
  amount: moneyView,
  reasonCode: z.string(),
  returnedAt: instantView,
  recordedAt: instantView,
  status: z.enum(RETURN_STATUSES),
  lastFailure: z.string().optional().meta({ description: 'Why it could not be booked yet.' }),
  entryNo: z.string().optional(),
  bookedAt: instantView.optional(),
});

export function asOwner({ kind, id }: PaymentOwner): z.input<typeof ownerView> {
  return { kind, id };
}

export function asReference(standing: StandingReference): z.input<typeof referenceView> {
  const { reference, owner, currency, openedAt, closedAt } = standing;
  return { reference, owner: asOwner(owner), currency, openedAt, closedAt };
}

export function asDebitMandate(mandate: DebitMandate): z.input<typeof debitMandateView> {
  const { id, reference, bankAccountId, givenAt } = mandate;
  return { id, reference, bankAccountId, givenAt };
}

export function asCollection(collection: ListedCollection): z.input<typeof collectionView> {
  return {
    id: collection.id,
    owner: asOwner(collection.owner),
    reference: collection.reference,
    debitMandateId: collection.debitMandateId,
    amount: collection.amount,
    dueOn: collection.dueOn,
    source: collection.source,
    status: collection.status,
    requestedAt: collection.requestedAt,
    executedAt: collection.executedAt,
    resolvedAt: collection.resolvedAt,
    reasonCode: collection.reasonCode,
    entryNo: collection.entryNo?.toString(),
  };
}

export function asReturn(returned: ListedReturn): z.input<typeof returnView> {
  return {
    id: returned.id,
    collectionId: returned.collectionId,
    owner: asOwner(returned.owner),
    amount: returned.amount,
    reasonCode: returned.reasonCode,
    returnedAt: returned.returnedAt,
    recordedAt: returned.recordedAt,
    status: returned.status,
    lastFailure: returned.lastFailure,
    entryNo: returned.entryNo?.toString(),
    bookedAt: returned.bookedAt,
  };
}

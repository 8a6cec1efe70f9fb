import { z } from 'zod';
import { CURRENCIES } from '../../kernel/currency';
import {
  documentInput,
  idInput,
  idView,
  instantInput,
  instantView,
  lineInput,
  moneyView,
  page,
  pageQueryWith,
  positiveMoneyInput,
  rateInput,
  rateView,
  textInput,
} from '../../platform/http';
import { DOCUMENT_KINDS } from './document';
import { asInstrument, instrumentInput, instrumentView } from './instrument.schema';
import { OFFERING_KINDS, OFFERING_STATUSES } from './offering';
import { ALLOCATION_METHODS, termsJson, type OfferingTerms } from './terms';
import type { OfferingHistory, OfferingView } from './viewing.service';

/** Terms as a request states them; `orderLimit` is the maximum when left out. */
export const termsBody = z
  .strictObject({
    title: lineInput(120),
    summary: textInput(4000),
    instrument: instrumentInput,
    currency: z.enum(CURRENCIES),
    price: rateInput.meta({
      description: 'Of one share, or of one unit of a loan.',
      examples: ['2.04000'],
    }),
    target: positiveMoneyInput.meta({ description: 'The least to succeed.' }),
    maximum: positiveMoneyInput.meta({ description: 'The most to accept.' }),
    orderLimit: positiveMoneyInput.optional().meta({
      description: 'The most to take orders for; above the maximum it is a waiting list.',
    }),
    minimumTicket: positiveMoneyInput,
    maximumTicket: positiveMoneyInput.optional(),
    allocation: z.strictObject({ method: z.enum(ALLOCATION_METHODS) }),
    opensAt: instantInput.optional(),
    closesAt: instantInput.meta({ description: 'The first instant at which no order is taken.' }),
    feeRate: rateInput.meta({ description: 'Fraction of what is raised.', examples: ['0.05'] }),
    isAllOrNothing: z.boolean(),
    legalFormHolderLimit: z.int().min(1).max(100_000).optional(),
  })
  .transform(({ orderLimit, ...terms }): OfferingTerms => ({
    ...terms,
    orderLimit: orderLimit ?? terms.maximum,
  }));

export const createBody = z.strictObject({
  issuerId: idInput('iss'),
  kind: z.enum(OFFERING_KINDS).default('equity'),
  externalId: lineInput(80).optional(),
  terms: termsBody,
});

/** A draft and its terms, as they stand on the wire. */
export type OfferingRequest = z.input<typeof createBody>;
export type TermsRequest = z.input<typeof termsBody>;

export const editBody = z.strictObject({
  basedOn: z.int().min(1).meta({ description: 'The version the new terms were written against.' }),
  terms: termsBody,
});

export const noteBody = z.strictObject({ note: textInput(4000) });
export const reasonBody = z.strictObject({ reason: textInput(4000) });

export const documentBody = z.strictObject({
  kind: z.enum(DOCUMENT_KINDS),
  mustAcknowledge: z.boolean().default(true),
  ...documentInput,
});

/** A document to be kept, as it stands on the wire. */
export type DocumentRequest = z.input<typeof documentBody>;

export const changeBody = z.strictObject({
  basedOn: z.int().min(1),
  terms: termsBody,
  reason: textInput(4000).meta({ description: 'What investors are told.' }),
  addDocuments: z.array(documentBody).max(5).default([]),
  removeDocuments: z.array(idInput('doc')).max(50).default([]),
});

export const earlyCloseBody = z.strictObject({ closesAt: instantInput, reason: textInput(4000) });

export const offeringParams = z.strictObject({ id: idInput('off') });
export const documentParams = z.strictObject({ id: idInput('off'), documentId: idInput('doc') });

export const publicQuery = pageQueryWith({
  operator: z.string().max(60).meta({ description: 'Code of the operator.' }),
});
export const publicParams = z.strictObject({
  operator: z.string().max(60),
  id: idInput('off'),
});
export const listQuery = pageQueryWith({
  status: z.enum(OFFERING_STATUSES).optional(),
  own: z.enum(['true']).optional().meta({ description: 'Only offerings of the caller itself.' }),
});

export const documentView = z.object({
  id: idView('doc'),
  kind: z.enum(DOCUMENT_KINDS),
  title: z.string(),
  sha256: z.string().meta({ description: 'What investors acknowledge when they subscribe.' }),
  mustAcknowledge: z.boolean(),
});

const termsView = z.object({
  summary: z.string(),
  instrument: instrumentView,
  price: z.string().meta({
    description: 'Of one share, or of one unit of a loan.',
    examples: ['2.04000'],
  }),
  target: moneyView,
  maximum: moneyView,
  orderLimit: moneyView,
  minimumTicket: moneyView,
  maximumTicket: moneyView.optional(),
  allocation: z.object({
    method: z.enum(ALLOCATION_METHODS),
    description: z
      .string()
      .meta({ description: 'The policy in a sentence, before anybody orders.' }),
  }),
  opensAt: instantView.optional(),
  closesAt: instantView,
  feeRate: rateView,
  isAllOrNothing: z.boolean(),
  legalFormHolderLimit: z.number().optional(),
});

const progressView = z.object({
  target: moneyView,
  maximum: moneyView,
  committed: moneyView,
  isTargetReached: z.boolean(),
  isOversubscribed: z.boolean(),
  orders: z.int(),
  opensAt: instantView,
  closesAt: instantView,
  isOpen: z.boolean(),
});

export const offeringView = z.object({
  id: idView('off'),
  issuerId: idView('iss'),
  kind: z.enum(OFFERING_KINDS),
  status: z.enum(OFFERING_STATUSES),
  version: z.int(),
  title: z.string(),
  externalId: z.string().optional(),
  terms: termsView,
  documents: z.array(documentView).readonly(),
  progress: progressView.optional(),
  createdAt: instantView,
  updatedAt: instantView,
  publishedAt: instantView.optional(),
  closedAt: instantView.optional(),
});

export const offeringsView = page(offeringView);

export const readinessView = z.object({
  isReady: z.boolean(),
  reasons: z
    .array(z.object({ code: z.string(), message: z.string(), citation: z.string().optional() }))
    .readonly(),
});

export const historyView = z.object({
  transitions: z
    .array(
      z.object({
        from: z.string().optional(),
        to: z.string(),
        reason: z.string(),
        happenedAt: instantView,
      }),
    )
    .readonly(),
  reviews: z
    .array(
      z.object({
        version: z.int(),
        verdict: z.string(),
        note: z.string(),
        reviewer: z.string(),
        reviewedAt: instantView,
      }),
    )
    .readonly(),
  changes: z
    .array(
      z.object({
        version: z.int(),
        kind: z.string(),
        fields: z.array(z.string()).readonly(),
        announcedAt: instantView,
        reconfirmBy: instantView.optional(),
      }),
    )
    .readonly(),
});

/** What each way of allocating means, before anybody orders. */
export const ALLOCATION_POLICIES: Readonly<Record<OfferingTerms['allocation']['method'], string>> =
  {
    'first-come':
      'Whoever ordered first is served first and in full, until the maximum is reached.',
    'pro-rata':
      'Everybody gets the same part of what they ordered, in whole units, but no less than the ' +
      'minimum ticket while there is room for everybody’s.',
    discretionary: 'The issuer and the operator decide who gets how much, within the orders.',
  };

/** An offering as everybody who may see it sees it. */
export function asOffering({ offering, version, book }: OfferingView) {
  const { title: _, currency: __, allocation, ...terms } = version.terms;
  return {
    ...offering,
    terms: {
      ...terms,
      instrument: asInstrument(terms.instrument),
      price: termsJson(version.terms).price,
      allocation: {
        method: allocation.method,
        description: ALLOCATION_POLICIES[allocation.method],
      },
    },
    documents: version.documents,
    progress: book && {
      target: terms.target,
      maximum: terms.maximum,
      committed: book.committed,
      isTargetReached: !book.committed.isLessThan(terms.target),
      isOversubscribed: book.committed.isMoreThan(terms.maximum),
      orders: Number(book.orderCount),
      opensAt: book.opensAt,
      closesAt: book.closesAt,
      isOpen: book.isOpen,
    },
  };
}

export function asHistory(history: OfferingHistory) {
  return history;
}

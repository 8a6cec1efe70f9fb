import { z } from 'zod';
import { Problem } from '../../kernel/problem';
import {
  idInput,
  idView,
  instantView,
  moneyView,
  page,
  pageQueryWith,
  positiveMoneyInput,
} from '../../platform/http';
import type { Opened } from './opened';
import type { Subscription } from './subscription';

const STATUSES = ['reflecting', 'binding', 'settled', 'revoked', 'released'] as const;

/** The most orders one bulk call may hold. */
export const BULK_MAX = 1000;

const acknowledgement = z.boolean().optional();

const orderFields = {
  offeringId: idInput('off'),
  amount: positiveMoneyInput,
  documents: z
    .array(z.string().regex(/^[0-9a-f]{64}$/, { error: 'This is not a SHA-256 in hexadecimal.' }))
    .max(50)
    .default([])
    .meta({ description: 'SHA-256 of each document that was read and is acknowledged.' }),
  acknowledged: z
    .strictObject({
      riskWarning: acknowledgement,
      educationalMaterials: acknowledgement,
      cancellationLimits: acknowledgement,
      resaleDifficulty: acknowledgement,
      lossOfAll: acknowledgement,
      consentAboveThreshold: acknowledgement,
      understanding: acknowledgement,
      lossOfProtection: acknowledgement,
      limitsObserved: acknowledgement,
    })
    .default({})
    .meta({ description: 'What the investor confirms, for this commitment, before making it.' }),
};

export const subscribeBody = z.strictObject(orderFields);

export const bulkBody = z.strictObject({
  orders: z
    .array(
      z.strictObject({
        ...orderFields,
        investorId: idInput('inv'),
        idempotencyKey: z.string().min(1).max(255),
      }),
    )
    .min(1)
    .max(BULK_MAX),
});

export type OrderBody = z.output<typeof subscribeBody>;

export const subscriptionParams = z.strictObject({ id: idInput('sub') });

export const subscriptionQuery = pageQueryWith({
  offeringId: idInput('off').optional(),
  investorId: idInput('inv').optional(),
  status: z.enum(STATUSES).optional(),
});

export const subscriptionView = z.object({
  id: idView('sub'),
  offeringId: idView('off'),
  investorId: idView('inv'),
  orderNo: z.int().meta({ description: 'Place in the order of arrival, from 1.' }),
  status: z.enum(STATUSES),
  amount: moneyView.meta({ description: 'What the whole shares or units cost; held, not moved.' }),
  units: z
    .string()
    .meta({ description: 'Whole shares, or units of a loan, subscribed for.', examples: ['125'] }),
  openedAt: instantView,
  revocableUntil: instantView.meta({
    description: 'The instant from which it can no longer be revoked.',
  }),
  reconfirmBy: instantView.optional(),
  allocatedUnits: z.string().optional(),
  resolvedAt: instantView.optional(),
});

export const capLeftView = z.object({
  rule: z.string(),
  citation: z.string(),
  limit: moneyView,
  used: moneyView,
  left: moneyView,
});

export const openedView = subscriptionView.extend({
  residue: moneyView.meta({
    description: 'Asked for but not taken, since shares and units are whole.',
  }),
  caps: z.array(capLeftView),
});

const refusalView = z.object({
  code: z.string(),
  title: z.string(),
  detail: z.string().optional(),
  findings: z.array(z.record(z.string(), z.unknown())).optional(),
});

export const bulkView = z.object({
  accepted: z.int(),
  refused: z.int(),
  results: z.array(
    z.object({
      idempotencyKey: z.string(),
      subscription: openedView.optional(),
      problem: refusalView.optional(),
    }),
  ),
});

export const subscriptionsView = page(subscriptionView);

export function asSubscription(subscription: Subscription): z.input<typeof subscriptionView> {
  return {
    id: subscription.id,
    offeringId: subscription.offeringId,
    investorId: subscription.investorId,
    orderNo: Number(subscription.orderNo),
    status: subscription.status,
    amount: subscription.amount,
    units: subscription.units.toString(),
    openedAt: subscription.openedAt,
    revocableUntil: subscription.revocableUntil,
    reconfirmBy: subscription.reconfirmBy,
    allocatedUnits: subscription.allocatedUnits?.toString(),
    resolvedAt: subscription.resolvedAt,
  };
}

export function asOpened(opened: Opened): z.input<typeof openedView> {
  return {
    ...asSubscription(opened.subscription),
    residue: opened.residue,
    caps: [...opened.caps],
  };
}

/**
 * What a bulk call tells of an order that was not accepted. Of a bug it tells no more than that:
 * what became of the others must not be lost with it.
 */
export function asRefusal(error: unknown): z.input<typeof refusalView> {
  if (!(error instanceof Problem)) {
    return { code: 'internal', title: 'Something went wrong on our side' };
  }
  const { code, title, detail, findings } = error;
  return { code, title, detail, findings: findings?.map((finding) => ({ ...finding })) };
}

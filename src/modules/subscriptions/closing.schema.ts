import { z } from 'zod';
import {
  idInput,
  idView,
  instantView,
  integerQuery,
  moneyView,
  type Page,
  pageOf,
} from '../../platform/http';
import { ALLOCATION_METHODS } from '../offerings';
import type { GivenAllotment } from './allocation';
import type { Closing } from './closing.store';
import type { AllocationPreview, MethodPreview } from './preview.service';

export const closingParams = z.strictObject({ id: idInput('off') });

export const previewQuery = z.strictObject({
  method: z.enum(['first-come', 'pro-rata']).optional().meta({
    description: 'Whose allotments are listed; the method of the terms when left out.',
  }),
  limit: integerQuery({ min: 1, max: 1000 }).default(100),
  after: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional()
    .meta({ description: 'The last order number of the page before.' }),
});

const units = z
  .string()
  .regex(/^(0|[1-9]\d{0,17})$/, { error: 'This is not a whole number of shares.' })
  .meta({ examples: ['125'] });

/** The most subscriptions one discretionary allocation names. */
const MOST_ALLOCATIONS = 50_000;

export const settleBody = z.strictObject({
  allocations: z
    .array(z.strictObject({ subscriptionId: idInput('sub'), units }))
    .max(MOST_ALLOCATIONS)
    .optional()
    .meta({ description: 'Only where the terms leave the allocation to discretion.' }),
});

const methodView = z.object({
  method: z.enum(['first-come', 'pro-rata']),
  raised: moneyView,
  units: z.string(),
  residue: moneyView.meta({ description: 'What whole shares leave of the maximum.' }),
  isScaledBack: z.boolean(),
  servedInFull: z.int(),
  scaledBack: z.int(),
  unserved: z.int(),
});

const allotmentView = z.object({
  subscriptionId: idView('sub'),
  investorId: idView('inv'),
  orderNo: z.string(),
  ordered: z.string(),
  allocated: z.string(),
  cost: moneyView,
});

export const previewView = z.object({
  offeringId: idView('off'),
  status: z.string(),
  method: z.enum(ALLOCATION_METHODS),
  committed: moneyView,
  target: moneyView,
  maximum: moneyView,
  isOversubscribed: z.boolean(),
  orders: z.int(),
  methods: z.array(methodView).readonly(),
  allotments: z
    .object({ items: z.array(allotmentView).readonly(), next: z.string().optional() })
    .optional()
    .meta({ description: 'For staff: what each subscription would get.' }),
});

export const closingView = z.object({
  offeringId: idView('off'),
  outcome: z.enum(['settled', 'failed']),
  method: z.enum(ALLOCATION_METHODS).optional(),
  committed: moneyView,
  maximum: moneyView,
  raised: moneyView,
  fee: moneyView,
  units: z.string(),
  settled: z.int(),
  released: z.int(),
  closedAt: instantView,
});

export function asClosing(closing: Closing) {
  return {
    offeringId: closing.offeringId,
    outcome: closing.outcome,
    method: closing.method,
    committed: closing.committed,
    maximum: closing.maximum,
    raised: closing.raised,
    fee: closing.fee,
    units: closing.units.toString(),
    settled: closing.settledCount,
    released: closing.releasedCount,
    closedAt: closing.closedAt,
  };
}

/** @param listed which method's allotments to list, and from where; none for the issuer. */
export function asPreview(
  preview: AllocationPreview,
  listed: z.output<typeof previewQuery> | undefined,
) {
  return {
    ...preview,
    methods: preview.methods.map(asMethod),
    allotments: listed && asAllotments(preview, listed),
  };
}

function asMethod({ method, allocation, servedInFull, scaledBack, unserved }: MethodPreview) {
  const { raised, units: total, residue, isScaledBack } = allocation;
  const counts = { servedInFull, scaledBack, unserved };
  return { method, raised, units: total.toString(), residue, isScaledBack, ...counts };
}

function asAllotments(
  { method, methods }: AllocationPreview,
  listed: z.output<typeof previewQuery>,
): Page<z.input<typeof allotmentView>> {
  const wanted = listed.method ?? method;
  const chosen = methods.find((each) => each.method === wanted);
  const after = listed.after === undefined ? 0n : BigInt(listed.after);
  const rows = (chosen?.allocation.allotments ?? [])
    .filter(({ demand }) => demand.orderNo > after)
    .slice(0, listed.limit + 1)
    .map(({ demand, units: allocated, cost }) => ({
      subscriptionId: demand.id,
      investorId: demand.investorId,
      orderNo: demand.orderNo.toString(),
      ordered: demand.units.toString(),
      allocated: allocated.toString(),
      cost,
    }));
  return pageOf(rows, listed.limit, (row) => row.orderNo);
}

export function asGiven(
  allocations: z.output<typeof settleBody>['allocations'],
): readonly GivenAllotment[] | undefined {
  return allocations?.map(({ subscriptionId, units: given }) => ({
    id: subscriptionId,
    units: BigInt(given),
  }));
}

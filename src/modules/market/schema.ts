import { z } from 'zod';
import { CURRENCIES } from '../../kernel/currency';
import type { Finding } from '../../kernel/problem';
import {
  dateInput,
  dateView,
  idInput,
  idView,
  instantInput,
  instantView,
  moneyView,
  page,
  pageQueryWith,
  positiveMoneyInput,
  rateInput,
  rateView,
  booleanQuery,
  lineInput,
} from '../../platform/http';
import { PRACTICES } from '../rulebooks';
import { BOOK_KINDS, END_REASONS, LISTING_ORDERS, LISTING_STATUSES } from './listing';
import { MARKET_MODES } from './policy';
import { ACKNOWLEDGEMENTS, PROPOSAL_STATUSES } from './trade';

const units = z.string().meta({ description: 'A whole number.', examples: ['12'] });
const unitsInput = z
  .string()
  .regex(/^[1-9]\d{0,17}$/, { error: 'Units are a whole number above zero.' })
  .transform(BigInt)
  .meta({ examples: ['12'] });
const size = z.string().meta({
  description: 'Of notes their principal in minor units, of shares their number.',
});
const priceInput = rateInput
  .refine((price) => price.isPositive() && !price.isZero(), { error: 'A price is above zero.' })
  .refine((price) => price.decimalPlaces() <= 8, { error: 'A price has at most 8 decimals.' })
  .meta({
    description:
      'Of a note the share of its outstanding principal: 0.985. Of shares what one costs, in major units.',
  });
const acknowledged = z.array(z.enum(ACKNOWLEDGEMENTS)).max(20).default([]).meta({
  description: 'What the buyer confirms for this purchase, by name.',
});
const documents = z
  .array(z.string().regex(/^[0-9a-f]{64}$/, { error: 'A SHA-256 is 64 hex digits.' }))
  .max(50)
  .default([])
  .meta({ description: 'SHA-256 of each document that was read.' });

export const listingParams = z.strictObject({ id: idInput('mkl') });
export const proposalParams = z.strictObject({ id: idInput('mkp') });
export const tradeParams = z.strictObject({ id: idInput('trd') });
export const instrumentParams = z.strictObject({ instrumentId: idInput('ins') });

export const listingBody = z.strictObject({
  of: z.union([
    z.strictObject({ loanId: idInput('lon'), noteNo: z.int().min(1) }),
    z.strictObject({ instrumentId: idInput('ins') }),
  ]),
  units: unitsInput.optional().meta({ description: 'All of it when absent.' }),
  price: priceInput,
  expiresAt: instantInput.optional(),
});
export const priceBody = z.strictObject({ price: priceInput });
export const quoteBody = z.strictObject({ units: unitsInput, acknowledged, documents });
export const buyBody = z.strictObject({
  units: unitsInput,
  atMost: positiveMoneyInput.meta({
    description: 'The most that is paid in all, interest included: the total of a quote.',
  }),
  acknowledged,
  documents,
});
export const haltBody = z.strictObject({ reason: lineInput(500) });
export const valuationBody = z.strictObject({
  valuedOn: dateInput,
  price: priceInput,
  method: lineInput(500),
});

export const listingsQuery = pageQueryWith({
  order: z.enum(LISTING_ORDERS).default('newest'),
  kind: z.enum(BOOK_KINDS).optional(),
  instrumentId: idInput('ins').optional(),
  currency: z.enum(CURRENCIES).optional(),
  grade: lineInput(20).optional(),
  highestPrice: rateInput.optional(),
  maturesBefore: dateInput.optional(),
  status: z.enum(LISTING_STATUSES).default('open'),
  mine: booleanQuery.optional().meta({ description: 'Only what the caller offers.' }),
});
export const proposalsQuery = pageQueryWith({
  listingId: idInput('mkl').optional(),
  status: z.enum(PROPOSAL_STATUSES).optional(),
});
export const tradesQuery = pageQueryWith({ instrumentId: idInput('ins').optional() });

const findings = z.array(z.record(z.string(), z.unknown())).readonly();

export const saleView = z.object({
  units,
  principal: moneyView.meta({ description: 'Outstanding principal that goes with it.' }),
  price: moneyView.meta({ description: 'Without interest.' }),
  premium: moneyView.optional().meta({
    description: 'Of notes: what the price has above the principal, or below it.',
  }),
  accruedInterest: moneyView.meta({
    description: 'Earned by the seller and not paid yet: the buyer advances it.',
  }),
  total: moneyView.meta({ description: 'What the buyer pays.' }),
  sellerFee: moneyView,
});

const offerShape = {
  id: idView('mkl'),
  kind: z.enum(BOOK_KINDS),
  instrumentId: idView('ins'),
  loanId: idView('lon').optional(),
  noteNo: z.int().optional(),
  sellerId: idView('inv').optional().meta({ description: 'Told to the seller and to staff.' }),
  units,
  unitsLeft: units,
  price: rateView,
  priceVersion: z.int(),
  class: z.string(),
  grade: z.string().optional(),
  maturesOn: dateView.optional(),
  size,
  isLate: z.boolean(),
  status: z.enum(LISTING_STATUSES),
  listedAt: instantView,
  pricedAt: instantView,
  expiresAt: instantView,
  endedAt: instantView.optional(),
  endReason: z.enum(END_REASONS).optional(),
};

export const listingView = z.object(offerShape);
export const listingsView = page(listingView);

const noteDisclosureView = z.object({
  loanStatus: z.string(),
  rate: rateView,
  grade: z.string(),
  daysPastDue: z.int(),
  isForborne: z.boolean(),
  daysToMaturity: z.int(),
  loanOutstanding: moneyView,
  nextDueOn: dateView.optional(),
  yieldToMaturity: rateView.optional().meta({
    description: 'A year, if everything is paid when it falls due.',
  }),
  remaining: z
    .array(z.object({ dueOn: dateView, principal: moneyView, interest: moneyView }))
    .readonly()
    .meta({ description: 'Less the servicing fee that holders pay.' }),
});

const shareDisclosureView = z.object({
  reference: z
    .object({
      price: rateView,
      basis: z.enum(['valuation', 'last-issuance']),
      valuedOn: dateView.optional(),
      method: z.string().optional(),
      issuedAt: instantView.optional(),
    })
    .optional()
    .meta({ description: 'What one was last worth. It binds nobody.' }),
  priceToReference: rateView.optional(),
});

export const disclosedView = z.object({
  ...offerShape,
  sale: saleView.optional(),
  resaleLimited: z
    .object({ until: instantView, rule: z.string(), citation: z.string() })
    .optional()
    .meta({ description: 'Until then only some buyers may have it.' }),
  note: noteDisclosureView.optional(),
  shares: shareDisclosureView.optional(),
});

export const queueView = z.object({
  class: z.string(),
  listingsAhead: z.int(),
  sizeAhead: size,
  size,
  tradedSize: size,
  tradedDays: z.int(),
  expectedDays: z.int().optional().meta({
    description: 'At the pace of the last days, if nobody comes in at a better price: no forecast.',
  }),
  note: z.string(),
});

export const quoteView = z.object({
  mode: z.enum(MARKET_MODES),
  parts: z
    .array(z.object({ listingId: idView('mkl'), price: rateView, sale: saleView }))
    .readonly(),
  sale: saleView,
  findings,
  caps: z
    .array(
      z.object({
        rule: z.string(),
        citation: z.string(),
        limit: moneyView,
        used: moneyView,
        left: moneyView,
      }),
    )
    .readonly(),
  available: moneyView,
  documents: z.array(z.object({ title: z.string(), sha256: z.string() })).readonly(),
});

export const tradeView = z.object({
  id: idView('trd'),
  listingId: idView('mkl'),
  instrumentId: idView('ins'),
  sellerId: idView('inv').optional(),
  buyerId: idView('inv').optional(),
  side: z.enum(['bought', 'sold']).optional().meta({ description: 'The caller’s.' }),
  mode: z.enum(MARKET_MODES),
  noteNo: z.int().optional().meta({ description: 'The buyer’s note.' }),
  price: rateView,
  sale: saleView,
  tradedAt: instantView,
});
export const tradesView = page(tradeView);
export const boughtView = z.object({ trades: z.array(tradeView).readonly(), sale: saleView });

export const proposalView = z.object({
  id: idView('mkp'),
  listingId: idView('mkl'),
  units,
  priceVersion: z.int(),
  atMost: moneyView,
  status: z.enum(PROPOSAL_STATUSES),
  proposedAt: instantView,
  lapsesAt: instantView,
  endedAt: instantView.optional(),
  tradeId: idView('trd').optional(),
});
export const proposalsView = page(proposalView);

export const haltView = z.object({
  instrumentId: idView('ins'),
  no: z.int(),
  reason: z.string(),
  haltedAt: instantView,
  haltedBy: z.string(),
  liftedAt: instantView.optional(),
  liftedBy: z.string().optional(),
  liftReason: z.string().optional(),
});
export const haltsView = z.object({ items: z.array(haltView).readonly() });

export const valuationView = z.object({
  instrumentId: idView('ins'),
  no: z.int(),
  valuedOn: dateView,
  price: rateView,
  method: z.string(),
  recordedAt: instantView,
  recordedBy: z.string(),
});
export const valuationsView = z.object({ items: z.array(valuationView).readonly() });

export const rulesView = z.object({
  mode: z.enum([...MARKET_MODES, 'forbidden']),
  findings,
  permissions: z
    .array(
      z.object({
        practice: z.enum(PRACTICES),
        answer: z.enum(['allowed', 'conditional', 'forbidden']),
        citation: z.string().optional(),
      }),
    )
    .readonly(),
  policy: z.object({ id: z.string(), version: z.int(), title: z.string() }),
  sellerFeeRate: rateView,
  listingDays: z.int(),
  proposalDays: z.int(),
  minimumHoldingDays: z.int(),
  lowestNotePrice: rateView,
  highestNotePrice: rateView,
  highestShareOfFairValue: rateView,
});

export const replayView = z.object({
  tradeId: idView('trd'),
  allowed: z.boolean(),
  findings,
  decisions: z
    .array(
      z.object({
        action: z.string(),
        allowed: z.boolean(),
        rulebook: z.string(),
        contentHash: z.string(),
        effectiveFrom: z.string().optional(),
      }),
    )
    .readonly(),
});

export function asFindings(found: readonly Finding[]): z.input<typeof findings> {
  return found.map((finding) => ({ ...finding }));
}

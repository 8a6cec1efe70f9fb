import { z } from 'zod';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import type { Finding } from '../../kernel/problem';
import {
  idInput,
  idView,
  instantView,
  moneyView,
  page,
  pageQuery,
  pageQueryWith,
} from '../../platform/http';
import {
  LISTING_REASONS,
  MANDATE_REASONS,
  type ListingLine,
  type MandateLine,
  type PairAnswer,
} from './run-log';
import { POSITION_STATUSES, WINDOW_STATUSES, type MatchWindow, type Position } from './window';
import type { WindowReplay } from './window.service';

const bilingual = z.object({ en: z.string(), zh: z.string() });

export const windowParams = z.strictObject({ id: idInput('win') });
export const pairParams = z.strictObject({
  id: idInput('win'),
  mandateId: idInput('mnd'),
  offeringId: idInput('off'),
});
export const positionParams = z.strictObject({
  id: idInput('win'),
  positionNo: z
    .string()
    .regex(/^[1-9]\d{0,8}$/)
    .transform(Number),
});
export const windowsQuery = pageQueryWith({
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
});
export const linesQuery = pageQuery;
export const positionsQuery = z.strictObject({
  limit: pageQuery.shape.limit,
  after: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .optional(),
});

export const windowView = z.object({
  id: idView('win'),
  currency: z.string(),
  status: z.enum(WINDOW_STATUSES),
  dueAt: instantView,
  openedAt: instantView,
  drawnAt: instantView.optional(),
  matchedAt: instantView.optional(),
  publishedAt: instantView.optional(),
  seed: z.string().optional().meta({
    description: 'From the heads of the ledger’s chains and the window’s id: breaks every tie.',
  }),
  inputSha256: z.string().optional(),
  resultSha256: z.string().optional(),
  mandates: z.int().optional(),
  listings: z.int().optional(),
  positions: z.int().optional(),
  matched: moneyView.optional(),
  placed: moneyView.optional(),
});
export const windowsView = page(windowView);

export const replayView = z.object({
  window: windowView,
  isInputIntact: z.boolean(),
  isSame: z.boolean(),
  resultSha256: z.string(),
});

const findingsView = z
  .array(z.object({ rule: z.string(), citation: z.string(), message: z.string() }))
  .readonly();

export const mandateLineView = z.object({
  mandateId: idView('mnd').optional(),
  reason: z.string(),
  text: bilingual,
  cash: moneyView.meta({ description: 'What the mandate could lend in this window.' }),
  matched: moneyView,
  loansEligible: z.int(),
  loansMatched: z.int(),
  findings: findingsView.optional(),
});
export const mandateLinesView = page(mandateLineView);

export const listingLinesView = page(
  z.object({
    offeringId: idView('off'),
    reason: z.string(),
    text: bilingual,
    amount: moneyView,
    minimum: moneyView,
    matched: moneyView,
    mandatesEligible: z.int(),
    mandatesMatched: z.int(),
  }),
);

export const pairView = z.object({
  reason: z.string(),
  text: bilingual,
  findings: findingsView.optional(),
});

export const positionView = z.object({
  windowId: idView('win'),
  positionNo: z.int(),
  mandateId: idView('mnd'),
  offeringId: idView('off'),
  grade: z.string(),
  amount: moneyView,
  status: z.enum(POSITION_STATUSES),
  respondBy: instantView.optional(),
  subscriptionId: idView('sub').optional(),
  refusal: z.object({ code: z.string(), detail: z.string().optional() }).optional(),
  settledAt: instantView.optional(),
});
export const positionsView = page(positionView);
export const proposalsView = z.object({ items: z.array(positionView).readonly() });

export function asWindow(window: MatchWindow): z.input<typeof windowView> {
  const { seed, matchedMinor, placedMinor, currency, ...rest } = window;
  return {
    ...rest,
    currency,
    seed: seed?.toString(),
    matched: money(matchedMinor, currency),
    placed: money(placedMinor, currency),
  };
}

export function asReplay(replay: WindowReplay): z.input<typeof replayView> {
  return { ...replay, window: asWindow(replay.window) };
}

/** @param isNamed whether the reader may know whose line it is. */
export function asMandateLine(
  line: MandateLine,
  { currency, isNamed }: { readonly currency: Currency; readonly isNamed: boolean },
): z.input<typeof mandateLineView> {
  return {
    mandateId: isNamed ? line.mandateId : undefined,
    reason: line.reason,
    text: MANDATE_REASONS[line.reason],
    cash: Money.ofMinor(line.cashMinor, currency),
    matched: Money.ofMinor(line.matchedMinor, currency),
    loansEligible: line.loansEligible,
    loansMatched: line.loansMatched,
    findings: isNamed ? line.findings?.map(asFinding) : undefined,
  };
}

export function asListingLine(
  line: ListingLine,
  currency: Currency,
): z.input<typeof listingLinesView>['items'][number] {
  return {
    offeringId: line.offeringId,
    reason: line.reason,
    text: LISTING_REASONS[line.reason],
    amount: Money.ofMinor(line.amountMinor, currency),
    minimum: Money.ofMinor(line.minimumMinor, currency),
    matched: Money.ofMinor(line.matchedMinor, currency),
    mandatesEligible: line.mandatesEligible,
    mandatesMatched: line.mandatesMatched,
  };
}

export function asPair({ findings, ...answer }: PairAnswer): z.input<typeof pairView> {
  return { ...answer, findings: findings?.map(asFinding) };
}

function asFinding({ rule, citation, message }: Finding) {
  return { rule, citation, message };
}

export function asPosition(position: Position): z.input<typeof positionView> {
  const {
    amountMinor,
    currency,
    mandateVersion: _version,
    investorId: _investorId,
    ...rest
  } = position;
  return { ...rest, amount: Money.ofMinor(amountMinor, currency) };
}

function money(minor: bigint | undefined, currency: Currency): Money | undefined {
  return minor === undefined ? undefined : Money.ofMinor(minor, currency);
}

import { addDays, startOfDay, type CalendarDate } from '../../kernel/calendar-date';
import { Money } from '../../kernel/money';
import type { Problem } from '../../kernel/problem';
import { rateText, type Rate } from '../../kernel/rate';
import {
  costOf,
  sharePrice,
  termsJson,
  unitsFor,
  type OfferingRequest,
  type OfferingTerms,
  type SharePrice,
  type TermsRequest,
} from '../offerings';
import { filingProblem } from './errors';
import type { FiledAllocationMethod, FiledOffering, FiledStatement } from './filed-statement';
import { oneLine } from './filed-text';
import { nameOfFiling, type ImportSettings } from './filing';
import { statedFeeRate } from './stated-fee';

/** What an operator's own rules add to a filing. */
export interface OfferingSettings extends ImportSettings {
  /** IANA name; the last day of an offering ends there. */
  readonly timeZone: string;
  /** The operator's fee, where the filing does not state one. */
  readonly successFeeRate: Rate;
}

export interface OfferingReading {
  /** As a request to the API would have it. */
  readonly request: Omit<OfferingRequest, 'issuerId'>;
  readonly assumed: readonly string[];
}

/** A Form C states no minimum ticket: the shares whose price comes nearest to this. */
const USUAL_TICKET = Money.parse('100.00', 'USD');

/**
 * The offering of a filing as a request to draft it, or why it cannot be drafted.
 *
 * What a filing states is taken as it stands; what it does not state is said in `assumed`.
 */
export function offeringRequest(
  statement: FiledStatement,
  settings: OfferingSettings,
): OfferingReading | Problem {
  const { offering } = statement;
  if (offering === undefined) return filingProblem('offering-unknown');
  if (offering.kind === 'loan') return filingProblem('loan-needs-decision');
  const { price } = offering;
  if (price === undefined || !price.greaterThan(0)) return filingProblem('price-missing');
  const chosen = chooseTerms({ ...offering, price }, settings);
  return {
    request: {
      kind: 'equity',
      externalId: externalIdOf(statement),
      terms: { ...chosen.terms, ...describe(statement, offering) },
    },
    assumed: chosen.assumed,
  };
}

/**
 * How an offering is called where the Commission's number of it is not known yet: by its issuer
 * and its deadline, which a Form C and its updates share.
 */
export function externalIdOf({ fileNumber, issuer, offering }: FiledStatement): string {
  return fileNumber ?? dated(issuer.cik, offering?.deadline);
}

/** Every name under which the offering of a filing may be on file. */
export function externalIdsOf({ fileNumber, issuer, offering }: FiledStatement): readonly string[] {
  return [
    ...(fileNumber === undefined ? [] : [fileNumber]),
    ...(offering === undefined ? [] : [dated(issuer.cik, offering.deadline)]),
  ];
}

/**
 * Terms of a later filing on the draft of an earlier one. What no filing states stays as somebody
 * wrote it into the draft; the minimum ticket with it, unless the price of a share changed.
 */
export function revisedTerms(filed: OfferingTerms, draft: OfferingTerms): OfferingTerms {
  const { opensAt, maximumTicket, legalFormHolderLimit, minimumTicket } = draft;
  return {
    ...filed,
    ...(opensAt === undefined ? {} : { opensAt }),
    ...(maximumTicket === undefined ? {} : { maximumTicket }),
    ...(legalFormHolderLimit === undefined ? {} : { legalFormHolderLimit }),
    ...(filed.price.equals(draft.price) ? { minimumTicket } : {}),
  };
}

export function isSameTerms(a: OfferingTerms, b: OfferingTerms): boolean {
  return JSON.stringify(termsJson(a)) === JSON.stringify(termsJson(b));
}

function dated(cik: string | undefined, deadline: CalendarDate | undefined): string {
  return [cik, deadline].filter((part) => part !== undefined).join('-');
}

type PricedOffering = FiledOffering & { readonly price: Rate };
type Numbers = Omit<TermsRequest, 'title' | 'summary' | 'instrument'>;

function chooseTerms(
  offering: PricedOffering,
  settings: OfferingSettings,
): { readonly terms: Numbers; readonly assumed: readonly string[] } {
  const { target, deadline, isOversubscriptionAccepted: isAccepted } = offering;
  const maximum = isAccepted ? offering.maximum : target;
  const orderLimit = isAccepted ? maximum.times(settings.orderLimitRate, 'floor') : maximum;
  const ticket = usualTicket(sharePrice({ price: offering.price, currency: 'USD' }));
  const fee = chooseFee(offering, settings);
  const method = offering.allocationMethod ?? 'first-come';
  return {
    terms: {
      currency: 'USD',
      price: rateText(offering.price, 5),
      target: target.toWire(),
      maximum: maximum.toWire(),
      orderLimit: orderLimit.toWire(),
      minimumTicket: ticket.cost.toWire(),
      allocation: { method },
      closesAt: startOfDay(addDays(deadline, 1), settings.timeZone).toISOString(),
      feeRate: rateText(fee.rate, fee.rate.decimalPlaces()),
      isAllOrNothing: true,
    },
    assumed: [
      `The minimum ticket is ${ticket.cost}: ${ticket.units} at ${priceText(offering.price)} USD.`,
      ...waitingListNote({ isAccepted, maximum, orderLimit }),
      ...methodNote(offering.allocationMethod),
      `The deadline is the end of ${deadline} in ${settings.timeZone}.`,
      ...fee.notes,
    ],
  };
}

/** A price as people write it: at least the two digits of cents, and all that it has. */
export function priceText(price: Rate): string {
  return rateText(price, Math.max(2, price.decimalPlaces()));
}

/** The whole shares whose cost is nearest to the usual ticket; the fewer of two as near. */
function usualTicket(price: SharePrice): { readonly units: bigint; readonly cost: Money } {
  const fewer = unitsFor(price, USUAL_TICKET);
  const gap = (units: bigint): bigint => {
    const off = costOf(price, units).minor - USUAL_TICKET.minor;
    return off < 0n ? -off : off;
  };
  const units = fewer > 0n && gap(fewer) <= gap(fewer + 1n) ? fewer : fewer + 1n;
  return { units, cost: costOf(price, units) };
}

function waitingListNote(limits: {
  readonly isAccepted: boolean;
  readonly maximum: Money;
  readonly orderLimit: Money;
}): readonly string[] {
  const { isAccepted, maximum, orderLimit } = limits;
  if (!isAccepted) {
    return [`Oversubscription is not accepted: orders end at the target of ${maximum}.`];
  }
  return orderLimit.isMoreThan(maximum)
    ? [`Orders are taken up to ${orderLimit}; above ${maximum} they wait for room.`]
    : [];
}

function methodNote(filed: FiledAllocationMethod | undefined): readonly string[] {
  return filed === undefined
    ? ['Orders are served as they come: the filing names no way of allocating.']
    : [];
}

function chooseFee(
  { feeDescription }: FiledOffering,
  { successFeeRate }: OfferingSettings,
): { readonly rate: Rate; readonly notes: readonly string[] } {
  const stated = feeDescription === undefined ? undefined : statedFeeRate(feeDescription);
  if (stated !== undefined) return { rate: stated, notes: [] };
  const percent = `${successFeeRate.times(100).toString()} %`;
  const said =
    feeDescription === undefined
      ? 'the filing states none'
      : `the filing says ${JSON.stringify(oneLine(feeDescription, 60))}`;
  return {
    rate: successFeeRate,
    notes: [`The fee is the operator's ${percent}: ${said}.`],
  };
}

function describe(
  statement: FiledStatement,
  offering: FiledOffering,
): Pick<TermsRequest, 'title' | 'summary' | 'instrument'> {
  const { issuer } = statement;
  const { securityDescription, priceMethod, allocationNote, feeDescription } = offering;
  const sentence = (label: string, text: string | undefined): readonly string[] =>
    text === undefined ? [] : [`${label}: ${oneLine(text, 700)}`];
  return {
    title: oneLine(`${issuer.name}: ${securityDescription}`, 120),
    instrument: { kind: 'ordinary-shares', className: oneLine(securityDescription, 60) },
    summary: [
      `${oneLine(securityDescription, 200)} of ${oneLine(issuer.name, 200)}, under Regulation ` +
        `Crowdfunding, as its ${nameOfFiling(statement)} states.`,
      ...sentence('Price', priceMethod),
      ...sentence('Allocation', allocationNote),
      ...sentence('Fee of the intermediary', feeDescription),
      ...sentence('Interest of the intermediary', offering.intermediaryInterest),
    ].join('\n'),
  };
}

import { must } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import type { Finding } from '../../kernel/problem';
import {
  loanCapMinor,
  roundedUp,
  wants,
  type ListingForMatch,
  type MandateForMatch,
  type MatchInput,
  type MatchResult,
} from './instance';
import type { DrawnLender } from './window';
import type { SetAside } from './window-input';

/** A reason as its reader sees it. */
export interface BilingualText {
  readonly en: string;
  readonly zh: string;
}

/** Why a window ended for a lender as it did. Codes are public and never renamed. */
export const MANDATE_REASONS = {
  deployed: { en: 'All cash the mandate may lend was lent.', zh: '委托可出借的资金已全部出借。' },
  'deployed-partly': {
    en: 'The loans it wanted had no more room, or its limits allow no more of them.',
    zh: '符合条件的借款已无余额，或已达委托限额。',
  },
  'no-loan-fits': {
    en: 'No loan of the window fits the mandate’s grades, terms and rates.',
    zh: '本窗口没有符合委托条件的借款。',
  },
  'loans-short-of-minimum': {
    en: 'No loan that fits found enough lenders to come about.',
    zh: '符合条件的借款均未达到最低募集额。',
  },
  'loans-taken': {
    en: 'The loans that fit were filled by lenders who had lent less of their cash, or by the draw.',
    zh: '符合条件的借款已分配给出借比例较低的出借人或由抽签决定。',
  },
  'no-loan-wanted': {
    en: 'The mandate wants none of the loans of the window.',
    zh: '本窗口的借款均不在委托范围内。',
  },
  'nothing-listed': { en: 'No loan was listed in this window.', zh: '本窗口没有挂出借款。' },
  assessment: {
    en: 'The lender’s assessment allows none of the loans that the mandate wants.',
    zh: '出借人评估等级不允许其出借委托所需的借款。',
  },
  'not-permitted': {
    en: 'The rules do not permit the lender to lend to any of these loans.',
    zh: '规则不允许该出借人出借这些借款。',
  },
  'budget-used': { en: 'The budget of the mandate is used up.', zh: '委托额度已用完。' },
  'no-cash': {
    en: 'The account holds too little beyond what is kept back.',
    zh: '扣除保留金额后账户余额不足。',
  },
  'cap-used': {
    en: 'A cap of the law, or of the lender’s assessment, leaves too little.',
    zh: '法定上限或出借人评估限额余额不足。',
  },
} as const satisfies Readonly<Record<string, BilingualText>>;

export type MandateReason = keyof typeof MANDATE_REASONS;

/** Why a window ended for a loan as it did. */
export const LISTING_REASONS = {
  funded: { en: 'The whole amount was matched.', zh: '已全额匹配。' },
  'funded-partly': {
    en: 'The minimum was reached; what is left is offered again in the next window.',
    zh: '已达最低募集额，余额进入下一窗口。',
  },
  'no-lender-fits': {
    en: 'No mandate wants a loan of this grade, term and rate.',
    zh: '没有委托接受该等级、期限和利率的借款。',
  },
  'short-of-minimum': {
    en: 'The mandates that want it could not reach the minimum together.',
    zh: '符合条件的委托合计未达最低募集额。',
  },
} as const satisfies Readonly<Record<string, BilingualText>>;

export type ListingReason = keyof typeof LISTING_REASONS;

/** Why one mandate has no part, or has one, in one loan. */
export const PAIR_REASONS = {
  matched: { en: 'Matched.', zh: '已匹配。' },
  grade: { en: 'The mandate does not want loans of this grade.', zh: '委托不接受该信用等级。' },
  assessment: {
    en: 'The lender’s assessment does not allow loans of this grade.',
    zh: '出借人评估等级不允许出借该信用等级的借款。',
  },
  rate: { en: 'The rate is below the least the mandate asks for.', zh: '利率低于委托要求。' },
  term: { en: 'The term lies outside of the mandate’s range.', zh: '期限不在委托范围内。' },
  excluded: {
    en: 'The mandate has a part already, the loan is the lender’s own or that of somebody connected with them, or its ticket or rate is outside the mandate.',
    zh: '委托已持有该借款，或为本人或关联人的借款，或单笔金额、利率不在范围内。',
  },
  'loan-not-funded': {
    en: 'The loan did not reach its minimum, so nobody lends to it.',
    zh: '借款未达最低募集额。',
  },
  'ticket-above-limit': {
    en: 'The mandate’s limit for one loan or borrower is below its ticket.',
    zh: '单笔或单一借款人限额低于最低出借额。',
  },
  'cash-lent': {
    en: 'The mandate’s cash was lent to other loans.',
    zh: '委托资金已出借给其他借款。',
  },
  'loan-full': {
    en: 'The loan was filled by lenders who had lent less of their cash, or by the draw.',
    zh: '借款已由出借比例较低的出借人或抽签结果分配完毕。',
  },
  'limits-reached': {
    en: 'A limit of the mandate by grade or borrower was reached.',
    zh: '已达委托按等级或借款人设定的限额。',
  },
} as const satisfies Readonly<Record<string, BilingualText>>;

export type PairReason = keyof typeof PAIR_REASONS;

/** Why a pair came to what it did; of a mandate that was set aside, why that was. */
export interface PairAnswer {
  readonly reason: PairReason | MandateReason;
  readonly text: BilingualText;
  /** What rules said, where one kept the mandate out. */
  readonly findings?: readonly Finding[] | undefined;
}

/** What a window came to for one lender. Minor units. */
export interface MandateLine {
  readonly mandateId: Id<'mnd'>;
  readonly investorId: Id<'inv'>;
  readonly reason: MandateReason;
  readonly cashMinor: bigint;
  readonly matchedMinor: bigint;
  readonly loansEligible: number;
  readonly loansMatched: number;
  readonly findings?: readonly Finding[] | undefined;
}

/** What a window came to for one loan. Minor units. */
export interface ListingLine {
  readonly offeringId: Id<'off'>;
  readonly reason: ListingReason;
  readonly amountMinor: bigint;
  readonly minimumMinor: bigint;
  readonly matchedMinor: bigint;
  readonly mandatesEligible: number;
  readonly mandatesMatched: number;
}

/** A line for every mandate the engine was given. */
export function mandateLines(
  input: MatchInput,
  result: MatchResult,
  lenders: ReadonlyMap<string, DrawnLender>,
): readonly MandateLine[] {
  const matched = counts(result.positions.mandate, input.mandates.length);
  const reachable = reachableMandates(input, result);
  return input.mandates.map((mandate, at) => {
    const investedMinor = result.investedMinor[at] ?? 0n;
    const loansEligible = result.eligibleListings[at] ?? 0;
    return {
      mandateId: mandate.id as Id<'mnd'>,
      investorId: must(lenders.get(mandate.id), 'the lender of a mandate').investorId,
      reason: mandateReason(mandate, {
        investedMinor,
        loansEligible,
        hasFundedLoan: reachable.has(at),
      }),
      cashMinor: mandate.cashMinor,
      matchedMinor: investedMinor,
      loansEligible,
      loansMatched: matched[at] ?? 0,
    };
  });
}

/** A line for every mandate that took no part. */
export function asideLines(aside: readonly SetAside[]): readonly MandateLine[] {
  return aside.map(({ mandateId, investorId, reason, problem }) => ({
    mandateId,
    investorId,
    reason,
    cashMinor: 0n,
    matchedMinor: 0n,
    loansEligible: 0,
    loansMatched: 0,
    findings: problem?.findings,
  }));
}

/** A line for every loan. */
export function listingLines(input: MatchInput, result: MatchResult): readonly ListingLine[] {
  const matched = counts(result.positions.listing, input.listings.length);
  return input.listings.map(({ id, amountMinor, minimumFillMinor }, at) => {
    const matchedMinor = result.fundedMinor[at] ?? 0n;
    const mandatesEligible = result.eligibleMandates[at] ?? 0;
    return {
      offeringId: id as Id<'off'>,
      reason: listingReason({ matchedMinor, amountMinor, mandatesEligible }),
      amountMinor,
      minimumMinor: minimumFillMinor,
      matchedMinor,
      mandatesEligible,
      mandatesMatched: matched[at] ?? 0,
    };
  });
}

/** Why this mandate has, or has not, a part in this loan: the first reason that holds. */
export function pairReason(
  { mandate, listing }: { readonly mandate: MandateForMatch; readonly listing: ListingForMatch },
  outcome: {
    readonly amountMinor: bigint;
    readonly fundedMinor: bigint;
    readonly investedMinor: bigint;
    readonly isExcluded: boolean;
  },
): PairReason {
  if (outcome.amountMinor > 0n) return 'matched';
  const unwanted = wishReason(mandate, listing);
  if (unwanted) return unwanted;
  if (outcome.isExcluded) return 'excluded';
  const ticketMinor = roundedUp(mandate.ticketMinor, listing.stepMinor ?? 1n);
  if (loanCapMinor(mandate) < ticketMinor) return 'ticket-above-limit';
  if (outcome.fundedMinor === 0n) return 'loan-not-funded';
  if (mandate.cashMinor - outcome.investedMinor < ticketMinor) return 'cash-lent';
  return outcome.fundedMinor >= listing.amountMinor ? 'loan-full' : 'limits-reached';
}

function wishReason(mandate: MandateForMatch, listing: ListingForMatch): PairReason | undefined {
  if (wants(mandate, listing)) return undefined;
  if ((mandate.gradeMask & (1 << listing.grade)) === 0) return 'grade';
  return listing.ratePpm < mandate.minimumRatePpm ? 'rate' : 'term';
}

function mandateReason(
  { cashMinor, ticketMinor }: MandateForMatch,
  {
    investedMinor,
    loansEligible,
    hasFundedLoan,
  }: {
    readonly investedMinor: bigint;
    readonly loansEligible: number;
    readonly hasFundedLoan: boolean;
  },
): MandateReason {
  if (investedMinor > 0n) {
    return cashMinor - investedMinor < ticketMinor ? 'deployed' : 'deployed-partly';
  }
  if (loansEligible === 0) return 'no-loan-fits';
  return hasFundedLoan ? 'loans-taken' : 'loans-short-of-minimum';
}

function listingReason({
  matchedMinor,
  amountMinor,
  mandatesEligible,
}: {
  readonly matchedMinor: bigint;
  readonly amountMinor: bigint;
  readonly mandatesEligible: number;
}): ListingReason {
  if (matchedMinor >= amountMinor) return 'funded';
  if (matchedMinor > 0n) return 'funded-partly';
  return mandatesEligible === 0 ? 'no-lender-fits' : 'short-of-minimum';
}

/** Of the mandates that got nothing, those that want a loan which came about. */
function reachableMandates(input: MatchInput, result: MatchResult): ReadonlySet<number> {
  const funded = input.listings.filter((_, at) => (result.fundedMinor[at] ?? 0n) > 0n);
  const found = new Set<number>();
  for (const [at, mandate] of input.mandates.entries()) {
    if ((result.investedMinor[at] ?? 0n) > 0n) continue;
    if (funded.some((listing) => wants(mandate, listing))) found.add(at);
  }
  return found;
}

function counts(column: Uint32Array, length: number): Uint32Array {
  const counted = new Uint32Array(length);
  for (const at of column) counted[at] = (counted[at] ?? 0) + 1;
  return counted;
}

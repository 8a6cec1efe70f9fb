import { rateText } from '../../kernel/rate';
import type { AuctionResult, AuctionTerms, BidResult } from './sealed-auction';

/** A sentence for a person, in both languages. */
export interface AuctionSentence {
  readonly en: string;
  readonly zh: string;
}

/** Why a bid got what it got, with the figures to check it by. */
export function bidSentence(
  { bid, outcome, lent }: BidResult,
  { terms, result }: { readonly terms: AuctionTerms; readonly result: AuctionResult },
): AuctionSentence {
  const asked = `${rateText(bid.minimumRate.times(100))} %`;
  const cleared = `${rateText((result.clearingRate ?? terms.reserveRate).times(100))} %`;
  const { offered, left } = result.margin ?? { offered: lent, left: lent };
  switch (outcome) {
    case 'accepted':
      return {
        en: `Lent in full at ${cleared}, the highest accepted rate; you asked for ${asked}.`,
        zh: `全额成交，利率为最高成交利率 ${cleared}；您的报价为 ${asked}。`,
      };
    case 'scaled-back':
      return {
        en: `${lent} of ${bid.amount} lent: at ${cleared}, ${offered} was offered for the last ${left}, shared in proportion.`,
        zh: `成交 ${lent}（报价金额 ${bid.amount}）：在 ${cleared} 处共有 ${offered} 竞争剩余的 ${left}，按比例分配。`,
      };
    case 'crowded-out':
      return {
        en: `Nothing lent: at ${cleared}, ${offered} was offered for the last ${left}, and your share came to less than ${terms.unit}.`,
        zh: `未成交：在 ${cleared} 处共有 ${offered} 竞争剩余的 ${left}，您的份额不足 ${terms.unit}。`,
      };
    case 'outbid':
      return {
        en: `Nothing lent: the whole amount was offered at ${cleared} or less; you asked for ${asked}.`,
        zh: `未成交：全部金额已在不高于 ${cleared} 的利率成交；您的报价为 ${asked}。`,
      };
    case 'above-reserve':
      return {
        en: `Nothing lent: you asked for ${asked}, the borrower pays at most ${rateText(terms.reserveRate.times(100))} %.`,
        zh: `未成交：您的报价为 ${asked}，借款人最高接受 ${rateText(terms.reserveRate.times(100))} %。`,
      };
    case 'unfunded':
      return {
        en: `Nothing lent: the bids at or below the reserve rate stay under the minimum of ${terms.minimumFill}.`,
        zh: `未成交：不高于保留利率的报价合计未达到最低成交额 ${terms.minimumFill}。`,
      };
  }
}

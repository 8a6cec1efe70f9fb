import type { z } from 'zod';
import type { Id } from '../../kernel/id';
import type { Disclosure, NoteDisclosure, ShareDisclosure } from './disclosure.service';
import type { ReplayedTrade } from './law';
import type { Listing } from './listing';
import type { QueuePlace } from './queue';
import type { RulesShown } from './rules.service';
import type { Sale } from './sale';
import {
  asFindings,
  type disclosedView,
  type listingView,
  type proposalView,
  type queueView,
  type quoteView,
  type replayView,
  type rulesView,
  type saleView,
  type tradeView,
} from './schema';
import type { Proposal, Trade } from './trade';
import type { TradeQuote } from './trade.service';

/** Who looks: an investor at their own, or whoever oversees all. */
export type Viewer = Id<'inv'> | 'staff';

export function asListing(listing: Listing, viewer: Viewer): z.input<typeof listingView> {
  const { book, note, sellerId, ...rest } = listing;
  return {
    ...rest,
    kind: book.kind,
    instrumentId: book.instrumentId,
    loanId: book.loanId,
    noteNo: note?.noteNo,
    ...(viewer === 'staff' || viewer === sellerId ? { sellerId } : {}),
    units: listing.units.toString(),
    unitsLeft: listing.unitsLeft.toString(),
    size: listing.size.toString(),
  };
}

export function asDisclosed(
  listing: Listing,
  disclosure: Disclosure | undefined,
  viewer: Viewer,
): z.input<typeof disclosedView> {
  const base = asListing(listing, viewer);
  if (!disclosure) return base;
  const { sale, resaleLimited, note, shares } = disclosure;
  return {
    ...base,
    sale: asSale(sale),
    resaleLimited: resaleLimited && {
      until: resaleLimited.endsAt,
      rule: resaleLimited.rule,
      citation: resaleLimited.citation,
    },
    note: note && asNote(note),
    shares: shares && asShares(shares),
  };
}

function asNote(note: NoteDisclosure) {
  const { loan } = note;
  return {
    loanStatus: loan.status,
    rate: loan.terms.rate,
    grade: loan.terms.grade,
    daysPastDue: note.daysPastDue,
    isForborne: loan.forborneFrom !== undefined,
    daysToMaturity: note.daysToMaturity,
    loanOutstanding: loan.outstanding,
    nextDueOn: loan.nextDueOn,
    yieldToMaturity: note.yieldToMaturity,
    remaining: note.remaining,
  };
}

function asShares({ reference, priceToReference }: ShareDisclosure) {
  return {
    priceToReference,
    reference: reference && {
      price: reference.price,
      basis: reference.basis,
      valuedOn: reference.valuation?.valuedOn,
      method: reference.valuation?.method,
      issuedAt: reference.issuedAt,
    },
  };
}

export function asSale({ units, principal, clean, ...rest }: Sale): z.input<typeof saleView> {
  return {
    units: units.toString(),
    principal,
    price: clean,
    ...(principal.isPositive ? { premium: clean.minus(principal) } : {}),
    accruedInterest: rest.accrued,
    total: rest.total,
    sellerFee: rest.fee,
  };
}

export function asQueue(place: QueuePlace): z.input<typeof queueView> {
  const { expectedDays } = place;
  return {
    ...place,
    sizeAhead: place.sizeAhead.toString(),
    size: place.size.toString(),
    tradedSize: place.tradedSize.toString(),
    note:
      expectedDays === undefined
        ? `No trades yet in the last ${place.tradedDays} days: nobody can say how long it takes.`
        : `About ${expectedDays} days if as much goes on being bought as in the last ${place.tradedDays}.`,
  };
}

export function asQuote(quote: TradeQuote): z.input<typeof quoteView> {
  return {
    mode: quote.mode,
    parts: quote.parts.map(({ listing, sale }) => ({
      listingId: listing.id,
      price: listing.price,
      sale: asSale(sale),
    })),
    sale: asSale(quote.whole),
    findings: asFindings(quote.findings),
    caps: quote.caps,
    available: quote.available,
    documents: quote.documents.map(({ title, sha256 }) => ({ title, sha256 })),
  };
}

/** What the other side is called is the operator's business alone. */
export function asTrade(trade: Trade, viewer: Viewer): z.input<typeof tradeView> {
  const { sellerId, buyerId } = trade;
  return {
    id: trade.id,
    listingId: trade.listingId,
    instrumentId: trade.instrumentId,
    ...(viewer === 'staff'
      ? { sellerId, buyerId }
      : { side: viewer === buyerId ? ('bought' as const) : ('sold' as const) }),
    mode: trade.mode,
    noteNo: viewer === sellerId ? undefined : trade.note?.buyerNoteNo,
    price: trade.price,
    sale: asSale({ ...trade, total: trade.clean.plus(trade.accrued) }),
    tradedAt: trade.tradedAt,
  };
}

export function asProposal(proposal: Proposal): z.input<typeof proposalView> {
  const { id, listingId, priceVersion, atMost, status, proposedAt, lapsesAt } = proposal;
  const { endedAt, tradeId } = proposal;
  const shown = { id, listingId, priceVersion, atMost, status, proposedAt, lapsesAt };
  return { ...shown, endedAt, tradeId, units: proposal.units.toString() };
}

export function asRules({ policy, ...rules }: RulesShown): z.input<typeof rulesView> {
  const { id, version, title } = policy;
  return {
    mode: rules.mode,
    findings: asFindings(rules.findings),
    permissions: rules.permissions.map(({ practice, answer, citation }) => ({
      practice,
      answer,
      citation,
    })),
    policy: { id, version, title },
    sellerFeeRate: policy.sellerFeeRate,
    listingDays: policy.listingDays,
    proposalDays: policy.proposalDays,
    minimumHoldingDays: policy.minimumHoldingDays,
    lowestNotePrice: policy.notes.lowestPrice,
    highestNotePrice: policy.notes.highestPrice,
    highestShareOfFairValue: policy.shares.highestOfFairValue,
  };
}

export function asReplay({ tradeId, allowed, ...rest }: ReplayedTrade): z.input<typeof replayView> {
  return {
    tradeId,
    allowed,
    findings: asFindings(rest.findings),
    decisions: rest.decisions.map(({ action, allowed: isAllowed, rulebook }) => ({
      action,
      allowed: isAllowed,
      rulebook: rulebook.id,
      contentHash: rulebook.contentHash,
      effectiveFrom: rulebook.effectiveFrom,
    })),
  };
}

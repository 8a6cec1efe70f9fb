import type { Id } from '../../kernel/id';
import type { Listener } from '../../platform/outbox';
import type { Auctions } from './auction.service';

/** A loan that is no longer open takes no more bids, and its bidders get their cash back. */
export function auctionListeners({
  auctions,
}: {
  readonly auctions: Auctions;
}): readonly Listener[] {
  return [
    {
      name: 'matching.end-bidding',
      types: ['offering.withdrawn', 'offering.closed'],
      handle: (tx, { subject }) => auctions.endBidding(tx, subject as Id<'off'>),
    },
  ];
}

import type { Id } from '../../src/kernel/id';
import type { Money } from '../../src/kernel/money';
import { rateText, type Rate } from '../../src/kernel/rate';
import type { Auctions, BidService } from '../../src/modules/matching';
import { applyForLoan } from '../lending';
import type { Investor } from '../people';
import type { PlayScene } from './act';
import { percent } from './lending-borrower';
import type { LendingRound } from './lending-round';
import { refusalOf } from './narrator';

/** How lenders bid for the rate of a loan, sealed, and what anybody can check afterwards. */
export function auctionScenes(round: LendingRound): readonly PlayScene[] {
  return [
    { title: 'An auction: sealed bids for a rate', play: () => bid(round) },
    { title: 'One rate for all who win; recomputed by hand', play: () => clear(round) },
  ];
}

type Auction = Awaited<ReturnType<BidService['getAuction']>>;
type Bid = Awaited<ReturnType<BidService['list']>>[number];

/** What each offers, and by how much it stays under the borrower's ceiling. */
const BIDS: readonly (readonly [name: string, amount: string, below: string])[] = [
  ['Lata', '40000.00', '0.03'],
  ['Manu', '30000.00', '0.02'],
  ['Nila', '50000.00', '0.01'],
  ['Om', '20000.00', '0.005'],
];
const CONFIRMED = ['riskWarning', 'lossOfAll', 'limitsObserved'];
const TITLE = "Rani's kiln";

async function bid(round: LendingRound): Promise<void> {
  const { tell, world } = round;
  const { ganges } = round.houses;
  const { acceptances, bids } = world.services;
  const rani = await round.borrows(ganges, 'Rani');
  const { id } = await applyForLoan(ganges, rani, {
    amount: '100000.00',
    months: 24,
    purpose: 'small-business',
    project: TITLE,
    monthlyIncome: '64000.00',
    until: 'judged',
  });
  const offers = await ganges.read((db) => acceptances.listOffers(db, id));
  const offer = offers.find(({ termMonths }) => termMonths === 24);
  if (offer === undefined) throw new Error('Rani should have an offer over 24 months');
  const { offeringId } = await ganges.write(rani, (tx) =>
    acceptances.acceptForAuction(tx, id, offer.id),
  );
  if (offeringId === undefined) throw new Error('the loan is not up for auction');
  round.listed(TITLE, offeringId);
  const auction = await auctionOf(round);
  tell.done(
    `Rani takes her offer of ${percent(rateText(offer.rate))} as the most she pays: ` +
      `${auction.amount} are up for auction until ${auction.bidsCloseAt.toISOString()}.`,
  );
  for (const [name, amount, below] of BIDS) {
    const lender = await round.lends(ganges, name, { cash: '60000.00' });
    const rate = auction.reserveRate.minus(below);
    await placeBid(round, lender, { offeringId, amount: ganges.money(amount), rate });
  }
  const om = round.lender('Om');
  tell.done(
    `${BIDS.length} lenders bid; each bid's cash is held: ${await freeOf(round, om)} of Om's is free.`,
  );
  const dear = {
    offeringId,
    amount: ganges.money('10000.00'),
    rate: auction.reserveRate.plus('0.01'),
  };
  tell.refused('Om asks for more than the ceiling', await refusalOf(placeBid(round, om, dear)));
  tell.refused(
    'Somebody of the staff wants to see the bids',
    await refusalOf(ganges.read((db) => bids.list(db, offeringId, { limit: 100 }))),
  );
}

async function clear(round: LendingRound): Promise<void> {
  const { tell, world } = round;
  const { ganges } = round.houses;
  const { auctions, bids } = world.services;
  const offeringId = round.loan(TITLE);
  await world.moveTo((await auctionOf(round)).bidsCloseAt);
  await world.tick();
  const auction = await auctionOf(round);
  const { cleared } = auction;
  if (cleared?.clearingRate === undefined) throw new Error('the auction found no rate');
  const published = await ganges.read((db) => bids.list(db, offeringId, { limit: 100 }));
  tell.table(
    ['lender', 'bid', 'from', 'outcome', 'lent', 'at'],
    published.map((each) => [
      round.nameOf(each.investorId),
      each.amount.toString(),
      percent(rateText(each.minimumRate)),
      each.outcome ?? each.status,
      each.lent?.toString() ?? '',
      each.lent?.isPositive ? percent(rateText(cleared.clearingRate ?? each.minimumRate)) : '',
    ]),
  );
  tell.done(
    `${cleared.lent} at ${percent(rateText(cleared.clearingRate))}, the highest accepted rate, for ` +
      `everybody who won; ${await freeOf(round, round.lender('Om'))} of Om's cash is free again.`,
  );
  tellRecomputed(round, auction, published);
  await tellReplayed(round, auctions);
}

/** Clears the published bids as anybody could: the cheapest first, until the amount is reached. */
function tellRecomputed(
  { tell }: LendingRound,
  { amount, cleared }: Auction,
  bids: readonly Bid[],
): void {
  let open = amount;
  let highest: Rate | undefined;
  let isSame = true;
  for (const each of bids.toSorted((a, b) => a.minimumRate.comparedTo(b.minimumRate))) {
    const lent = each.amount.atMost(open);
    open = open.minus(lent);
    if (lent.isPositive) highest = each.minimumRate;
    isSame &&= each.lent?.equals(lent) ?? false;
  }
  isSame &&= highest !== undefined && cleared?.clearingRate?.equals(highest) === true;
  if (isSame) tell.done('The cheapest bids first, until the amount is reached: the same by hand.');
  else tell.broken('By hand the bids come to something else.');
}

async function tellReplayed(round: LendingRound, auctions: Auctions): Promise<void> {
  const { tell } = round;
  const replay = await round.houses.ganges.read((db) => auctions.replay(db, round.loan(TITLE)));
  const text = `The auction, from its stored bids and seed: ${replay.resultSha256.slice(0, 16)}`;
  if (replay.isInputIntact && replay.isSame) tell.done(`${text}, the same result.`);
  else tell.broken(`${text}, not what was stored.`);
}

function auctionOf(round: LendingRound): Promise<Auction> {
  const { bids } = round.world.services;
  return round.houses.ganges.read((db) => bids.getAuction(db, round.loan(TITLE)));
}

async function placeBid(
  round: LendingRound,
  lender: Investor,
  {
    offeringId,
    amount,
    rate,
  }: { readonly offeringId: Id<'off'>; readonly amount: Money; readonly rate: Rate },
): Promise<Bid> {
  const { ganges } = round.houses;
  const { version } = await ganges.readOffering(offeringId);
  return ganges.write(lender, (tx) =>
    round.world.services.bids.place(tx, lender.id, {
      offeringId,
      amount,
      minimumRate: rate,
      documents: version.documents.map(({ sha256 }) => sha256),
      acknowledged: CONFIRMED,
    }),
  );
}

async function freeOf(round: LendingRound, lender: Investor): Promise<Money> {
  return (await round.houses.ganges.cash(lender)).available;
}

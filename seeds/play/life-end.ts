import { must } from '../../src/kernel/assert';
import { daysBetween, type CalendarDate } from '../../src/kernel/calendar-date';
import { rate, rateText, roundRate, type Rate } from '../../src/kernel/rate';
import { liveThroughDay } from '../servicing';
import { ACKNOWLEDGED } from '../raising';
import type { PlayScene } from './act';
import { tellWhether, type LifeOfLoans } from './life-loans';

/** How a note is sold, how a loan ends, and what it brought. */
export function marketScenes(life: LifeOfLoans): readonly PlayScene[] {
  return [{ title: 'A note changes hands on the board', play: () => sell(life) }];
}

export function endScenes(life: LifeOfLoans): readonly PlayScene[] {
  return [
    { title: 'To the last instalment', play: () => live(life) },
    { title: 'What it brought, recomputed', play: () => reckon(life) },
  ];
}

const CONFIRMED = Object.keys(ACKNOWLEDGED);
const UNITS = 1000n;

async function sell(life: LifeOfLoans): Promise<void> {
  const { tell, house, world } = life;
  const { marketListings, marketTrades, offerings } = world.services;
  const loan = await life.loan('Frieda');
  const [ben, dora] = [life.lender('Ben'), life.lender('Dora')];
  const note = (await life.notes(loan)).find(({ holder }) => holder.id === ben.id);
  const { noteNo } = must(note, "Ben's note");
  const listing = await house.write(ben, (tx) =>
    marketListings.list(tx, {
      sellerId: ben.id,
      of: { loanId: loan.id, noteNo },
      units: UNITS,
      price: rate('0.98'),
    }),
  );
  const place = await house.read((db) => marketListings.queuePlace(db, listing));
  tell.done(
    `Ben offers a third of his note at 98 %: ${place.listingsAhead} such offers stand before his.`,
  );
  const { version } = await house.read((db) => offerings.get(db, loan.offeringId));
  const wanted = {
    listingId: listing.id,
    buyerId: dora.id,
    units: UNITS,
    acknowledged: CONFIRMED,
    documents: version.documents.map(({ sha256 }) => sha256),
  };
  const { whole } = await house.read((db) => marketTrades.quote(db, wanted));
  tell.say(
    `Dora is shown: ${whole.principal} outstanding for ${whole.clean}, ${whole.accrued} interest earned ` +
      `since the last instalment, ${whole.total} in all.`,
  );
  const proposal = await house.write(dora, (tx) =>
    marketTrades.propose(tx, { ...wanted, atMost: whole.total }),
  );
  const trade = await house.write(ben, (tx) => marketTrades.countersign(tx, ben.id, proposal.id));
  tell.done(
    `A board matches nobody: she proposes, he countersigns, and in one transaction she has the note, ` +
      `he ${trade.clean} and ${trade.accrued}, less a fee of ${trade.fee}.`,
  );
  await life.tellEntry(trade);
  await life.tellNotes(loan);
  const replay = await house.read((db) => marketTrades.replay(db, trade.id));
  tellWhether(tell, replay.allowed, 'Asked again what it was asked, the rulebook allows it again.');
}

async function live(life: LifeOfLoans): Promise<void> {
  const { tell, house, world } = life;
  const rows: string[][] = [];
  let loan = await life.loan('Frieda');
  while (loan.status === 'active') {
    await liveThroughDay(house, life.dueOn(loan));
    loan = await life.loan('Frieda');
    const [payment] = await life.payments(loan);
    if (payment) {
      rows.push([
        payment.paidOn,
        payment.amount.toString(),
        payment.principal.toString(),
        payment.interest.toString(),
        loan.outstanding.toString(),
      ]);
    }
  }
  await world.tick();
  tell.table(['drawn on', 'amount', 'principal', 'interest', 'still owed'], rows);
  const notes = await life.notes(loan);
  tellWhether(
    tell,
    loan.outstanding.isZero && notes.every(({ principal }) => principal.isZero),
    `Frieda's loan is ${loan.status}: nothing is owed, and every note ended at exactly zero.`,
  );
}

async function reckon(life: LifeOfLoans): Promise<void> {
  const { tell, house, world } = life;
  const { lenderReturns } = world.services;
  const ada = life.lender('Ada');
  const request = await house.read((db) =>
    lenderReturns.requestOf(db, { whose: { kind: 'investor', investorId: ada.id }, by: 'grade' }),
  );
  const { whole } = await house.read((db) => lenderReturns.reckon(db, request));
  tell.say(`Ada's portfolio on ${request.asOf}, each figure by a formula with a version:`);
  tell.table(
    ['formula', 'value'],
    whole.figures.map(({ formula, value, reason }) => [
      formula,
      value === undefined ? (reason ?? '') : `${rateText(value.times(100))} %`,
    ]),
  );
  const xirr = whole.figures.find(({ formula }) => formula === 'xirr/1')?.value;
  const flows = await flowsOf(life, request);
  const worth = presentWorth(flows, must(xirr, 'the rate'));
  tellWhether(
    tell,
    worth.abs().lessThan('0.05'),
    `Discounted by that rate, all ${flows.length} amounts she paid and received come to nothing: ` +
      `${rateText(roundRate(worth, 2, 'half-even'))} EUR.`,
  );
}

/** What she paid and received for one note, in units of the currency. */
function flowsOfStake({ paidOn, paid, accruedPaid, events }: Stake): readonly DatedFlow[] {
  const flow = (on: CalendarDate, minor: bigint): DatedFlow => ({
    on,
    amount: rate(String(minor)).dividedBy(100),
  });
  return [
    flow(paidOn, -(paid + accruedPaid)),
    ...events.map(({ on, price, interest, late, fees }) =>
      flow(on, price + interest + late - fees),
    ),
  ];
}

interface DatedFlow {
  readonly on: CalendarDate;
  readonly amount: Rate;
}

type Returns = LifeOfLoans['world']['services']['lenderReturns'];
type Request = Awaited<ReturnType<Returns['requestOf']>>;
type Stake = ReturnType<Returns['stakes']> extends AsyncGenerator<readonly (infer S)[]> ? S : never;

async function flowsOf(life: LifeOfLoans, request: Request): Promise<readonly DatedFlow[]> {
  const { lenderReturns } = life.world.services;
  const flows: DatedFlow[] = [];
  await life.house.read(async (db) => {
    for await (const stakes of lenderReturns.stakes((work) => work(db), request)) {
      for (const stake of stakes) flows.push(...flowsOfStake(stake));
    }
  });
  return flows;
}

function presentWorth(flows: readonly DatedFlow[], yearly: Rate): Rate {
  const [first] = flows.toSorted((a, b) => (a.on < b.on ? -1 : 1));
  return flows.reduce((sum, { on, amount }) => {
    const years = rate(String(daysBetween(must(first, 'a flow').on, on))).dividedBy(365);
    return sum.plus(amount.dividedBy(yearly.plus(1).pow(years)));
  }, rate('0'));
}

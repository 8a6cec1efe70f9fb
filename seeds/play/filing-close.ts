import { HOUR_MS } from '../../src/kernel/clock';
import { must } from '../../src/kernel/assert';
import { Money } from '../../src/kernel/money';
import { interpretFormC, parseFormC } from '../../src/modules/filings';
import { RegisterService } from '../../src/modules/holdings';
import { inJournal, journalEntry, listEntries } from '../../src/modules/ledger';
import { costOf, sharePrice, unitsFor } from '../../src/modules/offerings';
import type { PlayScene } from './act';
import type { FilingRound } from './filing-round';
import { refusalOf } from './narrator';

/** How the round ends: shares for money, fees, the register, and everybody's cash to the cent. */
export function filedClosingScenes(round: FilingRound): readonly PlayScene[] {
  return [
    { title: 'The deadline, and the allocation its filing states', play: () => close(round) },
    { title: 'The journal of the round', play: () => journal(round) },
    { title: 'Proceeds, fee, and everybody’s cash', play: () => payOut(round) },
    { title: 'The register of holders', play: () => register(round) },
  ];
}

async function close(round: FilingRound): Promise<void> {
  const { tell, house, world, offering } = round;
  const { allocation } = await round.terms();
  const before = await house.readOffering(offering);
  tell.say(`The deadline has come: the offering is ${before.offering.status}.`);
  if (allocation.method === 'discretionary') await decide(round);
  const closing = await house.read((db) => world.services.closings.findClosing(db, offering));
  const { raised, committed, fee, units, settledCount, releasedCount, method } = must(
    closing,
    'the closing of the round',
  );
  const { offering: after } = await house.readOffering(offering);
  tell.done(
    `${after.status}, by ${method}: ${raised} raised of ${committed} committed, ${units} shares ` +
      `to ${settledCount}, ${releasedCount} got everything back, fee ${fee}.`,
  );
}

interface Wish {
  readonly id: `sub_${string}`;
  readonly investorId: `inv_${string}`;
  readonly units: bigint;
}

/** Staff decide, within the orders and the maximum; what they decide is held against both. */
async function decide(round: FilingRound): Promise<void> {
  const { tell, house, world, offering, brought } = round;
  const { previews, closings } = world.services;
  const note = interpretFormC(parseFormC(brought.xml)).offering?.allocationNote;
  if (note !== undefined) tell.say(`The filing says of it: ${JSON.stringify(note)}.`);
  const { operations } = house.staff;
  tell.refused(
    'Nobody has decided yet who gets how much',
    await refusalOf(house.write(operations, (tx) => closings.settle(tx, offering))),
  );
  const preview = await house.read((db) => previews.preview(db, offering));
  const wishes: readonly Wish[] = must(preview.methods[0], 'a dry run').allocation.allotments.map(
    ({ demand: { id, investorId, units } }) => ({ id, investorId, units }),
  );
  const everything = wishes.map(({ id, units }) => ({ id, units }));
  if (preview.isOversubscribed) {
    const problem = await refusalOf(
      house.write(operations, (tx) => closings.settle(tx, offering, everything)),
    );
    tell.refused('Operations give everybody everything', problem);
    for (const { detail } of problem.errors ?? []) tell.say(`    ${detail}`);
  }
  const given = await allotments(round, wishes);
  await house.write(operations, (tx) => closings.settle(tx, offering, given));
  tell.done(
    'Operations decide: the small orders in full, the accredited share the rest in proportion.',
  );
}

async function allotments(round: FilingRound, wishes: readonly Wish[]) {
  const { maximum, ...terms } = await round.terms();
  const price = sharePrice(terms);
  const isSmall = ({ investorId }: Wish): boolean =>
    round.participant(investorId).tier === 'non-accredited';
  const unitsOf = (some: readonly Wish[]): bigint =>
    some.reduce((sum, { units }) => sum + units, 0n);
  const small = wishes.filter(isSmall);
  const large = wishes.filter((wish) => !isSmall(wish));
  const taken = Money.sum(
    small.map(({ units }) => costOf(price, units)),
    maximum.currency,
  );
  // Where a share costs a fraction of a cent each allotment may be rounded up by one.
  const isWhole = price.numerator % price.denominator === 0n;
  const roundings = Money.ofMinor(isWhole ? 0n : BigInt(wishes.length), maximum.currency);
  const left = unitsFor(price, maximum.minus(taken).minus(roundings));
  const wanted = unitsOf(large);
  return wishes.map((wish) => ({
    id: wish.id,
    units: isSmall(wish) || wanted <= left ? wish.units : (wish.units * left) / wanted,
  }));
}

async function journal({ tell, house, offering }: FilingRound): Promise<void> {
  tell.say('In the format of hledger: money of everybody who was served, and the settlement.');
  const entries = await house.read((db) =>
    listEntries(db, {
      under: `liabilities:offering:${offering}:escrow`,
      order: 'oldest first',
      limit: 1000,
    }),
  );
  tell.text(entries.map((entry) => journalEntry(inJournal(entry))).join(''));
}

async function payOut(round: FilingRound): Promise<void> {
  const { tell, house, world, offering, issuer } = round;
  const { closings, withdrawals } = world.services;
  const { raised, fee } = must(
    await house.read((db) => closings.findClosing(db, offering)),
    'the closing of the round',
  );
  const proceeds = raised.minus(fee);
  const { id } = await house.payProceeds(issuer, proceeds.toDecimalString());
  if (fee.isPositive) await house.sweepFees();
  await world.moveBy(4 * 24 * HOUR_MS);
  const { status } = await house.read((db) => withdrawals.get(db, id));
  tell.done(`${proceeds} to the bank of ${issuer.name}: ${status}. The fee of ${fee} is swept.`);
  await accountForCash(round, raised);
}

/** What everybody has left and what their shares cost is what they paid in: to the cent. */
async function accountForCash(round: FilingRound, raised: Money): Promise<void> {
  const { tell, house, world, offering, participants } = round;
  const { subscriptions } = world.services;
  const price = sharePrice(await round.terms());
  const zero = Money.zero(raised.currency);
  let spent = zero;
  let paidIn = zero;
  let left = zero;
  for (const { investor, paidIn: cash } of participants) {
    const { available, reserved } = await house.cash(investor);
    const own = await house.read((db) =>
      subscriptions.list(db, { investorId: investor.id, offeringId: offering, limit: 100 }),
    );
    const cost = Money.sum(
      own.map(({ allocatedUnits }) => costOf(price, allocatedUnits ?? 0n)),
      raised.currency,
    );
    if (!reserved.isZero || !available.plus(cost).equals(cash)) {
      throw new Error(`the cash of ${investor.name} does not add up`);
    }
    spent = spent.plus(cost);
    paidIn = paidIn.plus(cash);
    left = left.plus(available);
  }
  if (!spent.equals(raised)) throw new Error(`${spent} was spent, ${raised} raised`);
  tell.done(
    `${participants.length} investors paid in ${paidIn}: ${spent} went into shares, ${left} is ` +
      'theirs to spend, nothing is held. It adds up for each of them.',
  );
}

async function register(round: FilingRound): Promise<void> {
  const { tell, house, world, issuer } = round;
  const { holdings, files } = world.services;
  const registers = new RegisterService({ clock: world.clock, holdings, parties: files });
  const [instrument] = await house.read((db) =>
    holdings.listInstruments(db, { issuerId: issuer.id, limit: 1 }),
  );
  const { id: instrumentId, name } = must(instrument, 'the class of shares');
  const reader = {
    id: house.staff.compliance.userId,
    operatorId: house.operator.id,
    roles: ['compliance'] as const,
  };
  const extract = await house.read((db) => registers.extract(db, reader, { instrumentId }));
  tell.table(
    ['holder', 'shares', 'percent'],
    extract.lines.map((line) => [line.name, line.units.toString(), line.share]),
  );
  tell.done(
    `${name}: ${extract.outstanding} shares, ${extract.holderCount} holders, sealed by ` +
      `${extract.headHash?.slice(0, 16) ?? ''}...`,
  );
}

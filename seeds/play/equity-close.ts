import { HOUR_MS } from '../../src/kernel/clock';
import { RegisterService } from '../../src/modules/holdings';
import { listEntries, type PostedEntry } from '../../src/modules/ledger';
import type { Investor } from '../people';
import type { PlayScene } from './act';
import type { EquityRound } from './equity-round';
import { refusalOf } from './narrator';

/** How the round ends, for those who got shares and for those whose round failed. */
export function closingScenes(round: EquityRound): readonly PlayScene[] {
  return [
    { title: 'More is asked for than may be accepted', play: () => oversubscribe(round) },
    { title: 'A round that fails gives everything back, to the cent', play: () => fail(round) },
    { title: 'The last instant to cancel', play: () => lastInstant(round) },
    { title: 'The deadline: settlement', play: () => settle(round) },
    { title: 'The register of holders', play: () => register(round) },
  ];
}

async function oversubscribe(round: EquityRound): Promise<void> {
  const { tell, offering } = round;
  const { hudson } = round.houses;
  const tickets: readonly (readonly [string, string])[] = [
    ['Dahlia', '25000.00'],
    ['Greta', '18000.00'],
    ['Hugo', '12500.00'],
    ['Iris', '6300.00'],
  ];
  for (const [name, amount] of tickets)
    await hudson.subscribe(round.person(name), offering, amount);
  const preview = await hudson.read((db) => hudson.stage.services.previews.preview(db, offering));
  tell.say(
    `${preview.orders} orders for ${preview.committed}, the maximum is ${preview.maximum}. ` +
      'Before the close anybody involved can see what each method would do:',
  );
  tell.table(
    ['method', 'raised', 'residue', 'in full', 'scaled back', 'nothing'],
    preview.methods.map(({ method, allocation, servedInFull, scaledBack, unserved }) => [
      method === preview.method ? `${method} (these terms)` : method,
      allocation.raised.toString(),
      allocation.residue.toString(),
      String(servedInFull),
      String(scaledBack),
      String(unserved),
    ]),
  );
}

async function lastInstant(round: EquityRound): Promise<void> {
  const { tell, offering, world } = round;
  const { hudson } = round.houses;
  const { version } = await hudson.readOffering(offering);
  const end = new Date(version.terms.closesAt.getTime() - 48 * HOUR_MS);
  await world.moveTo(new Date(end.getTime() - 1));
  tell.say(`Rights to cancel end 48 hours before the deadline, at ${end.toISOString()}.`);
  const [iris, crowd] = [round.person('Iris'), round.person('Crowd 6')];
  const own = await hudson.latestSubscription(iris);
  await hudson.revoke(crowd, (await hudson.latestSubscription(crowd)).id);
  tell.done('A millisecond before, one of the crowd still cancels.');
  await world.moveTo(end);
  tell.refused('At that instant, Iris', await refusalOf(hudson.revoke(iris, own.id)));
}

async function fail(round: EquityRound): Promise<void> {
  const { tell, world, bakery } = round;
  const { lakeshore } = round.houses;
  const tickets: readonly (readonly [name: string, cash: string, amount: string])[] = [
    ['Kit', '3000.00', '1250.00'],
    ['Lou', '2100.07', '2100.00'],
    ['Mo', '999.99', '333.00'],
  ];
  const rows: { name: string; cash: string; held: string; investor: Investor }[] = [];
  for (const [name, cash, amount] of tickets) {
    const investor = await round.joins(lakeshore, name, { tier: 'accredited', cash });
    await lakeshore.subscribe(investor, bakery, amount);
    const { reserved: held } = await lakeshore.cash(investor);
    rows.push({ name, cash, held: held.toString(), investor });
  }
  const { version } = await lakeshore.readOffering(bakery);
  await world.moveTo(version.terms.closesAt);
  const { offering } = await lakeshore.readOffering(bakery);
  const closing = await lakeshore.read((db) => world.services.closings.findClosing(db, bakery));
  tell.say(
    `Marsh & Mill Bakery wanted ${version.terms.target} and found ${closing?.committed}. ` +
      `At its deadline it is ${offering.status}:`,
  );
  const shown: string[][] = [];
  for (const { name, cash, held, investor } of rows) {
    const after = await lakeshore.cash(investor);
    if (after.available.toDecimalString() !== cash) throw new Error(`${name} is short of cash`);
    shown.push([name, cash, held, after.available.toString(), after.reserved.toString()]);
  }
  tell.table(['investor', 'paid in', 'held till then', 'available now', 'held now'], shown);
  tell.done(
    'Nothing was ever moved, so nothing could get lost: the holds are released, no fee taken.',
  );
}

async function settle(round: EquityRound): Promise<void> {
  const { tell, offering, world, issuer } = round;
  const { hudson } = round.houses;
  const { version } = await hudson.readOffering(offering);
  await world.moveTo(version.terms.closesAt);
  const closing = await hudson.read((db) => world.services.closings.findClosing(db, offering));
  if (!closing) throw new Error('the round should have settled');
  tell.done(
    `Closed and settled by the clock, in one transaction: ${closing.raised} raised of ` +
      `${closing.committed} committed, ${closing.settledCount} served, fee ${closing.fee}.`,
  );
  tell.say('The journal of the settlement:');
  const entries = await hudson.read((db) =>
    listEntries(db, { source: offering, order: 'oldest first', limit: 10 }),
  );
  const captures = await hudson.read((db) =>
    listEntries(db, {
      under: `liabilities:offering:${offering}:escrow`,
      order: 'oldest first',
      limit: 2,
    }),
  );
  for (const entry of [...captures.slice(0, 1), ...entries]) tell.text(journalText(round, entry));
  const proceeds = closing.raised.minus(closing.fee);
  await hudson.payProceeds(issuer, proceeds.toDecimalString());
  await hudson.sweepFees();
  await world.moveBy(3 * HOUR_MS);
  tell.done(
    `The custodian has paid ${proceeds} to the issuer's bank, and the fee to the operator's.`,
  );
}

function journalText({ names }: EquityRound, entry: PostedEntry): string {
  const named = (text: string): string =>
    [...names]
      .reduce((line, [id, name]) => line.replaceAll(id, name), text)
      .replaceAll(/sub_[0-9A-Z]{26}/g, 'subscription');
  const postings = entry.postings.map(({ path, amount }) => [named(path), amount.toString()]);
  const wide = Math.max(...postings.map(([path = '']) => path.length));
  const right = Math.max(...postings.map(([, amount = '']) => amount.length));
  return [
    `${entry.recordedAt.toISOString().slice(0, 10)} ${named(entry.description)}`,
    ...postings.map(
      ([path = '', amount = '']) => `    ${path.padEnd(wide)}  ${amount.padStart(right)}`,
    ),
    '',
  ].join('\n');
}

async function register(round: EquityRound): Promise<void> {
  const { tell, world, issuer } = round;
  const { hudson } = round.houses;
  const { holdings, files } = world.services;
  const registers = new RegisterService({ clock: world.clock, holdings, parties: files });
  const [instrument] = await hudson.read((db) =>
    holdings.listInstruments(db, { issuerId: issuer.id, limit: 1 }),
  );
  if (!instrument) throw new Error('the register should have been opened');
  const regulator = {
    id: hudson.staff.compliance.userId,
    operatorId: hudson.operator.id,
    roles: ['compliance'] as const,
  };
  const wanted = { instrumentId: instrument.id };
  const now = await hudson.read((db) => registers.extract(db, regulator, wanted));
  const before = await hudson.read((db) =>
    registers.extract(db, regulator, { ...wanted, at: round.inDays(-1) }),
  );
  tell.table(
    ['holder', 'shares', 'percent'],
    now.lines.map(({ name, units, share }) => [name, units.toString(), share]),
  );
  tell.done(
    `${now.outstanding} shares, ${now.holderCount} holders, at event ${now.position} of the register, ` +
      `sealed by ${now.headHash?.slice(0, 16) ?? ''}...`,
  );
  tell.done(`As of a day before: ${before.outstanding} shares. Any past moment can be asked for.`);
}

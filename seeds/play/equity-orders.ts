import { HOUR_MS } from '../../src/kernel/clock';
import { Problem } from '../../src/kernel/problem';
import type { Opened } from '../../src/modules/subscriptions';
import type { PlayScene } from './act';
import type { EquityRound } from './equity-round';
import { refusalOf } from './narrator';

/** How investors come in, order, and change their minds. */
export function orderScenes(round: EquityRound): readonly PlayScene[] {
  return [
    { title: 'Investors join: verified, placed in tiers, funded', play: () => join(round) },
    { title: 'They subscribe within their caps', play: () => subscribe(round) },
    { title: 'Two tabs for the last 100 of an allowance', play: () => twoTabs(round) },
    { title: 'The same two tabs, on two portals', play: () => twoPortals(round) },
    { title: 'Second thoughts', play: () => revoke(round) },
    { title: 'A material change, and who stands by it', play: () => change(round) },
  ];
}

async function join(round: EquityRound): Promise<void> {
  const { tell, world } = round;
  const { hudson, lakeshore } = round.houses;
  const modest = { annualIncome: hudson.money('31000.00'), netWorth: hudson.money('20000.00') };
  await round.joins(hudson, 'Ada', { mailbox: 'investor', means: modest, cash: '6000.00' });
  await round.joins(hudson, 'Ben', { means: modest, cash: '4000.00' });
  const emil = await round.joins(hudson, 'Emil', { means: modest, cash: '4000.00' });
  const { person } = emil;
  await round.joins(lakeshore, 'Emil', { person, means: modest, cash: '4000.00' });
  await round.joins(hudson, 'Nora', { means: {}, cash: '1000.00' });
  tell.done(
    'Ada, Ben, Emil and Nora: identity established, means declared (Nora has not), cash in.',
  );
  tell.done(
    'Emil also joins Lakeshore: two files, one party, found by the keyed hash of his number.',
  );

  const under = { ...world.cast.person('US'), name: 'Sandbox REJECT' };
  const turned = await hudson.investor({ person: under });
  const order = {
    investorId: turned.id,
    amount: hudson.money('50.00'),
    method: 'direct-debit' as const,
  };
  const { deposits, classifications } = world.services;
  tell.refused(
    'Somebody whom the provider turned down pays in',
    await refusalOf(hudson.write(turned, (tx) => deposits.request(tx, order))),
  );

  const dahlia = await round.joins(hudson, 'Dahlia', {
    mailbox: 'accredited.investor',
    cash: '40000.00',
  });
  const declared = {
    netWorth: hudson.money('640000.00'),
    incomeLastYear: hudson.money('120000.00'),
  };
  const wish = { tier: 'accredited', declared, documents: [] };
  tell.refused(
    'Dahlia asks to count as accredited with 640,000 of net worth',
    await refusalOf(hudson.write(dahlia, (tx) => classifications.request(tx, dahlia.id, wish))),
  );
  const rich = { ...wish, declared: { netWorth: hudson.money('1420000.00') } };
  const request = await hudson.write(dahlia, (tx) => classifications.request(tx, dahlia.id, rich));
  const decision = { investorId: dahlia.id, id: request.id, note: 'Read against the statements.' };
  await hudson.write(hudson.staff.compliance, (tx) => classifications.approve(tx, decision));
  tell.done(
    'With 1,420,000 shown on paper she may: asked for by her, approved by a second person.',
  );

  for (const name of ['Greta', 'Hugo', 'Iris']) {
    await round.joins(hudson, name, { tier: 'accredited', cash: '30000.00' });
  }
  for (let i = 1; i <= 8; i += 1) {
    await round.joins(hudson, `Crowd ${i}`, { cash: '3000.00' });
  }
  tell.done('Three more accredited investors and a crowd of eight, funded by bank transfer.');

  await hudson.deposit(round.person('Ben'), '200.13');
  await world.moveBy(2 * HOUR_MS);
  const [failed] = await hudson.read((db) =>
    deposits.list(db, { investorId: round.person('Ben').id, limit: 1 }),
  );
  tell.done(
    `Ben's direct debit of 200.13 comes back from his bank: ${failed?.status}, nothing booked.`,
  );
}

async function subscribe(round: EquityRound): Promise<void> {
  const { tell, offering } = round;
  const { hudson } = round.houses;
  const [ada, ben, nora] = ['Ada', 'Ben', 'Nora'].map((name) => round.person(name));
  if (!ada || !ben || !nora) return;
  const opened = await hudson.subscribe(ada, offering, '2000.00');
  tell.done('Ada subscribes for 2,000 USD: 800 shares, held and not moved.');
  for (const cap of opened.caps) {
    tell.say(
      `  ${cap.rule}, ${cap.citation}: limit ${cap.limit}, used ${cap.used}, left ${cap.left}`,
    );
  }
  tell.refused('Ada orders 600 more', await hudson.refused(ada, offering, '600.00'));
  tell.refused('Nora, who declared no means', await hudson.refused(nora, offering, '500.00'));
  tell.refused('Ben orders 50', await hudson.refused(ben, offering, '50.00'));
  tell.refused(
    'Ben has not read the Form C',
    await hudson.refused(ben, offering, { amount: '500.00', documents: [] }),
  );
  tell.refused(
    'Ben skips the questions',
    await hudson.refused(ben, offering, { amount: '500.00', acknowledged: { riskWarning: true } }),
  );
  tell.refused(
    'Greta orders 31,000 with 30,000 in cash',
    await hudson.refused(round.person('Greta'), offering, '31000.00'),
  );
  const key = round.world.key();
  const first = await hudson.subscribe(ben, offering, { amount: '1501.00', requestKey: key });
  const again = await hudson.subscribe(ben, offering, { amount: '1501.00', requestKey: key });
  tell.done(
    `Ben orders 1,501: ${first.subscription.units} shares for ${first.subscription.amount}, ` +
      `${first.residue} is not taken. His retry gets the same answer` +
      `${again.isReplay && again.subscription.id === first.subscription.id ? '' : ' (it did not!)'}.`,
  );
}

async function twoTabs(round: EquityRound): Promise<void> {
  const { tell, offering } = round;
  const { hudson } = round.houses;
  const ada = round.person('Ada');
  await hudson.subscribe(ada, offering, '400.00');
  tell.say('Of her yearly 2,500 Ada has 100 left. She clicks in two tabs at once.');
  const tabs = await Promise.allSettled(
    ['100.00', '100.00'].map((amount) => hudson.subscribe(ada, offering, amount)),
  );
  tellRace(round, tabs, ['the first tab', 'the second tab']);
}

async function twoPortals(round: EquityRound): Promise<void> {
  const { tell, offering } = round;
  const { hudson, lakeshore } = round.houses;
  const bakery = await lakeshore.issuer({ name: 'Marsh & Mill Bakery, LLC' });
  round.bakery = await lakeshore.offering(bakery, {
    target: '50000.00',
    maximum: '80000.00',
    price: '1.00',
    closesAt: round.inDays(45),
  });
  await hudson.subscribe(round.person('Emil'), offering, '2400.00');
  tell.say(
    'The limit counts across portals. Emil has used 2,400 on Hudson; Lakeshore sees none of that, ' +
      'only what is left. He orders 100 on each, at the same moment.',
  );
  const tabs = await Promise.allSettled([
    hudson.subscribe(round.person('Emil'), offering, '100.00'),
    lakeshore.subscribe(round.person('Emil (lakeshore)'), round.bakery, '100.00'),
  ]);
  tellRace(round, tabs, ['Hudson', 'Lakeshore']);
}

function tellRace(
  { tell }: EquityRound,
  tabs: readonly PromiseSettledResult<Opened>[],
  names: readonly string[],
): void {
  const won = tabs.filter(({ status }) => status === 'fulfilled').length;
  if (won !== 1) throw new Error(`${won} of two orders went through`);
  tabs.forEach((tab, position) => {
    const name = names[position] ?? '';
    if (tab.status === 'fulfilled') {
      tell.done(`${name}: accepted, ${tab.value.caps[0]?.left.toString() ?? ''} left.`);
    } else if (tab.reason instanceof Problem) {
      tell.refused(name, tab.reason);
    } else {
      throw tab.reason;
    }
  });
}

async function revoke(round: EquityRound): Promise<void> {
  const { tell, offering } = round;
  const { hudson } = round.houses;
  const crowd = [1, 2, 3, 4, 5, 6, 7, 8].map((i) => round.person(`Crowd ${i}`));
  for (const investor of crowd) await hudson.subscribe(investor, offering, '1250.00');
  tell.done('The crowd of eight subscribes for 1,250 each.');
  const second = crowd[1];
  if (!second) return;
  const before = await hudson.cash(second);
  const { id } = await hudson.latestSubscription(second);
  const revoked = await hudson.revoke(second, id);
  const after = await hudson.cash(second);
  tell.done(
    `The second of them takes it back (${revoked.status}): ${before.available} available before, ` +
      `${after.available} after. No reason asked, nothing charged.`,
  );
  tell.refused('And once more', await refusalOf(hudson.revoke(second, id)));
}

async function change(round: EquityRound): Promise<void> {
  const { tell, offering, world } = round;
  const { hudson } = round.houses;
  await world.moveTo(round.inDays(20));
  const until = await hudson.changeTerms(
    offering,
    'The lease of the second hall fell through; proceeds go into the first.',
    (terms) => ({ ...terms, summary: `${terms.summary} One hall instead of two.` }),
  );
  tell.done(
    `Operations announces a change. Whoever subscribed may reconfirm until ${until?.toISOString()}.`,
  );
  const { subscriptions } = world.services;
  const open = await hudson.read((db) =>
    subscriptions.list(db, { offeringId: offering, limit: 100 }),
  );
  const waiting = open.filter(({ reconfirmBy }) => reconfirmBy !== undefined);
  const silent = [round.person('Crowd 7').id, round.person('Crowd 8').id];
  const byId = new Map([...round.investors.values()].map((investor) => [investor.id, investor]));
  for (const { id, investorId } of waiting) {
    const investor = byId.get(investorId);
    if (investor && !silent.includes(investorId)) await hudson.reconfirm(investor, id);
  }
  tell.done(`${waiting.length - silent.length} reconfirm; two of the crowd say nothing.`);
  if (until) await world.moveTo(until);
  const released = await hudson.read((db) =>
    subscriptions.list(db, { offeringId: offering, status: 'released', limit: 100 }),
  );
  tell.done(
    `The five business days are over: the clock releases ${released.length}, cash and caps free.`,
  );
}

import { DAY_MS } from '../../src/kernel/clock';
import type { PlayScene } from './act';
import type { EquityRound } from './equity-round';
import { refusalOf } from './narrator';

/** The same engine under other rulebooks. */
export function otherRuleScenes(round: EquityRound): readonly PlayScene[] {
  return [
    { title: 'Under European rules: tests, warnings, four days', play: () => european(round) },
    {
      title: 'Under Chinese rules: qualified investors, counted holders',
      play: () => chinese(round),
    },
  ];
}

async function european(round: EquityRound): Promise<void> {
  const { tell, world } = round;
  const { pleisse } = round.houses;
  const issuer = await pleisse.issuer({ name: 'Kernkraut Foods GmbH', mailbox: 'issuer' });
  const offering = await pleisse.offering(issuer, {
    target: '5000.00',
    maximum: '40000.00',
    price: '12.50',
    closesAt: round.inDays(30),
  });
  const untested = await round.joins(pleisse, 'Jonas', {
    mailbox: 'investor',
    test: 'not-taken',
    cash: '2000.00',
  });
  tell.refused(
    'Jonas, without the entry test',
    await pleisse.refused(untested, offering, '250.00'),
  );
  const failed = await round.joins(pleisse, 'Lucia', { test: 'failed', cash: '6000.00' });
  tell.say(
    'Lucia failed the test. That bars nobody (Article 21(4)), but she must take the warning in:',
  );
  const acknowledged = { understanding: true };
  tell.refused(
    'Lucia, without it',
    await pleisse.refused(failed, offering, { amount: '1000.00', acknowledged }),
  );
  const { subscription } = await pleisse.subscribe(failed, offering, '1000.00');
  tell.done(
    `With it she subscribes, and may take it back until ${subscription.revocableUntil.toISOString()}.`,
  );

  await world.moveBy(3 * DAY_MS);
  await pleisse.revoke(failed, subscription.id);
  tell.done('On the third day she does.');
  const again = await pleisse.subscribe(failed, offering, '500.00');
  await world.moveTo(again.subscription.revocableUntil);
  tell.refused(
    'Her next order, at the instant at which four days are over',
    await refusalOf(pleisse.revoke(failed, again.subscription.id)),
  );
  const sofia = await round.joins(pleisse, 'Sofia', {
    mailbox: 'sophisticated.investor',
    tier: 'sophisticated',
    cash: '9000.00',
  });
  const bound = await pleisse.subscribe(sofia, offering, '5000.00');
  tell.done(`Sofia is a sophisticated investor: hers is ${bound.subscription.status} at once.`);
}

async function chinese(round: EquityRound): Promise<void> {
  const { tell } = round;
  const { lanzhou } = round.houses;
  const issuer = await lanzhou.issuer({
    name: '皋兰山软件有限公司',
    mailbox: 'issuer',
    legalForm: 'limited-liability-company',
  });
  const offering = await lanzhou.offering(issuer, {
    target: '200000.00',
    maximum: '900000.00',
    price: '10.00',
    minimumTicket: '50000.00',
    closesAt: round.inDays(30),
    legalFormHolderLimit: 3,
  });
  tell.say(
    'The law allows 200 holders, and 50 in a limited company; the articles of this one allow three, ' +
      'so that it can be seen. Nothing here is shown to the public.',
  );
  const outsider = await round.joins(lanzhou, '路人', { cash: '90000.00' });
  tell.refused(
    'Somebody who is not qualified',
    await lanzhou.refused(outsider, offering, '60000.00'),
  );
  const names = ['王晓明', '李雅婷', '张建国', '陈思远'];
  const qualified = [];
  for (const [place, name] of names.entries()) {
    const mailbox = place === 0 ? { mailbox: 'investor' } : {};
    const draft = { ...mailbox, tier: 'qualified', cash: '300000.00' };
    qualified.push(await round.joins(lanzhou, name, draft));
  }
  const [first, second, third, fourth] = qualified;
  if (!first || !second || !third || !fourth) return;
  for (const each of [first, second, third]) await lanzhou.subscribe(each, offering, '60000.00');
  tell.done('Three qualified investors subscribe for 60,000 CNY each.');
  tell.refused(`${fourth.name}, the fourth`, await lanzhou.refused(fourth, offering, '60000.00'));
  await lanzhou.subscribe(first, offering, '50000.00');
  tell.done(`${first.name} adds 50,000: whoever is counted already may have more.`);
}

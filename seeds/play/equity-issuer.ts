import { offeringTermsOf } from '../raising';
import type { PlayScene } from './act';
import type { EquityRound } from './equity-round';
import { refusalOf } from './narrator';

/** How the round comes about. */
export function issuerScenes(round: EquityRound): readonly PlayScene[] {
  return [
    { title: 'An issuer is verified', play: () => verifyIssuer(round) },
    { title: 'Its offering is drafted, and reviewed by four eyes', play: () => review(round) },
  ];
}

async function verifyIssuer(round: EquityRound): Promise<void> {
  const { tell, world } = round;
  const { hudson } = round.houses;
  tell.say(
    'Lantern Robotics, Inc. wants to raise money on Hudson Street, a funding portal under ' +
      'Regulation Crowdfunding. It opens its file: number, people, address.',
  );
  const name = 'Lantern Robotics, Inc.';
  const company = { ...world.cast.company('US', name), handle: 'issuer' };
  const hasty = await hudson.issuer({ name: 'Hasty Gadgets, LLC', until: 'opened' });
  const draft = await hudson.offering(hasty, {
    target: '20000.00',
    maximum: '60000.00',
    closesAt: round.inDays(30),
    until: 'draft',
  });
  const { offerings } = world.services;
  tell.refused(
    'Hasty Gadgets submits on the first day, checked by nobody',
    await refusalOf(hudson.write(hasty, (tx) => offerings.submit(tx, draft))),
  );
  round.issuer = await hudson.issuer({ name, company });
  tell.done('Lantern: identity established, directors and owners screened by the provider.');
  tell.done('Lantern: a year of figures entered by the issuer, verified by a compliance officer.');
  tell.done('Lantern: six items of due diligence settled, each on evidence pinned by its hash.');
}

async function review(round: EquityRound): Promise<void> {
  const { tell, world, issuer } = round;
  const { hudson } = round.houses;
  const { offerings, lifecycle } = world.services;
  const plan = {
    title: 'Lantern Robotics',
    summary: 'Robots that carry shelves through small warehouses at night.',
    price: '2.50',
    target: '20000.00',
    maximum: '60000.00',
    orderLimit: '90000.00',
    closesAt: round.inDays(60),
    until: 'draft' as const,
  };
  const id = await hudson.offering(issuer, plan);
  round.offering = id;
  tell.done(
    'Drafted: 2.50 USD a share, 20,000 to 60,000 USD, orders up to 90,000, Form C attached.',
  );

  const soon = offeringTermsOf(hudson, issuer, { ...plan, closesAt: round.inDays(14) });
  await hudson.write(issuer, (tx) => offerings.editDraft(tx, id, { basedOn: 3, terms: soon }));
  tell.refused(
    'Submitted with a deadline in two weeks',
    await refusalOf(hudson.write(issuer, (tx) => offerings.submit(tx, id))),
  );
  const terms = offeringTermsOf(hudson, issuer, plan);
  await hudson.write(issuer, (tx) => offerings.editDraft(tx, id, { basedOn: 4, terms }));
  await hudson.write(issuer, (tx) => offerings.submit(tx, id));
  tell.done('Submitted with sixty days, version 5. Every version stays.');
  tell.refused(
    'Its author signs it off',
    await refusalOf(hudson.write(issuer, (tx) => offerings.approve(tx, id, 'Looks good.'))),
  );
  const { compliance, operations } = hudson.staff;
  await hudson.write(compliance, (tx) => offerings.approve(tx, id, 'Terms and figures agree.'));
  await hudson.write(operations, (tx) => lifecycle.publish(tx, id));
  world.expect(plan.closesAt);
  tell.done('Approved by a compliance officer, published by operations. The book is open.');
}

import type { Id } from '../../../src/kernel/id';
import { must } from '../../../src/kernel/assert';
import { DAY_MS } from '../../../src/kernel/clock';
import type { OfferingTerms } from '../../../src/modules/offerings';
import { loanWorld, type LoanWorld } from '../../support/loan-world';

let world: LoanWorld;

afterEach(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

/** Announced to everybody; what becomes of the subscriptions is a step of its own. */
async function announce(id: Id<'off'>, changes: Partial<OfferingTerms>): Promise<void> {
  const { version } = await world.read((db) => world.offerings.get(db, id));
  await world.write((tx) =>
    world.lifecycle.materialChange(tx, id, {
      basedOn: version.version,
      terms: { ...version.terms, ...changes },
      documents: version.documents,
      reason: 'The workshop has moved',
    }),
  );
}

async function listed(rulebookId: 'in-p2p' | 'eu-ecspr'): Promise<Id<'off'>> {
  world = await loanWorld(rulebookId);
  await world.trustDecisions();
  return (await world.list(world.vetted())).id;
}

it('a full loan stays open until an announced change has reached its subscriptions', async () => {
  const id = await listed('in-p2p');
  const lenders = [
    await world.investor('60000.00', 'uncertified'),
    await world.investor('60000.00', 'uncertified'),
  ];
  for (const lender of lenders) await world.subscribe(lender, id, '50000.00');
  await announce(id, { summary: 'Three machines, and less thread.' });
  const closeFull = () => world.write((tx) => world.closings.closeFull(tx, id));
  expect(await closeFull()).toBe(false);
  expect((await world.read((db) => world.offerings.get(db, id))).offering.status).toBe('live');

  expect(await world.write((tx) => world.releases.applyChanges(tx, id))).toBe(1);
  expect(await closeFull()).toBe(true);
});

it('a right to think it over counts from the order, so a later deadline moves it nowhere', async () => {
  const id = await listed('eu-ecspr');
  const lender = await world.investor('90000.00', 'non-sophisticated');
  const before = await world.subscribe(lender, id, '2000.00');
  expect(before.status).toBe('reflecting');
  const { version } = await world.read((db) => world.offerings.get(db, id));
  const closesAt = new Date(version.terms.closesAt.getTime() + 7 * DAY_MS);
  await announce(id, { closesAt });
  expect(await world.write((tx) => world.releases.applyChanges(tx, id))).toBe(1);
  const after = await world.read((db) => world.subscriptions.get(db, before.id));
  expect(after.revocableUntil).toEqual(before.revocableUntil);
  const book = must(await world.read((db) => world.offerings.findBook(db, id)), 'the book');
  expect(book.closesAt).toEqual(closesAt);

  // Once it is over it is over, though the loan is open a week longer.
  world.clock.moveTo(before.revocableUntil);
  await expect(
    world.write((tx) => world.subscriptions.revoke(tx, before.id)),
  ).rejects.toMatchObject({ code: 'subscriptions.reflection-over' });
});

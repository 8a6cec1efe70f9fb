import { DAY_MS, HOUR_MS } from '../../../src/kernel/clock';
import {
  matchingWorld,
  textHash,
  CONFIRMED,
  type MatchingWorld,
} from '../../support/matching-world';

let world: MatchingWorld;

beforeEach(async () => {
  world = await matchingWorld('in-p2p');
});

afterEach(async () => {
  const broken = await world.brokenMatching();
  await world.end();
  expect(broken).toEqual([]);
});

async function proposed() {
  const offeringId = await world.loan('5000.00', '500.00');
  const lender = await world.lender('9000.00');
  const { id } = await world.window();
  const [position] = await world.positions(id);
  if (!position) throw new Error('nothing was proposed');
  return { ...lender, offeringId, position };
}

describe('where the law wants each borrower approved', () => {
  it('a window proposes, and lends nothing', async () => {
    const { investorId, position } = await proposed();
    expect(position).toMatchObject({ status: 'proposed', amountMinor: 500_000n });
    expect(position.respondBy).toEqual(new Date(world.clock.now().getTime() + DAY_MS));
    expect(await world.cash(investorId)).toEqual(['9000.00', '0.00']);
  });

  it('the lender’s yes becomes an order, and a second yes is told that it was answered', async () => {
    const { investorId, position } = await proposed();
    const placed = await world.placements.approve(world.scope, position, investorId);
    expect(placed).toMatchObject({ status: 'placed' });
    expect(await world.cash(investorId)).toEqual(['4000.00', '5000.00']);
    const again = world.placements.approve(world.scope, position, investorId);
    await expect(again).rejects.toMatchObject({ code: 'matching.position-answered' });
  });

  it('the lender’s no lends nothing, and frees the budget for the next window', async () => {
    const { investorId, position } = await proposed();
    const declined = await world.placements.decline(world.scope, position, investorId);
    expect(declined).toMatchObject({ status: 'declined' });
    world.clock.advance(6 * HOUR_MS);
    expect(await world.window()).toMatchObject({ positions: 1 });
  });

  it('no answer lets the proposal lapse at the instant its time is over', async () => {
    const { investorId, position } = await proposed();
    world.clock.advance(DAY_MS);
    const late = world.placements.approve(world.scope, position, investorId);
    await expect(late).rejects.toMatchObject({ code: 'matching.position-answered' });
    const lapsed = await world.write((tx) => world.windows.lapseProposals(tx, world.clock.now()));
    expect(lapsed).toBe(1);
  });

  it('an answer that crosses with its yes does not hide the order that came of it', async () => {
    const { investorId, position, offeringId } = await proposed();
    const approving = world.placements.approve(world.scope, position, investorId);
    const declining = world.placements.decline(world.scope, position, investorId);
    await Promise.allSettled([approving, declining]);
    const [after] = await world.positions(position.windowId);
    const book = await world.read((db) => world.offerings.findBook(db, offeringId));
    const isLent = book?.committed.isPositive ?? false;
    expect(after?.status).toBe(isLent ? 'placed' : 'declined');
  });

  it('promises no cash twice while an answer is waited for', async () => {
    const { investorId, position } = await proposed();
    await world.loan('7000.00', '500.00');
    world.clock.advance(6 * HOUR_MS);
    const [second] = await world.positions((await world.window()).id);
    // 5,000 of the lender's 9,000 wait for a yes.
    expect(second).toMatchObject({ amountMinor: 400_000n });
    for (const one of [position, second!]) {
      const placed = await world.placements.approve(world.scope, one, investorId);
      expect(placed.status).toBe('placed');
    }
    expect(await world.cash(investorId)).toEqual(['0.00', '9000.00']);
  });

  it('somebody else’s proposal does not exist', async () => {
    const { position } = await proposed();
    const stranger = await world.lender('100.00');
    const approve = world.placements.approve(world.scope, position, stranger.investorId);
    await expect(approve).rejects.toMatchObject({ code: 'matching.position-not-found' });
  });

  it('a mandate to lend without asking is not permitted, with the clause that forbids it', async () => {
    const investorId = await world.investor('100.00', 'uncertified');
    const terms = world.terms({ approvesEach: false });
    const draft = world.write((tx) => world.mandates.draft(tx, investorId, terms));
    await expect(draft).rejects.toMatchObject({
      code: 'matching.mandate-not-permitted',
      findings: [{ rule: 'permits.automatic-lending' }],
    });
  });

  it('keeps every lender under the cap with one borrower, over all windows', async () => {
    const rich = await world.lender('900000.00', { budget: world.money('900000.00') });
    await world.loan('90000.00', '500.00');
    const first = await world.window();
    const [position] = await world.positions(first.id);
    expect(position).toMatchObject({ amountMinor: 5_000_000n });
    await world.placements.approve(world.scope, position!, rich.investorId);
    await world.loan('80000.00', '500.00');
    world.clock.advance(6 * HOUR_MS);
    expect(await world.window()).toMatchObject({ positions: 0 });
  });
});

describe('a mandate', () => {
  it('is signed by the hash of its text in either language, and of no other', async () => {
    const investorId = await world.investor('100.00', 'uncertified');
    const terms = world.terms();
    const sign = (id: `mnd_${string}`, textSha256: string) =>
      world.write((tx) => world.mandates.sign(tx, id, { textSha256, acknowledged: CONFIRMED }));
    const { mandate } = await world.write((tx) => world.mandates.draft(tx, investorId, terms));
    await expect(sign(mandate.id, 'f'.repeat(64))).rejects.toMatchObject({
      code: 'matching.text-changed',
    });
    const signed = await sign(mandate.id, textHash(terms, 'zh'));
    expect(signed.mandate).toMatchObject({ status: 'active', signedVersion: 1 });
  });

  it('keeps lending by the signed terms until others are signed', async () => {
    const { mandateId } = await world.lender('100.00');
    const changed = world.terms({ budget: world.money('70.00') });
    const file = await world.write((tx) => world.mandates.change(tx, mandateId, changed));
    expect(file.mandate).toMatchObject({ status: 'active', signedVersion: 1, latestVersion: 2 });
    const signed = await world.write((tx) =>
      world.mandates.sign(tx, mandateId, { textSha256: textHash(changed), acknowledged: [] }),
    );
    expect(signed.mandate).toMatchObject({ signedVersion: 2 });
    expect(signed.versions.map(({ version }) => version)).toEqual([2, 1]);
  });

  it('is one at a time, until it is revoked', async () => {
    const { investorId, mandateId } = await world.lender('100.00');
    const another = () => world.write((tx) => world.mandates.draft(tx, investorId, world.terms()));
    await expect(another()).rejects.toMatchObject({ code: 'matching.mandate-open' });
    await world.write((tx) => world.mandates.step(tx, mandateId, 'revoke'));
    await another();
    const again = world.write((tx) => world.mandates.step(tx, mandateId, 'resume'));
    await expect(again).rejects.toMatchObject({ code: 'matching.mandate-status' });
  });

  it('ends by itself at its time', async () => {
    const expiresAt = new Date(world.clock.now().getTime() + DAY_MS);
    const { mandateId } = await world.lender('100.00', { expiresAt });
    const expire = (at: Date) => world.write((tx) => world.mandates.expireDue(tx, at));
    expect(await expire(new Date(expiresAt.getTime() - 1))).toBe(0);
    expect(await expire(expiresAt)).toBe(1);
    const { mandate } = await world.read((db) => world.mandates.get(db, mandateId));
    expect(mandate.status).toBe('expired');
  });

  it.each([
    { name: 'a ticket above the budget', change: { ticket: '200000.00' } },
    { name: 'a loan limit below the ticket', change: { maxPerLoan: '10.00' } },
  ])('is refused with $name', async ({ change }) => {
    const investorId = await world.investor('100.00', 'uncertified');
    const amounts = Object.fromEntries(
      Object.entries(change).map(([name, amount]) => [name, world.money(amount)]),
    );
    const draft = world.write((tx) => world.mandates.draft(tx, investorId, world.terms(amounts)));
    await expect(draft).rejects.toMatchObject({ code: 'matching.mandate-faults' });
  });
});

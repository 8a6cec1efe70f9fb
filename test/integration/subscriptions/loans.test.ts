import type { Id } from '../../../src/kernel/id';
import { must } from '../../../src/kernel/assert';
import { DAY_MS } from '../../../src/kernel/clock';
import { Problem } from '../../../src/kernel/problem';
import { rate } from '../../../src/kernel/rate';
import { issuerProceedsAccount, feeAccount } from '../../../src/modules/ledger';
import { closingJobs } from '../../../src/modules/subscriptions';
import { EU_OPERATOR } from '../../support/offering-world';
import { loanWorld, MANDATE_SIGNED, type LoanWorld } from '../../support/loan-world';

let world: LoanWorld;

beforeEach(async () => {
  world = await loanWorld();
  await world.trustDecisions();
});

afterEach(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

const code = (error: unknown) => (error instanceof Problem ? error.code : error);
const lender = () => world.investor('60000.00', 'uncertified');

async function live(amount = '100000.00', minimumFill = '60000.00') {
  const closesAt = new Date(world.clock.now().getTime() + 14 * DAY_MS);
  const terms = { amount: world.money(amount), minimumFill: world.money(minimumFill), closesAt };
  return (await world.list(world.vetted(terms))).id;
}

async function settle(id: Id<'off'>) {
  return world.write((tx) => world.closings.settle(tx, id));
}

const notes = (id: Id<'off'>) =>
  world.read((db) =>
    db.query<{ kind: string; par_value: string; units: bigint }>(
      `SELECT i.kind, i.par_value, h.units FROM holding_instruments i
       JOIN holdings h ON h.operator_id = i.operator_id AND h.instrument_id = i.id
       WHERE i.name = :name ORDER BY h.units`,
      { name: `Loan ${id}` },
    ),
  );

describe('lending by hand', () => {
  it('is quoted with rate, expected return and share before anybody commits', async () => {
    const [offeringId, investorId] = [await live(), await lender()];
    const { version } = await world.read((db) => world.offerings.get(db, offeringId));
    const quote = await world.read((db) =>
      world.quotes.quote(db, {
        operatorId: 3,
        id: `sub_${'0'.repeat(26)}`,
        investorId,
        offeringId,
        requested: world.money('12550.00'),
        acknowledged: MANDATE_SIGNED,
        documents: version.documents.map(({ sha256 }) => sha256),
        requestKey: '',
        requestHash: '',
        actorId: 'usr_investor',
      }),
    );
    expect(quote.ticket.units).toBe(125n);
    expect(quote.ticket.residue).toEqual(world.money('50.00'));
    expect(quote.loan?.rate.toString()).toBe('0.145');
    expect(quote.loan?.expectedReturn.toString()).toBe('0.11752');
    expect(quote.loan?.share.toString()).toBe('0.125');
    expect(quote.caps.map(({ rule }) => rule).toSorted()).toEqual(['lender-cap', 'pair-cap']);
  });

  it('stands under the cap of lender and borrower over all of the borrower’s loans', async () => {
    const [first, second, investorId] = [await live(), await live(), await lender()];
    await world.subscribe(investorId, first, '30000.00');
    await expect(world.subscribe(investorId, second, '20100.00')).rejects.toMatchObject({
      code: 'subscriptions.cap-exceeded',
      findings: [{ rule: 'pair-cap' }],
    });
    await world.subscribe(investorId, second, '20000.00');
  });
});

describe('a loan whose rate an auction finds', () => {
  const found = { rate: rate('0.1275'), apr: rate('0.1490'), reason: 'The auction has ended' };

  async function auctioned() {
    const request = world.vetted();
    const note = { ...request.note, rateMode: 'auction' as const };
    return (await world.list({ ...request, note })).id;
  }

  it('takes orders at that rate from then on, and not before', async () => {
    const [id, investorId] = [await auctioned(), await lender()];
    await expect(world.subscribe(investorId, id, '1000.00')).rejects.toMatchObject({
      code: 'subscriptions.auction-not-cleared',
    });
    const { version } = await world.write((tx) => world.lifecycle.fixRate(tx, id, found));
    expect(version.terms.instrument).toMatchObject({ rateMode: 'fixed', rate: found.rate });
    await world.write((tx) => world.releases.applyChanges(tx, id));
    const subscription = await world.subscribe(investorId, id, '1000.00');
    expect(subscription.offeringVersion).toBe(version.version);
  });

  it('is never above what was announced, and is fixed once', async () => {
    const id = await auctioned();
    const high = { ...found, rate: rate('0.1451') };
    await expect(world.write((tx) => world.lifecycle.fixRate(tx, id, high))).rejects.toMatchObject({
      code: 'offerings.frozen-term',
    });
    await world.write((tx) => world.lifecycle.fixRate(tx, id, found));
    await expect(world.write((tx) => world.lifecycle.fixRate(tx, id, found))).rejects.toMatchObject(
      { code: 'offerings.wrong-status' },
    );
  });
});

describe('lending by mandate', () => {
  it('decides each order for itself, and twice the same is once', async () => {
    const offeringId = await live();
    const amount = world.money('50000.00');
    const lenders = [await lender(), await lender(), await world.investor('100.00', 'uncertified')];
    const [first, second, poor] = lenders.map((investorId) =>
      world.mandated({ investorId, offeringId, amount }),
    );
    const orders = [must(first, 'one'), must(poor, 'three'), must(second, 'two')];
    const once = await world.mandatedOrders.submit(3, orders);
    const again = await world.mandatedOrders.submit(3, orders);
    for (const outcomes of [once, again]) {
      expect(outcomes.map((outcome) => (outcome.ok ? 'opened' : code(outcome.error)))).toEqual([
        'opened',
        again === outcomes ? 'subscriptions.offering-full' : 'subscriptions.insufficient-funds',
        'opened',
      ]);
    }
    const ids = (outcomes: typeof once) =>
      outcomes.map((outcome) => (outcome.ok ? outcome.value.subscription.id : undefined));
    expect(ids(again)).toEqual(ids(once));
    const events = await world.read((db) =>
      db.query<{ payload: { actors: readonly string[] } }>(
        `SELECT e.payload FROM platform_outbox_events e WHERE e.type = 'subscriptions.opened'`,
      ),
    );
    const actors = events.flatMap(({ payload }) => payload.actors);
    expect(actors).toEqual([first, second].map((order) => order?.mandateId));
  });

  it('waits for the lender’s approval of the borrower where the law asks for it', async () => {
    const [offeringId, investorId] = [await live(), await lender()];
    const amount = world.money('1000.00');
    const proposed = world.mandated({ investorId, offeringId, amount, isApproved: false });
    const [refused] = await world.mandatedOrders.submit(3, [proposed]);
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'subscriptions.not-permitted', findings: [{ rule: 'individual-approval' }] },
    });
    const [taken] = await world.mandatedOrders.submit(3, [{ ...proposed, isApproved: true }]);
    expect(taken?.ok).toBe(true);
  });

  it('says nothing that was not signed', async () => {
    const [offeringId, investorId] = [await live(), await lender()];
    const order = world.mandated({
      investorId,
      offeringId,
      amount: world.money('1000.00'),
      acknowledged: { riskWarning: true, limitsObserved: true },
    });
    expect((await world.mandatedOrders.submit(3, [order]))[0]).toMatchObject({
      ok: false,
      error: { findings: [{ rule: 'loss-declaration' }] },
    });
  });
});

describe('the end of a loan’s listing', () => {
  it('comes as soon as it is full: money to the borrower, notes to the lenders', async () => {
    const offeringId = await live();
    const [one, two] = [await lender(), await lender()];
    await world.subscribe(one, offeringId, '50000.00');
    await expect(
      world.write((tx) => world.closings.closeFull(tx, offeringId)),
    ).rejects.toMatchObject({ code: 'offerings.wrong-status' });
    await world.subscribe(two, offeringId, '50000.00');
    expect(await world.read((db) => world.lifecycle.listFullLoans(db))).toEqual([offeringId]);
    expect(await world.write((tx) => world.closings.closeFull(tx, offeringId))).toBe(true);
    // Until it is settled everything is on hold, and everything could still be given back.
    expect(await world.cash(one)).toEqual(['10000.00', '50000.00']);

    expect(await settle(offeringId)).toMatchObject({ outcome: 'settled', settledCount: 2 });
    expect(await world.cash(one)).toEqual(['10000.00', '0.00']);
    // The operator earns its fee when the loan is paid out; until then all of it stays in place.
    expect(await world.balance(issuerProceedsAccount(world.issuer.id, 'INR'))).toBe('100000.00');
    expect(await world.balance(feeAccount('success', 'INR'))).toBe('0.00');
    expect(await notes(offeringId)).toMatchObject([
      { kind: 'note-series', units: 500n },
      { kind: 'note-series', units: 500n },
    ]);
  });

  it('lends what came in, from the minimum on, when the deadline comes', async () => {
    const offeringId = await live();
    const [one, two] = [await lender(), await lender()];
    await world.subscribe(one, offeringId, '50000.00');
    await world.subscribe(two, offeringId, '10000.00');
    await world.close(offeringId);
    const closing = await settle(offeringId);
    expect(closing).toMatchObject({ outcome: 'settled', raised: world.money('60000.00') });
    expect((await notes(offeringId)).map(({ units }) => units)).toEqual([100n, 500n]);
  });

  it('gives everything back below the minimum, and frees every cap', async () => {
    const offeringId = await live();
    const investorId = await lender();
    await world.subscribe(investorId, offeringId, '50000.00');
    await world.close(offeringId);
    expect(await settle(offeringId)).toMatchObject({ outcome: 'failed', releasedCount: 1 });
    expect(await world.cash(investorId)).toEqual(['60000.00', '0.00']);
    const again = await live('900000.00');
    await world.subscribe(investorId, again, '50000.00');
  });

  it('counts what is lent against the caps as long as it is owed', async () => {
    const offeringId = await live('50000.00', '50000.00');
    const investorId = await lender();
    await world.subscribe(investorId, offeringId, '50000.00');
    await world.write((tx) => world.closings.closeFull(tx, offeringId));
    await settle(offeringId);
    world.clock.advance(400 * DAY_MS);
    await expect(world.subscribe(investorId, await live(), '1000.00')).rejects.toMatchObject({
      code: 'subscriptions.cap-exceeded',
    });
  });
});

describe('where lenders may think it over', () => {
  it('who lends by mandate thought over the mandate, and not each loan', async () => {
    const europe = await loanWorld('eu-ecspr');
    try {
      await europe.trustDecisions();
      const { id: offeringId } = await europe.list(europe.vetted());
      const investorId = await europe.investor('90000.00', 'non-sophisticated');
      const order = { investorId, offeringId, amount: europe.money('1000.00') };
      const acknowledged = { riskWarning: true, consentAboveThreshold: true, understanding: true };
      const untilOf = async (isApproved: boolean, windowId: string) => {
        const placed = europe.mandated({ ...order, acknowledged, isApproved, windowId });
        const [outcome] = await europe.mandatedOrders.submit(EU_OPERATOR, [placed]);
        if (!outcome?.ok) throw outcome?.error;
        return outcome.value.subscription.revocableUntil;
      };
      const now = europe.clock.now();
      expect(await untilOf(false, 'win_1')).toEqual(now);
      // Approving the very loan is deciding on it, with the time to think that goes with it.
      expect((await untilOf(true, 'win_2')).getTime()).toBeGreaterThan(now.getTime() + 4 * DAY_MS);
    } finally {
      await europe.end();
    }
  });

  it('a full loan closes once nobody can take anything back', async () => {
    const europe = await loanWorld('eu-ecspr');
    try {
      await europe.trustDecisions();
      const { id } = await europe.list(europe.vetted());
      const job = closingJobs(europe).find(({ name }) => name === 'subscriptions.close-full-loans');
      const run = () => {
        const now = europe.clock.now();
        return europe.write(
          (tx) => job?.run(tx, { operatorId: EU_OPERATOR, dueAt: now, now }) ?? fail(),
        );
      };
      const [one, two] = [
        await europe.investor('90000.00', 'non-sophisticated'),
        await europe.investor('90000.00', 'non-sophisticated'),
      ];
      const { id: subscription } = await europe.subscribe(one, id, '60000.00');
      await europe.subscribe(two, id, '40000.00');
      expect(await run()).toBeUndefined();

      // Whoever thinks better of it makes room for others.
      await europe.write((tx) => europe.subscriptions.revoke(tx, subscription));
      expect(await europe.read((db) => europe.lifecycle.listFullLoans(db))).toEqual([]);
      await europe.subscribe(two, id, '40000.00');
      await europe.subscribe(one, id, '20000.00');
      expect(await run()).toBeUndefined();
      europe.clock.advance(5 * DAY_MS);
      expect(await run()).toMatchObject({ more: true, note: `closed ${id}` });
      expect(await europe.write((tx) => europe.closings.settle(tx, id))).toMatchObject({
        outcome: 'settled',
        raised: europe.money('100000.00'),
      });
      expect(await europe.broken()).toEqual([]);
    } finally {
      await europe.end();
    }
  });
});

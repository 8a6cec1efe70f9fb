import fc from 'fast-check';
import { must } from '../../../src/kernel/assert';
import type { Id } from '../../../src/kernel/id';
import { Money } from '../../../src/kernel/money';
import { Problem } from '../../../src/kernel/problem';
import { rate } from '../../../src/kernel/rate';
import { marketWorld, type MarketWorld } from '../../support/market-world';
import type { ServicedLoan } from '../../support/servicing-world';

let world: MarketWorld;
let lent: ServicedLoan;

beforeAll(async () => {
  world = await marketWorld('matched');
  lent = await world.active({ parts: ['20000.00', '10000.00'] });
});

afterAll(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

const eur = (amount: string) => Money.parse(amount, 'EUR');

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof Problem) return error.code;
      throw error;
    },
  );
}

/** A buyer whom the operator's assessment lets lend so much in all, and in one loan. */
async function assessed(maxOutstanding: string): Promise<Id<'inv'>> {
  const id = await world.buyer();
  const money = { amount: maxOutstanding, currency: 'EUR' };
  const appetite = {
    policy: 'standard/1',
    grade: 'C3',
    assessedGrade: 'C3',
    points: 50,
    maxOutstanding: money,
    maxPerLoan: money,
    loanGrades: ['A', 'B', 'C'],
    losses: { amount: '0.00', currency: 'EUR' },
    assessedAt: '2025-01-01T00:00:00.000Z',
    expiresAt: '2027-01-01T00:00:00.000Z',
  };
  const operatorId = must(world.operators.all()[0], 'the operator').id;
  const scope = { operatorId, actor: { kind: 'system', id: 'test' } } as const;
  await world.test.owner.write(scope, async (tx) => {
    await tx.execute(
      `INSERT INTO investor_profiles
         (operator_id, investor_id, version, facts, reason, recorded_by, recorded_at)
       SELECT operator_id, investor_id, 2, facts || jsonb_build_object('appetite', :appetite::jsonb),
         'test', 'test', recorded_at
       FROM investor_profiles WHERE investor_id = :id`,
      { id, appetite: JSON.stringify(appetite) },
    );
    await tx.execute('UPDATE investors SET profile_version = 2 WHERE id = :id', { id });
  });
  return id;
}

describe('caps in the market', () => {
  it('count what a buyer takes over, and free what the seller gives', async () => {
    const [first] = lent.lenders as [Id<'inv'>];
    const limited = await assessed('3000.00');
    const listing = await world.offer(lent, first, { price: '0.6', units: 60n });
    // The principal counts, whatever is paid for it.
    expect(await codeOf(world.buy(listing, limited, 31n))).toBe('caps.exceeded');
    expect(await codeOf(world.buy(listing, limited, 30n))).toBe('done');
    expect(await codeOf(world.buy(listing, limited, 1n))).toBe('caps.exceeded');
    const wanted = { listingId: listing.id, buyerId: limited, units: 1n };
    const quote = await world.read((db) =>
      world.market.marketTrades.quote(db, { ...wanted, acknowledged: [], documents: [] }),
    );
    expect(quote.caps.map(({ left }) => left)).toEqual([eur('0.00'), eur('0.00')]);
    const own = await world.offer(lent, limited, { price: '0.55', units: 20n });
    expect(await codeOf(world.buy(own, await world.buyer(), 20n))).toBe('done');
    expect(await codeOf(world.buy(listing, limited, 20n))).toBe('done');
    expect(await codeOf(world.buy(listing, limited, 1n))).toBe('caps.exceeded');
  });

  it('are never passed by many purchases at once', async () => {
    const second = lent.lenders[1] as Id<'inv'>;
    const limited = await assessed('1000.00');
    const listing = await world.offer(lent, second, { price: '0.5', units: 60n });
    const done = await Promise.all(
      Array.from({ length: 12 }, () => codeOf(world.buy(listing, limited, 3n))),
    );
    expect(done.filter((code) => code === 'done')).toHaveLength(3);
    expect((await world.noteOf(lent, limited)).principal).toEqual(eur('300.00'));
  });
});

describe('any sequence of trades', () => {
  it('keeps units, principal and money, and every check', async () => {
    const loan = await world.active({ parts: ['5000.00', '3000.00', '2000.00'] });
    const people = [...loan.lenders, await world.buyer(), await world.buyer()];
    const total = async (): Promise<readonly [bigint, bigint, bigint]> => {
      const { notes } = await world.look(loan);
      const open = notes.filter(({ closedOn }) => closedOn === undefined);
      const fees = await world.balance({
        path: 'income:fees:market',
        currency: 'EUR',
        isClientMoney: false,
        floorMinor: undefined,
      });
      let cash = eur(fees).minor;
      for (const person of people) cash += (await world.walletOf(person)).minor;
      return [
        open.reduce((sum, { units }) => sum + units, 0n),
        open.reduce((sum, { principal }) => sum + principal.minor, 0n),
        cash,
      ];
    };
    const before = await total();
    let traded = 0;
    const step = fc.record({
      seller: fc.nat({ max: people.length - 1 }),
      buyer: fc.nat({ max: people.length - 1 }),
      units: fc.bigInt({ min: 1n, max: 30n }),
      percent: fc.integer({ min: 50, max: 105 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        for (const { seller, buyer, units, percent } of steps) {
          const price = rate(`${percent / 100}`);
          const from = must(people[seller], 'a seller');
          await codeOf(sell(from, must(people[buyer], 'a buyer'), { units, price }));
        }
        expect(await total()).toEqual(before);
      }),
      { numRuns: 12 },
    );
    expect(traded).toBeGreaterThan(3);

    async function sell(
      from: Id<'inv'>,
      to: Id<'inv'>,
      { units, price }: { readonly units: bigint; readonly price: ReturnType<typeof rate> },
    ): Promise<void> {
      const notes = await world.read((db) =>
        world.services.loanNotes.list(db, { holderId: from, isOpen: true, limit: 1 }),
      );
      const note = notes.find(({ loanNo }) => loanNo === loan.loan.loanNo);
      if (!note) return;
      const of = { loanId: loan.loan.id, noteNo: note.noteNo };
      const listing = await world.write((tx) =>
        world.market.marketListings.list(tx, { sellerId: from, of, price }),
      );
      const done = await codeOf(world.buy(listing, to, units < note.units ? units : note.units));
      if (done === 'done') traded += 1;
      await world
        .write((tx) => world.market.marketListings.withdraw(tx, from, listing.id))
        .catch(() => undefined);
    }
  });
});

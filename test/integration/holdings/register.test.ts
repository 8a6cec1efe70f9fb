import fc from 'fast-check';
import type { Id } from '../../../src/kernel/id';
import type { AuthenticatedUser } from '../../../src/platform/auth';
import { replay, type HolderLimit } from '../../../src/modules/holdings';
import { registerWorld, type RegisterWorld } from '../../support/register-world';

let world: RegisterWorld;

beforeAll(async () => {
  world = await registerWorld();
});
afterEach(async () => {
  expect(await world.broken()).toEqual([]);
});
afterAll(() => world.close());

const LIMIT: HolderLimit = { holders: 200, citation: 'Securities Law of the PRC (2019), art. 9' };
const OFFICER: AuthenticatedUser = {
  id: 'usr_01JTVST7XAES5BXHWZN4KR4VEZ',
  operatorId: 1,
  roles: ['compliance'],
};
/** What the projection says, which the application reads for limits and lists. */
const unitsOf = async (id: Id<'ins'>) => {
  const rows = await world.read((db) =>
    db.query<{ investor_id: Id<'inv'>; units: bigint }>(
      'SELECT investor_id, units FROM holdings WHERE instrument_id = :id AND units > 0',
      { id },
    ),
  );
  return new Map(rows.map((row) => [row.investor_id, row.units]));
};

describe('issuing', () => {
  test('enters many at once, each sealed to the one before', async () => {
    const instrument = await world.instrument();
    const [ada, bob] = [world.parties.add(), world.parties.add()];
    const entered = await world.issue(instrument, [
      [ada, 70n],
      [bob, 30n],
      [ada, 5n],
    ]);
    expect(entered).toEqual({ firstPosition: 1n, count: 3, wasEntered: false });
    expect(await unitsOf(instrument.id)).toEqual(
      new Map([
        [ada, 75n],
        [bob, 30n],
      ]),
    );
  });

  test('the same source is entered once, and only with the same contents', async () => {
    const instrument = await world.instrument();
    const ada = world.parties.add();
    await world.issue(instrument, [[ada, 10n]], { source: 'round-1' });
    const again = await world.issue(instrument, [[ada, 10n]], { source: 'round-1' });
    expect(again).toEqual({ firstPosition: 1n, count: 1, wasEntered: true });
    await expect(
      world.issue(instrument, [[ada, 11n]], { source: 'round-1' }),
    ).rejects.toMatchObject({ code: 'holdings.source-reused' });
    expect((await unitsOf(instrument.id)).get(ada)).toBe(10n);
  });

  test('the same source brought five times at once is entered once', async () => {
    const instrument = await world.instrument();
    const ada = world.parties.add();
    const tries = await Promise.all(
      [1, 2, 3, 4, 5].map(() => world.issue(instrument, [[ada, 10n]], { source: 'round-2' })),
    );
    expect(tries.filter(({ wasEntered }) => !wasEntered)).toHaveLength(1);
    expect((await unitsOf(instrument.id)).get(ada)).toBe(10n);
  });

  test('ten at once for the two hundredth place: one gets it', async () => {
    const instrument = await world.instrument();
    const first = Array.from({ length: 199 }, () => [world.parties.add(), 1n] as const);
    await world.issue(instrument, first, { limit: LIMIT });

    const tries = await Promise.allSettled(
      Array.from({ length: 10 }, () =>
        world.issue(instrument, [[world.parties.add(), 1n]], { limit: LIMIT }),
      ),
    );
    const refused = tries.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(9);
    expect(refused[0]).toMatchObject({
      reason: {
        code: 'holdings.holder-limit',
        findings: [{ citation: LIMIT.citation, limit: '200', observed: '201', left: '0' }],
      },
    });
    const { issuerId } = instrument;
    expect(await world.read((db) => world.holdings.countHolders(db, issuerId))).toBe(200);

    // Who holds already may get more: that makes no new holder.
    const [holder] = first[0] ?? [world.parties.add()];
    await world.issue(instrument, [[holder, 5n]], { limit: LIMIT });
  });

  test('holders are counted as parties, across the issuer’s classes', async () => {
    const partyId = world.newId('pty');
    const [one, two] = [world.parties.add('Ada', partyId), world.parties.add('Ada', partyId)];
    const ordinary = await world.instrument();
    const preferred = await world.instrument({ issuerId: ordinary.issuerId, name: 'Preferred' });
    const limit = { holders: 1, citation: 'articles' };
    await world.issue(ordinary, [[one, 1n]], { limit });
    await world.issue(preferred, [[two, 1n]], { limit });
    await expect(
      world.issue(preferred, [[world.parties.add(), 1n]], { limit }),
    ).rejects.toMatchObject({ code: 'holdings.holder-limit' });
    const found = await world.read((db) => world.holdings.listHolderParties(db, ordinary.issuerId));
    expect([...found]).toEqual([partyId]);
  });

  test('the database keeps the limit even from those who forget to ask', async () => {
    const instrument = await world.instrument();
    const limit = { holders: 1, citation: 'articles' };
    await world.issue(instrument, [[world.parties.add(), 1n]], { limit });
    await expect(world.issue(instrument, [[world.parties.add(), 1n]])).rejects.toMatchObject({
      code: 'holdings.holder-limit',
    });
  });

  test.each([
    { why: 'more than is authorised', units: 101n, code: 'holdings.above-authorised' },
    { why: 'nothing', units: 0n, code: 'holdings.units-not-positive' },
  ])('$why is refused', async ({ units, code }) => {
    const instrument = await world.instrument({ authorisedUnits: 100n });
    await expect(world.issue(instrument, [[world.parties.add(), units]])).rejects.toMatchObject({
      code,
    });
  });
});

describe('transferring and cancelling', () => {
  const setUp = async () => {
    const instrument = await world.instrument();
    const [ada, bob] = [world.parties.add(), world.parties.add()];
    await world.issue(instrument, [[ada, 100n]]);
    return { instrument, ada, bob };
  };
  const move = (id: Id<'ins'>, from: Id<'inv'>, to: Id<'inv'>, units: bigint) =>
    world.write((tx) =>
      world.holdings.transfer(tx, {
        instrumentId: id,
        fromInvestorId: from,
        toInvestorId: to,
        units,
        occurredAt: world.clock.now(),
        source: { type: 'test', id: world.newId('req') },
      }),
    );

  test('units move, and nobody gives what they do not have', async () => {
    const { instrument, ada, bob } = await setUp();
    await move(instrument.id, ada, bob, 40n);
    await expect(move(instrument.id, ada, bob, 61n)).rejects.toMatchObject({
      code: 'holdings.not-enough-units',
    });
    await expect(move(instrument.id, world.parties.add(), bob, 1n)).rejects.toMatchObject({
      code: 'holdings.not-enough-units',
    });
    await expect(move(instrument.id, ada, ada, 1n)).rejects.toMatchObject({
      code: 'holdings.self-transfer',
    });
    expect((await unitsOf(instrument.id)).get(bob)).toBe(40n);
  });

  test('ten at once of the last units: what is there goes, no more', async () => {
    const { instrument, ada, bob } = await setUp();
    const tries = await Promise.allSettled(
      Array.from({ length: 10 }, () => move(instrument.id, ada, bob, 30n)),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(await unitsOf(instrument.id)).toEqual(
      new Map([
        [bob, 90n],
        [ada, 10n],
      ]),
    );
  });

  test('giving everything away makes room under the limit', async () => {
    const { instrument, ada, bob } = await setUp();
    const limit = { holders: 1, citation: 'articles' };
    await world.issue(instrument, [[ada, 1n]], { limit });
    await expect(move(instrument.id, ada, bob, 1n)).rejects.toMatchObject({
      code: 'holdings.holder-limit',
    });
    await move(instrument.id, ada, bob, 101n);
    const { issuerId } = instrument;
    expect(await world.read((db) => world.holdings.countHolders(db, issuerId))).toBe(1);
  });

  test('an issuance is reversed at most to its extent', async () => {
    const { instrument, ada, bob } = await setUp();
    const cancel = (units: bigint, reversesPosition: bigint, investorId = ada) =>
      world.write((tx) =>
        world.holdings.cancel(tx, {
          instrumentId: instrument.id,
          investorId,
          units,
          reversesPosition,
          reason: 'Issued by mistake',
          occurredAt: world.clock.now(),
          source: { type: 'test', id: world.newId('req') },
        }),
      );
    await cancel(60n, 1n);
    const wrong = { code: 'holdings.not-reversible' };
    await expect(cancel(41n, 1n)).rejects.toMatchObject(wrong);
    await expect(cancel(1n, 9n)).rejects.toMatchObject(wrong);
    await expect(cancel(1n, 1n, bob)).rejects.toMatchObject(wrong);
    await cancel(40n, 1n);
    expect(await unitsOf(instrument.id)).toEqual(new Map());
  });
});

test('a transfer that a rule restricts is refused with its citation', async () => {
  const finding = {
    rule: 'resale-restriction',
    citation: '17 CFR 227.501(a)',
    message: 'Not within one year of issuance.',
  };
  const strict = await registerWorld({ restrictions: [async () => [finding]] });
  try {
    const instrument = await strict.instrument();
    const [ada, bob] = [strict.parties.add(), strict.parties.add()];
    await strict.issue(instrument, [[ada, 10n]]);
    await expect(
      strict.write((tx) =>
        strict.holdings.transfer(tx, {
          instrumentId: instrument.id,
          fromInvestorId: ada,
          toInvestorId: bob,
          units: 1n,
          occurredAt: strict.clock.now(),
          source: { type: 'test', id: 'sale' },
        }),
      ),
    ).rejects.toMatchObject({ code: 'holdings.transfer-restricted', findings: [finding] });
  } finally {
    await strict.close();
  }
});

describe('the register as of a moment', () => {
  test('is what it was then, to the very instant', async () => {
    const instrument = await world.instrument();
    const [ada, bob] = [world.parties.add(), world.parties.add()];
    await world.issue(instrument, [[ada, 10n]]);
    const before = world.clock.now();
    world.clock.advance(1000);
    await world.issue(instrument, [[bob, 30n]]);
    const at = world.clock.now();

    const extract = (moment: Date | undefined) =>
      world.read((db) =>
        world.registers.extract(db, OFFICER, { instrumentId: instrument.id, at: moment }),
      );
    const holders = async (moment: Date | undefined) =>
      (await extract(moment)).lines.map(({ investorId, units, share }) => [
        investorId,
        units,
        share,
      ]);
    expect(await holders(before)).toEqual([[ada, 10n, '100.0000']]);
    expect(await holders(new Date(at.getTime() - 1))).toEqual([[ada, 10n, '100.0000']]);
    const now = [
      [bob, 30n, '75.0000'],
      [ada, 10n, '25.0000'],
    ];
    expect(await holders(at)).toEqual(now);
    expect(await holders(undefined)).toEqual(now);
    expect(await extract(new Date(before.getTime() - 1))).toMatchObject({
      lines: [],
      position: 0n,
      headHash: undefined,
    });
    expect((await extract(at)).headHash).toMatch(/^[0-9a-f]{64}$/);
  });
});

test('whatever happens, the projection is the replay of the events', async () => {
  const investors = Array.from({ length: 5 }, () => world.parties.add());
  const who = fc.integer({ min: 0, max: 4 });
  const step = fc.record({
    kind: fc.constantFrom('issuance', 'transfer', 'cancellation'),
    from: who,
    to: who,
    units: fc.bigInt({ min: 1n, max: 50n }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const instrument = await world.instrument();
      for (const { kind, from, to, units } of steps) {
        const [giver, taker] = [investors[from]!, investors[to]!];
        const common = {
          instrumentId: instrument.id,
          units,
          occurredAt: world.clock.now(),
          source: { type: 'test', id: world.newId('req') },
        };
        const entering =
          kind === 'issuance'
            ? world.issue(instrument, [[taker, units]])
            : world.write((tx) =>
                kind === 'transfer'
                  ? world.holdings.transfer(tx, {
                      ...common,
                      fromInvestorId: giver,
                      toInvestorId: taker,
                    })
                  : world.holdings.cancel(tx, { ...common, investorId: giver, reason: 'x' }),
              );
        // Steps that cannot be are refused and leave nothing behind.
        await entering.catch((error: { code?: string }) =>
          expect(error.code).toMatch(/^holdings\.(not-enough-units|self-transfer)$/),
        );
      }
      const events = await world.read((db) =>
        world.holdings.listEvents(db, instrument.id, { after: 0n, limit: 100 }),
      );
      expect(replay(events).units).toEqual(await unitsOf(instrument.id));
    }),
    { numRuns: 12 },
  );
});

describe('the checks find', () => {
  const owner = { operatorId: 1, actor: { kind: 'system', id: 'tamper' } } as const;
  const tamper = (sql: string, id: string) =>
    world.test.owner.write(owner, (tx) => tx.execute(sql, { id }));

  test.each([
    {
      what: 'a changed event',
      sql: `UPDATE holding_events SET price = price + :by WHERE instrument_id = :id AND position = 1`,
      finding: ['holdings.chain-unbroken'],
    },
    {
      what: 'a changed balance',
      sql: `UPDATE holdings SET units = units + :by WHERE instrument_id = :id`,
      finding: ['holdings.parts-equal-whole', 'holdings.projection-equals-events'],
    },
    {
      what: 'a wrong count of holders',
      sql: `UPDATE holding_issuers SET holder_count = holder_count + :by WHERE issuer_id =
              (SELECT issuer_id FROM holding_instruments WHERE id = :id)`,
      finding: ['holdings.holders-counted'],
    },
  ])('$what', async ({ sql, finding }) => {
    const instrument = await world.instrument();
    await world.issue(instrument, [[world.parties.add(), 10n]]);
    const withTrigger = (by: string) => `${sql.replace(':by', by)}`.replaceAll(':id', `:id`);
    await tamper('ALTER TABLE holding_events DISABLE TRIGGER append_only', '');
    await tamper(withTrigger('1'), instrument.id);
    expect(await world.broken()).toEqual(finding);
    await tamper(withTrigger('(-1)'), instrument.id);
    await tamper('ALTER TABLE holding_events ENABLE TRIGGER append_only', '');
  });

  test('the application itself can change nothing past', async () => {
    const instrument = await world.instrument();
    await world.issue(instrument, [[world.parties.add(), 10n]]);
    for (const sql of [
      'UPDATE holding_events SET units = 1',
      'DELETE FROM holding_events',
      'UPDATE holdings SET units = 1',
      `INSERT INTO holding_holders VALUES (1, 'iss_x', 'pty_x', 1)`,
    ]) {
      await expect(world.write((tx) => tx.execute(sql))).rejects.toMatchObject({ code: '42501' });
    }
  });
});

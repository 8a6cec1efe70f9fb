import type { Id } from '../../../src/kernel/id';
import { Money } from '../../../src/kernel/money';
import { offeringWorld, US_OPERATOR, type OfferingWorld } from '../../support/offering-world';

/** Fifty thousand in the measurement; fewer in every run of the tests. */
const SUBSCRIPTIONS = Number(process.env.SUBSCRIPTIONS ?? '3000');
/** So many orders wait at the desk at a time. */
const WAVE = 10_000;
const CASH_MINOR = 100_000n;

const investorId = (position: number): Id<'inv'> =>
  `inv_01${position.toString().padStart(24, '0')}`;

describe('an offering with very many subscriptions', () => {
  let world: OfferingWorld;

  beforeAll(async () => {
    world = await offeringWorld();
    await loadInvestors(world, SUBSCRIPTIONS);
  }, 300_000);

  afterAll(async () => {
    await world.end();
  }, 60_000);

  it('is settled in one pass of seconds, to the cent', async () => {
    const ordered = Money.ofMinor(BigInt(SUBSCRIPTIONS) * 10_000n, 'USD');
    const maximum = Money.ofMinor((ordered.minor * 3n) / 4n, 'USD');
    const off = await world.published({
      target: Money.parse('1000.00', 'USD'),
      maximum: maximum.atMost(Money.parse('5000000.00', 'USD')),
      orderLimit: ordered,
    });
    const { version } = await world.read((db) => world.offerings.get(db, off));
    for (let from = 0; from < SUBSCRIPTIONS; from += WAVE) {
      const wave = Math.min(WAVE, SUBSCRIPTIONS - from);
      await Promise.all(
        Array.from({ length: wave }, (_, position) =>
          world.subscribe(investorId(from + position), off, '100.00', version),
        ),
      );
    }
    await world.close(off);

    const startedAt = performance.now();
    const closing = await world.write((tx) => world.closings.settle(tx, off));
    const seconds = (performance.now() - startedAt) / 1000;
    process.stdout.write(`${SUBSCRIPTIONS} subscriptions settled in ${seconds.toFixed(2)} s\n`);

    expect(closing.settledCount + closing.releasedCount).toBe(SUBSCRIPTIONS);
    expect(closing.maximum.minus(closing.raised).minor).toBeLessThan(250n);
    expect(await world.broken()).toEqual([]);
  }, 600_000);
});

/** Verified investors with a thousand dollars each, loaded set-based. */
async function loadInvestors(world: OfferingWorld, count: number): Promise<void> {
  const at = world.clock.now();
  const scope = { operatorId: US_OPERATOR, actor: { kind: 'system', id: 'owner' } } as const;
  await world.test.owner.write(scope, async (tx) => {
    await tx.query(`SELECT set_config('statement_timeout', '0', true)`);
    const ids = Array.from({ length: count }, (_, position) => investorId(position));
    const facts = {
      kind: 'natural',
      tier: 'accredited',
      isVerified: true,
      tierExpiresAt: '2026-02-01T00:00:00.000Z',
    };
    await tx.execute(
      `INSERT INTO identity_parties
         (id, kind, identity_kind, identity_hash, number_encrypted, masked, created_at)
       SELECT 'pty_' || substr(t.id, 5), 'natural', 'us-ssn', sha256(convert_to(t.id, 'UTF8')), '',
              '', :at
       FROM unnest(:ids::text[]) AS t (id)`,
      { ids, at },
    );
    await tx.execute(
      `INSERT INTO investors
         (operator_id, id, party_id, kind, status, verification, tier, profile_version,
          name_encrypted, country, identity_kind, identity_masked, created_at)
       SELECT ${US_OPERATOR}, t.id, 'pty_' || substr(t.id, 5), 'natural', 'active', 'verified',
              'accredited', 1, '', 'US', 'us-ssn', '', :at
       FROM unnest(:ids::text[]) AS t (id)`,
      { ids, at },
    );
    await tx.execute(
      `INSERT INTO investor_profiles
         (operator_id, investor_id, version, facts, reason, recorded_by, recorded_at)
       SELECT ${US_OPERATOR}, t.id, 1, :facts::jsonb, 'test', 'test', :at
       FROM unnest(:ids::text[]) AS t (id)`,
      { ids, at, facts: JSON.stringify(facts) },
    );
    await tx.query(
      `SELECT ledger_open_account(${US_OPERATOR}, 'assets:custodian:usd', 'USD', 1::smallint, true,
                                  0, :at),
              count(ledger_open_account(${US_OPERATOR}, 'liabilities:investor:' || t.id || ':cash',
                                        'USD', (-1)::smallint, true, 0, :at))
       FROM unnest(:ids::text[]) AS t (id)`,
      { ids, at },
    );
    await tx.query(
      `SELECT ledger_post(${US_OPERATOR}, :at, ARRAY['deposit'], ARRAY['test'], ARRAY['funding'],
         ARRAY['Opening cash'], ARRAY[:at::timestamptz], ARRAY[NULL]::bigint[], array_agg(0),
         array_agg(a.account_no),
         array_agg(CASE WHEN a.normal_side = 1 THEN ${CASH_MINOR * BigInt(count)}
                        ELSE -${CASH_MINOR} END))
       FROM ledger_accounts a`,
      { at },
    );
    await tx.query(`SELECT ledger_seal(${US_OPERATOR}, :at)`, { at });
  });
  await world.test.owner.write({ operatorId: undefined, actor: scope.actor }, async (tx) => {
    await tx.execute('ANALYZE');
  });
}

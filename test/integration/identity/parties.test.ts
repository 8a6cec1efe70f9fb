import { sqlState } from '../../../src/platform/db';
import { peopleWorld, residentId, scopeOf, type PeopleWorld } from '../../support/people-world';

let world: PeopleWorld;

beforeAll(async () => {
  world = await peopleWorld();
});
afterAll(() => world.close());

const claim = (serial: number) => ({ kind: 'cn-resident-id', number: residentId(serial) }) as const;

describe('a person is known once for the whole installation', () => {
  test('when two operators register them one after the other', async () => {
    const here = await world.investor({ identity: claim(1) });
    const there = await world.investor({ identity: claim(1) }, world.hudson);
    expect(there.partyId).toBe(here.partyId);
    expect(there.id).not.toBe(here.id);
  });

  test('when both register them at the same instant, many times', async () => {
    for (let serial = 2; serial < 12; serial += 1) {
      const partyIds = await Promise.all(
        [world.rhine, world.hudson, world.rhine, world.hudson].map((at) =>
          world.write(
            async (tx) => (await world.parties.register(tx, 'natural', claim(serial))).party.id,
            { at },
          ),
        ),
      );
      expect(new Set(partyIds).size).toBe(1);
    }
  });

  test('however the number is spelled', async () => {
    const number = '11010519491231002X';
    const spellings = [number, number.toLowerCase(), ` ${number} `];
    const ids = await Promise.all(
      spellings.map((each) =>
        world.write(async (tx) => {
          const identity = { kind: 'cn-resident-id', number: each } as const;
          return (await world.parties.register(tx, 'natural', identity)).party.id;
        }),
      ),
    );
    expect(new Set(ids).size).toBe(1);
  });

  test('and the same number of another country is somebody else', async () => {
    const register = (country: string) =>
      world.write(async (tx) => {
        const identity = { kind: 'passport', number: 'C01X00T47', country } as const;
        return (await world.parties.register(tx, 'natural', identity)).party.id;
      });
    expect(await register('DE')).not.toBe(await register('FR'));
  });
});

describe('the number of a party', () => {
  test('opens for an operator that knows the party, and leaves an audit record', async () => {
    const { partyId } = await world.investor({ identity: claim(20) });
    const number = await world.write((tx) => world.parties.revealNumber(tx, partyId, 'a test'));
    expect(number).toBe(residentId(20));
    const records = await world.test.owner.read(scopeOf(world.rhine), (db) =>
      db.query(
        `SELECT action FROM platform_audit_records
         WHERE subject = :partyId AND action = 'party.number-revealed'`,
        { partyId },
      ),
    );
    expect(records).toHaveLength(1);
  });

  test('does not exist for an operator that has not registered the party', async () => {
    const { partyId } = await world.investor({ identity: claim(21) });
    await expect(
      world.write((tx) => world.parties.revealNumber(tx, partyId, 'a test'), { at: world.hudson }),
    ).rejects.toMatchObject({ code: 'identity.party-not-found' });
  });

  test.each([
    { act: 'listed', sql: 'SELECT id FROM identity_parties' },
    { act: 'counted', sql: 'SELECT count(*) FROM identity_parties' },
    { act: 'changed', sql: `UPDATE identity_parties SET masked = ''` },
    { act: 'removed', sql: 'DELETE FROM identity_parties' },
  ])('cannot be $act by the application', async ({ sql }) => {
    const attempt = world.write((tx) => tx.query(sql));
    await expect(attempt).rejects.toMatchObject({ code: '42501' });
    expect(sqlState(await attempt.catch((error: unknown) => error))).toBe('42501');
  });

  test('cannot be registered outside of an operator', async () => {
    const attempt = world.test.database.write(
      { operatorId: undefined, actor: { kind: 'system', id: 'test' } },
      (tx) => world.parties.register(tx, 'natural', claim(22)),
    );
    await expect(attempt).rejects.toMatchObject({ code: '42501' });
  });
});

describe('operators', () => {
  test('have one line per legal entity', async () => {
    const { id: _, code: __, ...rest } = world.rhine;
    const second = { ...rest, code: 'rhine-lending', line: 'lending' as const };
    await expect(world.write((tx) => world.operators.create(tx, second))).rejects.toMatchObject({
      code: 'identity.operator-has-a-line',
    });
  });

  test('cannot be live without licence and custodian, whatever the program says', async () => {
    const attempt = world.write((tx) =>
      tx.execute(`UPDATE identity_operators SET status = 'live' WHERE id = :id`, {
        id: world.rhine.id,
      }),
    );
    await expect(attempt).rejects.toMatchObject({
      constraint: 'identity_operators_licensed_unless_sandbox',
    });
  });
});

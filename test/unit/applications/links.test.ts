import fc from 'fast-check';
import { clustersOf, type Sighting } from '../../../src/modules/applications/cluster';
import { marksOf, markText, projectText } from '../../../src/modules/applications/mark';

describe('marks', () => {
  test.each([
    { name: 'a telephone', a: { phone: '+49 30 123 456 789' }, b: { phone: '030/123456789' } },
    {
      name: 'an account',
      a: { bankAccount: 'DE89 3704 0044' },
      b: { bankAccount: 'de8937040044' },
    },
    { name: 'an address', a: { address: 'Hafenstr. 1' }, b: { address: 'HAFENSTR 1' } },
    {
      name: 'full-width letters',
      a: { employer: 'ＡＣＭＥ有限公司' },
      b: { employer: 'acme有限公司' },
    },
  ])('of $name are equal however it is written', ({ a, b }) => {
    expect(marksOf(a)).toEqual(marksOf(b));
    expect(marksOf(a)).toHaveLength(1);
  });

  test('too short to mean anything are left out', () => {
    expect(marksOf({ phone: '12', device: '' })).toEqual([]);
  });

  test('of different kinds never meet', () => {
    const [phone, account] = marksOf({ phone: '123456789', bankAccount: '123456789' });
    expect(phone && markText(phone)).not.toBe(account && markText(account));
  });
});

describe('the fingerprint of a project', () => {
  const of = (description: string, partyId = 'pty_1', reference?: string) =>
    projectText({ partyId, description, reference });

  test('is the same when the words are turned round', () => {
    expect(of('A new roof, before winter!')).toBe(of('before winter: a NEW roof'));
  });

  test('is another for another borrower, unless both name one reference', () => {
    expect(of('A new roof', 'pty_1')).not.toBe(of('A new roof', 'pty_2'));
    expect(of('A roof', 'pty_1', 'Plot 7/3')).toBe(of('Another', 'pty_2', 'plot 73'));
  });
});

describe('groups of linked borrowers', () => {
  const RULE = { strong: ['phone'], weakNeeded: 2 };
  const seen = (partyId: string, kind: string, mark: string): Sighting => ({ partyId, kind, mark });

  test('are joined by one strong mark, or two weak ones, and through others', () => {
    const sightings = [
      seen('a', 'phone', '1'),
      seen('b', 'phone', '1'),
      seen('b', 'address', 'x'),
      seen('b', 'employer', 'y'),
      seen('c', 'address', 'x'),
      seen('c', 'employer', 'y'),
      seen('d', 'address', 'x'),
      seen('e', 'phone', '2'),
    ];
    expect(clustersOf(sightings, RULE)).toEqual([['a', 'b', 'c'], ['d'], ['e']]);
  });

  test('agree with a search through the graph of links, in any order of sightings', () => {
    const sighting = fc.record({
      partyId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
      kind: fc.constantFrom('phone', 'address', 'employer', 'title'),
      mark: fc.constantFrom('1', '2', '3'),
    });
    fc.assert(
      fc.property(fc.array(sighting, { maxLength: 25 }), (sightings) => {
        const groups = clustersOf(sightings, RULE);
        expect(groups).toEqual(searched(sightings));
        expect(clustersOf(sightings.toReversed(), RULE)).toEqual(groups);
      }),
    );
  });

  /** Breadth first from every party, over links worked out pair by pair. */
  function searched(sightings: readonly Sighting[]): readonly (readonly string[])[] {
    const parties = [...new Set(sightings.map(({ partyId }) => partyId))].toSorted();
    const marks = (party: string, kind: string) =>
      new Set(
        sightings.filter((s) => s.partyId === party && s.kind === kind).map(({ mark }) => mark),
      );
    const shares = (one: string, other: string, kind: string) =>
      [...marks(one, kind)].some((mark) => marks(other, kind).has(mark));
    const isLinked = (one: string, other: string) =>
      shares(one, other, 'phone') ||
      ['address', 'employer', 'title'].filter((kind) => shares(one, other, kind)).length >= 2;
    const found: string[][] = [];
    const left = new Set(parties);
    for (const start of parties) {
      if (!left.delete(start)) continue;
      const group = [start];
      for (const member of group) {
        for (const other of [...left]) {
          if (!isLinked(member, other)) continue;
          left.delete(other);
          group.push(other);
        }
      }
      found.push(group.toSorted());
    }
    return found;
  }
});

import fc from 'fast-check';
import type { Id } from '../../../src/kernel/id';
import { clustersOf, type Sighting } from '../../../src/modules/applications/cluster';
import { StoredLinks } from '../../../src/app/linked-parties';
import { linkedParties, linkMarks } from '../../../src/modules/applications/link.store';
import { IntakeWorld } from '../../support/intake-world';

let world: IntakeWorld;

beforeAll(async () => {
  world = await IntakeWorld.open();
});
afterAll(async () => {
  expect(await world.broken()).toEqual([]);
  await world.close();
});

describe('linked borrowers', () => {
  test('are found across operators; each learns how many, and nobody who', async () => {
    const shared = { bankAccount: 'DE89 3704 0044 0532 0130 00' };
    const ada = await world.borrower();
    const bea = await world.borrower(world.oder);
    await world.handedIn(ada, {}, shared);
    const id = await world.handedIn(bea, {}, shared);
    expect(await world.judged(id, world.oder)).toBe('referred');
    const staff = await world.caller(['compliance'], world.oder);
    const seen = await staff.get(`/v1/applications/${id}`);
    expect(seen.body.linkedBorrowers).toBe(1);
    const assessed = await staff.get(`/v1/applications/${id}/assessments`);
    expect(assessed.body.items[0].findings).toContainEqual(
      expect.objectContaining({ rule: 'account-of-another', outcome: 'refer' }),
    );
    const told = JSON.stringify([seen.body, assessed.body]);
    const { partyId } = await world.read((db) => world.app.services.issuers.get(db, ada.issuerId));
    expect(told).not.toContain(partyId);
    expect(told).not.toContain(ada.issuerId);
  });

  test('are told to the desk, by marks of applications and by accounts that both have named', async () => {
    const { services } = world.app;
    const partyOf = async ({ issuerId }: Awaited<ReturnType<typeof world.borrower>>) =>
      (await world.read((db) => services.issuers.get(db, issuerId))).partyId;
    const borrower = await world.borrower();
    const byPhone = await world.borrower(world.oder);
    const phone = { phone: '+49 170 5550177' };
    await world.handedIn(borrower, {}, phone);
    await world.handedIn(byPhone, {}, phone);
    const [party, byAccount] = [await partyOf(borrower), await partyOf(await world.borrower())];
    await rolledBack(async (tx) => {
      for (const partyId of [party, byAccount]) {
        const account = { scheme: 'account-reference', account: '77003344', holder: 'A' } as const;
        await services.bankAccounts.register(tx, { ...account, partyId });
      }
      const found = await new StoredLinks(services).of(tx, [party]);
      const stranger = await world.read(
        (db) => services.issuers.get(db, byPhone.issuerId),
        world.oder,
      );
      expect([...(found.get(party) ?? [])].toSorted()).toEqual(
        [stranger.partyId, byAccount].toSorted(),
      );
    });
  });

  test('are no business of the application role: it cannot read marks or groups', async () => {
    for (const table of ['application_sightings', 'application_clusters', 'application_projects']) {
      await expect(world.read((db) => db.query(`SELECT * FROM ${table} x`))).rejects.toThrow(
        /permission denied/,
      );
    }
  });

  test('come out as the graph of all marks has them, however they arrive', async () => {
    const rule = { strong: ['phone'], weakNeeded: 2 } as const;
    const parties = await manyParties(8);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            party: fc.integer({ min: 0, max: 7 }),
            kind: fc.constantFrom('phone', 'address', 'employer'),
            mark: fc.integer({ min: 0, max: 4 }),
          }),
          { maxLength: 14 },
        ),
        async (seen) => {
          run += 1;
          const sightings: Sighting[] = [];
          // Each run in a world of its own: rolled back at its end.
          await rolledBack(async (tx) => {
            for (const { party, kind, mark } of seen) {
              const partyId = parties[party] ?? parties[0]!;
              const text = `${run}-${kind}-${mark}`;
              sightings.push({ partyId, kind, mark: text });
              const hashed = { kind, mark: Buffer.alloc(32, text) } as never;
              const id = world.app.platform.newId('app');
              await linkMarks(
                tx,
                { id, partyId, at: world.clock.now() },
                {
                  marks: [hashed],
                  policy: { ...rule, strong: ['phone'], countsAsOne: true, hubParties: 100 },
                },
              );
            }
            for (const group of clustersOf(sightings, rule)) {
              for (const member of group) {
                const others = await linkedParties(tx, member as Id<'pty'>);
                expect([member, ...others].toSorted()).toEqual(group);
              }
            }
          });
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('one project, one loan', () => {
  test('of many who ask for it at once, at two operators, one gets through', async () => {
    const projectReference = `Contract 2025/${world.clock.now().getTime()}`;
    const crowd = [];
    for (let count = 0; count < 6; count += 1) {
      crowd.push(await world.borrower(count % 2 === 0 ? world.elbe : world.oder));
    }
    const results = await Promise.all(
      crowd.map((who) =>
        world.handedIn(who, { projectReference }).then(
          () => 'taken',
          () => 'refused',
        ),
      ),
    );
    expect(results.filter((result) => result === 'taken')).toHaveLength(1);
  });

  test('is free again once its application has ended', async () => {
    const projectReference = 'Contract 7';
    const ada = await world.borrower();
    const bea = await world.borrower(world.oder);
    const id = await world.handedIn(ada, { projectReference });
    await ada.post(`/v1/applications/${id}/withdraw`, { reason: 'Found another way.' });
    await expect(world.handedIn(bea, { projectReference })).resolves.toMatch(/^app_/);
  });
});

describe('accepting', () => {
  test('twice at once lists one loan', async () => {
    const ada = await world.borrower();
    const id = await world.handedIn(ada);
    expect(await world.judged(id)).toBe('offered');
    const { items } = (await ada.get(`/v1/applications/${id}/offers`)).body;
    const replies = await Promise.all(
      items.map(({ id: offer }: { id: string }) =>
        ada.post(`/v1/applications/${id}/offers/${offer}/accept`),
      ),
    );
    const statuses = replies.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([200, ...Array.from({ length: items.length - 1 }, () => 409)]);
  });

  test('waits for a person where the operator has not let the decision stand for the review', async () => {
    const ada = await world.borrower(world.oder);
    const id = await world.handedIn(ada);
    expect(await world.judged(id, world.oder)).toBe('offered');
    const [offer] = (await ada.get(`/v1/applications/${id}/offers`)).body.items;
    const accepted = await ada.post(`/v1/applications/${id}/offers/${offer.id}/accept`);
    expect(accepted.body).toMatchObject({ status: 'accepted' });
    const { offeringId } = accepted.body as { readonly offeringId: Id<'off'> };
    const { offerings, lifecycle, acceptances } = world.app.services;
    const officer = await world.caller(['compliance'], world.oder);
    const by = { at: world.oder, by: officer.id };
    await world.write((tx) => offerings.approve(tx, offeringId, 'Read.'), by);
    await world.write((tx) => lifecycle.publish(tx, offeringId), by);
    // The event comes twice: the second changes nothing.
    for (let times = 0; times < 2; times += 1) {
      await world.write((tx) => acceptances.follow(tx, offeringId, 'listed'), by);
    }
    expect((await ada.get(`/v1/applications/${id}`)).body.status).toBe('listed');
    await world.write((tx) => lifecycle.withdraw(tx, offeringId, 'Changed my mind.'), by);
    await world.write((tx) => acceptances.follow(tx, offeringId, 'withdrawn'), by);
    expect((await ada.get(`/v1/applications/${id}`)).body.status).toBe('withdrawn');
  });
});

async function manyParties(count: number): Promise<readonly Id<'pty'>[]> {
  const references = Array.from({ length: count }, (_, index) => `link-${index}`);
  const parties = await world.write((tx) =>
    world.app.services.parties.registerReferences(tx, 'links', references),
  );
  return parties.map(({ id }) => id);
}

async function rolledBack(work: Parameters<IntakeWorld['write']>[0]): Promise<void> {
  const end = new Error('rolled back on purpose');
  await world
    .write(async (tx) => {
      await work(tx);
      throw end;
    })
    .catch((error: unknown) => {
      if (error !== end) throw error;
    });
}

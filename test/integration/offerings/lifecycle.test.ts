import { createHash } from 'node:crypto';
import { Money } from '../../../src/kernel/money';
import { offeringWorld, type OfferingWorld } from '../../support/offering-world';

const usd = (amount: string) => Money.parse(amount, 'USD');
const DAY = 86_400_000;

describe('an offering from draft to market', () => {
  let world: OfferingWorld;

  beforeEach(async () => {
    world = await offeringWorld();
  });

  afterEach(async () => {
    const broken = await world.broken();
    await world.end();
    expect(broken).toEqual([]);
  });

  const statusOf = async (id: Parameters<typeof world.offerings.get>[1]) =>
    (await world.read((db) => world.offerings.get(db, id))).offering.status;

  it('keeps every version of a draft, and refuses an edit based on an old one', async () => {
    const id = await world.draft();
    const { version } = await world.read((db) => world.offerings.get(db, id));
    const edit = (basedOn: number, title: string) =>
      world.write((tx) =>
        world.offerings.editDraft(tx, id, { basedOn, terms: { ...version.terms, title } }),
      );
    await edit(version.version, 'Lantern');
    await expect(edit(version.version, 'Lamp')).rejects.toMatchObject({
      code: 'offerings.stale-version',
    });
    const versions = await world.read((db) => world.offerings.listVersions(db, id));
    expect(versions.map((each) => each.version)).toEqual([1, 2, 3]);
    expect(versions.at(-1)?.terms.title).toBe('Lantern');
  });

  it('lets nobody rewrite a version', async () => {
    await world.draft();
    await expect(
      world.write((tx) => tx.execute(`UPDATE offering_versions SET reason = 'x'`)),
    ).rejects.toMatchObject({ code: '42501' });
  });

  it('keeps the bytes of documents under their hash, and drops them from the draft only', async () => {
    const id = await world.draft();
    const { version } = await world.read((db) => world.offerings.get(db, id));
    const [document] = version.documents;
    if (!document) throw new Error('the draft has a document');
    const kept = await world.read((db) => world.viewing.document(db, id, document.id));
    expect(createHash('sha256').update(kept.content).digest('hex')).toBe(document.sha256);
    await world.write((tx) => world.offerings.removeDocument(tx, id, document.id));
    const after = await world.read((db) => world.offerings.get(db, id));
    expect(after.version.documents).toEqual([]);
    await world.read((db) => world.viewing.document(db, id, document.id));
  });

  it('refuses a document above 200 KiB', async () => {
    const id = await world.draft();
    const upload = {
      kind: 'other' as const,
      title: 'Too much',
      mustAcknowledge: false,
      contentType: 'text/plain',
      content: Buffer.alloc(200 * 1024 + 1),
    };
    await expect(
      world.write((tx) => world.offerings.addDocument(tx, id, upload)),
    ).rejects.toMatchObject({ code: 'offerings.document-too-large' });
  });

  it('says everything that is missing at once', async () => {
    const id = await world.draft({ closesAt: new Date('2025-03-10T00:00:00Z') });
    world.changeIssuer({
      isVerified: false,
      openDueDiligence: ['bad-actor-check'],
      financialStatements: 'none',
    });
    const problem = await world
      .write((tx) => world.offerings.submit(tx, id), 'usr_issuer')
      .catch((error: unknown) => error);
    expect(problem).toMatchObject({ code: 'offerings.not-ready' });
    const { findings } = problem as { findings: readonly { rule: string }[] };
    expect(findings.map((finding) => finding.rule)).toEqual(
      expect.arrayContaining([
        'issuer-not-verified',
        'due-diligence-incomplete',
        'deadline-too-soon',
        'financial-statements',
      ]),
    );
    expect(await statusOf(id)).toBe('draft');
  });

  it('takes a second pair of eyes: neither author nor submitter may approve', async () => {
    const id = await world.draft();
    await world.write((tx) => world.offerings.submit(tx, id), 'usr_submitter');
    const approveAs = (by: string) =>
      world.write((tx) => world.offerings.approve(tx, id, 'Fine'), by);
    await expect(approveAs('usr_submitter')).rejects.toMatchObject({ code: 'offerings.four-eyes' });
    await expect(approveAs('usr_issuer')).rejects.toMatchObject({ code: 'offerings.four-eyes' });
    await expect(world.write((tx) => world.lifecycle.publish(tx, id))).rejects.toMatchObject({
      code: 'offerings.not-approved',
    });
    await approveAs('usr_compliance');
    await world.write((tx) => world.lifecycle.publish(tx, id));
    expect(await statusOf(id)).toBe('live');
  });

  it('goes back to draft when it is rejected, and needs a new approval', async () => {
    const id = await world.draft();
    await world.write((tx) => world.offerings.submit(tx, id), 'usr_issuer');
    await world.write((tx) => world.offerings.approve(tx, id, 'Fine'), 'usr_compliance');
    await world.write((tx) => world.offerings.reject(tx, id, 'On second thoughts'), 'usr_other');
    expect(await statusOf(id)).toBe('draft');
    await world.write((tx) => world.offerings.submit(tx, id), 'usr_issuer');
    await expect(world.write((tx) => world.lifecycle.publish(tx, id))).rejects.toMatchObject({
      code: 'offerings.not-approved',
    });
  });

  it('opens at the instant its terms name, not before', async () => {
    const opensAt = new Date(world.clock.now().getTime() + DAY);
    const id = await world.published({ opensAt });
    expect(await statusOf(id)).toBe('scheduled');
    await expect(world.write((tx) => world.lifecycle.open(tx, id))).rejects.toMatchObject({
      code: 'offerings.wrong-status',
    });
    expect(await world.read((db) => world.lifecycle.listDue(db, 'scheduled'))).toEqual([]);
    world.clock.moveTo(opensAt);
    expect(await world.read((db) => world.lifecycle.listDue(db, 'scheduled'))).toEqual([id]);
    await world.write((tx) => world.lifecycle.open(tx, id));
    expect(await statusOf(id)).toBe('live');
  });

  it('reserves the maximum of every public offering under the issuer’s cap', async () => {
    const large = { maximum: usd('3000000.00'), orderLimit: usd('3000000.00') };
    const first = await world.published(large);
    const second = await world.draft(large);
    await world.write((tx) => world.offerings.submit(tx, second), 'usr_issuer');
    await world.write((tx) => world.offerings.approve(tx, second, 'Fine'), 'usr_compliance');
    const publish = () => world.write((tx) => world.lifecycle.publish(tx, second));
    await expect(publish()).rejects.toMatchObject({
      code: 'caps.exceeded',
      findings: [expect.objectContaining({ rule: 'issuer-cap', left: '2000000.00' })],
    });
    await world.write((tx) => world.lifecycle.withdraw(tx, first, 'Making room'));
    await publish();
    expect(await statusOf(second)).toBe('live');
  });

  it('lets one of two offerings have what is left of the issuer’s cap, at the same moment', async () => {
    const large = { maximum: usd('3000000.00'), orderLimit: usd('3000000.00') };
    const drafts = [await world.draft(large), await world.draft(large)];
    for (const id of drafts) {
      await world.write((tx) => world.offerings.submit(tx, id), 'usr_issuer');
      await world.write((tx) => world.offerings.approve(tx, id, 'Fine'), 'usr_compliance');
    }
    const tries = await Promise.allSettled(
      drafts.map((id) => world.write((tx) => world.lifecycle.publish(tx, id))),
    );
    expect(tries.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('counts a larger maximum against the cap too, and gives a smaller one back', async () => {
    const id = await world.published({
      maximum: usd('3000000.00'),
      orderLimit: usd('6000000.00'),
    });
    const change = async (maximum: string) => {
      const { version } = await world.read((db) => world.offerings.get(db, id));
      return world.write((tx) =>
        world.lifecycle.materialChange(tx, id, {
          basedOn: version.version,
          terms: { ...version.terms, maximum: usd(maximum) },
          documents: version.documents,
          reason: 'Demand',
        }),
      );
    };
    await expect(change('5000002.50')).rejects.toMatchObject({ code: 'caps.exceeded' });
    await change('5000000.00');
    await change('250000.00');
    const other = await world.published({
      maximum: usd('4750000.00'),
      orderLimit: usd('4750000.00'),
    });
    expect(await statusOf(other)).toBe('live');
  });

  it('shows a draft to its issuer and staff only, and a live offering to everybody', async () => {
    const id = await world.draft();
    const nobody = { user: undefined, isVerified: false };
    const see = () => world.read((db) => world.viewing.see(db, id, nobody));
    await expect(see()).rejects.toMatchObject({ code: 'offerings.not-found' });
    await world.write((tx) => world.offerings.submit(tx, id), 'usr_issuer');
    await world.write((tx) => world.offerings.approve(tx, id, 'Fine'), 'usr_compliance');
    await world.write((tx) => world.lifecycle.publish(tx, id));
    expect((await see()).book?.isOpen).toBe(true);
  });
});

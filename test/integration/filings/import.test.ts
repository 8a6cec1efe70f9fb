import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scope } from '../../../src/platform/db';
import type { ImportedFiling } from '../../../src/modules/filings';
import { HUDSON, LANZHOU } from '../../../seeds/operators';
import type { House } from '../../../seeds/world';
import { changed, fixture, SAMPLES, USUAL_IMPORT } from '../../support/filings';
import { testWorld, type TestWorld } from '../../support/world';

const codesOf = ({ refused }: ImportedFiling): readonly string[] => refused.map(({ code }) => code);

/** Each test has an issuer of its own, so that none stands in another's way. */
function filerOf(cik: string, ...names: readonly string[]): readonly string[] {
  return names.map((name) =>
    changed(
      name,
      [
        ['0009999111', cik],
        ['020-99911', `020-${cik}`],
      ].filter(([text]) => fixture(name).includes(text ?? '')) as [string, string][],
    ),
  );
}

describe('importing filings', () => {
  let test: TestWorld;
  let hudson: House;
  let lanzhou: House;

  beforeAll(async () => {
    test = await testWorld('2025-03-25T15:00:00Z');
    hudson = await test.world.operator(HUDSON);
    lanzhou = await test.world.operator(LANZHOU);
  });

  afterAll(() => test.end());

  const bring = (xml: string, at: House = hudson): Promise<ImportedFiling> => {
    const actor = { kind: 'system', id: 'import' } as const;
    const scope: Scope = { operatorId: at.operator.id, actor };
    const { database } = test;
    return database.write(scope, (tx) => test.world.services.filings.import(tx, xml, USUAL_IMPORT));
  };

  const counted = async (table: string): Promise<bigint> => {
    const [row] = await hudson.read((db) =>
      db.query<{ n: bigint }>(`SELECT count(*) AS n FROM ${table}`),
    );
    return row?.n ?? 0n;
  };

  const everything = (): Promise<readonly bigint[]> =>
    Promise.all(
      ['issuers', 'issuer_financials', 'offerings', 'offering_versions', 'filings'].map(counted),
    );

  it('makes an issuer with its people, figures and a draft with the filing in it', async () => {
    const [xml = ''] = filerOf('0009000001', 'c-mini.xml');
    const { filing, ...imported } = await bring(xml);
    expect(imported).toMatchObject({ outcome: 'imported', issuerName: 'Mossy Gate Bindery LLC' });
    expect(imported.taken.map(({ what }) => what)).toEqual([
      'issuer',
      'figures',
      'filing',
      'offering',
      'document',
    ]);
    const { issuers, financials } = test.world.services;
    const issuer = await hudson.read((db) => issuers.get(db, filing.issuerId));
    expect(issuer).toMatchObject({
      externalId: '0009000001',
      identityKind: 'us-cik',
      identityMasked: '******0001',
      legalForm: 'limited-liability-company',
      jurisdiction: 'US-OR',
      verification: 'unverified',
    });
    const people = await hudson.read((db) => issuers.peopleOf(db, issuer.id));
    expect(people.map(({ name, roles }) => [name, roles])).toEqual([
      ['Ines Bautista', ['officer']],
      ['Tobias Wren', ['officer']],
    ]);
    const years = await hudson.read((db) => financials.list(db, issuer.id));
    expect(years.map(({ fiscalYearEndsOn, assurance }) => [fiscalYearEndsOn, assurance])).toEqual([
      ['2024-12-31', 'none'],
    ]);
    const { offering, version } = await hudson.readOffering(filing.offeringId ?? 'off_none');
    expect(offering).toMatchObject({
      status: 'draft',
      kind: 'equity',
      externalId: '0009000001-2025-06-30',
    });
    expect(version.documents).toMatchObject([
      { kind: 'form-c', mustAcknowledge: true, sha256: filing.fileSha256 },
    ]);
    expect(version.terms.allocation.method).toBe('first-come');
    expect(imported.missing.join(' ')).toContain('Due diligence is open');
  });

  it('takes the same content once, however its blanks are set', async () => {
    const [xml = ''] = filerOf('0009000002', 'c-mini.xml');
    const first = await bring(xml);
    const before = await everything();
    const again = await bring(`\n${xml.replaceAll('\n', '\r\n')}`);
    expect(again).toMatchObject({ outcome: 'already-imported', taken: [], refused: [] });
    expect(again.filing).toEqual(first.filing);
    expect(await everything()).toEqual(before);
  });

  it('takes one file once when it is brought twice at the same moment', async () => {
    const [xml = ''] = filerOf('0009000003', 'c-mini.xml');
    const before = await everything();
    const both = await Promise.all([bring(xml), bring(xml), bring(xml)]);
    expect(both.map(({ outcome }) => outcome).toSorted()).toEqual([
      'already-imported',
      'already-imported',
      'imported',
    ]);
    expect(new Set(both.map(({ filing }) => filing.offeringId)).size).toBe(1);
    const grown = (await everything()).map((count, place) => count - (before[place] ?? 0n));
    expect(grown).toEqual([1n, 1n, 1n, 2n, 1n]);
  });

  it('brings filing, amendment and update of one offering together', async () => {
    const [c = '', amendment = '', update = ''] = filerOf(
      '0009000004',
      'c-mini.xml',
      'c-mini-amendment.xml',
      'c-mini-update.xml',
    );
    const first = await bring(c);
    const amended = await bring(amendment);
    const updated = await bring(update);
    const id = first.filing.offeringId ?? 'off_none';
    expect([amended.filing.offeringId, updated.filing.offeringId]).toEqual([id, id]);
    const { version } = await hudson.readOffering(id);
    expect(version.terms.maximum.toString()).toBe('30000.00 USD');
    expect(version.terms.closesAt.toISOString()).toBe('2025-09-01T04:00:00.000Z');
    expect(version.documents.map(({ title }) => title)).toEqual(['Form C/A signed on 2025-03-24']);
    expect(updated.filing.progressUpdate).toBe('50% of Target Reached');
    expect(await bring(c)).toMatchObject({ outcome: 'already-imported' });
    expect((await hudson.readOffering(id)).version.version).toBe(version.version);
  });

  it('lets the filing signed last stand, in whatever order they come', async () => {
    const [c = '', amendment = ''] = filerOf('0009000005', 'c-mini.xml', 'c-mini-amendment.xml');
    const sameDay = c.replaceAll('06-30-2025', '08-31-2025');
    const amended = await bring(amendment);
    const late = await bring(sameDay);
    expect(codesOf(late)).toContain('filings.newer-on-file');
    const { version } = await hudson.readOffering(amended.filing.offeringId ?? 'off_none');
    expect(version.terms.maximum.toString()).toBe('30000.00 USD');
  });

  it('lets an update that states terms begin the offering, and the filing join it', async () => {
    const [c = ''] = filerOf('0009000006', 'c-mini.xml');
    const update = c
      .replace('<submissionType>C<', '<submissionType>C-U<')
      .replace('</filerCredentials>', '</filerCredentials>\n<fileNumber>020-00006</fileNumber>')
      .replace('<issuerInformation>', '<issuerInformation><progressUpdate>100%</progressUpdate>')
      .replaceAll('03-10-2025', '05-10-2025');
    const begun = await bring(update);
    expect(begun.filing.offeringId).toBeDefined();
    const joined = await bring(c);
    expect(joined.filing.offeringId).toBe(begun.filing.offeringId);
  });

  it('takes issuer and figures of a filing of debt, and tries its offering again each time', async () => {
    const first = await bring(fixture('c-debt.xml'));
    expect(first.outcome).toBe('imported');
    expect(codesOf(first)).toContain('filings.loan-needs-decision');
    expect(first.taken.map(({ what }) => what)).toContain('figures');
    expect(first.filing.offeringId).toBeUndefined();
    const again = await bring(fixture('c-debt.xml'));
    expect(again.outcome).toBe('already-imported');
    expect(codesOf(again)).toEqual(['filings.loan-needs-decision']);
  });

  it('finds the offering of an update when it is brought again after the filing', async () => {
    const [c = '', update = ''] = filerOf('0009000007', 'c-mini.xml', 'c-mini-update.xml');
    expect(codesOf(await bring(update))).toEqual(['filings.offering-unknown']);
    const { filing } = await bring(c);
    const again = await bring(update);
    expect(again.outcome).toBe('imported');
    expect(again.filing.offeringId).toBe(filing.offeringId);
  });

  it('records an annual report and the end of reporting', async () => {
    const report = await bring(fixture('c-annual-report.xml'));
    expect(report.filing).toMatchObject({ formType: 'C-AR', offeringId: undefined });
    expect(report.taken.map(({ what }) => what)).toEqual([
      'issuer',
      'figures',
      'figures',
      'filing',
    ]);
    const end = await bring(fixture('c-termination.xml'));
    expect(end.taken.at(-1)?.message).toContain('the end of its duty to report');
  });

  it('leaves verified figures and an offering under way alone', async () => {
    const [c = '', amendment = ''] = filerOf('0009000008', 'c-mini.xml', 'c-mini-amendment.xml');
    const { filing } = await bring(c);
    const { financials, lifecycle } = test.world.services;
    const { compliance, operations } = hudson.staff;
    await hudson.write(compliance, (tx) =>
      financials.verify(tx, filing.issuerId, '2024-12-31' as never),
    );
    const id = filing.offeringId ?? 'off_none';
    await hudson.write(operations, (tx) => lifecycle.withdraw(tx, id, 'They changed their mind.'));
    const late = await bring(amendment.replace('420000.00', '430000.00'));
    expect(codesOf(late)).toEqual([
      'filings.year-before-incorporation',
      'filings.year-verified',
      'filings.offering-under-way',
    ]);
  });

  it('finds an issuer that was registered by hand, and leaves it as it is', async () => {
    const [xml = ''] = filerOf('0009000009', 'c-mini.xml');
    const { issuers } = test.world.services;
    const byHand = await hudson.write(hudson.staff.operations, (tx) =>
      issuers.open(tx, {
        kind: 'legal',
        name: 'Mossy Gate Books & Bindings LLC',
        identity: { kind: 'us-cik', number: '9000009' },
        legalForm: 'limited-liability-company',
        jurisdiction: 'US-OR',
        country: 'US',
        people: [{ name: 'Ines Bautista', roles: ['officer'] }],
      }),
    );
    const { filing, taken } = await bring(xml);
    expect(filing.issuerId).toBe(byHand.id);
    expect(taken[0]?.message).toContain('is on file and stays as it is');
    expect(await hudson.read((db) => issuers.get(db, byHand.id))).toEqual(byHand);
  });

  it.each([
    { what: 'a test submission', xml: fixture('c-amendment.xml'), code: 'filings.test-filing' },
    {
      what: 'a filing with its access code',
      xml: changed('c-mini.xml', [['XXXXXXXX', 'qw3$rty8']]),
      code: 'filings.credential-inside',
    },
    {
      what: 'a person who files for themselves',
      xml: changed('c-mini.xml', [['Limited Liability Company', 'Person']]),
      code: 'identity.wrong-identity-kind',
    },
    {
      what: 'a number that cannot be',
      xml: changed('c-mini.xml', [['0009999111', '0000000000']]),
      code: 'identity.invalid-identity-number',
    },
  ])('refuses $what and leaves nothing of it behind', async ({ xml, code }) => {
    const before = await everything();
    await expect(bring(xml)).rejects.toMatchObject({ code });
    expect(await everything()).toEqual(before);
  });

  it('is only for operators under Regulation Crowdfunding', async () => {
    await expect(bring(fixture('c-mini.xml'), lanzhou)).rejects.toMatchObject({
      code: 'filings.wrong-rulebook',
    });
  });

  it('keeps filings for ever, also against the owner of the database', async () => {
    const scope: Scope = { operatorId: hudson.operator.id, actor: { kind: 'system', id: 'test' } };
    for (const statement of [
      "UPDATE filings SET file_number = 'x'",
      'DELETE FROM filing_offerings',
    ]) {
      const change = test.owner.write(scope, (tx) => tx.execute(statement));
      await expect(change).rejects.toMatchObject({ code: 'YC001' });
    }
  });

  const isThere = existsSync(SAMPLES);
  const samples = isThere
    ? readdirSync(SAMPLES).filter((file) => file.endsWith('.xml'))
    : ['(the real filings are not beside this project)'];
  (isThere ? it : it.skip).each(samples)('takes the real filing %s, once', async (file) => {
    const xml = readFileSync(join(SAMPLES, file), 'utf8');
    const imported = await bring(xml);
    expect(imported.outcome).toBe('imported');
    const isDebt = file.startsWith('Anesu');
    expect(codesOf(imported).includes('filings.loan-needs-decision')).toBe(isDebt);
    const hasOffering = /FormC(U)?\.xml$/.test(file) && !isDebt;
    expect(imported.filing.offeringId !== undefined).toBe(hasOffering);
    expect(await bring(xml)).toMatchObject({ outcome: 'already-imported', taken: [] });
  });

  it('passes every integrity check', async () => {
    expect((await test.world.check()).filter(({ count }) => count > 0n)).toEqual([]);
  });
});

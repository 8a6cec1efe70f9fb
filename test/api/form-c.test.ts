import request from 'supertest';
import { HUDSON } from '../../seeds/operators';
import type { Company, House, Investor } from '../../seeds/world';
import { parseFormC } from '../../src/modules/filings';
import type { Id } from '../../src/kernel/id';
import type { Role } from '../../src/platform/auth';
import { bearer } from '../support/application';
import { changed, fixture, USUAL_IMPORT } from '../support/filings';
import { formCSchema, readXml } from '../support/schemas';
import { testWorld, type TestWorld } from '../support/world';

let running: TestWorld;
let hudson: House;

beforeAll(async () => {
  running = await testWorld('2025-03-25T15:00:00Z');
  hudson = await running.world.operator(HUDSON);
});
afterAll(() => running.end());

const get = (path: string, role: Role = 'compliance') =>
  request(running.world.app.http)
    .get(path)
    .set(bearer(running.world.app, [role], hudson.operator.id));

const formOf = (id: Id<'off'>, type = 'C') => get(`/v1/offerings/${id}/form-c.xml?type=${type}`);

const textOf = async (id: Id<'off'>, type = 'C'): Promise<string> => {
  const { body, headers, text } = await formOf(id, type).expect(200);
  expect(headers['content-type']).toContain('application/xml');
  return Buffer.isBuffer(body) ? body.toString('utf8') : text;
};

async function brought(xml: string): Promise<Id<'off'>> {
  const { filing } = await hudson.write(hudson.staff.operations, (tx) =>
    running.world.services.filings.import(tx, xml, USUAL_IMPORT),
  );
  if (filing.offeringId === undefined) throw new Error('no offering was taken from it');
  return filing.offeringId;
}

describe('an offering that came by a filing', () => {
  it('goes out as it was filed', async () => {
    const id = await brought(fixture('c-mini.xml'));
    expect((await textOf(id)).trim()).toBe(fixture('c-mini.xml').trim());
  });

  it('is an amendment once its terms have changed, which names what', async () => {
    const id = await brought(changed('c-mini.xml', [['0009999111', '0009999212']]));
    const { offerings } = running.world.services;
    const { offering, version } = await hudson.readOffering(id);
    const terms = { ...version.terms, price: version.terms.price.times(2) };
    await hudson.write(hudson.staff.operations, (tx) =>
      offerings.editDraft(tx, id, { basedOn: offering.version, terms }),
    );
    const form = parseFormC(await textOf(id));
    expect(form.submissionType).toBe('C/A');
    expect(form.formData?.issuerInformation).toMatchObject({
      isAmendment: 'true',
      natureOfAmendment: 'Changed: price.',
    });
    expect(String(form.formData?.offeringInformation?.price)).toBe(String(terms.price));
  });

  it('has an annual report of its newest year, and no update before half is reached', async () => {
    const id = await brought(changed('c-mini.xml', [['0009999111', '0009999213']]));
    const form = parseFormC(await textOf(id, 'C-AR'));
    expect(form.headerData?.filerInfo?.period).toBe('2024-12-31');
    expect(form.formData).not.toHaveProperty('offeringInformation');
    const { body } = await formOf(id, 'C-U').expect(404);
    expect(body.code).toBe('filings.no-progress');
  });
});

describe('an offering that was drafted here', () => {
  let company: Company;
  let investor: Investor;
  let id: Id<'off'>;

  beforeAll(async () => {
    company = await hudson.issuer({ name: 'Harbor Lantern', externalId: '0001234567' });
    investor = await hudson.investor();
    await hudson.payIn(investor, '2000.00');
    id = await hudson.offering(company, {
      target: '1000.00',
      maximum: '5000.00',
      closesAt: new Date('2025-06-01T04:00:00Z'),
    });
  });

  it('is refused with every fault while the form is not valid', async () => {
    const { body } = await formOf(id).expect(404);
    expect(body.code).toBe('filings.not-valid');
    expect(body.errors).toContainEqual(
      expect.objectContaining({
        pointer: expect.stringMatching(/issuerAddress\/zipCode$/),
      }),
    );
  });

  it('is a Form C that is valid by the schema, signed by who acts for the issuer', async () => {
    const { issuers } = running.world.services;
    await hudson.write(company, async (tx) => {
      const { address, ...issuer } = await issuers.get(tx, company.id);
      const at = { ...address, street: '1 Quay', city: 'Portland', country: 'US' };
      return issuers.update(tx, company.id, {
        ...issuer,
        address: { ...at, region: 'ME', postalCode: '04101' },
      });
    });
    const xml = await textOf(id);
    expect(formCSchema().validate(readXml(xml))).toEqual([]);
    const form = parseFormC(xml);
    expect(form.headerData?.filerInfo?.filer?.filerCredentials).toEqual({
      filerCik: '0001234567',
      filerCcc: 'XXXXXXXX',
    });
    expect(form.formData?.issuerInformation).toMatchObject({
      companyName: 'Hudson Street Portal, LLC',
      commissionFileNumber: '007-00000',
    });
    expect(form.formData?.offeringInformation).toMatchObject({
      securityOfferedType: 'Common Stock',
      noOfSecurityOffered: '400',
      overSubscriptionAccepted: 'Y',
      deadlineDate: '2025-05-31',
    });
    const signed = form.formData?.signatureInfo?.signaturePersons?.signaturePerson ?? [];
    expect(signed.map(({ signatureDate }) => signatureDate)).toEqual(['2025-03-25', '2025-03-25']);
  });

  it('logs when it came to half of its target, and by when that is to be filed', async () => {
    await hudson.subscribe(investor, id, '600.00');
    const note = () =>
      hudson.write(hudson.staff.operations, (tx) => running.world.services.filingProgress.note(tx));
    expect([await note(), await note()]).toEqual([1, 0]);
    const { body } = await get(`/v1/offerings/${id}/form-c-progress`).expect(200);
    expect(body.items).toMatchObject([
      {
        percent: 50,
        target: { amount: '1000.00' },
        committed: { amount: '600.00' },
        citation: '17 CFR 227.203(a)(3)',
        dueOn: '2025-03-31',
      },
    ]);
    const { body: refused } = await formOf(id, 'C-U').expect(404);
    expect(refused.code).toBe('filings.file-number-missing');
  });

  it('has an issuer whose owners are told in the standard of Open Ownership', async () => {
    const { body } = await get(`/v1/issuers/${company.id}/bods.json`, 'regulator').expect(200);
    expect(body.map(({ recordType }: { recordType: string }) => recordType)).toEqual([
      'entity',
      'person',
      'relationship',
      'person',
      'relationship',
    ]);
    expect(body[0].publicationDetails).toMatchObject({
      bodsVersion: '0.4',
      publisher: { name: 'Hudson Street Portal, LLC' },
    });
    await get(`/v1/issuers/${company.id}/bods.json`, 'investor').expect(403);
    await get(`/v1/issuers/${company.id}/bods.json`, 'issuer').expect(404);
  });

  it('is shown to its issuer and to staff alone', async () => {
    await get(`/v1/offerings/${id}/form-c.xml`, 'investor').expect(403);
    await get(`/v1/offerings/${id}/form-c.xml`, 'issuer').expect(404);
    await get('/v1/offerings/off_01AAAAAAAAAAAAAAAAAAAAAAAA/form-c.xml').expect(404);
  });
});

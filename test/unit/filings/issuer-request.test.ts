import { placeOf } from '../../../src/modules/filings/edgar-place';
import { webAddress } from '../../../src/modules/filings/filed-text';
import { issuerRequest } from '../../../src/modules/filings/issuer-request';
import { readIssuer } from '../../../src/modules/filings/schema';
import { changed, fixture, statementOf } from '../../support/filings';

describe('the issuer of a filing as a request', () => {
  it('is what the API would be sent', () => {
    expect(issuerRequest(statementOf('c-equity.xml')).request).toEqual({
      kind: 'legal',
      name: 'Tidewater Kelp & Grain, Inc.',
      identity: { kind: 'us-cik', number: '0009999101' },
      externalId: '0009999101',
      legalForm: 'company',
      legalFormName: 'Corporation',
      jurisdiction: 'US-DE',
      country: 'US',
      incorporatedOn: '2021-04-29',
      address: {
        street: '12 Wharf Street, Suite 3',
        city: 'Portland',
        region: 'ME',
        postalCode: '04101',
        country: 'US',
      },
      website: 'https://www.tidewaterkelp.example',
      people: [
        { name: 'Mara Lindqvist', roles: ['officer'], title: 'Chief Executive Officer' },
        { name: 'Owen Okafor', roles: ['director'], title: 'Director' },
      ],
    });
  });

  it.each(['c-equity.xml', 'c-debt.xml', 'c-amendment.xml', 'c-annual-report.xml', 'c-mini.xml'])(
    'passes the schema of the API: %s',
    (name) => {
      const { request } = issuerRequest(statementOf(name));
      expect(readIssuer(request)).toMatchObject({ name: request.name });
    },
  );

  it.each([
    { title: 'CEO and Chairman of the Board', roles: ['director', 'officer'] },
    { title: 'Board Member', roles: ['director'] },
    { title: 'CFO and Board Member', roles: ['director', 'officer'] },
    { title: 'Managing Member', roles: ['officer'] },
    { title: 'Principal Executive Officer', roles: ['officer'] },
    { title: 'Whoever', roles: ['officer'] },
  ])('takes a $title for $roles', ({ title, roles }) => {
    const xml = changed('c-mini.xml', [['<personTitle>Managing Member', `<personTitle>${title}`]]);
    expect(issuerRequest(statementOf(xml)).request.people[0]?.roles).toEqual(roles);
  });

  it('takes a signature for the name of who signed, and nobody twice', () => {
    const xml = changed('c-mini.xml', [
      ['<personSignature>Ines Bautista', '<personSignature>/s/ Ines Bautista'],
      ['<personSignature>Tobias Wren', '<personSignature>/Ines Bautista/'],
    ]);
    const { people } = issuerRequest(statementOf(xml)).request;
    expect(people.map(({ name }) => name)).toEqual(['Ines Bautista']);
  });

  it('refuses an issuer whom nobody signs for', () => {
    const xml = fixture('c-mini.xml').replace(/<signaturePersons>[^]*<\/signaturePersons>/, '');
    expect(() => issuerRequest(statementOf(xml))).toThrow('filings.nobody-signed');
  });

  it('refuses an issuer of nowhere, and leaves out an address of nowhere', () => {
    const nowhere = changed('c-mini.xml', [
      ['jurisdictionOrganization>OR', 'jurisdictionOrganization>QQ'],
    ]);
    expect(() => issuerRequest(statementOf(nowhere))).toThrow('filings.place-unknown');
    const homeless = changed('c-mini.xml', [['stateOrCountry>OR', 'stateOrCountry>QQ']]);
    expect(issuerRequest(statementOf(homeless)).request).toMatchObject({ country: 'US' });
    expect(issuerRequest(statementOf(homeless)).request.address).toBeUndefined();
  });

  it('leaves out a web address that is none, and says so', () => {
    const xml = changed('c-mini.xml', [['https://mossygate.example/raise', 'coming soon']]);
    const { request, refused } = issuerRequest(statementOf(xml));
    expect(request.website).toBeUndefined();
    expect(refused).toEqual([
      {
        what: 'issuer',
        code: 'filings.website-unreadable',
        reason: '"coming soon" is no web address.',
      },
    ]);
  });
});

describe('places in codes of EDGAR', () => {
  it.each([
    { code: 'DE', country: 'US', jurisdiction: 'US-DE' },
    { code: 'DC', country: 'US', jurisdiction: 'US-DC' },
    { code: 'PR', country: 'US', jurisdiction: 'US-PR' },
    { code: '1V', country: 'US', jurisdiction: 'US-MP' },
    { code: 'X1', country: 'US', jurisdiction: 'US' },
    { code: 'A6', country: 'CA', jurisdiction: 'CA-ON' },
    { code: '2M', country: 'DE', jurisdiction: 'DE' },
    { code: 'x0', country: 'GB', jurisdiction: 'GB' },
  ])('$code is $jurisdiction', ({ code, ...place }) => {
    expect(placeOf(code)).toMatchObject(place);
  });

  it.each(['', 'QQ', 'XX', 'E5', 'Delaware'])('%j is nowhere', (code) => {
    expect(placeOf(code)).toBeUndefined();
  });
});

describe('web addresses', () => {
  it.each([
    { text: 'www.example.org', address: 'https://www.example.org' },
    { text: ' HTTP://Example.org/a?b#c ', address: 'HTTP://Example.org/a?b#c' },
    { text: 'example.org:8443/x', address: 'https://example.org:8443/x' },
    { text: 'N/A', address: undefined },
    { text: 'see our page', address: undefined },
    { text: 'mailto:a@example.org', address: undefined },
    { text: 'javascript:alert(1)', address: undefined },
    { text: `https://example.org/${'x'.repeat(300)}`, address: undefined },
  ])('$text', ({ text, address }) => {
    expect(webAddress(text)).toBe(address);
  });
});

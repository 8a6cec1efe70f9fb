import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Problem } from '../../../src/kernel/problem';
import { interpretFormC, parseFormC, writeFormC } from '../../../src/modules/filings';

const fixture = (name: string): string =>
  readFileSync(join(__dirname, '../../fixtures/form-c', name), 'utf8');

const EQUITY = fixture('c-equity.xml');

function problemOf(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('what is no XML, or no Form C', () => {
  it.each([
    { name: 'nothing', xml: '' },
    { name: 'blank lines', xml: ' \n\n ' },
    { name: 'text', xml: 'Form C' },
    { name: 'a document cut off', xml: EQUITY.slice(0, 2000) },
    { name: 'a wrong end tag', xml: EQUITY.replace('</headerData>', '</header>') },
    { name: 'two roots', xml: '<a/><b/>' },
    { name: 'an unknown entity', xml: EQUITY.replace('>None<', '>&nbsp;<') },
    { name: 'a lone ampersand', xml: EQUITY.replace('>None<', '>A & B<') },
    { name: 'a reference to no character', xml: EQUITY.replace('>None<', '>&#0;<') },
    { name: 'a reference beyond Unicode', xml: EQUITY.replace('>None<', '>&#x110000;<') },
    { name: 'a control character', xml: EQUITY.replace('>None<', '>\u0007<') },
    { name: 'half a character', xml: EQUITY.replace('>None<', '>\uD800<') },
    { name: 'an unbound prefix', xml: EQUITY.replace(' xmlns:com="http', ' xmlns:moc="http') },
    { name: 'an attribute twice', xml: EQUITY.replace('<formData>', '<formData a="1" a="2">') },
    { name: 'a tag in an attribute', xml: EQUITY.replace('<formData>', '<formData a="<b>">') },
    { name: 'a comment without end', xml: `${EQUITY}<!-- ` },
    { name: 'too deep a nesting', xml: '<a>'.repeat(60) + '</a>'.repeat(60) },
    {
      name: 'a name that poisons objects',
      xml: EQUITY.replace('<formData>', '<formData><__proto__/>'),
    },
  ])('$name is not XML', ({ xml }) => {
    expect(problemOf(() => parseFormC(xml))).toMatchObject({ code: 'filings.not-xml' });
  });

  it.each([
    { name: 'a document type', xml: EQUITY.replace('<edgar', '<!DOCTYPE edgarSubmission><edgar') },
    {
      name: 'an entity that expands without end',
      xml: EQUITY.replace(
        '<edgar',
        '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><edgar',
      ),
    },
    {
      name: 'an entity that reads a file',
      xml: EQUITY.replace(
        '<edgar',
        '<!-- x --><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><edgar',
      ).replace('>None<', '>&b;<'),
    },
  ])('$name is refused', ({ xml }) => {
    expect(problemOf(() => parseFormC(xml)).code).toBe('filings.dtd-refused');
  });

  it('more than two megabytes are refused, and what is just below is read in time', () => {
    const padded = (size: number): string => EQUITY.replace('>None<', `>${'x'.repeat(size)}<`);
    expect(problemOf(() => parseFormC(padded(2 * 1024 * 1024))).code).toBe('filings.too-large');
    expect(parseFormC(padded(2 * 1024 * 1024 - 10_000)).submissionType).toBe('C');
  }, 20_000);

  it.each(['<!--', '<![CDATA[', '&amp;', '<a>', '[', '<a b="', '<?', '&'])(
    'a document full of %j is answered in time',
    (unit) => {
      const text = unit.repeat(2_000_000 / unit.length);
      const before = performance.now();
      try {
        interpretFormC(parseFormC(EQUITY.replace('>None<', () => `>${text}<`)));
      } catch (error) {
        expect(error).toBeInstanceOf(Problem);
      }
      // Well above what it takes, and far below what a quadratic reader would.
      expect(performance.now() - before).toBeLessThan(10_000);
    },
    30_000,
  );

  it.each([
    { name: 'another document', xml: '<feed xmlns="http://www.w3.org/2005/Atom"/>' },
    { name: 'another form', xml: EQUITY.replace('edgar/formc', 'edgar/formd') },
    { name: 'no namespace', xml: EQUITY.replace(' xmlns="http://www.sec.gov/edgar/formc"', '') },
    { name: 'no type', xml: EQUITY.replace(/<submissionType>.*<\/submissionType>/, '') },
    { name: 'no header', xml: EQUITY.replace(/<headerData>[^]*<\/headerData>/, '') },
  ])('$name is not a Form C', ({ xml }) => {
    expect(problemOf(() => parseFormC(xml)).code).toBe('filings.not-form-c');
  });

  it.each(['C-W', 'D', 'c', '', 'C-U/A-W'])('type %j is not supported', (type) => {
    const xml = EQUITY.replace('<submissionType>C<', `<submissionType>${type}<`);
    expect(problemOf(() => parseFormC(xml)).code).toBe('filings.unsupported-type');
  });
});

const OFFERING = '/formData/offeringInformation';

describe('a field that cannot be read', () => {
  it.each([
    { field: 'offeringAmount', text: '50,000.00' },
    { field: 'offeringAmount', text: '50000.001' },
    { field: 'offeringAmount', text: '$50000' },
    { field: 'offeringAmount', text: '5e4' },
    { field: 'price', text: '2.500001' },
    { field: 'price', text: '-2.5' },
    { field: 'price', text: 'free' },
    { field: 'noOfSecurityOffered', text: '20,000' },
    { field: 'noOfSecurityOffered', text: '-1' },
    { field: 'deadlineDate', text: '2025-02-28' },
    { field: 'deadlineDate', text: '02-30-2025' },
    { field: 'deadlineDate', text: '28-02-2025' },
    { field: 'deadlineDate', text: '2/28/2025' },
    { field: 'overSubscriptionAccepted', text: 'Yes' },
    { field: 'overSubscriptionAccepted', text: 'true' },
  ])('$field $text is malformed', ({ field, text }) => {
    const xml = EQUITY.replace(new RegExp(`<${field}>[^<]*<`), `<${field}>${text}<`);
    const problem = problemOf(() => parseFormC(xml));
    expect(problem.code).toBe('filings.field-malformed');
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual([`${OFFERING}/${field}`]);
    expect(problem.detail).toContain(JSON.stringify(text));
  });

  it.each([
    {
      name: 'elements where a value belongs',
      change: (xml: string) => xml.replace('>None<', '><b/><'),
      pointer: `${OFFERING}/financialInterest`,
    },
    {
      name: 'text where elements belong',
      change: (xml: string) => xml.replace('<formData>', '<formData>text'),
      pointer: '/formData',
    },
    {
      name: 'a field twice',
      change: (xml: string) => xml.replace('<price>', '<price>1.00000</price><price>'),
      pointer: `${OFFERING}/price`,
    },
    {
      name: 'a repetition with something in between',
      change: (xml: string) =>
        xml.replace(
          /(<issueJurisdiction[^]*?>NH<[^>]*>)\s*(<issueJurisdiction)/,
          '$1<currentEmployeesX/>$2',
        ),
      pointer: '/formData/annualReportDisclosureRequirements/issueJurisdictionSecuritiesOffering',
    },
    {
      name: 'a wrong date among signatures',
      change: (xml: string) => xml.replace('10-03-2024', '10-32-2024'),
      pointer: '/formData/signatureInfo/signaturePersons/signaturePerson/1/signatureDate',
    },
  ])('$name', ({ change, pointer }) => {
    const problem = problemOf(() => parseFormC(change(EQUITY)));
    expect(problem.code).toBe('filings.field-malformed');
    expect(problem.errors?.map((error) => error.pointer)).toEqual([pointer]);
  });

  it('is reported with all others, not one by one', () => {
    const xml = EQUITY.replace('2.50000', 'x').replace('02-28-2025', 'y').replace('>Y<', '>z<');
    const problem = problemOf(() => parseFormC(xml));
    expect(problem.errors).toHaveLength(3);
    expect(problem.detail).toContain('and 2 more');
  });

  it('is read with white space around, and amounts also with fewer decimals', () => {
    const xml = EQUITY.replace('>50000.00<', '>\n 50000 <').replace('>2.50000<', '> 2.5 <');
    expect(writeFormC(parseFormC(xml))).toBe(EQUITY.trimStart());
  });
});

describe('a field that is missing', () => {
  it.each([
    { file: 'c-equity.xml', field: 'nameOfIssuer' },
    { file: 'c-equity.xml', field: 'offeringAmount' },
    { file: 'c-debt.xml', field: 'deadlineDate' },
    { file: 'c-amendment.xml', field: 'overSubscriptionAccepted' },
    { file: 'c-update.xml', field: 'progressUpdate' },
    { file: 'c-annual-report.xml', field: 'period' },
    { file: 'c-termination.xml', field: 'filerCik' },
  ])('$field of $file, absent or empty', ({ file, field }) => {
    const element = new RegExp(`<${field}>[^<]*</${field}>`);
    for (const replacement of ['', `<${field}/>`, `<${field}> </${field}>`]) {
      const problem = problemOf(() => parseFormC(fixture(file).replace(element, replacement)));
      expect(problem.code).toBe('filings.field-missing');
      expect(problem.errors?.map(({ pointer }) => pointer.split('/').at(-1))).toEqual([field]);
    }
  });

  it('is reported with all others', () => {
    const xml = EQUITY.replace(/<offeringInformation>[^]*<\/offeringInformation>/, '');
    expect(problemOf(() => parseFormC(xml)).errors).toHaveLength(4);
  });
});

describe('whatever is fed to it', () => {
  it('a filing damaged anywhere is read or refused with a problem, never a crash', () => {
    const damage = fc.record({
      at: fc.nat(EQUITY.length - 1),
      length: fc.nat(40),
      by: fc.oneof(
        fc.constantFrom('', '<', '>', '/', '&', '"', '<a>', '</a>', '<!--', ']]>', 'xmlns="x"'),
        fc.string({ maxLength: 10 }),
      ),
    });
    fc.assert(
      fc.property(damage, ({ at, length, by }) => {
        const xml = EQUITY.slice(0, at) + by + EQUITY.slice(at + length);
        try {
          parseFormC(xml);
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
          expect((error as Problem).code).toMatch(/^filings\./);
        }
      }),
      { numRuns: 400 },
    );
  });
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { addDays, calendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import { parseFormC, writeFormC, type FormC } from '../../../src/modules/filings';

const FIXTURES = join(__dirname, '../../fixtures/form-c');
const SAMPLES = join(__dirname, '../../../../shared/reference/schemas/us-formC/samples');

const fixture = (name: string): string => readFileSync(join(FIXTURES, name), 'utf8');
const filesOf = (directory: string): string[] =>
  readdirSync(directory).filter((file) => file.endsWith('.xml'));

const EQUITY = fixture('c-equity.xml');

/**
 * A canonical form of a document, made without the parser under test: tokens by a pattern, each tag
 * with its prefix, white space between elements and the two ways to write an empty element gone.
 */
function canonical(xml: string): string[] {
  const [, body = ''] = /^\s*(?:<\?xml[^?]*\?>)?\s*([^]*)$/.exec(xml) ?? [];
  const spelledOut = body.replace(/<([\w:]+)([^>]*)\/>/g, '<$1$2></$1>');
  return (spelledOut.match(/<[^>]+>|[^<]+/g) ?? []).filter(
    (token, index, all) =>
      token.trim() !== '' ||
      (all[index - 1]?.startsWith('</') === false && all[index + 1]?.startsWith('</') === true),
  );
}

describe('a filing comes back as it was', () => {
  it.each(filesOf(FIXTURES))('%s', (file) => {
    const xml = fixture(file);
    const written = writeFormC(parseFormC(xml));
    expect(canonical(written)).toEqual(canonical(xml));
    expect(written).toBe(xml.trimStart());
    expect(writeFormC(parseFormC(written))).toBe(written);
  });

  const isThere = existsSync(SAMPLES);
  const samples = isThere ? filesOf(SAMPLES) : ['(the real filings are not beside this project)'];
  (isThere ? it : it.skip).each(samples)('real filing %s', (file) => {
    const xml = readFileSync(join(SAMPLES, file), 'utf8');
    const formC = parseFormC(xml);
    const written = writeFormC(formC);
    expect(formC.unread).toEqual([]);
    expect(canonical(written)).toEqual(canonical(xml));
    expect(written.trim()).toBe(xml.trim());
  });

  (isThere ? it : it.skip)('there are six real filings, of every type', () => {
    const types = samples.map(
      (file) => parseFormC(readFileSync(join(SAMPLES, file), 'utf8')).submissionType,
    );
    expect(types.toSorted()).toEqual(['C', 'C', 'C', 'C-AR', 'C-TR', 'C-U']);
  });

  it('whatever its texts, amounts, prices and dates', () => {
    const formC = parseFormC(EQUITY);
    // Any character XML can hold; an end of line inside a text is normalised to one line feed.
    const text = fc
      .string({ unit: 'grapheme', maxLength: 30 })
      .map((raw) => raw.replace(/[^\t\n\u0020-\uD7FF\uE000-\uFFFD]/g, '?'));
    const filing = fc.record({
      compensationAmount: text,
      priceDeterminationMethod: text,
      offeringAmount: fc
        .bigInt({ min: -(10n ** 15n), max: 10n ** 15n })
        .map((minor) => Money.ofMinor(minor, 'USD')),
      price: fc.integer({ min: 0, max: 10 ** 9 }).map((units) => rate(String(units)).div(100_000)),
      deadlineDate: fc
        .integer({ min: 0, max: 40_000 })
        .map((days) => addDays(calendarDate('1990-01-01'), days)),
    });
    fc.assert(
      fc.property(filing, (terms) => {
        const changed: FormC = {
          ...formC,
          formData: {
            ...formC.formData,
            offeringInformation: { ...formC.formData?.offeringInformation, ...terms },
          },
        };
        const read = parseFormC(writeFormC(changed)).formData?.offeringInformation;
        expect(read?.compensationAmount).toBe(terms.compensationAmount);
        expect(read?.priceDeterminationMethod).toBe(terms.priceDeterminationMethod);
        expect(String(read?.offeringAmount)).toBe(String(terms.offeringAmount));
        expect(String(read?.price)).toBe(String(terms.price));
        expect(read?.deadlineDate).toBe(terms.deadlineDate);
      }),
    );
  });
});

describe('what is read', () => {
  it('has types: amounts, prices, dates', () => {
    const offering = parseFormC(EQUITY).formData?.offeringInformation;
    expect(String(offering?.offeringAmount)).toBe('50000.00 USD');
    expect(String(offering?.price)).toBe('2.5');
    expect(offering?.deadlineDate).toBe('2025-02-28');
    expect(offering?.noOfSecurityOffered).toBe('20000');
    expect(offering?.overSubscriptionAccepted).toBe('Y');
  });

  it('tells absent elements from empty ones', () => {
    const status = parseFormC(EQUITY).formData?.issuerInformation?.issuerInfo?.legalStatus;
    expect(status).toHaveProperty('legalStatusOtherDesc', '');
    expect(parseFormC(EQUITY).formData?.offeringInformation).not.toHaveProperty(
      'descOverSubscription',
    );
    expect(parseFormC(fixture('c-update.xml')).formData?.offeringInformation).toEqual({});
  });

  it('keeps the order of elements and of repetitions', () => {
    const { formData } = parseFormC(EQUITY);
    expect(Object.keys(formData ?? {})).toEqual([
      'issuerInformation',
      'offeringInformation',
      'annualReportDisclosureRequirements',
      'signatureInfo',
    ]);
    expect(formData?.annualReportDisclosureRequirements).toHaveProperty(
      'issueJurisdictionSecuritiesOffering',
      ['ME', 'NH', 'CA'],
    );
    const moved = EQUITY.replace(
      /( *<financialInterest>.*\n)( *<securityOfferedType>.*\n)/,
      '$2$1',
    );
    expect(moved).not.toBe(EQUITY);
    expect(writeFormC(parseFormC(moved))).toBe(moved.trimStart());
  });

  it.each([
    { name: 'entities of XML', written: 'A &amp; B &lt;C&gt; &quot;D&quot; &apos;E&apos;' },
    { name: 'character references', written: 'A &#38; B &#60;C&#x3e; &#x22;D&#34; &#39;E&#39;' },
    { name: 'a CDATA section', written: `A <![CDATA[& B <C> "D" 'E']]>` },
  ])('reads $name', ({ written }) => {
    const xml = EQUITY.replace('<financialInterest>None', `<financialInterest>${written}`);
    expect(parseFormC(xml).formData?.offeringInformation?.financialInterest).toBe(
      `A & B <C> "D" 'E'`,
    );
  });

  it('does not read entities inside a CDATA section, nor a document type', () => {
    const xml = EQUITY.replace('>None<', '><![CDATA[&amp; <!DOCTYPE a>]]><');
    expect(parseFormC(xml).formData?.offeringInformation?.financialInterest).toBe(
      '&amp; <!DOCTYPE a>',
    );
  });

  it.each([
    { name: 'a byte order mark', change: (xml: string) => `\uFEFF${xml.trimStart()}` },
    { name: 'blank lines before', change: (xml: string) => `\n \r\n\t${xml}` },
    { name: 'Windows line ends', change: (xml: string) => xml.replace(/\n/g, '\r\n') },
    { name: 'no declaration', change: (xml: string) => xml.replace(/<\?xml.*\?>/, '') },
    {
      name: 'comments',
      change: (xml: string) => xml.replace('<formData>', '<!-- x --><formData>'),
    },
    {
      name: 'other prefixes',
      change: (xml: string) => xml.replace(/com:/g, 'c0:').replace(':com=', ':c0='),
    },
    {
      name: 'a prefix for the form itself',
      change: (xml: string) =>
        xml.replace(/<(\/?)(?!\/|com:|\?)/g, '<$1f:').replace('xmlns=', 'xmlns:f='),
    },
    {
      name: 'a schema location',
      change: (xml: string) =>
        xml.replace(
          '<edgarSubmission',
          '<edgarSubmission xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"',
        ),
    },
  ])('is the same with $name', ({ change }) => {
    const changed = change(EQUITY);
    expect(changed).not.toBe(EQUITY);
    expect(writeFormC(parseFormC(changed))).toBe(EQUITY.trimStart());
  });

  it('reports elements that nobody knows, and reads the rest', () => {
    const xml = EQUITY.replace(
      '<formData>',
      '<formData><newSection><hint>look</hint> here</newSection>',
    ).replace('<com:city>Portland</com:city>', '<city>Portland</city>');
    const formC = parseFormC(xml);
    expect(formC.unread).toEqual([
      { pointer: '/formData/newSection', text: 'here look' },
      { pointer: '/formData/issuerInformation/issuerInfo/issuerAddress/city', text: 'Portland' },
    ]);
    expect(formC.submissionType).toBe('C');
  });

  it.each(['toString', 'hasOwnProperty', 'valueOf'])('takes an element %s for unknown', (name) => {
    const xml = EQUITY.replace('<formData>', `<formData><${name}/>`);
    expect(parseFormC(xml).unread).toHaveLength(1);
  });
});

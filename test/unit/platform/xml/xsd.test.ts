import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SchemaError, writeXml, XmlSchema, xmlElement } from '../../../../src/platform/xml';
import {
  describeWith,
  formCSchema,
  readXml,
  referenceFiles,
  referenceSchema,
  referenceText,
} from '../../../support/schemas';
import { mutantsOf } from '../../../support/xml-mutants';

const schemaOf = (body: string): XmlSchema =>
  new XmlSchema([
    readXml(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">${body}</xs:schema>`),
  ]);

const faultsOf = (schema: XmlSchema, xml: string): readonly string[] =>
  schema.validate(readXml(xml)).map(({ path, message }) => `${path} ${message}`);

const valued = (type: string): XmlSchema =>
  schemaOf(`<xs:element name="a"><xs:simpleType>${type}</xs:simpleType></xs:element>`);
const facet = (base: string, name: string, value: string): XmlSchema =>
  valued(`<xs:restriction base="xs:${base}"><xs:${name} value="${value}"/></xs:restriction>`);

describe('a text', () => {
  it.each([
    { base: 'string', name: 'maxLength', value: '3', good: 'äöü', bad: 'abcd' },
    { base: 'string', name: 'minLength', value: '2', good: '  ', bad: 'a' },
    { base: 'token', name: 'length', value: '2', good: ' ab ', bad: 'abc' },
    { base: 'string', name: 'enumeration', value: 'AED', good: 'AED', bad: 'aed' },
    { base: 'string', name: 'pattern', value: 'a|b', good: 'b', bad: 'ab' },
    { base: 'string', name: 'pattern', value: '^x$', good: '^x$', bad: 'x' },
    { base: 'decimal', name: 'fractionDigits', value: '2', good: '1.500', bad: '1.505' },
    { base: 'decimal', name: 'totalDigits', value: '3', good: '012.30', bad: '12.34' },
    { base: 'decimal', name: 'totalDigits', value: '3', good: '100', bad: '1000' },
    { base: 'int', name: 'minInclusive', value: '1', good: '1', bad: '0' },
    { base: 'decimal', name: 'maxInclusive', value: '90', good: '-91', bad: '90.01' },
    {
      base: 'dateTime',
      name: 'minInclusive',
      value: '1753-01-01T00:00:00',
      good: '1753-01-01T00:00:00',
      bad: '1752-12-31T23:59:59',
    },
  ])('is held to $name $value: $good, not $bad', ({ base, name, value, good, bad }) => {
    const schema = facet(base, name, value);
    expect(faultsOf(schema, `<a>${good}</a>`)).toEqual([]);
    expect(faultsOf(schema, `<a>${bad}</a>`)).toHaveLength(1);
  });

  it.each([
    { type: 'boolean', good: '1', bad: 'yes' },
    { type: 'int', good: '-2147483648', bad: '2147483648' },
    { type: 'int', good: '7', bad: '7.0' },
    { type: 'integer', good: '+12', bad: '1e3' },
    { type: 'nonNegativeInteger', good: '0', bad: '-1' },
    { type: 'decimal', good: '.5', bad: '1,5' },
    { type: 'date', good: '2024-02-29', bad: '2023-02-29' },
    { type: 'dateTime', good: '2026-05-24T14:30:00Z', bad: '2026-05-24' },
    { type: 'dateTime', good: '2026-05-24T24:00:00', bad: '2026-05-24T24:00:01' },
  ])('of type $type may be $good, not $bad', ({ type, good, bad }) => {
    const schema = schemaOf(`<xs:element name="a" type="xs:${type}"/>`);
    expect(faultsOf(schema, `<a>${good}</a>`)).toEqual([]);
    expect(faultsOf(schema, `<a>${bad}</a>`)).toHaveLength(1);
  });
});

describe('elements', () => {
  const schema = schemaOf(`
    <xs:element name="a"><xs:complexType><xs:sequence>
      <xs:element name="b" type="xs:int"/>
      <xs:choice minOccurs="0" maxOccurs="2">
        <xs:element name="c" type="xs:string"/>
        <xs:sequence><xs:element name="d" type="xs:string" maxOccurs="unbounded"/></xs:sequence>
      </xs:choice>
      <xs:sequence minOccurs="0"><xs:element name="e" type="xs:boolean" fixed="1"/></xs:sequence>
    </xs:sequence></xs:complexType></xs:element>`);

  it.each([
    '<a><b>1</b></a>',
    '<a><b>1</b><c/><c/></a>',
    '<a><b>1</b><d/><d/><d/><c/><e>true</e></a>',
  ])('stand in their order: %s', (xml) => {
    expect(faultsOf(schema, xml)).toEqual([]);
  });

  it.each([
    { xml: '<a/>', fault: '/a ends where one of these is expected: b' },
    {
      xml: '<a><b>1</b><c/><c/><c/></a>',
      fault: '/a holds c where one of these is expected: e',
    },
    { xml: '<a><c/><b>1</b></a>', fault: '/a holds c where one of these is expected: b' },
    { xml: '<a><b>1</b><e>0</e></a>', fault: '/a/e is not 1, the only value allowed' },
    { xml: '<a><b>x</b></a>', fault: '/a/b "x" is not a whole number' },
    { xml: '<a odd="1"><b>1</b></a>', fault: '/a has an attribute odd that is not allowed' },
    { xml: '<a>text<b>1</b></a>', fault: '/a holds text beside its elements' },
    { xml: '<z/>', fault: '/z is not an element of the schema' },
  ])('$fault', ({ xml, fault }) => {
    expect(faultsOf(schema, xml)).toEqual([fault]);
  });

  it('a schema with more than is understood is refused, not passed over', () => {
    const any = schemaOf(
      '<xs:element name="a"><xs:complexType><xs:sequence><xs:any/></xs:sequence></xs:complexType></xs:element>',
    );
    expect(() => any.validate(readXml('<a/>'))).toThrow(SchemaError);
    expect(() => schemaOf('<xs:group name="g"/>')).toThrow(SchemaError);
    expect(() => facet('string', 'pattern', '\\i\\c*').validate(readXml('<a/>'))).toThrow(
      SchemaError,
    );
  });
});

test('what is written reads back as it was', () => {
  const tree = xmlElement('a', [xmlElement('b', 'x & <y> "z"'), undefined, xmlElement('c', '')]);
  const text = writeXml(tree);
  expect(text).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<a>\n  <b>x &amp; &lt;y&gt; &quot;z&quot;</b>\n  <c/>\n</a>\n',
  );
  expect(readXml(text).children.map((child) => child.text)).toEqual(['x & <y> "z"', '']);
});

const GOAML = 'goaml/5.0.2/goAMLSchema.xsd';

describeWith('goaml')('goAML 5.0.2 (skipped where its schema is not beside this project)', () => {
  const samples = referenceFiles('goaml/samples', '.xml');

  it('all published samples are valid', () => {
    const schema = referenceSchema(GOAML);
    const faults = samples.flatMap((name) =>
      schema.validate(readXml(referenceText(`goaml/samples/${name}`))),
    );
    expect([samples.length, faults]).toEqual([10, []]);
  });

  it('and none is by the schema as it was issued, whose patterns mean ^ and $ literally', () => {
    const schema = referenceSchema('goaml/5.0.2/goAMLSchema.original.xsd');
    const valid = samples.filter((name) => {
      const text = referenceText(`goaml/samples/${name}`);
      try {
        return schema.validate(readXml(text)).length === 0;
      } catch {
        return false;
      }
    });
    expect(valid).toEqual([]);
  });

  it('refuses every one of a thousand mutants', () => {
    const schema = referenceSchema(GOAML);
    const accepted = samples.flatMap((name, index) =>
      mutantsOf(readXml(referenceText(`goaml/samples/${name}`)), 100, 7919 + index)
        .filter(({ root }) => schema.validate(root).length === 0)
        .map((mutant) => `${name} ${mutant.spoiling} ${mutant.name}`),
    );
    expect(accepted).toEqual([]);
  });
});

describe('Form C', () => {
  const FIXTURES = join(__dirname, '../../../fixtures/form-c');
  const valid = ['c-equity.xml', 'c-debt.xml', 'c-annual-report.xml', 'c-update.xml'];
  const fixture = (name: string) => readXml(readFileSync(join(FIXTURES, name), 'utf8'));

  it.each(valid)('%s is valid', (name) => {
    expect(formCSchema().validate(fixture(name))).toEqual([]);
  });

  it('every one of a thousand mutants is refused', () => {
    const schema = formCSchema();
    const accepted = valid.flatMap((name, index) =>
      mutantsOf(fixture(name), 250, 104_729 + index)
        .filter(({ root }) => schema.validate(root).length === 0)
        .map((mutant) => `${name} ${mutant.spoiling} ${mutant.name}`),
    );
    expect(accepted).toEqual([]);
  });

  const SAMPLES = 'us-formC/samples';
  describeWith(SAMPLES)('real filings (skipped where they are not beside this project)', () => {
    it('are valid by our schema, and with the common types as EDGAR issued them', () => {
      const edgars = ['eis_Common.xsd', 'eis_stateCodes.xsd'].map((name) =>
        referenceText(`us-formC/${name}`),
      );
      for (const name of referenceFiles(SAMPLES, '.xml')) {
        const filing = readXml(referenceText(`${SAMPLES}/${name}`));
        expect([name, formCSchema().validate(filing)]).toEqual([name, []]);
        expect([name, addressFaults(edgars, filing)]).toEqual([name, []]);
      }
    });
  });
});

/** The address of a filing, held against EDGAR's own types. */
function addressFaults(edgars: readonly string[], filing: ReturnType<typeof readXml>) {
  const schema = new XmlSchema([
    ...edgars.map(readXml),
    readXml(
      `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:com="http://www.sec.gov/edgar/common"
         targetNamespace="http://www.sec.gov/edgar/formc" elementFormDefault="qualified">
         <xs:element name="issuerAddress" type="com:ADDRESS_TYPE"/></xs:schema>`,
    ),
  ]);
  const find = (element: ReturnType<typeof readXml>): readonly ReturnType<typeof readXml>[] =>
    element.name === 'issuerAddress' ? [element] : element.children.flatMap(find);
  return find(filing).flatMap((address) => schema.validate(address));
}

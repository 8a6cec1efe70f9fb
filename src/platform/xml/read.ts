import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { XmlElement } from './element';

/** An element as it was read. Comments and processing instructions are left out. */
export interface ReadElement extends XmlElement {
  readonly children: readonly ReadElement[];
  /** Namespace URIs by prefix where it stands, the default one under the empty prefix. */
  readonly scope: Scope;
}

/** Why a text is not taken: what a module says of it in its own words. */
export type XmlRefusal = 'too-large' | 'dtd-refused' | 'not-xml';

/** Makes the problem that is thrown. */
export type RefuseXml = (why: XmlRefusal, detail: string) => Error;

/** Far above any form (the largest seen has 10 kB) and small enough to be parsed at once. */
const LARGEST_BYTES = 2 * 1024 * 1024;

/**
 * Parses one XML document.
 *
 * Blank lines before the declaration are forgiven, since filings are published with them. A
 * document type is refused before anything else is read: entities can be made to expand without
 * end or to fetch files, and no form needs them.
 *
 * @throws what `refuse` makes of the reason.
 */
export function parseXml(source: string, refuse: RefuseXml): ReadElement {
  try {
    return read(source);
  } catch (error) {
    if (error instanceof Refused) throw refuse(error.why, error.message);
    throw error;
  }
}

class Refused extends Error {
  constructor(
    readonly why: XmlRefusal,
    detail: string,
  ) {
    super(detail);
  }
}

function read(source: string): ReadElement {
  if (Buffer.byteLength(source) > LARGEST_BYTES) {
    throw new Refused('too-large', `More than ${LARGEST_BYTES} bytes.`);
  }
  const xml = source.replace(/^[\uFEFF\s]+/, '').replace(/\r\n?/g, '\n');
  refuseDocumentType(xml);
  if (!XML_CHARACTERS.test(xml)) throw notXml('It holds a character that XML does not allow.');
  const verdict = XMLValidator.validate(xml);
  if (verdict !== true) {
    throw notXml(`Line ${verdict.err.line}: ${verdict.err.msg.slice(0, 200)}`);
  }
  const roots = readNodes(xml).flatMap((node) => elementOf(node, ROOT_SCOPE));
  const [root] = roots;
  if (!root || roots.length > 1) throw notXml(`It has ${roots.length} root elements, not one.`);
  return root;
}

/** Source: XML 1.0 production 2; lone surrogates are not characters either. */
const XML_CHARACTERS = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

const TEXT = '#text';
const CDATA = '#cdata';
const ATTRIBUTES = ':@';

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  textNodeName: TEXT,
  cdataPropName: CDATA,
  ignoreDeclaration: true,
  ignorePiTags: true,
  // Values are read by type further on, and entities decoded here, where unknown ones are refused.
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  maxNestedTags: 40,
});

/** What the parser gives with `preserveOrder`: one name with its nodes, and attributes beside it. */
type RawNode = Readonly<Record<string, unknown>>;

/** Namespace URIs by prefix, the default one under the empty prefix. */
type Scope = ReadonlyMap<string, string>;

const ROOT_SCOPE: Scope = new Map([
  ['', ''],
  ['xml', 'http://www.w3.org/XML/1998/namespace'],
]);

function refuseDocumentType(xml: string): void {
  // Outside of quotations "<!" only begins a declaration. Walked by hand, since a pattern that
  // skips comments takes quadratic time on a text made of their beginnings.
  for (let at = xml.indexOf('<!'); at >= 0;) {
    const closing = closingOf(xml, at);
    if (closing === undefined) throw new Refused('dtd-refused', 'It declares a document type.');
    const end = xml.indexOf(closing, at);
    if (end < 0) throw notXml('A comment or a CDATA section is not closed.');
    at = xml.indexOf('<!', end);
  }
}

function closingOf(xml: string, at: number): string | undefined {
  if (xml.startsWith('<!--', at)) return '-->';
  return xml.startsWith('<![CDATA[', at) ? ']]>' : undefined;
}

function readNodes(xml: string): readonly RawNode[] {
  try {
    return parser.parse(xml) as readonly RawNode[];
  } catch (cause) {
    throw notXml(cause instanceof Error ? cause.message.slice(0, 200) : 'It cannot be parsed.');
  }
}

/** The element a node stands for; none when it is text. */
function elementOf(node: RawNode, outer: Scope): readonly ReadElement[] {
  const qualified = Object.keys(node).find((key) => key !== ATTRIBUTES);
  if (qualified === undefined || qualified === TEXT || qualified === CDATA) return [];
  const written = (node[ATTRIBUTES] ?? {}) as Readonly<Record<string, string>>;
  const { scope, attributes } = readAttributes(written, outer);
  const nodes = node[qualified] as readonly RawNode[];
  const children = nodes.flatMap((child) => elementOf(child, scope));
  const text = nodes.map(textOf).join('');
  return [
    {
      ...resolve(qualified, scope),
      attributes,
      scope,
      children,
      text: children.length > 0 ? text.trim() : text,
    },
  ];
}

function textOf(node: RawNode): string {
  const text = node[TEXT];
  if (typeof text === 'string') return decode(text);
  const quoted = node[CDATA];
  return Array.isArray(quoted)
    ? (quoted as RawNode[]).map((part) => String(part[TEXT])).join('')
    : '';
}

function readAttributes(
  written: Readonly<Record<string, string>>,
  outer: Scope,
): { readonly scope: Scope; readonly attributes: Readonly<Record<string, string>> } {
  const scope = new Map(outer);
  const attributes: Record<string, string> = {};
  for (const [name, raw] of Object.entries(written)) {
    if (raw.includes('<')) throw notXml(`Attribute ${name} holds a "<".`);
    const value = decode(raw);
    if (name === 'xmlns') scope.set('', value);
    else if (name.startsWith('xmlns:')) scope.set(name.slice('xmlns:'.length), value);
    else attributes[name] = value;
  }
  return { scope, attributes };
}

function resolve(qualified: string, scope: Scope): { namespace: string; name: string } {
  const colon = qualified.indexOf(':');
  const prefix = colon < 0 ? '' : qualified.slice(0, colon);
  const namespace = scope.get(prefix);
  if (namespace === undefined) throw notXml(`The prefix ${prefix} is not bound to a namespace.`);
  return { namespace, name: qualified.slice(colon + 1) };
}

function decode(text: string): string {
  return text.replace(/&([^;&]*;?)/g, (reference, body: string) => {
    const decoded = decodeReference(body);
    if (decoded === undefined) throw notXml(`${reference.slice(0, 40)} is not an entity of XML.`);
    return decoded;
  });
}

function decodeReference(body: string): string | undefined {
  if (!body.endsWith(';')) return undefined;
  const name = body.slice(0, -1);
  const numeric = /^#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}))$/.exec(name);
  if (!numeric) return ENTITIES.get(name);
  const code = numeric[1] ? Number.parseInt(numeric[1], 16) : Number(numeric[2]);
  if (code > 0x10ffff) return undefined;
  const character = String.fromCodePoint(code);
  return XML_CHARACTERS.test(character) ? character : undefined;
}

function notXml(detail: string): Error {
  return new Refused('not-xml', detail);
}

import type { XmlElement } from './element';

/** Prefixes by namespace URI; the empty prefix makes it the default. */
export type Prefixes = Readonly<Record<string, string>>;

/**
 * Writes a document: the declaration, two spaces a level, a text on the line of its element, an
 * element without content as `<a/>`, and a line feed at the end. Namespaces are declared on the
 * root, in the order given. The same tree gives the same bytes.
 *
 * @throws Error for a namespace without a prefix: a bug of whoever made the tree.
 */
export function writeXml(root: XmlElement, prefixes: Prefixes = {}): string {
  const declared = Object.entries(prefixes).map(
    ([uri, prefix]) => ` ${prefix === '' ? 'xmlns' : `xmlns:${prefix}`}="${escapeXml(uri)}"`,
  );
  const lines = elementLines(root, { prefixes, indent: '', declared: declared.join('') });
  return ['<?xml version="1.0" encoding="UTF-8"?>', ...lines, ''].join('\n');
}

/** Writes text so that it reads back the same, also a carriage return. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"\r]/g, (character) => ESCAPES.get(character) ?? character);
}

interface Position {
  readonly prefixes: Prefixes;
  readonly indent: string;
  readonly declared: string;
}

function elementLines(element: XmlElement, at: Position): readonly string[] {
  const { indent, prefixes } = at;
  const tag = tagOf(element, prefixes);
  const attributes = Object.entries(element.attributes).map(
    ([name, value]) => ` ${name}="${escapeXml(value)}"`,
  );
  const opening = `${indent}<${tag}${at.declared}${attributes.join('')}`;
  if (element.children.length > 0) {
    const inner = { prefixes, indent: `${indent}  `, declared: '' };
    const lines = element.children.flatMap((child) => elementLines(child, inner));
    return [`${opening}>`, ...lines, `${indent}</${tag}>`];
  }
  const text = escapeXml(element.text);
  return [text === '' ? `${opening}/>` : `${opening}>${text}</${tag}>`];
}

function tagOf({ namespace, name }: XmlElement, prefixes: Prefixes): string {
  const prefix = namespace === '' ? '' : prefixes[namespace];
  if (prefix === undefined) throw new Error(`The namespace ${namespace} has no prefix.`);
  return prefix === '' ? name : `${prefix}:${name}`;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ['\r', '&#13;'],
]);

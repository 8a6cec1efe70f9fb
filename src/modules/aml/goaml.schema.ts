import { readFileSync } from 'node:fs';
import { parseXml, XmlSchema } from '../../platform/xml';

/**
 * The schema of goAML as the authority issued it: each country has its own codes in it.
 *
 * @throws Error when the file cannot be read; it stops the process.
 */
export function loadGoamlSchema(file: string): XmlSchema {
  const refuse = (why: string, detail: string): Error => new Error(`${file}: ${why}. ${detail}`);
  return new XmlSchema([parseXml(readFileSync(file, 'utf8'), refuse)]);
}

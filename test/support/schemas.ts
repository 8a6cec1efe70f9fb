import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseXml, XmlSchema, type ReadElement } from '../../src/platform/xml';

/** Official schemas and published samples, on a machine that has them; they may not be committed. */
const REFERENCE = join(__dirname, '../../../shared/reference/schemas');

const OWN = join(__dirname, '../../compliance/schemas');

/** `describe`, or `describe.skip` with the reason in its name where a file is not at hand. */
export function describeWith(path: string): jest.Describe {
  return existsSync(join(REFERENCE, path)) ? describe : describe.skip;
}

export function referencePath(path: string): string {
  return join(REFERENCE, path);
}

export function referenceText(path: string): string {
  return readFileSync(referencePath(path), 'utf8');
}

export function referenceFiles(path: string, ending: string): readonly string[] {
  const folder = join(REFERENCE, path);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith(ending));
}

export function readXml(text: string): ReadElement {
  return parseXml(text, (why, detail) => new Error(`${why}: ${detail}`));
}

/** A schema made of files beside this project. */
export function referenceSchema(...paths: readonly string[]): XmlSchema {
  return new XmlSchema(paths.map((path) => readXml(referenceText(path))));
}

/** The project's own schema of Form C. */
export function formCSchema(): XmlSchema {
  return new XmlSchema(
    ['formc.xsd', 'common.xsd'].map((name) =>
      readXml(readFileSync(join(OWN, 'us-form-c', name), 'utf8')),
    ),
  );
}

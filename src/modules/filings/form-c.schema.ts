import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseXml, XmlSchema } from '../../platform/xml';

/**
 * The schema of the Form C family.
 *
 * @param folder `compliance/schemas/us-form-c`.
 * @throws Error when a file of it cannot be read: the program does not start with half a schema.
 */
export function loadFormCSchema(folder: string): XmlSchema {
  return new XmlSchema(
    ['formc.xsd', 'common.xsd'].map((name) =>
      parseXml(
        readFileSync(join(folder, name), 'utf8'),
        (why, detail) => new Error(`${name}: ${why}. ${detail}`),
      ),
    ),
  );
}

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** Where evaluation data lies that may not be committed; a bench may be told another folder. */
const REFERENCE_DATA = process.env['REFERENCE_DATA'] ?? '../shared/reference/data';

/** The path of a file or folder of the evaluation data; undefined where it is not there. */
export function referenceData(file: string, folder = REFERENCE_DATA): string | undefined {
  const path = resolve(process.cwd(), folder, file);
  return existsSync(path) ? path : undefined;
}

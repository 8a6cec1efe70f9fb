import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { interpretFormC, parseFormC, type FiledStatement } from '../../src/modules/filings';
import { rate } from '../../src/kernel/rate';

const FIXTURES = join(__dirname, '../fixtures/form-c');

/** Where the real filings lie, on a machine that has them. */
export const SAMPLES = join(__dirname, '../../../shared/reference/schemas/us-formC/samples');

export function fixture(name: string): string {
  return readFileSync(join(FIXTURES, name), 'utf8');
}

/** A fixture with some of its text replaced; each must be there. */
export function changed(
  name: string,
  replacements: readonly (readonly [found: string, by: string])[],
): string {
  return replacements.reduce((xml, [found, by]) => {
    if (!xml.includes(found)) throw new Error(`${name} does not hold ${found}`);
    return xml.replaceAll(found, by);
  }, fixture(name));
}

/** @param source the name of a fixture, or a filing itself. */
export function statementOf(source: string): FiledStatement {
  return interpretFormC(parseFormC(source.endsWith('.xml') ? fixture(source) : source));
}

export const USUAL_IMPORT = { orderLimitRate: rate('1.25') };

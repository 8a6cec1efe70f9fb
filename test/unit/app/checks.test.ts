import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { allChecks } from '../../../src/app/checks';
import type { IntegrityCheck } from '../../../src/platform/integrity';

const MODULES = resolve(__dirname, '../../../src/modules');

const modules = readdirSync(MODULES).filter((name) =>
  existsSync(join(MODULES, name, 'integrity.ts')),
);

describe('integrity checks', () => {
  test.each(modules)('of %s are all run', (name) => {
    const exported = Object.values(
      require(join(MODULES, name, 'integrity')) as Record<string, unknown>,
    );
    const checks = exported.filter(Array.isArray).flat() as readonly IntegrityCheck[];
    expect(checks.length).toBeGreaterThan(0);
    expect(allChecks).toEqual(expect.arrayContaining([...checks]));
  });

  test('have names of their own, and titles that state what is true', () => {
    const ids = allChecks.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, title } of allChecks) {
      expect(id).toMatch(/^[a-z]+\.[a-z-]+$/);
      expect(title).toMatch(/^[A-Z].*[^.]$/);
    }
  });
});

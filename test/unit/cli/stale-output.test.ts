import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { removeStaleOutput } from '../../../src/cli/stale-output';

describe('what a build leaves behind', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'yunchou-build-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const write = (...paths: readonly string[]): void => {
    for (const path of paths) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), '');
    }
  };
  const clear = (): readonly string[] => removeStaleOutput(join(root, 'dist'), root);

  test('goes when its source is gone, with the folders that it empties', () => {
    write('migrations/2_new.ts', 'src/main.ts');
    write('dist/migrations/2_new.js', 'dist/migrations/1_old.js', 'dist/migrations/1_old.js.map');
    write('dist/src/main.js', 'dist/src/gone/deep/service.js');
    expect(clear().toSorted()).toEqual([
      'migrations/1_old.js',
      'migrations/1_old.js.map',
      'src/gone/deep/service.js',
    ]);
    expect(existsSync(join(root, 'dist/src/gone'))).toBe(false);
    expect(existsSync(join(root, 'dist/migrations/2_new.js'))).toBe(true);
    expect(existsSync(join(root, 'dist/src/main.js'))).toBe(true);
  });

  test('stays when the compiler did not write it', () => {
    write('dist/src/kept.txt');
    expect(clear()).toEqual([]);
    expect(existsSync(join(root, 'dist/src/kept.txt'))).toBe(true);
  });
});

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  ROOT,
  importsOf,
  sourceFiles,
  type ImportLine,
  type SourceFile,
} from '../support/source-tree';

// With TypeScript 7 dependency-cruiser does not tell `import type` from `import`; the rules that
// turn on the difference are here, all others in .dependency-cruiser.cjs.
const TYPE_ONLY = [
  {
    rule: 'a noun file names roles and outcomes, it neither authenticates nor queues',
    from: /^src\/modules\/.*(?<![/.](service|routes|schema|store|queries|jobs))\.ts$/,
    to: /^src\/platform\/(auth|lanes)/,
    fix: 'write `import type`, or move what runs into the service',
  },
  {
    rule: 'a schema shows what services and stores give, it does not call them',
    from: /^src\/modules\/.*[/.]schema\.ts$/,
    to: /^src\/modules\/.*[/.](service|store|queries|routes|jobs)$/,
    fix: 'write `import type`, or move the value into a noun file',
  },
  {
    rule: 'the rulebook reader leaves parsing to file.schema.ts',
    from: /^src\/modules\/rulebooks\/service\.ts$/,
    to: /^zod$/,
    fix: 'write `import type`, or build the schema in file.schema.ts',
  },
];

describe('imports', () => {
  test('keep to the layers, the module order and the homes of the libraries', async () => {
    // Each line names its rule; the comment in .dependency-cruiser.cjs says what to do instead.
    expect(await violations()).toEqual([]);
  }, 60_000);

  test.each(TYPE_ONLY)('$rule', ({ from, to, fix }) => {
    const trespassers = sourceFiles('src')
      .filter(({ path }) => from.test(path))
      .flatMap((file) => runtimeImports(file, to).map((line) => `${line}: ${fix}`));
    expect(trespassers).toEqual([]);
  });
});

function runtimeImports(file: SourceFile, to: RegExp): readonly string[] {
  const isTrespass = (line: ImportLine): boolean => !line.isTypeOnly && to.test(line.target);
  return importsOf(file)
    .filter(isTrespass)
    .map(({ line, from }) => `${file.path}:${line} imports ${from}`);
}

function violations(): Promise<readonly string[]> {
  const tool = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const folders = ['src', 'migrations', 'seeds', 'bench'].filter((folder) =>
    existsSync(join(ROOT, folder)),
  );
  const args = [tool, '--config', '.dependency-cruiser.cjs', ...folders];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: ROOT }, (error, stdout, stderr) => {
      const lines = `${stdout}${stderr}`.split('\n').filter((line) => /error/i.test(line));
      resolve(error !== null && lines.length === 0 ? [error.message] : lines);
    });
  });
}

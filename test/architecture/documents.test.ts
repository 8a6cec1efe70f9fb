import { existsSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { ROOT, filesIn, readText, sourceFiles } from '../support/source-tree';

const decisions = filesIn(['docs/adr'], /\.md$/);
const documents = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'],
  ...filesIn(['docs', 'compliance'], /\.md$/),
];
const manifest = JSON.parse(readText('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
};

describe('decisions', () => {
  test.each(decisions)('%s has its four sections, in order', (path) => {
    const headings = [...readText(path).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(['Context', 'Decision', 'Consequences', 'Enforced by']);
  });

  test.each(decisions)('%s names a check that exists', (path) => {
    const [, enforced = ''] = readText(path).split('## Enforced by');
    const named = [...enforced.matchAll(/`([^`\s]+)`/g)].map(([, name = '']) => name);
    const files = named.filter((name) => /^[\w.-]*\/|^\.[\w-]+|\.(ts|json|cjs)$/.test(name));
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
    const rules = readText('.dependency-cruiser.cjs').replaceAll(/\(\s+/g, '(');
    const ruleNames = named.filter((name) => /^[a-z]+(-[a-z]+)+$/.test(name));
    expect(ruleNames.filter((name) => !rules.includes(ruleStem(name)))).toEqual([]);
  });

  test('are numbered from 1 without a gap', () => {
    const numbers = decisions.map((path) => Number(basename(path).slice(0, 4)));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  test('name every dependency; add a row to docs/adr/0014-dependencies.md', () => {
    const [, table = ''] = readText('docs/adr/0014-dependencies.md').split('## Decision');
    const rows = table.split('\n').filter((line) => line.startsWith('| `'));
    const named = rows.flatMap((row) =>
      [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    );
    expect(named.toSorted()).toEqual(Object.keys(manifest.dependencies).toSorted());
  });
});

test('no package may run a script when it is installed', () => {
  expect(readText('.npmrc')).toMatch(/^ignore-scripts=true$/m);
});

test('every npm command runs a program that exists', () => {
  const programs = Object.values(manifest.scripts).flatMap((script) =>
    [...script.matchAll(/dist\/([\w/-]+)\.js/g)].map(([, name = '']) => `${name}.ts`),
  );
  expect(programs.length).toBeGreaterThan(5);
  expect(programs.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

describe('documents', () => {
  test.each(documents)('%s links to files that exist', (path) => {
    const targets = [...readText(path).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !/^[a-z]+:/.test(link))
      .map((link) => normalize(join(dirname(path), link)));
    expect(targets.filter((target) => !existsSync(join(ROOT, target)))).toEqual([]);
  });

  test.each(documents)('%s names npm commands that exist', (path) => {
    const named = [...readText(path).matchAll(/`npm run ([\w:]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in manifest.scripts))).toEqual([]);
  });

  test.each(documents)('%s names routes that exist', (path) => {
    const named = [...readText(path).matchAll(/(\/v1\/[\w/{}$.-]*[\w}])/g)].map(([route]) => route);
    const known = routes();
    // Prose may also name a family of routes: `/v1/calculators`.
    const unknown = named.filter((route) => {
      return !known.some((path) => isAt(route, path) || path.startsWith(`${route}/`));
    });
    expect(unknown).toEqual([]);
  });

  test('README.md lists every setting of src/config.ts, and no other', () => {
    const settings = [...readText('src/config.ts').matchAll(/^ {2}([A-Z][A-Z_]+):/gm)];
    const listed = [...readText('README.md').matchAll(/^\| `([A-Z][A-Z_]+)`/gm)];
    expect(listed.map(([, name]) => name).toSorted()).toEqual(
      settings.map(([, name]) => name).toSorted(),
    );
  });

  test('ARCHITECTURE.md names the modules in the order that is checked', () => {
    const [, order = ''] =
      /const ORDER = \[([^\]]+)\]/.exec(readText('.dependency-cruiser.cjs')) ?? [];
    const checked = [...order.matchAll(/'(\w+)'/g)].map(([, name]) => name);
    const listed = [...readText('ARCHITECTURE.md').matchAll(/^\| (\w+) {1,}\|/gm)]
      .map(([, name]) => name)
      .filter((name) => checked.includes(name));
    expect(listed).toEqual(checked);
  });
});

/** `knex-has-one-home` is made from the library's name. */
function ruleStem(name: string): string {
  return name.endsWith('-has-one-home')
    ? `home('${name.replace(/-has-one-home$/, '')}'`
    : `'${name}'`;
}

/** Paths of the route table. */
function routes(): readonly string[] {
  return sourceFiles('src').flatMap(({ text }) =>
    [...text.matchAll(/['"`](\/v1\/[^'"`\s]+)['"`]/g)].map(([, path = '']) => path),
  );
}

/** Whether a path as a person writes it is one of the table's: `{id}` stands for any segment. */
function isAt(route: string, path: string): boolean {
  const [given, declared] = [route.split('/'), path.split('/')];
  return (
    given.length === declared.length &&
    declared.every((segment, index) => /^\$?\{/.test(segment) || segment === given[index])
  );
}

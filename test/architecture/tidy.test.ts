import {
  filesIn,
  lineCount,
  place,
  readText,
  sourceFiles,
  textsOf,
  type SourceFile,
  type SyntaxNode,
} from '../support/source-tree';

const program = sourceFiles('src', 'migrations', 'seeds', 'bench');
const tests = sourceFiles('test');
const written = [
  ...filesIn(['src', 'migrations', 'seeds', 'bench', 'test', 'docs', 'compliance', '.ci'], /.*/),
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'package.json', 'jest.config.js'],
].filter((path) => /\.(ts|js|cjs|json|md|sql|txt|csv)$|\/run$/.test(path));

describe('sizes', () => {
  test.each([
    { folder: 'src', most: 400, fix: 'split by noun, as closing.service.ts' },
    { folder: 'migrations', most: 700, fix: 'one concern a migration' },
    { folder: 'bench', most: 400, fix: 'split by noun' },
    { folder: 'test', most: 700, fix: 'one subject a file' },
  ])('a file in $folder has at most $most lines; $fix', ({ folder, most }) => {
    const long = sourceFiles(folder).filter(({ text }) => text.split('\n').length > most + 1);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  test('a function in src has at most 70 lines; give its steps names', () => {
    const long = sourceFiles('src').flatMap((file) =>
      file.nodes
        .filter(({ type }) => FUNCTIONS.has(type))
        .filter((node) => lineCount(file, node) > 70)
        .map((node) => place(file, node)),
    );
    expect(long).toEqual([]);
  });
});

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'PrivateMethod',
  'Constructor',
]);

describe('time and chance come from outside', () => {
  const exempt = (path: string): boolean => path === 'src/kernel/clock.ts';

  test('no `new Date()` outside the clock; take a Clock and ask clock.now()', () => {
    const found = inProgram((node) => {
      const callee = node['callee'] as { value?: unknown } | undefined;
      const given = (node['arguments'] ?? []) as readonly unknown[];
      return node.type === 'NewExpression' && callee?.value === 'Date' && given.length === 0;
    });
    expect(found).toEqual([]);
  });

  test.each([
    { object: 'Date', property: 'now', fix: 'take a Clock' },
    { object: 'Math', property: 'random', fix: 'use node:crypto, or a fixed value in a test' },
  ])('no $object.$property; $fix', ({ object, property }) => {
    const found = inProgram((node) => memberIs(node, object, property));
    const inTests = tests.flatMap((file) =>
      property === 'random' ? places(file, (node) => memberIs(node, object, property)) : [],
    );
    expect([...found, ...inTests]).toEqual([]);
  });

  test('no clock of the database in SQL; pass the time as a binding', () => {
    const clock =
      /\b(now\(\)|current_timestamp|current_date|clock_timestamp\(\)|statement_timestamp\(\)|localtimestamp)/i;
    const found = sourceFiles('src', 'migrations').flatMap((file) =>
      textsOf(file)
        .filter(({ text }) => clock.test(text) && /\b(select|insert|update|default)\b/i.test(text))
        .map(({ node }) => place(file, node)),
    );
    expect(found).toEqual([]);
  });

  function inProgram(isBanned: (node: SyntaxNode) => boolean): readonly string[] {
    return program.filter(({ path }) => !exempt(path)).flatMap((file) => places(file, isBanned));
  }
});

describe('surroundings', () => {
  test('process.env is read in src/config.ts alone; add the setting there', () => {
    const found = sourceFiles('src', 'seeds')
      .filter(({ path }) => path !== 'src/config.ts')
      .flatMap((file) => places(file, (node) => memberIs(node, 'process', 'env')));
    expect(found).toEqual([]);
  });

  test('no path of one machine stands in a file; make it relative or a setting', () => {
    const found = linesMatching(/(^|[\s"'`(=])\/(work|root|home\/\w+|Users\/\w+)\//);
    expect(found).toEqual([]);
  });

  test('nothing is left to do later; do it, or open an issue', () => {
    // Spelled apart, so that this file does not find itself.
    const marks = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'HA' + 'CK'].join('|')})\\b`);
    expect(linesMatching(marks)).toEqual([]);
  });
});

describe('words', () => {
  test('no name says nothing: Manager, Helper, Util, Impl; name what it is', () => {
    expect(declaredNames(/(Manager|Helper|Utils?|Impl)$/)).toEqual([]);
    const files = [...program, ...tests].filter(({ path }) =>
      /(^|\/)(common|misc|data|info|utils?|helpers?)(\.[a-z]+)?(\.ts|\/)/.test(path),
    );
    expect(files.map(({ path }) => path)).toEqual([]);
  });

  // docs/glossary.md; only words that have no other honest use in this program.
  test.each([
    { banned: /tenant/i, word: 'operator' },
    { banned: /campaign/i, word: 'offering' },
    { banned: /pledge/i, word: 'subscription' },
    { banned: /(soft|hard)Cap/i, word: 'target, maximum' },
    { banned: /wallet/i, word: 'account' },
    { banned: /escrowAgent|psp$/i, word: 'custodian' },
    { banned: /topUp|[pP]ayout/, word: 'deposit, withdrawal, distribution' },
    { banned: /quiz/i, word: 'knowledge test' },
    { banned: /wealth/i, word: 'means' },
    { banned: /delinquen/i, word: 'arrears' },
  ])('the word is: $word', ({ banned }) => {
    const files = [...program, ...tests].filter(({ path }) => banned.test(path));
    expect([...declaredNames(banned), ...files.map(({ path }) => path)]).toEqual([]);
  });
});

function memberIs(node: SyntaxNode, object: string, property: string): boolean {
  const owner = node['object'] as { value?: unknown } | undefined;
  const member = node['property'] as { value?: unknown } | undefined;
  return node.type === 'MemberExpression' && owner?.value === object && member?.value === property;
}

function places(file: SourceFile, isBanned: (node: SyntaxNode) => boolean): readonly string[] {
  return file.nodes.filter(isBanned).map((node) => place(file, node));
}

function linesMatching(pattern: RegExp): readonly string[] {
  return written.flatMap((path) =>
    readText(path)
      .split('\n')
      .flatMap((line, index) =>
        pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
      ),
  );
}

/** Names the code gives to types, functions, classes, variables and fields. */
function declaredNames(pattern: RegExp): readonly string[] {
  return [...program, ...tests].flatMap((file) =>
    file.nodes.flatMap((node) => {
      const named = (node['id'] ?? node['identifier'] ?? node['key']) as
        { type?: string; value?: unknown } | null | undefined;
      if (named?.type !== 'Identifier' || !DECLARING.has(node.type)) return [];
      return pattern.test(String(named.value))
        ? [`${place(file, node)} ${String(named.value)}`]
        : [];
    }),
  );
}

const DECLARING = new Set([
  'FunctionDeclaration',
  'ClassDeclaration',
  'TsInterfaceDeclaration',
  'TsTypeAliasDeclaration',
  'VariableDeclarator',
  'ClassMethod',
  'ClassProperty',
  'TsPropertySignature',
  'TsMethodSignature',
]);

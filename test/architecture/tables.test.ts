import { filesIn, place, readText, sourceFiles, textsOf } from '../support/source-tree';

/**
 * Whose tables and functions begin with which word, from the foundations up. Only the owner names
 * them in SQL: the others ask its service, so that a table can change without a search through the
 * whole program.
 *
 * Excepted are migrations, since a function of one module may call that of a lower one inside the
 * database; bench/, which measures the tables themselves; and integrity.ts, whose checks compare
 * what a module wrote with what the modules below it wrote.
 */
const OWNERS: readonly (readonly [string, string])[] = [
  ['platform', 'src/platform/'],
  ['app', 'src/platform/'],
  ['ledger', 'src/modules/ledger/'],
  ['identity', 'src/modules/identity/'],
  ['verification', 'src/modules/verification/'],
  ['cap', 'src/modules/caps/'],
  ['investor', 'src/modules/investors/'],
  ['issuer', 'src/modules/issuers/'],
  ['credit', 'src/modules/credit/'],
  ['payment', 'src/modules/payments/'],
  ['reconciliation', 'src/modules/reconciliation/'],
  ['holding', 'src/modules/holdings/'],
  ['offering', 'src/modules/offerings/'],
  ['subscription', 'src/modules/subscriptions/'],
  ['filing', 'src/modules/filings/'],
  ['application', 'src/modules/applications/'],
  ['matching', 'src/modules/matching/'],
  ['loan', 'src/modules/loans/'],
  ['takeover', 'src/modules/takeovers/'],
  ['cover', 'src/modules/cover/'],
  ['market', 'src/modules/market/'],
  ['dispute', 'src/modules/disputes/'],
  ['aml', 'src/modules/aml/'],
  ['incident', 'src/modules/incidents/'],
  ['report', 'src/modules/reporting/'],
  ['supervision', 'src/modules/supervision/'],
  ['disclosure', 'src/modules/disclosure/'],
  ['kiis', 'src/modules/kiis/'],
];

/** Read by a higher module in its own SQL, for a reason. */
const SHARED_ON_PURPOSE = [
  // The currency of a subscription is its book's: the narrow row of the hot path does not repeat it.
  { path: 'src/modules/subscriptions/store.ts', name: 'offering_books' },
  { path: 'src/modules/subscriptions/refusal.queries.ts', name: 'offering_books' },
  // What a guarantor answers for is a sum over its contracts' loans: one join, not a million numbers.
  { path: 'src/modules/cover/exposure.queries.ts', name: 'loans' },
];

const CREATED = /CREATE\s+(?:OR REPLACE\s+)?(TABLE|FUNCTION|VIEW)\s+(?:IF NOT EXISTS\s+)?(\w+)/gi;
const KEYWORDS = 'from|join|into|update|table|only|using';

const created = filesIn(['migrations'], /\.ts$/).flatMap((path) =>
  [...readText(path).matchAll(CREATED)].map(([, kind = '', name = '']) => ({
    isFunction: kind.toUpperCase() === 'FUNCTION',
    name,
    path,
  })),
);

describe('tables', () => {
  test('each begins with the name of the module that owns it', () => {
    const strays = created
      .filter(({ name }) => ownerOf(name) === undefined)
      .map(({ name, path }) => `${path}: ${name} begins with the name of no module; rename it`);
    expect(strays).toEqual([]);
  });

  test('are named in SQL by their owner alone', () => {
    const trespasses = sourceFiles('src', 'seeds').flatMap((file) =>
      textsOf(file).flatMap(({ node, text }) =>
        namedIn(text)
          .filter((name) => !mayName(file.path, name))
          .map((name) => `${place(file, node)} names ${name}: ask ${ownerOf(name)} for it instead`),
      ),
    );
    expect(trespasses).toEqual([]);
  });

  test('are many enough for this test to mean something', () => {
    expect(created.length).toBeGreaterThan(50);
  });
});

function namedIn(text: string): readonly string[] {
  const words = new Set(text.match(/\w+/g));
  const names = created.filter(({ name, isFunction }) => {
    if (!words.has(name)) return false;
    if (isFunction) return looksLikeSql(text) && new RegExp(`\\b${name}\\s*\\(`).test(text);
    // A piece of a statement may begin with the table; in prose `from` is not in capitals.
    const isPiece = new RegExp(`(^|\\b(${KEYWORDS.toUpperCase()})\\s+)${name}\\s+[a-z]\\b`);
    const isNamed = new RegExp(`\\b(${KEYWORDS})\\s+${name}\\b(?!\\s*:)`, 'i');
    return isPiece.test(text) || (looksLikeSql(text) && isNamed.test(text));
  });
  return [...new Set(names.map(({ name }) => name))];
}

function looksLikeSql(text: string): boolean {
  return /\b(select|insert\s+into|update\s+\w+\s+(\w+\s+)?set|delete\s+from|lock\s+table)\b/i.test(
    text,
  );
}

function mayName(path: string, name: string): boolean {
  if (path.startsWith(ownerOf(name) ?? '')) return true;
  if (SHARED_ON_PURPOSE.some((each) => each.path === path && each.name === name)) return true;
  if (path.startsWith('src/modules/reporting/')) return name.endsWith('_view');
  return /[/.]integrity\.ts$/.test(path) && rank(path) > rank(ownerOf(name) ?? '');
}

function rank(path: string): number {
  return OWNERS.findIndex(([, folder]) => path.startsWith(folder));
}

/** `subscriptions` and `subscription_closings` are both the subscriptions'. */
function ownerOf(name: string): string | undefined {
  const [word = ''] = name.split('_');
  return OWNERS.find(([prefix]) => word === prefix || word === `${prefix}s`)?.[1];
}

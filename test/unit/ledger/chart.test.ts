import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { normalSide, type AccountSpec } from '../../../src/modules/ledger';
import * as chart from '../../../src/modules/ledger/chart';

const DOCUMENT = readFileSync(resolve(__dirname, '../../../docs/chart-of-accounts.md'), 'utf8');

/** Every account the engine makes, with its parts that vary in braces. */
const { feeAccount, FEE_KINDS, ...makers } = chart;
const accounts = [
  ...Object.values(makers).map((make) => {
    const arguments_ = make.length === 1 ? ['EUR'] : ['ID', 'EUR'];
    return (make as (...args: readonly string[]) => AccountSpec)(...arguments_);
  }),
  ...FEE_KINDS.map((kind) => feeAccount(kind, 'EUR')),
];

/** Rows of the document's tables that begin with an account. */
const rows = [...DOCUMENT.matchAll(/^\| `([^`]+)` +\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
  ([, path = '', side = '', clientMoney = '', floor = '']) => ({
    path: path.replaceAll('{currency}', 'eur').replaceAll(/\{\w+\}/g, 'ID'),
    side: side.trim(),
    clientMoney: clientMoney.trim(),
    floor: floor.trim(),
  }),
);

describe('the chart of accounts', () => {
  test('lists every account the engine makes, and no other', () => {
    expect(rows.map((row) => row.path).toSorted(byText)).toEqual(
      accounts.map((account) => account.path).toSorted(byText),
    );
  });

  test.each(accounts)('says of $path what it is', (account) => {
    expect(rows.find((row) => row.path === account.path)).toEqual({
      path: account.path,
      side: normalSide(account.path) === 1 ? 'debit' : 'credit',
      clientMoney: account.isClientMoney ? 'yes' : 'no',
      floor: account.floorMinor === undefined ? 'none' : 'zero',
    });
  });

  test('has a paragraph on when each account moves', () => {
    for (const { path } of rows) {
      const heading = path.replaceAll('eur', '{currency}');
      const pattern = heading.replaceAll('ID', '{').split('{')[0] ?? '';
      expect(DOCUMENT).toMatch(new RegExp(`^### \`${pattern}`, 'm'));
    }
  });
});

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importStatement } from '../../../src/cli/statement-import';
import type { CalendarDate } from '../../../src/kernel/calendar-date';
import { eur } from '../../support/payment-world';
import { reconciliationWorld, type ReconciliationWorld } from '../../support/reconciliation-world';

const DAY = '2025-03-11' as CalendarDate;
const MAPPING = {
  mapping: { delimiter: ';', date: 'date', amount: 'amount', bankRef: 'ref', text: 'text' },
  head: {
    account: 'DE89370400440532013000',
    currency: 'EUR',
    statementRef: '2025-70',
    fromOn: DAY,
    toOn: DAY,
    opening: '999.00',
    closing: '1099.00',
  },
};

let world: ReconciliationWorld;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bank-statement-'));
  world = await reconciliationWorld();
  await world.investor(eur('1000.00'));
  await world.until('2025-03-11T08:00:00Z');
  await world.investor(eur('100.00'));
  await world.until('2025-03-12T08:00:00Z');
}, 60_000);

afterAll(async () => {
  const broken = await world.brokenNow();
  await world.close();
  rmSync(directory, { recursive: true });
  expect(broken).toEqual([]);
});

function take(csv: string, form: object = MAPPING): Promise<string> {
  const file = join(directory, 'statement.csv');
  const mapping = join(directory, 'mapping.json');
  writeFileSync(file, csv);
  writeFileSync(mapping, JSON.stringify(form));
  const { operators, test } = world;
  const books = { operators, database: test.database, services: world };
  return importStatement(books, { file, mapping, operator: undefined });
}

describe('a CSV of a bank, by the command line', () => {
  test('is refused whole, with every line that is wrong', async () => {
    await expect(
      take('date;amount;ref;text\n2025-03-10;100.00;;\n2025-03-12;x;;\n'),
    ).rejects.toThrow('/lines/3');
    await expect(take('date;amount;ref;text\n2025-03-10;100.00;;\n')).rejects.toThrow(
      '2025-03-10 is not between',
    );
    await expect(take('date\n', { mapping: {} })).rejects.toThrow('cannot be read');
  });

  test('begins in the midst of a life: what lay there stands for all that was before, and differs', async () => {
    const csv = 'date;amount;ref;text\n2025-03-11;100.00;;deposit\n';
    expect(await take(csv)).toBe(
      'test: 2025-70, 2025-03-11 to 2025-03-11: 1 lines, 1 matched; closes with 1099.00 EUR',
    );
    expect(await take(csv)).toBe('test: 2025-70 was taken before; nothing changed');
    const found = await world.read((db) => world.reconciliationDays.get(db, { day: DAY }));
    expect(found).toMatchObject({
      status: 'draft',
      explained: eur('-1.00'),
      breakCount: 1,
      balances: { bank: eur('1099.00'), ledger: eur('1100.00'), owed: eur('1100.00') },
    });
    const [gap] = await world.read((db) => world.reconciliationBreaks.list(db, { limit: 5 }));
    expect(gap).toMatchObject({ kind: 'amount-differs', amount: eur('-1.00') });
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { calendarDate } from '../../../src/kernel/calendar-date';
import { CURRENCIES, minorDigits, type Currency } from '../../../src/kernel/currency';
import { Money } from '../../../src/kernel/money';
import {
  credit,
  custodianAccount,
  debit,
  exportJournal,
  investorCashAccount,
  feeAccount,
  type JournalRequest,
} from '../../../src/modules/ledger';
import { commodityDirective, journalEntry } from '../../../src/modules/ledger/journal';
import { OTHER_OPERATOR, eur, ledgerWorld, type LedgerWorld } from '../../support/ledger-world';

/*
 * The books as another program reads them: hledger sums the exported journal by itself, checks our
 * assertions, and must come to every balance we have.
 */

const isInstalled = (() => {
  try {
    execFileSync('hledger', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('hledger is not installed (apt-get install hledger): skipped.\n');
    return false;
  }
})();
const whenInstalled = isInstalled ? describe : describe.skip;

let world: LedgerWorld;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  world = await ledgerWorld();
  await threeMonths();
});
afterAll(async () => {
  expect(await world.broken()).toEqual([]);
  await world.close();
  rmSync(folder, { recursive: true });
});

/** Three months of three currencies, with awkward descriptions and a reversal. */
async function threeMonths(): Promise<void> {
  const { ledger, clock } = world;
  const investors = [
    await world.investor(eur('1000.00')),
    await world.investor(eur('0.01')),
    await world.investor(eur('999999999999.99')),
  ];
  const kwd = Money.parse('12.345', 'KWD');
  const jpy = Money.parse('5000', 'JPY');
  for (const [month, description] of [
    ['2025-03', 'Fee; with a semicolon'],
    ['2025-04', '(half) a * code ! = 3 EUR'],
    ['2025-05', '平台服务费 | May\nsecond line'],
  ] as const) {
    clock.moveTo(`${month}-28T23:59:59.999Z`);
    await world.write(async (tx) => {
      for (const investor of investors) {
        await world.deposit(tx, investor, kwd);
        await world.deposit(tx, investor, jpy);
        const cash = await ledger.ensureAccount(tx, investorCashAccount(investor, 'JPY'));
        const fees = await ledger.ensureAccount(tx, feeAccount('success', 'JPY'));
        const [fee] = await ledger.post(tx, [
          {
            kind: 'fee',
            source: { type: 'fee', id: `${month} ${investor}` },
            description,
            occurredAt: new Date(`${month}-02T10:00:00Z`),
            postings: [
              debit(cash, Money.parse('10', 'JPY')),
              credit(fees, Money.parse('10', 'JPY')),
            ],
          },
        ]);
        if (fee !== undefined && investor === investors[1]) await ledger.reverse(tx, fee, 'waived');
      }
    });
  }
}

async function exported(request: JournalRequest = {}): Promise<string> {
  const file = join(folder, 'books.journal');
  const pieces: string[] = [];
  await world.read(async (db) => {
    for await (const piece of exportJournal(db, { pageSize: 3, ...request })) pieces.push(piece);
  });
  writeFileSync(file, pieces.join(''));
  return file;
}

/** Balances as hledger works them out: `path currency` and the decimal amount. */
function hledgerBalances(file: string, ...options: readonly string[]): Map<string, string> {
  const output = execFileSync(
    'hledger',
    [
      '-f',
      file,
      '--strict',
      'balance',
      '--flat',
      '--no-total',
      '-O',
      'csv',
      '--layout=bare',
      ...options,
    ],
    { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } },
  );
  const rows = output.trim().split('\n').slice(1);
  return new Map(
    rows.map((row) => {
      const [path, currency, amount] = row.split(',').map((cell) => cell.replaceAll('"', ''));
      return [`${path} ${currency}`, amount ?? ''];
    }),
  );
}

async function ourBalances(): Promise<Map<string, string>> {
  const rows = await world.read((db) =>
    db.query<{ path: string; currency: Currency; balance_minor: bigint }>(
      'SELECT path, currency, balance_minor FROM ledger_accounts WHERE balance_minor <> 0',
    ),
  );
  return new Map(
    rows.map((row) => [
      `${row.path} ${row.currency}`,
      Money.ofMinor(row.balance_minor, row.currency).toDecimalString(),
    ]),
  );
}

const sorted = (balances: Map<string, string>) =>
  Object.fromEntries([...balances].toSorted(([a], [b]) => (a < b ? -1 : 1)));

describe('the exported journal', () => {
  const textOf = async (request: JournalRequest, operatorId?: number) => {
    let text = '';
    await world.read(async (db) => {
      for await (const piece of exportJournal(db, request)) text += piece;
    }, operatorId);
    return text;
  };

  test('of empty books says nothing', async () => {
    expect(await textOf({}, OTHER_OPERATOR)).toBe('\n\n');
    const from = calendarDate('2025-03-01');
    expect(await textOf({ from }, OTHER_OPERATOR)).not.toContain('Opening balances');
  });

  test('is the same in pages as at once', async () => {
    const request = { from: calendarDate('2025-04-01'), to: calendarDate('2025-05-01') };
    const inPages = await textOf({ ...request, pageSize: 4 });
    const unaligned = (text: string) => text.replaceAll(/ +/g, ' ');
    expect(unaligned(inPages)).toBe(unaligned(await textOf(request)));
  });
});

whenInstalled('hledger', () => {
  test('reads the whole journal and comes to every balance', async () => {
    const theirs = hledgerBalances(await exported());
    expect(sorted(theirs)).toEqual(sorted(await ourBalances()));
    expect(theirs.size).toBe(13);
  });

  test('comes to every balance from the opening balances of a period, too', async () => {
    const file = await exported({ from: calendarDate('2025-05-01') });
    expect(sorted(hledgerBalances(file))).toEqual(sorted(await ourBalances()));
  });

  test('agrees on the balances at the end of each month', async () => {
    const whole = await exported();
    const atEnd = hledgerBalances(whole, '--end', '2025-05-01');
    const part = await exported({
      from: calendarDate('2025-04-01'),
      to: calendarDate('2025-05-01'),
    });
    expect(sorted(hledgerBalances(part))).toEqual(sorted(atEnd));
  });

  test('reads the journal of one account, whose entries are whole', async () => {
    const custodian = custodianAccount('KWD').path;
    const file = await exported({ account: custodian, from: calendarDate('2025-04-01') });
    const theirs = hledgerBalances(file);
    expect(theirs.get(`${custodian} KWD`)).toBe((await ourBalances()).get(`${custodian} KWD`));
    expect(theirs.get('equity:opening-balances KWD')).toBe('-37.035');
  });

  test('reads back every description as it was written', () => {
    const line = fc.string({
      unit: fc.constantFrom(...' ab;*!(=|)]["\',\\:/#%@~&é票\t😀'),
      maxLength: 20,
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 30, maxLength: 30 }), (descriptions) => {
        const file = join(folder, 'descriptions.journal');
        const posting = { path: 'assets:a', amount: eur('0.00') };
        const entries = descriptions.map((description, index) =>
          journalEntry({
            date: calendarDate('2025-03-10'),
            code: String(index),
            description,
            tags: { source: description },
            postings: [posting],
          }),
        );
        writeFileSync(file, entries.join(''));
        const output = execFileSync('hledger', ['-f', file, 'print', '-O', 'json'], {
          encoding: 'utf8',
          env: { ...process.env, LC_ALL: 'C.UTF-8' },
        });
        const read = JSON.parse(output) as readonly { tdescription: string; tcode: string }[];
        expect(read.map((entry) => entry.tdescription)).toEqual(
          descriptions.map((text) => text.replace(/\s+/g, ' ').trim().replaceAll(';', '；')),
        );
      }),
      { numRuns: 5 },
    );
  });

  test('knows every currency by its digits', () => {
    const file = join(folder, 'currencies.journal');
    const entries = CURRENCIES.map((currency) =>
      journalEntry({
        date: calendarDate('2025-03-10'),
        code: currency,
        description: 'one minor unit',
        postings: [
          { path: 'assets:a', amount: Money.ofMinor(1n, currency) },
          { path: 'assets:b', amount: Money.ofMinor(-1n, currency) },
        ],
      }),
    );
    const directives = [
      'account assets:a\n',
      'account assets:b\n',
      ...CURRENCIES.map(commodityDirective),
    ];
    writeFileSync(file, [...directives, ...entries].join(''));
    const balances = hledgerBalances(file, 'assets:a');
    for (const currency of CURRENCIES) {
      expect(balances.get(`assets:a ${currency}`)).toBe(
        Money.ofMinor(1n, currency).toDecimalString(),
      );
      expect(minorDigits(currency)).toBeGreaterThanOrEqual(0);
    }
  });
});

import fc from 'fast-check';
import { calendarDate } from '../../../src/kernel/calendar-date';
import { CURRENCIES } from '../../../src/kernel/currency';
import { Money } from '../../../src/kernel/money';
import {
  accountDirective,
  commodityDirective,
  journalEntry,
  postingLines,
  type JournalEntry,
} from '../../../src/modules/ledger/journal';

const eur = (amount: string): Money => Money.parse(amount, 'EUR');
const MARCH_10 = calendarDate('2025-03-10');

function anEntry(changes: Partial<JournalEntry> = {}): JournalEntry {
  return {
    date: MARCH_10,
    code: '4194305',
    description: 'deposit dep_1',
    postings: [
      { path: 'assets:custodian:eur', amount: eur('1250.00') },
      { path: 'liabilities:investor:inv_1:cash', amount: eur('-1250.00') },
    ],
    ...changes,
  };
}

describe('an entry in the journal', () => {
  test('has its date, its number, what it is about, and amounts under each other', () => {
    const entry = anEntry({
      occurredOn: calendarDate('2025-03-07'),
      tags: { kind: 'deposit', source: 'deposit dep_1' },
    });
    expect(journalEntry(entry)).toBe(
      [
        '2025-03-10=2025-03-07 * (4194305) deposit dep_1  ; kind:deposit, source:deposit dep_1',
        '    assets:custodian:eur              1250.00 EUR',
        '    liabilities:investor:inv_1:cash  -1250.00 EUR',
        '',
        '',
      ].join('\n'),
    );
  });

  test('names the day it happened only where it is another', () => {
    expect(journalEntry(anEntry({ occurredOn: MARCH_10 }))).toMatch(/^2025-03-10 \*/);
  });

  test('may assert what an account has come to', () => {
    expect(
      postingLines([
        { path: 'assets:custodian:eur', amount: eur('0.00'), assertedBalance: eur('1250.00') },
      ]),
    ).toBe('    assets:custodian:eur  0.00 EUR = 1250.00 EUR\n');
    expect(postingLines([])).toBe('');
  });

  test.each([
    { description: 'a; b', written: 'a； b' },
    { description: 'two\nlines\r\nand\ta tab', written: 'two lines and a tab' },
    { description: '  spaces \u2028 around ', written: 'spaces around' },
    { description: '(looks) like a code', written: '(looks) like a code' },
    { description: '众筹 入金', written: '众筹 入金' },
  ])('writes $description as $written', ({ description, written }) => {
    expect(journalEntry(anEntry({ description }))).toContain(`(4194305) ${written}\n`);
  });

  test.each(['(looks) like a code', '* starred', '! pending', '=2025-01-01'])(
    'without a code, %p is not taken for something else',
    (description) => {
      const { code: _, ...entry } = anEntry({ description });
      expect(journalEntry(entry)).toMatch(`2025-03-10 - ${description}\n`.slice(0, 13));
    },
  );

  test('without anything to say ends where it ends', () => {
    expect(journalEntry(anEntry({ description: ' \n ' }))).toMatch(/^2025-03-10 \* \(4194305\)\n/);
  });

  test('is read back as it was written, whatever it says', () => {
    const money = fc
      .record({
        minor: fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
        currency: fc.constantFrom(...CURRENCIES),
      })
      .map(({ minor, currency }) => Money.ofMinor(minor, currency));
    const path = fc.constantFrom('assets:custodian:eur', 'liabilities:investor:inv_1:cash');
    const posting = fc.record({ path, amount: money });
    const entries = fc.record({
      description: fc.string({ unit: 'binary' }),
      tag: fc.string({ unit: 'binary' }),
      postings: fc.array(posting, { maxLength: 8 }),
    });
    fc.assert(
      fc.property(entries, ({ description, tag, postings }) => {
        const text = journalEntry(anEntry({ description, tags: { about: tag }, postings }));
        const [header = '', ...lines] = text.split('\n');
        expect(header).toMatch(/^2025-03-10 \* \(4194305\)[^;\n]* ; about:[^,;\n]*$/u);
        expect(lines.splice(-2)).toEqual(['', '']);
        expect(lines.map(readPosting)).toEqual(postings);
      }),
    );
  });
});

/** What hledger reads: the account up to two spaces, then the amount. */
function readPosting(line: string) {
  const match = /^ {4}(\S+) {2,}(-?[\d.]+) ([A-Z]{3})$/.exec(line);
  const [, path = '', amount = '', currency = ''] = match ?? [];
  return { path, amount: Money.parse(amount, currency) };
}

describe('directives', () => {
  test.each([
    { currency: 'EUR' as const, line: 'commodity 1000.00 EUR\n' },
    { currency: 'JPY' as const, line: 'commodity 1000. JPY\n' },
    { currency: 'KWD' as const, line: 'commodity 1000.000 KWD\n' },
  ])('$currency is declared with its digits', ({ currency, line }) => {
    expect(commodityDirective(currency)).toBe(line);
  });

  test('an account is declared by its path', () => {
    expect(accountDirective('assets:custodian:eur')).toBe('account assets:custodian:eur\n');
  });
});

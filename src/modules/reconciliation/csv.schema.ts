import { z } from 'zod';
import { calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import { CURRENCIES } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { CsvHeaderError, namedCells, parseCsv, type CsvTable } from '../../platform/csv';
import { dateInput, lineInput } from '../../platform/http';
import { reconciliationProblem } from './errors';
import { LineFaults, type BankLine, type BankStatement } from './statement';

const column = z.string().min(1).max(100);

/** How the columns of a bank's CSV are read. Either one signed amount, or credits and debits apart. */
export const csvMapping = z.strictObject({
  delimiter: z.string().length(1).default(','),
  date: column,
  dateOrder: z
    .enum(['y-m-d', 'd-m-y', 'm-d-y'])
    .default('y-m-d')
    .meta({ description: 'In which order day, month and year stand; any mark may be between.' }),
  decimalMark: z.enum(['.', ',']).default('.'),
  amount: z.union([column, z.strictObject({ credit: column, debit: column })]),
  bankRef: column.optional(),
  ourRef: column.optional(),
  text: column.optional(),
  counterparty: column.optional(),
  counterpartyAccount: column.optional(),
});

export type CsvMapping = z.output<typeof csvMapping>;

const signedFigure = z.string().regex(/^-?\d{1,15}(\.\d{1,4})?$/);

/** What a CSV does not say of itself. */
export const csvHead = z.strictObject({
  account: lineInput(40),
  currency: z.enum(CURRENCIES),
  statementRef: lineInput(60),
  sequenceNo: z.int().min(0).max(99_999).optional(),
  fromOn: dateInput,
  toOn: dateInput,
  opening: signedFigure,
  closing: signedFigure,
});

export type CsvHead = z.output<typeof csvHead>;

/**
 * Reads a bank's CSV. A line that cannot be read is named; then nothing is taken.
 *
 * @throws Problem `reconciliation.statement-unreadable`, `reconciliation.statement-lines`.
 */
export function readCsv(
  content: string,
  { head, mapping }: { readonly head: CsvHead; readonly mapping: CsvMapping },
): BankStatement {
  const { columns, records } = readTable(content, mapping);
  const faults = new LineFaults();
  const lines = records.flatMap((record): readonly BankLine[] => {
    if ('broken' in record) {
      faults.add(record.line, record.broken);
      return [];
    }
    const cells = namedCells(columns, record);
    const line = faults.at(record.line, () => readRow(cells, { head, mapping, no: record.line }));
    return line ? [line] : [];
  });
  faults.refuseAny();
  return {
    ...head,
    opening: Money.parse(head.opening, head.currency),
    closing: Money.parse(head.closing, head.currency),
    lines,
  };
}

function readTable(content: string, mapping: CsvMapping): CsvTable {
  try {
    const table = parseCsv(content, { delimiter: mapping.delimiter });
    const { amount, date, bankRef, ourRef, text, counterparty, counterpartyAccount } = mapping;
    const figures = typeof amount === 'string' ? [amount] : [amount.credit, amount.debit];
    const named = [date, ...figures, bankRef, ourRef, text, counterparty, counterpartyAccount];
    const absent = named.filter((name) => name !== undefined && !table.columns.includes(name));
    if (absent.length === 0) return table;
    throw reconciliationProblem('statement-unreadable', {
      detail: `It has no column ${absent.join(', ')}.`,
    });
  } catch (error) {
    if (!(error instanceof CsvHeaderError)) throw error;
    throw reconciliationProblem('statement-unreadable', { detail: error.message });
  }
}

function readRow(
  cells: Readonly<Record<string, string>>,
  of: { readonly head: CsvHead; readonly mapping: CsvMapping; readonly no: number },
): BankLine {
  const { head, mapping, no } = of;
  const cell = (name: string | undefined): string | undefined => {
    const said = name === undefined ? undefined : cells[name]?.trim();
    return said === '' ? undefined : said;
  };
  const figure = (name: string): Money =>
    Money.parse(plainFigure(cell(name) ?? '0', mapping), head.currency);
  const { amount } = mapping;
  const bankRef = cell(mapping.bankRef);
  const name = cell(mapping.counterparty);
  return {
    no,
    bookedOn: plainDate(cell(mapping.date) ?? '', mapping),
    amount:
      typeof amount === 'string'
        ? figure(amount)
        : figure(amount.credit).minus(figure(amount.debit)),
    bankRef,
    refs: [...new Set([bankRef, cell(mapping.ourRef)])].filter((ref) => ref !== undefined),
    text: cell(mapping.text) ?? '',
    counterparty:
      name === undefined ? undefined : { name, account: cell(mapping.counterpartyAccount) ?? '' },
  };
}

function plainFigure(figure: string, { decimalMark }: CsvMapping): string {
  const thousands = decimalMark === '.' ? /[,\s']/g : /[.\s']/g;
  return figure.replace(thousands, '').replace(decimalMark, '.').replace(/^\+/, '');
}

function plainDate(written: string, { dateOrder }: CsvMapping): CalendarDate {
  const parts = written.split(/\D+/).filter((part) => part !== '');
  const at = (part: string): string => parts[dateOrder.split('-').indexOf(part)] ?? '';
  return calendarDate(`${at('y')}-${at('m').padStart(2, '0')}-${at('d').padStart(2, '0')}`);
}

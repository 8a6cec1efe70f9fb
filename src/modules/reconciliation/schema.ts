import { z } from 'zod';
import type { Json } from '../../kernel/canonical-json';
import { CURRENCIES } from '../../kernel/currency';
import {
  dateInput,
  dateView,
  idInput,
  idView,
  instantView,
  integerQuery,
  lineInput,
  moneyView,
  page,
  pageQuery,
  pageQueryWith,
} from '../../platform/http';
import { BREAK_KINDS, BREAK_STATUSES, SETTLEMENTS, type Break } from './break';
import { csvHead, csvMapping, readCsv, type CsvHead, type CsvMapping } from './csv.schema';
import { reconciliationProblem } from './errors';
import { DAY_STATUSES, type ReconciliationDay } from './day';
import { STATEMENT_FORMATS, type KeptStatement } from './statement';
import type { StatementFile } from './statement.service';

/** As many characters as the largest XML document that is read has bytes. */
const LONGEST_FILE = 2 * 1024 * 1024;

const content = z.string().min(1).max(LONGEST_FILE);

const csvForm = { mapping: csvMapping, head: csvHead };

export const statementBody = z
  .discriminatedUnion('format', [
    z.strictObject({
      format: z.literal('camt.053'),
      content: content.meta({ description: 'The file as the bank sent it, in one string.' }),
    }),
    z.strictObject({ format: z.literal('csv'), content, ...csvForm }),
  ])
  .transform((body): StatementFile => (body.format === 'csv' ? csvFile(body) : body));

/**
 * A CSV with the form that tells how to read it, as a file beside it states it.
 *
 * @throws Problem `reconciliation.statement-unreadable` where the form is none.
 */
export function readStatementFile(text: string, form: unknown): StatementFile {
  const said = z.strictObject(csvForm).safeParse(form);
  if (said.success) return csvFile({ ...said.data, content: text });
  throw reconciliationProblem('statement-unreadable', { detail: z.prettifyError(said.error) });
}

function csvFile(file: {
  readonly content: string;
  readonly mapping: CsvMapping;
  readonly head: CsvHead;
}): StatementFile {
  return { format: 'csv', content: file.content, read: () => readCsv(file.content, file) };
}

export const statementParams = z.strictObject({ id: idInput('bst') });
export const statementsQuery = pageQuery;

export const statementView = z.object({
  id: idView('bst'),
  format: z.enum(STATEMENT_FORMATS),
  account: z.string(),
  currency: z.enum(CURRENCIES),
  statementRef: z.string(),
  sequenceNo: z.int().optional(),
  fromOn: dateView,
  toOn: dateView,
  opening: moneyView,
  closing: moneyView,
  lineCount: z.int(),
  contentSha256: z.string(),
  takenBy: z.string(),
  takenAt: instantView,
});
export const takenView = statementView.extend({
  matched: z.int().meta({ description: 'Matches that were found with it.' }),
});
export const statementsView = page(statementView);

export function asStatement(statement: KeptStatement): z.input<typeof statementView> {
  return { ...statement };
}

const itemNo = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform(BigInt);

export const matchBody = z
  .strictObject({
    lines: z.array(itemNo).max(1000),
    postings: z.array(itemNo).max(1000),
    reason: lineInput(500),
  })
  .refine(({ lines, postings }) => lines.length + postings.length > 1, {
    path: ['lines'],
    error: 'At least two belong together.',
  })
  .refine(
    ({ lines, postings }) =>
      new Set(lines).size === lines.length && new Set(postings).size === postings.length,
    { path: ['lines'], error: 'Nothing is named twice.' },
  );
export const matchParams = z.strictObject({ id: idInput('rcm') });
export const matchView = z.object({ id: idView('rcm') });
export const reasonBody = z.strictObject({ reason: lineInput(500) });

export const breakParams = z.strictObject({ id: idInput('brk') });
export const breaksQuery = pageQueryWith({
  status: z.enum(BREAK_STATUSES).optional(),
  kind: z.enum(BREAK_KINDS).optional(),
  owner: lineInput(100).optional(),
});
export const explanationBody = z.strictObject({ owner: lineInput(100), note: lineInput(500) });
export const settlementBody = z.strictObject({ to: z.enum(SETTLEMENTS), reason: lineInput(500) });

export const breakView = z.object({
  id: idView('brk'),
  kind: z.enum(BREAK_KINDS),
  lineNo: z.string().optional(),
  accountSeq: z.string().optional(),
  matchId: idView('rcm').optional(),
  amount: moneyView.meta({ description: 'What the bank has more than the books by it.' }),
  sinceOn: dateView,
  status: z.enum(BREAK_STATUSES),
  owner: z.string().optional(),
  note: z.string().optional(),
  proposal: z
    .object({ to: z.enum(SETTLEMENTS), by: z.string(), reason: z.string(), at: instantView })
    .optional(),
  resolution: z.enum(['matched', ...SETTLEMENTS]).optional(),
  resolvedBy: z.string().optional(),
  resolvedAt: instantView.optional(),
  openedAt: instantView,
});
export const breaksView = page(breakView);

export function asBreak(found: Break): z.input<typeof breakView> {
  const { lineNo, accountSeq } = found;
  return { ...found, lineNo: lineNo?.toString(), accountSeq: accountSeq?.toString() };
}

export const dayParams = z.strictObject({ day: dateInput });
export const dayQuery = z.strictObject({
  version: integerQuery({ min: 1, max: 1000 }).optional(),
});
export const sandboxQuery = z.strictObject({
  from: dateInput.optional().meta({ description: 'The first day of the statement.' }),
});
export const daysQuery = pageQueryWith({
  status: z.enum(DAY_STATUSES).optional(),
  after: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d\.\d{1,4}$/)
    .optional(),
});

export const dayView = z.object({
  day: dateView,
  currency: z.enum(CURRENCIES),
  version: z.int(),
  status: z.enum(DAY_STATUSES),
  dueAt: instantView,
  missedAt: instantView.optional(),
  reopenedBy: z.string().optional(),
  reopenedBecause: z.string().optional(),
  statementId: idView('bst').optional(),
  bankBalance: moneyView.optional(),
  ledgerBalance: moneyView.optional(),
  owedToClients: moneyView.optional(),
  explained: moneyView.optional(),
  timing: moneyView.optional(),
  breakCount: z.int().optional(),
  preparedBy: z.string().optional(),
  preparedAt: instantView.optional(),
  signedBy: z.string().optional(),
  signedAt: instantView.optional(),
  sha256: z.string().optional(),
});
export const daysView = page(dayView);

const wireMoney = z.object({ amount: z.string(), currency: z.string() });

/** What is reckoned of a day, as it is kept and signed. */
const contentView = z.looseObject({
  bankBalance: wireMoney,
  ledgerBalance: wireMoney,
  difference: wireMoney,
  explained: wireMoney,
  unexplained: wireMoney,
  owedToClients: wireMoney,
  surplus: wireMoney,
  isCovered: z.boolean(),
  differences: z.array(z.looseObject({ kind: z.string(), amount: wireMoney })),
});

export const dayDetailView = dayView.extend({ content: contentView.optional() });

export function asDay(found: ReconciliationDay): z.input<typeof dayView> {
  const { balances, content: _, jws: _jws, ...rest } = found;
  return {
    ...rest,
    bankBalance: balances?.bank,
    ledgerBalance: balances?.ledger,
    owedToClients: balances?.owed,
  };
}

export function asDayDetail(found: ReconciliationDay): z.input<typeof dayDetailView> {
  const reckoned = found.content as Json & z.input<typeof contentView>;
  return { ...asDay(found), content: reckoned };
}

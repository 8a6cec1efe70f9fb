import { z } from 'zod';
import { CURRENCIES } from '../../kernel/currency';
import {
  instantInput,
  instantView,
  lineInput,
  moneyView,
  page,
  pageQueryWith,
} from '../../platform/http';
import type { CheckResult } from '../../platform/integrity';
import { available, naturalBalance, type Account, type AccountNo } from './account';
import type { EntryNo } from './entry';
import type { PostedEntry, StatementLine } from './queries';

/** Numbers of the books are larger than a JSON number holds, so they travel as text. */
const numberText = z
  .string()
  .regex(/^[1-9]\d{0,18}$/, { error: 'This is not a number of the ledger.', abort: true })
  .refine((text) => BigInt(text) < 2n ** 63n, { error: 'This number is too large.' })
  .meta({ examples: ['4194305'] });

const accountNoInput = numberText.transform((text) => BigInt(text) as AccountNo);
const entryNoInput = numberText.transform((text) => BigInt(text) as EntryNo);

const pathText = z
  .string()
  .max(200)
  .regex(/^[a-z]+(:[a-zA-Z0-9_-]+)*$/, { error: 'This is not the path of an account.' })
  .meta({ examples: ['liabilities:investor'] });

export const accountParams = z.strictObject({ accountNo: accountNoInput });
export const entryParams = z.strictObject({ entryNo: entryNoInput });

/** `after` is a path and a currency, as `accountCursor` writes them. */
export const accountsQuery = pageQueryWith({
  under: pathText.optional().meta({ description: 'The account of this path and all below it.' }),
});

export const postingsQuery = pageQueryWith({
  at: instantInput
    .optional()
    .meta({ description: 'As the books stood at this instant, by the time of recording.' }),
}).extend({ after: numberText.transform(BigInt).optional() });

export const entriesQuery = pageQueryWith({
  source: lineInput(100)
    .optional()
    .meta({ description: 'Only what was posted about this thing, by its id.' }),
  from: instantInput.optional().meta({ description: 'Recorded at this instant or later.' }),
  to: instantInput.optional().meta({ description: 'Recorded before this instant.' }),
}).extend({ after: entryNoInput.optional() });

export const reverseBody = z.strictObject({ reason: lineInput(200) });

/** Where a list of accounts is to be read on. */
export function accountCursor(account: Account): string {
  return `${account.path}.${account.currency}`;
}

/** Any text is a place in the order of accounts, so a cursor cannot be wrong. */
export function readAccountCursor(cursor: string | undefined) {
  if (cursor === undefined) return undefined;
  const [path, currency = ''] = cursor.split('.') as [string, string?];
  return { path, currency };
}

const sourceView = z.object({ type: z.string(), id: z.string() });

export const accountView = z
  .object({
    accountNo: z.string(),
    path: z.string(),
    currency: z.enum(CURRENCIES),
    isClientMoney: z.boolean(),
    status: z.enum(['open', 'frozen', 'closed']),
    balance: moneyView.meta({
      description: "In the account's own sense: a client's cash is positive, though a credit.",
    }),
    held: moneyView,
    available: moneyView,
    postingCount: z.int(),
    openedAt: instantView,
  })
  .meta({ id: 'LedgerAccount' });

export function asAccount(account: Account): z.input<typeof accountView> {
  const { path, currency, isClientMoney, status, held, openedAt } = account;
  return {
    accountNo: account.accountNo.toString(),
    path,
    currency,
    isClientMoney,
    status,
    balance: naturalBalance(account),
    held,
    available: available(account),
    postingCount: Number(account.postingCount),
    openedAt,
  };
}

export const accountsPage = page(accountView);

const SIGNED = 'Debit positive, credit negative.';

const statementLineView = z
  .object({
    seq: z.int().meta({ description: "Counts the account's postings from 1, without gaps." }),
    entryNo: z.string(),
    kind: z.string(),
    source: sourceView,
    description: z.string(),
    amount: moneyView.meta({ description: SIGNED }),
    balance: moneyView.meta({ description: 'After this posting. Debit positive.' }),
    occurredAt: instantView,
    recordedAt: instantView,
  })
  .meta({ id: 'LedgerPosting' });

export const statementPage = page(statementLineView).extend({
  balance: moneyView.meta({
    description: 'Now, or at the instant asked for. Debit positive, credit negative.',
  }),
});

export function asStatementLine(line: StatementLine): z.input<typeof statementLineView> {
  const { accountSeq, entryNo, ...rest } = line;
  return { ...rest, seq: Number(accountSeq), entryNo: entryNo.toString() };
}

export const entryView = z
  .object({
    entryNo: z.string(),
    kind: z.string(),
    source: sourceView,
    description: z.string(),
    reverses: z.string().optional(),
    reversedBy: z.string().optional(),
    occurredAt: instantView,
    recordedAt: instantView,
    postings: z.array(
      z.object({
        accountNo: z.string(),
        path: z.string(),
        amount: moneyView.meta({ description: SIGNED }),
        balance: moneyView,
      }),
    ),
  })
  .meta({ id: 'LedgerEntry' });

export const entriesPage = page(entryView);

export function asEntry(entry: PostedEntry): z.input<typeof entryView> {
  return {
    entryNo: entry.entryNo.toString(),
    kind: entry.kind,
    source: { ...entry.source },
    description: entry.description,
    reverses: entry.reverses?.toString(),
    reversedBy: entry.reversedBy?.toString(),
    occurredAt: entry.occurredAt,
    recordedAt: entry.recordedAt,
    postings: entry.postings.map(({ accountNo, path, amount, balance }) => ({
      accountNo: accountNo.toString(),
      path,
      amount,
      balance,
    })),
  };
}

export const integrityView = z
  .object({
    isSound: z.boolean().meta({ description: 'Whether no check found anything.' }),
    checkedAt: instantView,
    checks: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        violationCount: z.int(),
        violations: z
          .array(z.record(z.string(), z.string()))
          .meta({ description: 'The first of them; the first break stands first.' }),
        durationMs: z.int(),
      }),
    ),
  })
  .meta({ id: 'LedgerIntegrity' });

export function asIntegrity(
  results: readonly CheckResult[],
  checkedAt: Date,
): z.input<typeof integrityView> {
  return {
    isSound: results.every(({ count }) => count === 0n),
    checkedAt,
    checks: results.map(({ check, count, violations, durationMs }) => ({
      id: check.id,
      title: check.title,
      violationCount: Number(count),
      violations: violations.map((violation) => ({ ...violation })),
      durationMs,
    })),
  };
}

import type { CalendarDate } from '../../kernel/calendar-date';
import { minorDigits, type Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';

/*
 * Writes hledger's journal format, so that the books can be read, summed and checked by a program
 * that is not ours. Source: hledger manual, "hledger journal format".
 */

export interface JournalEntry {
  /** The day the entry was recorded: what running balances and closed periods go by. */
  readonly date: CalendarDate;
  /** The day it happened in the world, written where it is another. */
  readonly occurredOn?: CalendarDate;
  /** What is written in parentheses, so that a line leads back to the books. */
  readonly code?: string;
  readonly description: string;
  /** Names and values, written as hledger's tags. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly postings: readonly JournalPosting[];
}

export interface JournalPosting {
  readonly path: string;
  /** Signed: debit positive, credit negative, as in hledger. */
  readonly amount: Money;
  /** What the account must hold, in this currency, once the posting is made. */
  readonly assertedBalance?: Money;
}

/** One entry, ending in an empty line. */
export function journalEntry(entry: JournalEntry): string {
  return `${entryHeader(entry)}\n${postingLines(entry.postings)}\n`;
}

/** The line above the postings, without its end. */
export function entryHeader(entry: Omit<JournalEntry, 'postings'>): string {
  const { date, occurredOn = date, code, tags = {} } = entry;
  const dates = occurredOn === date ? date : `${date}=${occurredOn}`;
  const comment = Object.entries(tags)
    .map(([name, value]) => `${name}:${tagValue(value)}`)
    .join(', ');
  const text = descriptionText(entry.description);
  // Where no code stands before it, a description could be taken for a status or a code itself.
  const isMistakable = code === undefined && /^[*!(=]/.test(text);
  return [
    dates,
    ...(code === undefined ? [] : ['*', `(${code})`]),
    isMistakable ? `- ${text}` : text,
    ...(comment === '' ? [] : [` ; ${comment}`]),
  ]
    .join(' ')
    .trimEnd();
}

/** One line for each posting; amounts stand under each other. */
export function postingLines(postings: readonly JournalPosting[]): string {
  const widest = (texts: readonly string[]): number =>
    texts.reduce((width, text) => Math.max(width, text.length), 0);
  const pathWidth = widest(postings.map(({ path }) => path));
  const amountWidth = widest(postings.map(({ amount }) => amount.toDecimalString()));
  return postings
    .map(({ path, amount, assertedBalance }) => {
      const figure = amount.toDecimalString().padStart(amountWidth);
      const assertion = assertedBalance === undefined ? '' : ` = ${assertedBalance.toString()}`;
      return `    ${path.padEnd(pathWidth)}  ${figure} ${amount.currency}${assertion}\n`;
    })
    .join('');
}

/** Declares a currency with its digits, which also fixes the point as the decimal mark. */
export function commodityDirective(currency: Currency): string {
  return `commodity 1000.${'0'.repeat(minorDigits(currency))} ${currency}\n`;
}

/** Declares an account, so that `hledger --strict` finds a misspelt one. */
export function accountDirective(path: string): string {
  return `account ${path}\n`;
}

/**
 * A description on one line that hledger reads back as it stands. A semicolon would begin a
 * comment, so it is written full-width.
 */
export function descriptionText(text: string): string {
  return oneLine(text).replaceAll(';', '；');
}

/** A comma would end a tag's value, and a semicolon is kept out for readers of plain text. */
function tagValue(text: string): string {
  return oneLine(text).replaceAll(',', '，').replaceAll(';', '；');
}

function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
}

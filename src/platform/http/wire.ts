import { z } from 'zod';
import { calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import { CURRENCIES } from '../../kernel/currency';
import type { Id, IdPrefix } from '../../kernel/id';
import { Money, type MoneyWire } from '../../kernel/money';
import { Problem } from '../../kernel/problem';
import { rate, rateText as plainRate, type Rate } from '../../kernel/rate';

/*
 * The pieces of which modules build the schemas of their routes. An `...Input` turns what clients
 * send into domain values; a `...View` turns domain values into what clients are sent. Both appear
 * in the OpenAPI document as what stands on the wire.
 */

const moneyWire = z
  .strictObject({
    amount: z
      .string()
      .max(24)
      .meta({ examples: ['1250.00'] }),
    currency: z.enum(CURRENCIES).meta({ examples: ['EUR'] }),
  })
  .meta({
    id: 'Money',
    description:
      'An exact amount: a decimal string with at most the digits of its ISO 4217 currency.',
  });

/** `{"amount":"1250.00","currency":"EUR"}` of either sign, as Money. */
export const signedMoneyInput = moneyWire.transform((wire, context) =>
  domainValue(context, ['amount'], () => Money.fromWire(wire)),
);

/** Money that is not negative: what nearly every request means by an amount. */
export const moneyInput = signedMoneyInput.refine((money) => !money.isNegative, {
  path: ['amount'],
  error: 'The amount must not be negative.',
});

/** Money above zero. */
export const positiveMoneyInput = signedMoneyInput.refine((money) => money.isPositive, {
  path: ['amount'],
  error: 'The amount must be above zero.',
});

/** Money on its way out. */
export const moneyView = z
  .custom<Money>((value) => value instanceof Money)
  .transform((money): MoneyWire => money.toWire())
  .pipe(moneyWire);

const rateText = z
  .string()
  .max(38)
  .meta({ examples: ['0.085'] });

/** A decimal string such as `0.085`, as Rate. */
export const rateInput = rateText.transform((text, context) =>
  domainValue(context, [], () => rate(text)),
);

/** A Rate on its way out, in plain notation. */
export const rateView = z
  .custom<Rate>((value) => typeof value === 'object' && value !== null && 'toFixed' in value)
  .transform((value) => plainRate(value))
  .pipe(rateText);

const instantText = z.iso.datetime({ offset: true }).meta({ examples: ['2025-03-10T09:30:00Z'] });

/** An ISO 8601 instant with its offset, as Date. Years 1900 to 2999, so that a slip is seen. */
export const instantInput = instantText
  .regex(/^(19|2\d)\d\d-/, { error: 'The year must lie between 1900 and 2999.' })
  .transform((text) => new Date(text));

/** A Date on its way out, in UTC with milliseconds. */
export const instantView = z
  .date()
  .transform((instant) => instant.toISOString())
  .pipe(instantText);

/** A day that exists, `YYYY-MM-DD`. */
export const dateInput: z.ZodType<CalendarDate, string> = z.iso
  .date()
  .meta({ examples: ['2025-03-10'] })
  .transform((text, context) => domainValue(context, [], () => calendarDate(text)));

/** A day on its way out. */
export const dateView = z.iso.date() as unknown as z.ZodType<CalendarDate, CalendarDate>;

const idSchemas = new Map<string, z.ZodType>();

/** An id of one kind, `off_01JTVST7XAES5BXHWZN4KR4VEZ`; for params, bodies and views alike. */
export function idInput<P extends IdPrefix>(prefix: P): z.ZodType<Id<P>, Id<P>> {
  let schema = idSchemas.get(prefix);
  if (schema === undefined) {
    schema = z
      .string()
      .regex(new RegExp(`^${prefix}_[0-7][0-9A-HJKMNP-TV-Z]{25}$`), {
        error: `This is not an id that begins with ${prefix}_.`,
      })
      .meta({ examples: [`${prefix}_01JTVST7XAES5BXHWZN4KR4VEZ`] });
    idSchemas.set(prefix, schema);
  }
  return schema as z.ZodType<Id<P>, Id<P>>;
}

export const idView = idInput;

/** One line of text: trimmed, not empty, no control characters, at most `longest` characters. */
export function lineInput(longest = 200) {
  return z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .regex(/^[^\p{Cc}\u2028\u2029]*$/u, { error: 'The text must be one line.' });
}

/** Text of several lines, at most `longest` characters. */
export function textInput(longest = 20_000) {
  return z.string().trim().min(1).max(longest);
}

/** 200 KiB in base64, with room for its padding. */
const LONGEST_BASE64 = 4 * 68_268;

/** A document within a body: what it is called, its media type, its bytes. */
export const documentInput = {
  title: lineInput(200),
  contentType: z
    .string()
    .max(100)
    .regex(/^[a-z]+\/[a-z0-9.+-]+$/),
  content: z
    .base64()
    .min(4)
    .max(LONGEST_BASE64)
    .transform((text) => Buffer.from(text, 'base64'))
    .meta({ description: 'The bytes in base64, at most 200 KiB.' }),
};

/** A whole number in a query string. */
export function integerQuery(limits: { readonly min: number; readonly max: number }) {
  return z
    .string()
    .regex(/^-?\d{1,9}$/, { error: 'This is not a whole number.' })
    .transform(Number)
    .pipe(z.int().min(limits.min).max(limits.max))
    .meta({ type: 'integer', minimum: limits.min, maximum: limits.max });
}

/** `true` or `false` in a query string. */
export const booleanQuery = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .meta({ type: 'boolean', enum: undefined });

const DEFAULT_PAGE = '25';
const LONGEST_PAGE = 100;

const pageShape = {
  limit: integerQuery({ min: 1, max: LONGEST_PAGE }).prefault(DEFAULT_PAGE),
  after: z.string().min(1).max(200).optional(),
};

/** `?limit=&after=` of a list; `after` is the `next` of the page before. */
export const pageQuery = z.strictObject(pageShape);

/** A list's paging together with its own filters. */
export function pageQueryWith<Shape extends z.ZodRawShape>(filters: Shape) {
  return z.strictObject({ ...filters, ...pageShape });
}

export interface PageRequest {
  readonly limit: number;
  readonly after?: string | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** What `after` must be to read on; absent on the last page. */
  readonly next?: string | undefined;
}

/** The view of one page of `item` views. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item).readonly(),
    next: z.string().optional().meta({ description: 'Pass as `after` to read on.' }),
  });
}

/**
 * Cuts `rows`, of which one more than `limit` was asked for, into a page.
 *
 * @param cursorOf the sort key of a row as text; the query's `after` compares with it.
 */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => string,
): Page<Row> {
  if (rows.length <= limit) return { items: rows };
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return last === undefined ? { items } : { items, next: cursorOf(last) };
}

/** The view of a reply without a body (204). */
export const noContent = z.undefined();

/** The view of a reply that is not JSON: a PDF, a CSV, a journal. */
export function fileView(contentType: string) {
  return z
    .custom<Buffer | string>((value) => typeof value === 'string' || Buffer.isBuffer(value))
    .meta({ contentType });
}

/**
 * The view of a file that is sent as it is made, so that it may be of any length. Only for `run`
 * routes: no transaction is kept open for as long as a client takes to read.
 */
export function streamView(contentType: string) {
  return z
    .custom<AsyncIterable<string>>(
      (value) => typeof value === 'object' && value !== null && Symbol.asyncIterator in value,
    )
    .meta({ contentType });
}

/** Runs a constructor of the domain inside a schema: its Problem becomes an issue at `path`. */
function domainValue<T>(
  context: z.core.$RefinementCtx,
  path: readonly string[],
  construct: () => T,
): T {
  try {
    return construct();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const message = error.detail ?? error.title;
    context.issues.push({
      code: 'custom',
      message,
      path: [...path],
      input: undefined,
      params: { code: error.code },
    });
    return z.NEVER;
  }
}

export type { MoneyWire };

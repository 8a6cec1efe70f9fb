import { must } from '../../kernel/assert';
import type { PreparedCall, Session } from '../../platform/db';
import { CAPS_PER_ORDER } from './order';
import { acknowledgementBits } from './subscription';
import type { BatchItem, OpenedBatch, OrderBatch } from './order-batch';

/**
 * SQLSTATEs with which the database turns a whole batch down that may fit when it is tried again:
 * a cap, funds, a book, an investor that changed meanwhile; a request that came twice; a deadlock.
 */
export const BATCH_REFUSALS: ReadonlySet<string> = new Set([
  'YC105',
  'YC201',
  'YC301',
  'YC302',
  '23505',
  '40001',
  '40P01',
]);

const CAP_POSITIONS = Array.from({ length: CAPS_PER_ORDER }, (_, position) => position);
const PARAMETERS = 30 + 3 * CAPS_PER_ORDER;
const OPEN: PreparedCall = {
  name: 'subscription_open_batch',
  text: `SELECT first_hold_no, order_counts, caps_used
         FROM subscription_open_batch(${Array.from({ length: PARAMETERS }, (_, i) => `$${i + 1}`).join()})`,
};

/** A batch as the database takes it, written out before it is its turn. */
export interface Opening {
  readonly values: readonly (string | number)[];
}

export function writeOpening(
  batch: OrderBatch,
  { operatorId, now }: { readonly operatorId: number; readonly now: Date },
): Opening {
  return {
    values: [operatorId, now.toISOString(), ...rowColumns(batch), ...itemColumns(batch.items)],
  };
}

/** Opens all subscriptions of the batch in one statement, or throws and opens none. */
export async function openBatch(session: Session, { values }: Opening): Promise<OpenedBatch> {
  const rows = await session.call<{
    first_hold_no: bigint;
    order_counts: readonly bigint[];
    caps_used: readonly bigint[];
  }>(OPEN, values);
  const row = must(rows[0], 'the answer of the database');
  return {
    firstHoldNo: row.first_hold_no,
    orderCounts: row.order_counts,
    capsUsed: row.caps_used,
  };
}

/** The distinct rows and their totals, as the function's first parameters have them. */
function rowColumns({ investors, caps, accounts, books }: OrderBatch): readonly string[] {
  return [
    array(investors, (investor) => investor.id),
    array(investors, (investor) => investor.profileVersion),
    array(caps, ({ line }) => line.subject),
    array(caps, ({ line }) => line.capKey),
    array(caps, ({ line }) => line.amount.currency),
    array(caps, ({ line }) => line.cap.windowMonths),
    array(caps, (cap) => cap.amountMinor),
    array(caps, (cap) => cap.ceilingMinor),
    array(accounts, (account) => account.key),
    array(accounts, (account) => account.amountMinor),
    array(books, (book) => book.key),
    array(books, (book) => book.version),
    array(books, (book) => book.amountMinor),
    array(books, (book) => book.count),
  ];
}

/** One element an order, in order of arrival. Arrays of the database count from 1. */
function itemColumns(items: readonly BatchItem[]): readonly string[] {
  return [
    array(items, ({ candidate }) => candidate.order.id),
    array(items, (item) => item.book + 1),
    array(items, (item) => item.laterInBook),
    array(items, ({ candidate }) => candidate.investor.id),
    array(items, ({ candidate }) => candidate.accountNo),
    array(items, ({ candidate }) => candidate.ticket.cost.minor),
    array(items, ({ candidate }) => candidate.ticket.units),
    array(items, ({ candidate }) => candidate.revocableUntil.toISOString()),
    array(items, ({ candidate }) => candidate.order.requestKey),
    array(items, ({ candidate }) => candidate.order.requestHash),
    array(items, ({ candidate }) => candidate.investor.profileVersion),
    array(items, ({ candidate }) => candidate.offering.rulebookNo),
    array(items, ({ candidate }) => acknowledgementBits(candidate.acknowledged)),
    ...CAP_POSITIONS.flatMap((position) => capColumns(items, position)),
    array(items, ({ candidate }) => candidate.order.actorId),
  ];
}

/** The columns of one cap position. The database reads what a short array lacks as NULL. */
function capColumns(items: readonly BatchItem[], position: number): readonly string[] {
  if (items.every(({ caps }) => caps.length <= position)) return ['{}', '{}', '{}'];
  return [
    array(items, ({ caps }) => plusOne(caps[position]?.row)),
    array(items, ({ caps }) => caps[position]?.laterMinor),
    array(items, ({ caps }) => caps[position]?.ceilingMinor),
  ];
}

function plusOne(row: number | undefined): number | undefined {
  return row === undefined ? undefined : row + 1;
}

/**
 * An array literal. Every value here is a number, an id, a UUID, a currency, a rule's key or an
 * ISO instant, none of which needs escaping; a value that does is refused.
 */
function array<T>(
  items: readonly T[],
  valueOf: (item: T) => string | number | bigint | undefined,
): string {
  let text = '{';
  for (const [position, item] of items.entries()) {
    const value = valueOf(item);
    if (position > 0) text += ',';
    if (value === undefined) text += 'NULL';
    else if (typeof value === 'string') text += plain(value);
    else text += value.toString();
  }
  return `${text}}`;
}

const PLAIN = /^[\w.:/@+-]+$/;

function plain(value: string): string {
  if (!PLAIN.test(value)) throw new Error(`${JSON.stringify(value)} cannot stand in an array`);
  return value;
}

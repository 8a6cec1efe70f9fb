import { calendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import { rate, rateText, type Rate } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { LoanNo } from '../loans';
import { BOOK_COLUMNS, bookOf, type BookRow } from './book.store';
import { marketProblem } from './errors';
import type { EndReason, Listing, ListingOrder, ListingStatus } from './listing';

/** @throws Problem `market.already-listed` for a note, or a holding, that is offered already. */
export async function insertListing(tx: Tx, listing: Listing): Promise<void> {
  const inserted = await tx.execute(
    `INSERT INTO market_listings (operator_id, id, instrument_id, seller_id, loan_no, note_no,
       units, units_left, price, price_version, priced_at, class, grade, matures_on, size, is_late,
       status, listed_at, expires_at)
     VALUES (:operatorId, :id, :instrumentId, :sellerId, :loanNo, :noteNo, :units, :unitsLeft,
       :price::numeric, :priceVersion, :pricedAt, :class, :grade, :maturesOn, :size, :isLate,
       :status, :listedAt, :expiresAt)
     ON CONFLICT DO NOTHING`,
    { ...columnsOf(tx, listing), instrumentId: listing.book.instrumentId },
  );
  if (inserted === 0) throw marketProblem('already-listed');
}

export async function insertPrice(tx: Tx, listing: Listing): Promise<void> {
  await tx.execute(
    `INSERT INTO market_listing_prices (operator_id, listing_id, version, price, priced_at,
       priced_by)
     VALUES (:operatorId, :id, :priceVersion, :price::numeric, :pricedAt, :by)`,
    { ...columnsOf(tx, listing), by: tx.scope.actor.id },
  );
}

export async function updateListing(tx: Tx, listing: Listing): Promise<void> {
  await tx.execute(
    `UPDATE market_listings l
     SET units_left = :unitsLeft, price = :price::numeric, price_version = :priceVersion,
         priced_at = :pricedAt, class = :class, matures_on = :maturesOn, size = :size,
         is_late = :isLate, status = :status, ended_at = :endedAt, end_reason = :endReason
     WHERE l.operator_id = :operatorId AND l.id = :id`,
    columnsOf(tx, listing),
  );
}

function columnsOf(tx: Tx, listing: Listing) {
  const { book: _, note, ...rest } = listing;
  return {
    ...rest,
    operatorId: operatorIdOf(tx),
    loanNo: note?.loanNo,
    noteNo: note?.noteNo,
    price: rateText(listing.price),
    grade: listing.grade,
    maturesOn: listing.maturesOn,
    endedAt: listing.endedAt,
    endReason: listing.endReason,
  };
}

export async function findListing(db: Db, id: Id<'mkl'>): Promise<Listing | undefined> {
  const rows = await db.query<Row>(`${SELECT} AND l.id = :id`, {
    operatorId: operatorIdOf(db),
    id,
  });
  return rows[0] && fromRow(rows[0]);
}

/** Whatever is offered of an instrument at that price or below, in the order in which it is sold. */
export async function listOffered(
  db: Db,
  instrumentId: Id<'ins'>,
  { highestPrice, now }: { readonly highestPrice: Rate; readonly now: Date },
): Promise<readonly Listing[]> {
  const rows = await db.query<Row>(
    `${SELECT} AND l.instrument_id = :instrumentId AND l.status = 'open' AND l.expires_at > :now
       AND l.price <= :price::numeric
     ORDER BY l.price, l.priced_at, l.id LIMIT 1000`,
    { operatorId: operatorIdOf(db), instrumentId, now, price: rateText(highestPrice) },
  );
  return rows.map(fromRow);
}

/** Open listings of one instrument, or of all notes, by id. */
export async function listOpen(
  db: Db,
  page: {
    readonly instrumentId?: Id<'ins'> | undefined;
    readonly after: string;
    readonly limit: number;
  },
): Promise<readonly Listing[]> {
  const rows = await db.query<Row>(
    `${SELECT} AND l.status = 'open' AND l.id > :after
       AND (l.instrument_id = :instrumentId
            OR (:instrumentId::text IS NULL AND l.loan_no IS NOT NULL))
     ORDER BY l.id LIMIT :limit`,
    { ...page, instrumentId: page.instrumentId, operatorId: operatorIdOf(db) },
  );
  return rows.map(fromRow);
}

/** Open listings whose time is over, oldest first. */
export async function listExpired(db: Db, now: Date, limit: number): Promise<readonly Listing[]> {
  const rows = await db.query<Row>(
    `${SELECT} AND l.status = 'open' AND l.expires_at <= :now ORDER BY l.expires_at LIMIT :limit`,
    { operatorId: operatorIdOf(db), now, limit },
  );
  return rows.map(fromRow);
}

export interface ListingFilter {
  readonly order: ListingOrder;
  readonly kind?: 'notes' | 'shares' | undefined;
  readonly instrumentId?: Id<'ins'> | undefined;
  readonly sellerId?: Id<'inv'> | undefined;
  readonly status?: ListingStatus | undefined;
  readonly currency?: string | undefined;
  readonly grade?: string | undefined;
  readonly highestPrice?: Rate | undefined;
  readonly maturesBefore?: string | undefined;
  /** The id of the last listing of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** In the order that is asked for; one more than the limit, to tell whether there are others. */
export async function listListings(db: Db, filter: ListingFilter): Promise<readonly Listing[]> {
  const { order, highestPrice, limit, ...rest } = filter;
  const rows = await db.query<Row>(
    `${SELECT}
       AND (:kind::text IS NULL OR b.kind = :kind)
       AND (:instrumentId::text IS NULL OR l.instrument_id = :instrumentId)
       AND (:sellerId::text IS NULL OR l.seller_id = :sellerId)
       AND (:status::text IS NULL OR l.status = :status)
       AND (:currency::text IS NULL OR b.currency = :currency)
       AND (:grade::text IS NULL OR l.grade = :grade)
       AND (:price::numeric IS NULL OR l.price <= :price::numeric)
       AND (:maturesBefore::date IS NULL OR l.matures_on < :maturesBefore)
       AND ${PAGE_OF[order]} LIMIT :limit`,
    {
      ...{ kind: undefined, instrumentId: undefined, sellerId: undefined, status: undefined },
      ...{ currency: undefined, grade: undefined, maturesBefore: undefined, after: undefined },
      ...rest,
      operatorId: operatorIdOf(db),
      price: highestPrice && rateText(highestPrice),
      limit: limit + 1,
    },
  );
  return rows.map(fromRow);
}

/** Where each order goes on after the last listing of a page. */
const PAGE_OF: Readonly<Record<ListingFilter['order'], string>> = {
  newest: `(:after::text IS NULL OR l.id < :after) ORDER BY l.id DESC`,
  price: `(:after::text IS NULL OR (l.price, l.priced_at, l.id) > (
      SELECT a.price, a.priced_at, a.id FROM market_listings a
      WHERE a.operator_id = :operatorId AND a.id = :after))
    ORDER BY l.price, l.priced_at, l.id`,
};

/** What is ahead of a listing in its class: listings, and their size. */
export async function readAhead(
  db: Db,
  listing: Pick<Listing, 'id' | 'class' | 'price' | 'pricedAt'>,
  now: Date,
): Promise<{ readonly listings: number; readonly size: bigint }> {
  const rows = await db.query<{ listings: number; size: bigint }>(
    `SELECT count(*)::int AS listings, coalesce(sum(l.size), 0)::bigint AS size
     FROM market_listings l
     WHERE l.operator_id = :operatorId AND l.class = :class AND l.status = 'open'
       AND l.expires_at > :now
       AND (l.price, l.priced_at, l.id) < (:price::numeric, :pricedAt, :id)`,
    {
      operatorId: operatorIdOf(db),
      now,
      id: listing.id,
      class: listing.class,
      price: rateText(listing.price),
      pricedAt: listing.pricedAt,
    },
  );
  return rows[0] ?? { listings: 0, size: 0n };
}

const SELECT = `SELECT ${BOOK_COLUMNS}, l.id, l.seller_id, l.loan_no, l.note_no, l.units,
  l.units_left, l.price::text, l.price_version, l.priced_at, l.class, l.grade, l.matures_on::text,
  l.size, l.is_late, l.status, l.listed_at, l.expires_at, l.ended_at, l.end_reason
  FROM market_listings l
  JOIN market_books b ON b.operator_id = l.operator_id AND b.instrument_id = l.instrument_id
  WHERE l.operator_id = :operatorId`;

interface Row extends BookRow {
  readonly id: Id<'mkl'>;
  readonly seller_id: Id<'inv'>;
  readonly loan_no: LoanNo | null;
  readonly note_no: number | null;
  readonly units: bigint;
  readonly units_left: bigint;
  readonly price: string;
  readonly price_version: number;
  readonly priced_at: Date;
  readonly class: string;
  readonly grade: string | null;
  readonly matures_on: string | null;
  readonly size: bigint;
  readonly is_late: boolean;
  readonly status: ListingStatus;
  readonly listed_at: Date;
  readonly expires_at: Date;
  readonly ended_at: Date | null;
  readonly end_reason: EndReason | null;
}

function fromRow(row: Row): Listing {
  return {
    id: row.id,
    book: bookOf(row),
    sellerId: row.seller_id,
    ...(row.loan_no !== null && row.note_no !== null
      ? { note: { loanNo: row.loan_no, noteNo: row.note_no } }
      : {}),
    units: row.units,
    unitsLeft: row.units_left,
    price: rate(row.price),
    priceVersion: row.price_version,
    pricedAt: row.priced_at,
    class: row.class,
    grade: row.grade ?? undefined,
    maturesOn: row.matures_on === null ? undefined : calendarDate(row.matures_on),
    size: row.size,
    isLate: row.is_late,
    status: row.status,
    listedAt: row.listed_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at ?? undefined,
    endReason: row.end_reason ?? undefined,
  };
}

import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import type { OfferingDocument } from './document';
import type { OfferingKind } from './offering';
import { offeringTerms, type OfferingTerms, type OfferingTermsJson } from './terms';

/** What an order must know of an offering: its book's hours and the terms of the book's version. */
export interface OfferingForOrders {
  readonly id: Id<'off'>;
  readonly issuerId: Id<'iss'>;
  readonly kind: OfferingKind;
  readonly version: number;
  readonly terms: OfferingTerms;
  readonly documents: readonly OfferingDocument[];
  readonly opensAt: Date;
  readonly closesAt: Date;
  readonly holderLimit: number | undefined;
}

/** A book under its lock. */
export interface LockedBook {
  readonly offeringId: Id<'off'>;
  readonly isOpen: boolean;
  readonly version: number;
  readonly opensAt: Date;
  readonly closesAt: Date;
  readonly limitMinor: bigint;
  readonly committedMinor: bigint;
}

/** The offerings that have a book; others, drafts among them, are missing. */
export async function listForOrders(
  db: Db,
  ids: readonly Id<'off'>[],
): Promise<readonly OfferingForOrders[]> {
  return (await db.query<Row>(`${SELECT} WHERE b.offering_id = ANY (:ids)`, { ids })).map(fromRow);
}

/** A version of an offering, such as a decision was taken on. */
export interface OfferingVersionRef {
  readonly id: Id<'off'>;
  readonly version: number;
}

/** The offerings with the terms that decisions were taken on, deadline included. */
export async function listVersionsForOrders(
  db: Db,
  refs: readonly OfferingVersionRef[],
): Promise<readonly OfferingForOrders[]> {
  const rows = await db.query<Row>(
    `SELECT ${COLUMNS}
     JOIN unnest(:ids::text[], :versions::int[]) AS t (id, version)
       ON t.id = v.offering_id AND t.version = v.version`,
    { ids: refs.map(({ id }) => id), versions: refs.map(({ version }) => version) },
  );
  return rows.map((row) => {
    const offering = fromRow(row);
    return { ...offering, closesAt: offering.terms.closesAt };
  });
}

/** The issuer's offerings that have, or had, a book. */
export async function listWithBookOfIssuer(
  db: Db,
  issuerId: Id<'iss'>,
): Promise<readonly Id<'off'>[]> {
  const rows = await db.query<{ id: Id<'off'> }>(
    `SELECT o.id FROM offerings o
     JOIN offering_books b ON b.operator_id = o.operator_id AND b.offering_id = o.id
     WHERE o.issuer_id = :issuerId`,
    { issuerId },
  );
  return rows.map((row) => row.id);
}

/** A loan that takes orders, and how full it is. Minor units. */
export interface OpenLoan {
  readonly id: Id<'off'>;
  readonly committedMinor: bigint;
  readonly limitMinor: bigint;
}

/** Loans at a fixed rate whose book is open at that instant and has room, by id. */
export async function listOpenLoans(
  db: Db,
  currency: Currency,
  at: Date,
): Promise<readonly OpenLoan[]> {
  const rows = await db.query<{
    offering_id: Id<'off'>;
    committed_minor: bigint;
    limit_minor: bigint;
  }>(
    `SELECT b.offering_id, b.committed_minor, b.limit_minor
     FROM offering_books b
     JOIN offerings o ON o.operator_id = b.operator_id AND o.id = b.offering_id
     JOIN offering_versions v ON v.operator_id = b.operator_id AND v.offering_id = b.offering_id
       AND v.version = b.version
     WHERE o.kind = 'loan' AND b.is_open AND b.currency = :currency
       AND b.opens_at <= :at AND :at < b.closes_at AND b.committed_minor < b.limit_minor
       AND v.terms -> 'instrument' ->> 'rateMode' = 'fixed'
     ORDER BY b.offering_id`,
    { currency, at },
  );
  return rows.map((row) => ({
    id: row.offering_id,
    committedMinor: row.committed_minor,
    limitMinor: row.limit_minor,
  }));
}

/** Locks the books in order of id. What is committed cannot change until the transaction ends. */
export async function lockBooks(tx: Tx, ids: readonly Id<'off'>[]): Promise<readonly LockedBook[]> {
  const rows = await tx.query<{
    offering_id: Id<'off'>;
    is_open: boolean;
    version: number;
    opens_at: Date;
    closes_at: Date;
    limit_minor: bigint;
    committed_minor: bigint;
  }>(
    `SELECT b.offering_id, b.is_open, b.version, b.opens_at, b.closes_at, b.limit_minor,
            b.committed_minor
     FROM offering_books b WHERE b.offering_id = ANY (:ids)
     ORDER BY b.offering_id FOR UPDATE`,
    { ids },
  );
  return rows.map((row) => ({
    offeringId: row.offering_id,
    isOpen: row.is_open,
    version: row.version,
    opensAt: row.opens_at,
    closesAt: row.closes_at,
    limitMinor: row.limit_minor,
    committedMinor: row.committed_minor,
  }));
}

/** What the book still takes, in minor units; nothing when it is shut. */
export async function readRoom(db: Db, id: Id<'off'>): Promise<bigint> {
  const rows = await db.query<{ room: bigint }>(
    `SELECT b.limit_minor - b.committed_minor AS room FROM offering_books b
     WHERE b.offering_id = :id AND b.is_open`,
    { id },
  );
  return rows[0]?.room ?? 0n;
}

/** Takes an amount out of the book again: of an order that was revoked or lapsed. */
export async function reduceCommitted(tx: Tx, id: Id<'off'>, amountMinor: bigint): Promise<void> {
  await tx.execute(
    `UPDATE offering_books b SET committed_minor = b.committed_minor - :amountMinor
     WHERE b.offering_id = :id`,
    { id, amountMinor },
  );
}

const COLUMNS = `b.offering_id, o.issuer_id, o.kind, v.version, v.terms, v.documents, b.opens_at, b.closes_at,
  b.holder_limit
  FROM offering_books b
  JOIN offerings o ON o.operator_id = b.operator_id AND o.id = b.offering_id
  JOIN offering_versions v ON v.operator_id = b.operator_id AND v.offering_id = b.offering_id`;
const SELECT = `SELECT ${COLUMNS} AND v.version = b.version`;

interface Row {
  offering_id: Id<'off'>;
  issuer_id: Id<'iss'>;
  kind: OfferingKind;
  version: number;
  terms: OfferingTermsJson;
  documents: readonly OfferingDocument[];
  opens_at: Date;
  closes_at: Date;
  holder_limit: number | null;
}

function fromRow(row: Row): OfferingForOrders {
  return {
    id: row.offering_id,
    issuerId: row.issuer_id,
    kind: row.kind,
    version: row.version,
    terms: offeringTerms(row.terms),
    documents: row.documents,
    opensAt: row.opens_at,
    closesAt: row.closes_at,
    holderLimit: row.holder_limit ?? undefined,
  };
}

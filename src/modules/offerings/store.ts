import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { constraintOf, type Db, type Tx } from '../../platform/db';
import type { OfferingDocument } from './document';
import { offeringProblem } from './errors';
import type { Offering, OfferingBook, OfferingKind, OfferingStatus } from './offering';
import { offeringTerms, termsJson, type OfferingTerms, type OfferingTermsJson } from './terms';

/** One version of an offering, as it was recorded. */
export interface OfferingVersion {
  readonly version: number;
  readonly terms: OfferingTerms;
  readonly documents: readonly OfferingDocument[];
  readonly reason: string;
  readonly recordedAt: Date;
  readonly recordedBy: string;
}

/** @throws Problem `offerings.duplicate-external-id`. */
export async function insertOffering(tx: Tx, offering: Offering): Promise<void> {
  try {
    await tx.execute(
      `INSERT INTO offerings (operator_id, id, issuer_id, kind, status, version, title,
                              external_id, created_at, updated_at)
       VALUES (:operatorId, :id, :issuerId, :kind, :status, :version, :title, :externalId,
               :createdAt, :updatedAt)`,
      { operatorId: tx.scope.operatorId, ...offering, externalId: offering.externalId },
    );
  } catch (error) {
    if (constraintOf(error) !== 'offerings_operator_id_external_id_key') throw error;
    throw offeringProblem('duplicate-external-id', { cause: error });
  }
}

export async function updateOffering(tx: Tx, offering: Offering): Promise<void> {
  await tx.execute(
    `UPDATE offerings o SET status = :status, version = :version, title = :title,
       updated_at = :updatedAt, published_at = :publishedAt, closed_at = :closedAt
     WHERE o.operator_id = :operatorId AND o.id = :id`,
    {
      operatorId: tx.scope.operatorId,
      ...offering,
      publishedAt: offering.publishedAt,
      closedAt: offering.closedAt,
    },
  );
}

export async function findOffering(db: Db, id: Id<'off'>): Promise<Offering | undefined> {
  const rows = await db.query<OfferingRow>(`${SELECT_OFFERING} WHERE o.id = :id`, { id });
  return rows[0] && fromOfferingRow(rows[0]);
}

/** @throws Problem `offerings.not-found`. */
export async function getOffering(db: Db, id: Id<'off'>): Promise<Offering> {
  const offering = await findOffering(db, id);
  if (!offering) throw offeringProblem('not-found');
  return offering;
}

/** Keeps every other step of the same offering waiting until commit; orders are not held up. */
export async function getOfferingAndLock(tx: Tx, id: Id<'off'>): Promise<Offering> {
  const rows = await tx.query<OfferingRow>(`${SELECT_OFFERING} WHERE o.id = :id FOR UPDATE`, {
    id,
  });
  if (!rows[0]) throw offeringProblem('not-found');
  return fromOfferingRow(rows[0]);
}

export async function findByExternalId(db: Db, externalId: string): Promise<Offering | undefined> {
  const rows = await db.query<OfferingRow>(`${SELECT_OFFERING} WHERE o.external_id = :externalId`, {
    externalId,
  });
  return rows[0] && fromOfferingRow(rows[0]);
}

export async function insertVersion(
  tx: Tx,
  offeringId: Id<'off'>,
  version: OfferingVersion,
): Promise<void> {
  await tx.execute(
    `INSERT INTO offering_versions (operator_id, offering_id, version, terms, documents, reason,
                                    recorded_at, recorded_by)
     VALUES (:operatorId, :offeringId, :version, :terms::jsonb, :documents::jsonb, :reason,
             :recordedAt, :recordedBy)`,
    {
      operatorId: tx.scope.operatorId,
      offeringId,
      ...version,
      terms: JSON.stringify(termsJson(version.terms)),
      documents: JSON.stringify(version.documents),
    },
  );
}

/** @throws Problem `offerings.not-found` when there is no such version. */
export async function getVersion(
  db: Db,
  offeringId: Id<'off'>,
  version: number,
): Promise<OfferingVersion> {
  const rows = await db.query<VersionRow>(
    `SELECT v.version, v.terms, v.documents, v.reason, v.recorded_at, v.recorded_by
     FROM offering_versions v WHERE v.offering_id = :offeringId AND v.version = :version`,
    { offeringId, version },
  );
  if (!rows[0]) throw offeringProblem('not-found');
  return fromVersionRow(rows[0]);
}

export async function listVersions(
  db: Db,
  offeringId: Id<'off'>,
): Promise<readonly OfferingVersion[]> {
  const rows = await db.query<VersionRow>(
    `SELECT v.version, v.terms, v.documents, v.reason, v.recorded_at, v.recorded_by
     FROM offering_versions v WHERE v.offering_id = :offeringId
     ORDER BY v.version LIMIT 1000`,
    { offeringId },
  );
  return rows.map(fromVersionRow);
}

export async function insertTransition(
  tx: Tx,
  offeringId: Id<'off'>,
  step: {
    readonly from: OfferingStatus | undefined;
    readonly to: OfferingStatus;
    readonly reason: string;
    readonly happenedAt: Date;
  },
): Promise<void> {
  await tx.execute(
    `INSERT INTO offering_transitions (operator_id, offering_id, position, from_status, to_status,
                                       reason, actor, happened_at)
     SELECT :operatorId, :offeringId, coalesce(max(t.position), 0) + 1, :from, :to, :reason,
            :actor, :happenedAt
     FROM offering_transitions t WHERE t.offering_id = :offeringId`,
    {
      operatorId: tx.scope.operatorId,
      offeringId,
      ...step,
      from: step.from,
      actor: tx.scope.actor.id,
    },
  );
}

/** Who last moved the offering to a status. */
export async function findMover(
  db: Db,
  offeringId: Id<'off'>,
  to: OfferingStatus,
): Promise<string | undefined> {
  const rows = await db.query<{ actor: string }>(
    `SELECT t.actor FROM offering_transitions t
     WHERE t.offering_id = :offeringId AND t.to_status = :to
     ORDER BY t.position DESC LIMIT 1`,
    { offeringId, to },
  );
  return rows[0]?.actor;
}

export async function insertBook(
  tx: Tx,
  book: Pick<OfferingBook, 'offeringId' | 'version' | 'opensAt' | 'closesAt' | 'holderLimit'> & {
    readonly limit: Money;
  },
): Promise<void> {
  await tx.execute(
    `INSERT INTO offering_books (operator_id, offering_id, is_open, version, opens_at, closes_at,
                                 currency, limit_minor, holder_limit)
     VALUES (:operatorId, :offeringId, false, :version, :opensAt, :closesAt, :currency,
             :limitMinor, :holderLimit)`,
    {
      operatorId: tx.scope.operatorId,
      offeringId: book.offeringId,
      version: book.version,
      opensAt: book.opensAt,
      closesAt: book.closesAt,
      currency: book.limit.currency,
      limitMinor: book.limit.minor,
      holderLimit: book.holderLimit,
    },
  );
}

/**
 * Opens or shuts the book. It waits for orders that are being applied: once this returns, no order
 * is applied under the old state.
 */
export async function setBookOpen(tx: Tx, offeringId: Id<'off'>, isOpen: boolean): Promise<void> {
  await tx.execute(
    `UPDATE offering_books b SET is_open = :isOpen
     WHERE b.operator_id = :operatorId AND b.offering_id = :offeringId`,
    { operatorId: tx.scope.operatorId, offeringId, isOpen },
  );
}

/** Shuts a book before its deadline: from this instant on it takes no order, which it then shows. */
export async function shutBookEarly(tx: Tx, offeringId: Id<'off'>, at: Date): Promise<void> {
  await tx.execute(
    `UPDATE offering_books b
     SET is_open = false, closes_at = CASE WHEN b.opens_at < :at THEN :at ELSE b.closes_at END
     WHERE b.operator_id = :operatorId AND b.offering_id = :offeringId`,
    { operatorId: tx.scope.operatorId, offeringId, at },
  );
}

export async function changeBook(
  tx: Tx,
  offeringId: Id<'off'>,
  book: { readonly version: number; readonly closesAt: Date; readonly limit: Money },
): Promise<void> {
  await tx.execute(
    `UPDATE offering_books b SET version = :version, closes_at = :closesAt,
       limit_minor = :limitMinor
     WHERE b.operator_id = :operatorId AND b.offering_id = :offeringId`,
    {
      operatorId: tx.scope.operatorId,
      offeringId,
      version: book.version,
      closesAt: book.closesAt,
      limitMinor: book.limit.minor,
    },
  );
}

/** The book, locked: what it shows stays true until commit. */
export async function getBookAndLock(tx: Tx, offeringId: Id<'off'>): Promise<OfferingBook> {
  const rows = await tx.query<BookRow>(
    `${SELECT_BOOK} WHERE b.offering_id = :offeringId FOR UPDATE`,
    { offeringId },
  );
  if (!rows[0]) throw offeringProblem('not-found');
  return fromBookRow(rows[0]);
}

export async function findBook(db: Db, offeringId: Id<'off'>): Promise<OfferingBook | undefined> {
  const rows = await db.query<BookRow>(`${SELECT_BOOK} WHERE b.offering_id = :offeringId`, {
    offeringId,
  });
  return rows[0] && fromBookRow(rows[0]);
}

/** Offerings of a status whose book's opening or closing has come, the earliest first. */
export async function listDue(
  db: Db,
  due: { readonly status: 'scheduled' | 'live'; readonly at: Date; readonly limit: number },
): Promise<readonly Id<'off'>[]> {
  const column = due.status === 'scheduled' ? 'opens_at' : 'closes_at';
  const rows = await db.query<{ id: Id<'off'> }>(
    `SELECT o.id FROM offerings o
     JOIN offering_books b ON b.operator_id = o.operator_id AND b.offering_id = o.id
     WHERE o.status = :status AND b.${column} <= :at
     ORDER BY b.${column}, o.id LIMIT :limit`,
    due,
  );
  return rows.map((row) => row.id);
}

/** Live loans of which every unit is committed, before their deadline or after. */
export async function listFullLoans(db: Db): Promise<readonly Id<'off'>[]> {
  const rows = await db.query<{ id: Id<'off'> }>(
    `SELECT o.id FROM offerings o
     JOIN offering_books b ON b.operator_id = o.operator_id AND b.offering_id = o.id
     WHERE o.status = 'live' AND o.kind = 'loan' AND b.committed_minor = b.limit_minor
     ORDER BY o.id LIMIT 1000`,
  );
  return rows.map((row) => row.id);
}

/** Withdrawn offerings whose subscriptions are not all released yet. */
export async function listWithdrawnUnreleased(db: Db): Promise<readonly Id<'off'>[]> {
  const rows = await db.query<{ id: Id<'off'> }>(
    `SELECT o.id FROM offerings o
     JOIN offering_books b ON b.operator_id = o.operator_id AND b.offering_id = o.id
     WHERE o.status = 'withdrawn' AND b.committed_minor > 0 ORDER BY o.id LIMIT 1000`,
  );
  return rows.map((row) => row.id);
}

export async function listIdsByStatus(
  db: Db,
  status: OfferingStatus,
): Promise<readonly Id<'off'>[]> {
  const rows = await db.query<{ id: Id<'off'> }>(
    `SELECT o.id FROM offerings o WHERE o.status = :status ORDER BY o.id LIMIT 10000`,
    { status },
  );
  return rows.map((row) => row.id);
}

const SELECT_OFFERING = `SELECT o.id, o.issuer_id, o.kind, o.status, o.version, o.title,
  o.external_id, o.created_at, o.updated_at, o.published_at, o.closed_at FROM offerings o`;

const SELECT_BOOK = `SELECT b.offering_id, b.is_open, b.version, b.opens_at, b.closes_at,
  b.currency, b.limit_minor, b.committed_minor, b.order_count, b.holder_limit
  FROM offering_books b`;

export interface OfferingRow {
  readonly id: Id<'off'>;
  readonly issuer_id: Id<'iss'>;
  readonly kind: OfferingKind;
  readonly status: OfferingStatus;
  readonly version: number;
  readonly title: string;
  readonly external_id: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly published_at: Date | null;
  readonly closed_at: Date | null;
}

export function fromOfferingRow(row: OfferingRow): Offering {
  return {
    id: row.id,
    issuerId: row.issuer_id,
    kind: row.kind,
    status: row.status,
    version: row.version,
    title: row.title,
    externalId: row.external_id ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    publishedAt: row.published_at ?? undefined,
    closedAt: row.closed_at ?? undefined,
  };
}

interface VersionRow {
  readonly version: number;
  readonly terms: OfferingTermsJson;
  readonly documents: readonly OfferingDocument[];
  readonly reason: string;
  readonly recorded_at: Date;
  readonly recorded_by: string;
}

function fromVersionRow(row: VersionRow): OfferingVersion {
  return {
    version: row.version,
    terms: offeringTerms(row.terms),
    documents: row.documents,
    reason: row.reason,
    recordedAt: row.recorded_at,
    recordedBy: row.recorded_by,
  };
}

interface BookRow {
  readonly offering_id: Id<'off'>;
  readonly is_open: boolean;
  readonly version: number;
  readonly opens_at: Date;
  readonly closes_at: Date;
  readonly currency: string;
  readonly limit_minor: bigint;
  readonly committed_minor: bigint;
  readonly order_count: bigint;
  readonly holder_limit: number | null;
}

function fromBookRow(row: BookRow): OfferingBook {
  const currency = asCurrency(row.currency);
  return {
    offeringId: row.offering_id,
    isOpen: row.is_open,
    version: row.version,
    opensAt: row.opens_at,
    closesAt: row.closes_at,
    limit: Money.ofMinor(row.limit_minor, currency),
    committed: Money.ofMinor(row.committed_minor, currency),
    orderCount: row.order_count,
    holderLimit: row.holder_limit ?? undefined,
  };
}

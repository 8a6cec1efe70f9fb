import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import { marketProblem } from './errors';
import type { Proposal, ProposalStatus } from './trade';

/** @throws Problem `market.already-proposed`. */
export async function insertProposal(tx: Tx, proposal: Proposal): Promise<void> {
  const { atMost, ...rest } = proposal;
  const inserted = await tx.execute(
    `INSERT INTO market_proposals (operator_id, id, listing_id, seller_id, buyer_id, units,
       price_version, at_most_minor, acknowledged, documents, status, proposed_at, proposed_by,
       lapses_at)
     VALUES (:operatorId, :id, :listingId, :sellerId, :buyerId, :units, :priceVersion, :atMost,
       :acknowledged, :documents, :status, :proposedAt, :proposedBy, :lapsesAt)
     ON CONFLICT DO NOTHING`,
    { ...rest, atMost: atMost.minor, operatorId: operatorIdOf(tx) },
  );
  if (inserted === 0) throw marketProblem('already-proposed');
}

export async function updateProposal(tx: Tx, proposal: Proposal): Promise<void> {
  const { id, status, endedAt, tradeId } = proposal;
  await tx.execute(
    `UPDATE market_proposals p SET status = :status, ended_at = :endedAt, trade_id = :tradeId
     WHERE p.operator_id = :operatorId AND p.id = :id`,
    { operatorId: operatorIdOf(tx), id, status, endedAt, tradeId },
  );
}

/** Ends the open proposals of a listing: its price changed, or it ended. @returns how many. */
export async function lapseOf(tx: Tx, listingId: Id<'mkl'>, at: Date): Promise<number> {
  return tx.execute(
    `UPDATE market_proposals p SET status = 'lapsed', ended_at = :at
     WHERE p.operator_id = :operatorId AND p.listing_id = :listingId AND p.status = 'open'`,
    { operatorId: operatorIdOf(tx), listingId, at },
  );
}

/** Ends proposals that nobody answered in time. @returns how many. */
export async function lapseDue(tx: Tx, now: Date): Promise<number> {
  return tx.execute(
    `UPDATE market_proposals p SET status = 'lapsed', ended_at = p.lapses_at
     WHERE p.operator_id = :operatorId AND p.status = 'open' AND p.lapses_at <= :now`,
    { operatorId: operatorIdOf(tx), now },
  );
}

export async function findProposal(db: Db, id: Id<'mkp'>): Promise<Proposal | undefined> {
  return one(db, id, '');
}

export async function findProposalAndLock(tx: Tx, id: Id<'mkp'>): Promise<Proposal | undefined> {
  return one(tx, id, 'FOR UPDATE OF p');
}

async function one(db: Db, id: Id<'mkp'>, lock: string): Promise<Proposal | undefined> {
  const rows = await db.query<Row>(`${SELECT} AND p.id = :id ${lock}`, {
    operatorId: operatorIdOf(db),
    id,
  });
  return rows[0] && fromRow(rows[0]);
}

export interface ProposalFilter {
  /** Whoever proposed, or is asked. */
  readonly investorId?: Id<'inv'> | undefined;
  readonly listingId?: Id<'mkl'> | undefined;
  readonly status?: ProposalStatus | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Newest first; one more than the limit, to tell whether there are others. */
export async function listProposals(db: Db, filter: ProposalFilter): Promise<readonly Proposal[]> {
  const rows = await db.query<Row>(
    `${SELECT}
       AND (:investorId::text IS NULL OR p.buyer_id = :investorId OR p.seller_id = :investorId)
       AND (:listingId::text IS NULL OR p.listing_id = :listingId)
       AND (:status::text IS NULL OR p.status = :status)
       AND (:after::text IS NULL OR p.id < :after)
     ORDER BY p.id DESC LIMIT :limit`,
    {
      operatorId: operatorIdOf(db),
      investorId: filter.investorId,
      listingId: filter.listingId,
      status: filter.status,
      after: filter.after,
      limit: filter.limit + 1,
    },
  );
  return rows.map(fromRow);
}

const SELECT = `SELECT p.id, p.listing_id, p.seller_id, p.buyer_id, p.units, p.price_version,
  p.at_most_minor, b.currency, p.acknowledged, p.documents, p.status, p.proposed_at, p.proposed_by,
  p.lapses_at, p.ended_at, p.trade_id
  FROM market_proposals p
  JOIN market_listings l ON l.operator_id = p.operator_id AND l.id = p.listing_id
  JOIN market_books b ON b.operator_id = l.operator_id AND b.instrument_id = l.instrument_id
  WHERE p.operator_id = :operatorId`;

interface Row {
  readonly id: Id<'mkp'>;
  readonly listing_id: Id<'mkl'>;
  readonly seller_id: Id<'inv'>;
  readonly buyer_id: Id<'inv'>;
  readonly units: bigint;
  readonly price_version: number;
  readonly at_most_minor: bigint;
  readonly currency: string;
  readonly acknowledged: readonly string[];
  readonly documents: readonly string[];
  readonly status: ProposalStatus;
  readonly proposed_at: Date;
  readonly proposed_by: string;
  readonly lapses_at: Date;
  readonly ended_at: Date | null;
  readonly trade_id: Id<'trd'> | null;
}

function fromRow(row: Row): Proposal {
  return {
    id: row.id,
    listingId: row.listing_id,
    sellerId: row.seller_id,
    buyerId: row.buyer_id,
    units: row.units,
    priceVersion: row.price_version,
    atMost: Money.ofMinor(row.at_most_minor, asCurrency(row.currency)),
    acknowledged: row.acknowledged,
    documents: row.documents,
    status: row.status,
    proposedAt: row.proposed_at,
    proposedBy: row.proposed_by,
    lapsesAt: row.lapses_at,
    endedAt: row.ended_at ?? undefined,
    tradeId: row.trade_id ?? undefined,
  };
}

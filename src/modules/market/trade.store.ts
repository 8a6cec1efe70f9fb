import { must } from '../../kernel/assert';
import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { rate, rateText } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { EntryNo } from '../ledger';
import type { LoanNo } from '../loans';
import type { DecisionRecord } from './law';
import type { MarketMode } from './policy';
import type { Trade } from './trade';

export async function insertTrade(tx: Tx, trade: Trade): Promise<void> {
  const { note, principal, clean, accrued, fee, price, decision, ...rest } = trade;
  await tx.execute(
    `INSERT INTO market_trades (operator_id, id, listing_id, instrument_id, seller_id, buyer_id,
       mode, loan_no, seller_note_no, buyer_note_no, units, price, price_version, class, size,
       currency, principal_minor, clean_minor, accrued_minor, fee_minor, entry_no,
       register_position, traded_at, traded_by, decision, rulebook_no, profile_version,
       offering_version)
     VALUES (:operatorId, :id, :listingId, :instrumentId, :sellerId, :buyerId,
       :mode, :loanNo, :sellerNoteNo, :buyerNoteNo, :units, :price::numeric, :priceVersion, :class,
       :size, :currency, :principal, :clean, :accrued, :fee, :entryNo,
       :registerPosition, :tradedAt, :tradedBy, :decision::jsonb, :rulebookNo, :profileVersion,
       :offeringVersion)`,
    {
      ...rest,
      operatorId: operatorIdOf(tx),
      loanNo: note?.loanNo,
      sellerNoteNo: note?.noteNo,
      buyerNoteNo: note?.buyerNoteNo,
      price: rateText(price),
      currency: clean.currency,
      principal: principal.minor,
      clean: clean.minor,
      accrued: accrued.minor,
      fee: fee.minor,
      decision: JSON.stringify(decision),
    },
  );
}

export async function findTrade(db: Db, id: Id<'trd'>): Promise<Trade | undefined> {
  const rows = await db.query<Row>(`${SELECT} AND t.id = :id`, {
    operatorId: operatorIdOf(db),
    id,
  });
  return rows[0] && fromRow(rows[0]);
}

export interface TradeFilter {
  /** Whoever bought or sold. */
  readonly investorId?: Id<'inv'> | undefined;
  readonly instrumentId?: Id<'ins'> | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Newest first; one more than the limit, to tell whether there are others. */
export async function listTrades(db: Db, filter: TradeFilter): Promise<readonly Trade[]> {
  const rows = await db.query<Row>(
    `${SELECT}
       AND (:investorId::text IS NULL OR t.buyer_id = :investorId OR t.seller_id = :investorId)
       AND (:instrumentId::text IS NULL OR t.instrument_id = :instrumentId)
       AND (:after::text IS NULL OR t.id < :after)
     ORDER BY t.id DESC LIMIT :limit`,
    {
      operatorId: operatorIdOf(db),
      investorId: filter.investorId,
      instrumentId: filter.instrumentId,
      after: filter.after,
      limit: filter.limit + 1,
    },
  );
  return rows.map(fromRow);
}

/** How much was traded in a class since an instant. */
export async function tradedSince(db: Db, name: string, since: Date): Promise<bigint> {
  const rows = await db.query<{ size: bigint }>(
    `SELECT coalesce(sum(t.size), 0)::bigint AS size FROM market_trades t
     WHERE t.operator_id = :operatorId AND t.class = :name AND t.traded_at > :since`,
    { operatorId: operatorIdOf(db), name, since },
  );
  return rows[0]?.size ?? 0n;
}

const SELECT = `SELECT t.id, t.listing_id, t.instrument_id, t.seller_id, t.buyer_id, t.mode,
  t.loan_no, t.seller_note_no, t.buyer_note_no, t.units, t.price::text, t.price_version, t.class,
  t.size, t.currency, t.principal_minor, t.clean_minor, t.accrued_minor, t.fee_minor, t.entry_no,
  t.register_position, t.traded_at, t.traded_by, t.decision, t.rulebook_no, t.profile_version,
  t.offering_version
  FROM market_trades t WHERE t.operator_id = :operatorId`;

interface Row {
  readonly id: Id<'trd'>;
  readonly listing_id: Id<'mkl'>;
  readonly instrument_id: Id<'ins'>;
  readonly seller_id: Id<'inv'>;
  readonly buyer_id: Id<'inv'>;
  readonly mode: MarketMode;
  readonly loan_no: LoanNo | null;
  readonly seller_note_no: number | null;
  readonly buyer_note_no: number | null;
  readonly units: bigint;
  readonly price: string;
  readonly price_version: number;
  readonly class: string;
  readonly size: bigint;
  readonly currency: string;
  readonly principal_minor: bigint;
  readonly clean_minor: bigint;
  readonly accrued_minor: bigint;
  readonly fee_minor: bigint;
  readonly entry_no: EntryNo;
  readonly register_position: bigint;
  readonly traded_at: Date;
  readonly traded_by: string;
  readonly decision: DecisionRecord;
  readonly rulebook_no: number;
  readonly profile_version: number;
  readonly offering_version: number;
}

function fromRow(row: Row): Trade {
  const currency = asCurrency(row.currency);
  const money = (minor: bigint) => Money.ofMinor(minor, currency);
  return {
    id: row.id,
    listingId: row.listing_id,
    instrumentId: row.instrument_id,
    sellerId: row.seller_id,
    buyerId: row.buyer_id,
    mode: row.mode,
    note: noteOf(row),
    units: row.units,
    price: rate(row.price),
    priceVersion: row.price_version,
    class: row.class,
    size: row.size,
    principal: money(row.principal_minor),
    clean: money(row.clean_minor),
    accrued: money(row.accrued_minor),
    fee: money(row.fee_minor),
    entryNo: row.entry_no,
    registerPosition: row.register_position,
    tradedAt: row.traded_at,
    tradedBy: row.traded_by,
    decision: row.decision,
    rulebookNo: row.rulebook_no,
    profileVersion: row.profile_version,
    offeringVersion: row.offering_version,
  };
}

function noteOf({ loan_no: loanNo, ...row }: Row): Trade['note'] {
  if (loanNo === null) return undefined;
  return {
    loanNo,
    noteNo: must(row.seller_note_no, 'the note of the seller'),
    buyerNoteNo: must(row.buyer_note_no, 'the note of the buyer'),
  };
}

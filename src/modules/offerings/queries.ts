import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import type { OfferingStatus } from './offering';
import { fromOfferingRow, type OfferingRow } from './store';
import type { Offering } from './offering';

export interface OfferingFilter {
  /** Any of these; all when absent. */
  readonly statuses?: readonly OfferingStatus[] | undefined;
  readonly issuerIds?: readonly Id<'iss'>[] | undefined;
  /** The last id of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** A page of offerings, the newest first. */
export async function listOfferings(db: Db, filter: OfferingFilter): Promise<readonly Offering[]> {
  const rows = await db.query<OfferingRow>(
    `SELECT o.id, o.issuer_id, o.kind, o.status, o.version, o.title, o.external_id, o.created_at,
            o.updated_at, o.published_at, o.closed_at
     FROM offerings o
     WHERE (:statuses::text[] IS NULL OR o.status = ANY (:statuses))
       AND (:issuerIds::text[] IS NULL OR o.issuer_id = ANY (:issuerIds))
       AND (:after::text IS NULL OR o.id < :after)
     ORDER BY o.id DESC LIMIT :limit`,
    {
      statuses: filter.statuses,
      issuerIds: filter.issuerIds,
      after: filter.after,
      limit: filter.limit,
    },
  );
  return rows.map(fromOfferingRow);
}

/** How many offerings of an issuer were settled. */
export async function countSettled(db: Db, issuerId: Id<'iss'>): Promise<number> {
  const [row] = await db.query<{ settled: number }>(
    `SELECT count(*)::integer AS settled FROM offerings o
     WHERE o.issuer_id = :issuerId AND o.status = 'settled'`,
    { issuerId },
  );
  return row?.settled ?? 0;
}

/** One status change, as it was recorded. */
export interface RecordedTransition {
  readonly from: OfferingStatus | undefined;
  readonly to: OfferingStatus;
  readonly reason: string;
  readonly happenedAt: Date;
}

export async function listTransitions(
  db: Db,
  offeringId: Id<'off'>,
): Promise<readonly RecordedTransition[]> {
  const rows = await db.query<{
    from_status: OfferingStatus | null;
    to_status: OfferingStatus;
    reason: string;
    happened_at: Date;
  }>(
    `SELECT t.from_status, t.to_status, t.reason, t.happened_at FROM offering_transitions t
     WHERE t.offering_id = :offeringId ORDER BY t.position LIMIT 1000`,
    { offeringId },
  );
  return rows.map((row) => ({
    from: row.from_status ?? undefined,
    to: row.to_status,
    reason: row.reason,
    happenedAt: row.happened_at,
  }));
}

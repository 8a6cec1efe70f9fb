import type { Db, Tx } from '../db';
import type { DeadEvent, OutboxEvent, Payload } from './event';

/** An event on its way, with how often it has failed. */
export interface WaitingEvent extends OutboxEvent {
  readonly attempts: number;
}

export interface FailedDelivery {
  readonly eventNo: bigint;
  readonly error: string;
  /** Undefined when it is given up. */
  readonly nextAttemptAt: Date | undefined;
}

interface EventRow {
  readonly event_no: bigint;
  readonly operator_id: number;
  readonly type: string;
  readonly subject: string;
  readonly payload: Payload;
  readonly occurred_at: Date;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly dead_at: Date | null;
}

/**
 * Takes the next events in order, locked until commit. An event waits behind an earlier one of the
 * same subject that keeps failing; others pass.
 */
export async function claimWaiting(
  tx: Tx,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<readonly WaitingEvent[]> {
  const rows = await tx.query<EventRow>(
    `SELECT e.event_no, e.operator_id, e.type, e.subject, e.payload, e.occurred_at, e.attempts
       FROM platform_outbox_events e
      WHERE e.delivered_at IS NULL AND e.dead_at IS NULL
        AND (e.next_attempt_at IS NULL OR e.next_attempt_at <= :now)
        AND NOT EXISTS (
          SELECT 1 FROM platform_outbox_events f
           WHERE f.operator_id = e.operator_id AND f.subject = e.subject
             AND f.event_no < e.event_no AND f.attempts > 0
             AND f.delivered_at IS NULL AND f.dead_at IS NULL AND f.next_attempt_at > :now)
      ORDER BY e.event_no LIMIT :limit
        FOR UPDATE OF e SKIP LOCKED`,
    { now, limit },
  );
  return rows.map((row) => ({ ...toEvent(row), attempts: row.attempts }));
}

/**
 * Makes this transaction the only one that delivers for its operator, so that order holds with
 * several instances too.
 * @returns false when another has the word.
 */
export async function tryToDeliverAlone(tx: Tx): Promise<boolean> {
  const [row] = await tx.query<{ locked: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtext('platform_outbox'), :operatorId) AS locked`,
    { operatorId: tx.scope.operatorId ?? 0 },
  );
  return row?.locked === true;
}

/** Notes a delivery to one listener. @returns false when it has been delivered before. */
export async function insertDelivery(
  tx: Tx,
  event: OutboxEvent,
  { listener, now }: { readonly listener: string; readonly now: Date },
): Promise<boolean> {
  const inserted = await tx.execute(
    `INSERT INTO platform_outbox_deliveries (operator_id, event_no, listener, delivered_at)
     VALUES (:operatorId, :eventNo, :listener, :now) ON CONFLICT DO NOTHING`,
    { operatorId: event.operatorId ?? 0, eventNo: event.eventNo, listener, now },
  );
  return inserted === 1;
}

export async function markDelivered(tx: Tx, eventNos: readonly bigint[], now: Date): Promise<void> {
  await tx.execute(
    `UPDATE platform_outbox_events SET delivered_at = :now
      WHERE operator_id = :operatorId AND event_no = ANY (:eventNos::bigint[])`,
    { operatorId: tx.scope.operatorId ?? 0, eventNos, now },
  );
}

export async function markFailed(tx: Tx, failed: FailedDelivery, now: Date): Promise<void> {
  await tx.execute(
    `UPDATE platform_outbox_events
        SET attempts = attempts + 1, last_error = :error, next_attempt_at = :nextAttemptAt,
            dead_at = CASE WHEN :nextAttemptAt::timestamptz IS NULL THEN :now::timestamptz END
      WHERE operator_id = :operatorId AND event_no = :eventNo`,
    { operatorId: tx.scope.operatorId ?? 0, now, ...failed },
  );
}

/** Events that were given up, oldest first, from after `after` on. */
export async function listDead(
  db: Db,
  { after = 0n, limit = 100 }: { readonly after?: bigint; readonly limit?: number } = {},
): Promise<readonly DeadEvent[]> {
  const rows = await db.query<EventRow>(
    `SELECT e.event_no, e.operator_id, e.type, e.subject, e.payload, e.occurred_at, e.attempts,
            e.last_error, e.dead_at
       FROM platform_outbox_events e
      WHERE e.dead_at IS NOT NULL AND e.delivered_at IS NULL AND e.event_no > :after
      ORDER BY e.event_no LIMIT :limit`,
    { after, limit },
  );
  return rows.map((row) => ({
    ...toEvent(row),
    attempts: row.attempts,
    lastError: row.last_error ?? '',
    deadAt: row.dead_at ?? row.occurred_at,
  }));
}

/** Gives an event that was given up another round of attempts. @returns false when it is not one. */
export async function reviveDead(tx: Tx, eventNo: bigint): Promise<boolean> {
  const revived = await tx.execute(
    `UPDATE platform_outbox_events
        SET dead_at = NULL, attempts = 0, next_attempt_at = NULL
      WHERE operator_id = :operatorId AND event_no = :eventNo AND dead_at IS NOT NULL`,
    { operatorId: tx.scope.operatorId ?? 0, eventNo },
  );
  return revived === 1;
}

function toEvent(row: EventRow): OutboxEvent {
  return {
    eventNo: row.event_no,
    operatorId: row.operator_id === 0 ? undefined : row.operator_id,
    type: row.type,
    subject: row.subject,
    payload: row.payload,
    occurredAt: row.occurred_at,
  };
}

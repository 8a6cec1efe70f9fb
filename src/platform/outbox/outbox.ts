import type { Clock } from '../../kernel/clock';
import { canonicalJson } from '../../kernel/canonical-json';
import type { Tx } from '../db';
import type { NewEvent } from './event';

/** Where events are left, in the transaction that makes them true. */
export class Outbox {
  constructor(private readonly deps: { readonly clock: Clock }) {}

  async publish(tx: Tx, event: NewEvent): Promise<void> {
    await this.publishMany(tx, [event]);
  }

  /** Publishes in the given order, in one statement. */
  async publishMany(tx: Tx, events: readonly NewEvent[]): Promise<void> {
    if (events.length === 0) return;
    await tx.execute(
      `INSERT INTO platform_outbox_events (operator_id, type, subject, payload, occurred_at)
       SELECT :operatorId, e.type, e.subject, e.payload::jsonb, :now
         FROM unnest(:types::text[], :subjects::text[], :payloads::text[])
              WITH ORDINALITY AS e (type, subject, payload, position)
        ORDER BY e.position`,
      {
        operatorId: tx.scope.operatorId ?? 0,
        now: this.deps.clock.now(),
        types: events.map((event) => event.type),
        subjects: events.map((event) => event.subject),
        payloads: events.map((event) => canonicalJson(event.payload ?? {})),
      },
    );
  }
}

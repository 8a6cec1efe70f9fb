import type { Json } from '../../kernel/canonical-json';
import type { Tx } from '../db';

export type Payload = { readonly [key: string]: Json | undefined };

/** Something that has happened, told in the past tense. */
export interface NewEvent {
  /** `offering.approved`. */
  readonly type: string;
  /** Id of what it happened to; events of one subject are delivered in their order. */
  readonly subject: string;
  readonly payload?: Payload;
}

export interface OutboxEvent {
  readonly eventNo: bigint;
  /** `undefined` for what concerns the installation as a whole. */
  readonly operatorId: number | undefined;
  readonly type: string;
  readonly subject: string;
  readonly payload: Payload;
  readonly occurredAt: Date;
}

/** Code that reacts to events. */
export interface Listener {
  /** Unique, and never renamed: deliveries are kept under it. */
  readonly name: string;
  /** Types it wants; `'all'` for every one. */
  readonly types: readonly string[] | 'all';
  /**
   * Runs in a transaction of its own, in the scope of the event's operator, together with the note
   * that it was delivered: what it writes is written once, however often the event comes.
   */
  handle(tx: Tx, event: OutboxEvent): Promise<void>;
}

/** An event that was given up, with what it failed on. */
export interface DeadEvent extends OutboxEvent {
  readonly attempts: number;
  readonly lastError: string;
  readonly deadAt: Date;
}

import type { Json } from '../../kernel/canonical-json';
import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';

export interface Period {
  readonly from: CalendarDate;
  /** The last day. */
  readonly to: CalendarDate;
}

/** How far the records of the operator reached when a run was made, each with its hash. */
export interface Heads {
  /** The chains of the ledger, in the order of their numbers. */
  readonly ledger: readonly {
    readonly chain: number;
    readonly seq: string;
    readonly hash: string;
  }[];
  readonly audit: { readonly seq: string; readonly hash: string };
}

/** Everything that a run's content follows from. */
export interface RunKey {
  readonly templateId: string;
  readonly templateVersion: number;
  readonly operatorId: number;
  readonly period: Period;
  /** The day as of which balances stand: the last of the period. */
  readonly asOf: CalendarDate;
  /** Nothing that was recorded later counts. */
  readonly knownAt: Date;
  readonly heads: Heads;
}

/**
 * A run goes through these in their order, and through `restated` when another takes its place. One
 * with findings stays `generated`.
 */
export const RUN_STATES = [
  'scheduled',
  'generated',
  'validated',
  'signed',
  'published',
  'restated',
] as const;
export type RunState = (typeof RUN_STATES)[number];

export interface Run extends RunKey {
  readonly id: Id<'rpt'>;
  readonly state: RunState;
  readonly dueOn: CalendarDate;
  /** SHA-256 of the canonical JSON; absent before it is generated. */
  readonly contentHash: string | undefined;
  readonly supersedes: Id<'rpt'> | undefined;
  /** Why it takes the place of another. */
  readonly reason: string | undefined;
  /** When facts were found that came after it was made, and that would change it. */
  readonly needsRestatementAt: Date | undefined;
  readonly createdAt: Date;
}

/** What a run says of itself within its content. */
export function describeRun(run: RunKey): { readonly [key: string]: Json } {
  return {
    template: run.templateId,
    version: run.templateVersion,
    operator: run.operatorId,
    from: run.period.from,
    to: run.period.to,
    asOf: run.asOf,
    knownAt: run.knownAt.toISOString(),
    ledgerHeads: run.heads.ledger.map(({ chain, seq, hash }) => ({ chain, seq, hash })),
    auditHead: { seq: run.heads.audit.seq, hash: run.heads.audit.hash },
  };
}

import type { Json } from '../../kernel/canonical-json';
import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { ContentFinding } from './pack';
import type { Period } from './period';

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
  /** SHA-256 of the template's canonical JSON. */
  readonly templateHash: string;
  readonly operatorId: number;
  readonly period: Period;
  /** The day as of which balances stand: the last of the period. */
  readonly asOf: CalendarDate;
  /** Nothing that was recorded later counts. */
  readonly knownAt: Date;
  readonly heads: Heads;
}

/**
 * `generated` is one whose findings keep it from being signed; `restated` one whose place another has
 * taken. Validation, signature, publication and downloads are events of a run.
 */
export const RUN_STATES = ['scheduled', 'generated', 'published', 'restated'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** From which states a run comes into one. The database refuses every other course too. */
export const COMES_FROM: Readonly<Record<RunState, readonly RunState[]>> = {
  scheduled: [],
  generated: ['scheduled'],
  published: ['scheduled'],
  restated: ['generated', 'published'],
};

export const RUN_EVENTS = [
  'scheduled',
  'generated',
  'validated',
  'signed',
  'published',
  'downloaded',
  'restated',
] as const;
export type RunEventKind = (typeof RUN_EVENTS)[number];

/** What became of a run when it was computed. */
export interface Made {
  readonly templateHash: string;
  readonly knownAt: Date;
  readonly heads: Heads;
  /** SHA-256 of the canonical JSON. */
  readonly contentHash: string;
  readonly findings: readonly ContentFinding[];
  readonly generatedAt: Date;
}

/** A report of one period. */
export interface Run {
  readonly id: Id<'rpt'>;
  readonly operatorId: number;
  readonly templateId: string;
  readonly templateVersion: number;
  readonly period: Period;
  readonly state: RunState;
  readonly dueOn: CalendarDate;
  readonly supersedes: Id<'rpt'> | undefined;
  /** Why it takes the place of another. */
  readonly reason: string | undefined;
  /** When facts were found that came after it was made and would change it. */
  readonly needsRestatementAt: Date | undefined;
  readonly attempts: number;
  /** Why it could not be made the last time. */
  readonly lastFailure: string | undefined;
  readonly createdAt: Date;
  /** Absent while it is scheduled. */
  readonly made: Made | undefined;
}

export interface RunEvent {
  readonly event: RunEventKind;
  readonly actor: string;
  readonly file: string | undefined;
  readonly sha256: string | undefined;
  readonly happenedAt: Date;
}

/** What a run says of itself within its content. */
export function describeRun(key: RunKey): { readonly [key: string]: Json } {
  return {
    template: key.templateId,
    version: key.templateVersion,
    templateSha256: key.templateHash,
    operator: key.operatorId,
    from: key.period.from,
    to: key.period.to,
    asOf: key.asOf,
    knownAt: key.knownAt.toISOString(),
    ledgerHeads: key.heads.ledger.map(({ chain, seq, hash }) => ({ chain, seq, hash })),
    auditHead: { seq: key.heads.audit.seq, hash: key.heads.audit.hash },
  };
}

import type { Id } from '../../kernel/id';
import { incidentProblem } from './errors';

export const SEVERITIES = ['minor', 'major', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const INCIDENT_KINDS = [
  'intrusion',
  'data-leak',
  'malware',
  'denial-of-service',
  'outage',
  'fraud',
  'loss-of-device',
  'other',
] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

/** Kinds of data that an incident may lay open; all but `business` tell of people. */
export const DATA_KINDS = [
  'identity',
  'contact',
  'bank-account',
  'credentials',
  'transactions',
  'documents',
  'business',
] as const;
export type DataKind = (typeof DATA_KINDS)[number];

export const INCIDENT_STATUSES = ['open', 'contained', 'resolved'] as const;
export type IncidentStatus = (typeof INCIDENT_STATUSES)[number];

/** How bad an incident is, as far as it is known; it may be judged anew. */
export interface Judgement {
  readonly severity: Severity;
  readonly affectedUsers: number;
  readonly dataAffected: readonly DataKind[];
}

/** Something that touched the safety of systems or data. */
export interface Incident extends Judgement {
  readonly id: Id<'inc'>;
  readonly kind: IncidentKind;
  readonly description: string;
  readonly status: IncidentStatus;
  /** When somebody became aware of it: from then on most time limits run. */
  readonly noticedAt: Date;
  readonly classifiedAt: Date;
  readonly recordedBy: string;
  readonly recordedAt: Date;
}

export function touchesPeople({ dataAffected }: Pick<Judgement, 'dataAffected'>): boolean {
  return dataAffected.some((kind) => kind !== 'business');
}

/** @throws Problem `incidents.in-the-future`. */
export function requirePast(instant: Date, now: Date): void {
  if (instant > now) throw incidentProblem('in-the-future');
}

const NEXT: Readonly<Record<IncidentStatus, readonly IncidentStatus[]>> = {
  open: ['contained', 'resolved'],
  contained: ['open', 'resolved'],
  // What was thought to be over may turn out not to be.
  resolved: ['open'],
};

/** @throws Problem `incidents.incident-status`. */
export function withStatus(incident: Incident, status: IncidentStatus): Incident {
  if (NEXT[incident.status].includes(status)) return { ...incident, status };
  throw incidentProblem('incident-status', { detail: `It is ${incident.status}.` });
}

import { z } from 'zod';
import {
  idInput,
  idView,
  instantInput,
  instantView,
  lineInput,
  page,
  pageQueryWith,
  textInput,
} from '../../platform/http';
import {
  DATA_KINDS,
  INCIDENT_KINDS,
  INCIDENT_STATUSES,
  SEVERITIES,
  type Incident,
} from './incident';
import type { OwedNotice } from './policy';
import type { IncidentStep, Notification } from './store';

const dutyId = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);

const judgement = {
  severity: z.enum(SEVERITIES),
  affectedUsers: z.int().min(0).max(2_000_000_000),
  dataAffected: z.array(z.enum(DATA_KINDS)).max(DATA_KINDS.length),
};

export const incidentParams = z.strictObject({ id: idInput('inc') });
export const dutyParams = z.strictObject({ id: idInput('inc'), duty: dutyId });
export const incidentBody = z.strictObject({
  ...judgement,
  kind: z.enum(INCIDENT_KINDS),
  description: textInput(8000),
  noticedAt: instantInput,
});
export const judgementBody = z.strictObject({ ...judgement, note: lineInput(500) });
export const statusBody = z.strictObject({
  status: z.enum(INCIDENT_STATUSES),
  note: lineInput(500),
});
export const notificationBody = z.strictObject({
  duty: dutyId.optional(),
  recipient: lineInput(200),
  reference: lineInput(200).meta({ description: 'What proves it: a file number, a message id.' }),
  sentAt: instantInput,
});
export const waiverBody = z.strictObject({ because: lineInput(500) });
export const incidentsQuery = pageQueryWith({
  status: z.enum(INCIDENT_STATUSES).optional(),
  severity: z.enum(SEVERITIES).optional(),
});

export const incidentView = z.object({
  id: idView('inc'),
  kind: z.enum(INCIDENT_KINDS),
  description: z.string(),
  severity: z.enum(SEVERITIES),
  affectedUsers: z.int(),
  dataAffected: z.array(z.enum(DATA_KINDS)).readonly(),
  status: z.enum(INCIDENT_STATUSES),
  noticedAt: instantView,
  classifiedAt: instantView,
  recordedBy: z.string(),
  recordedAt: instantView,
});
export const incidentsView = page(incidentView);

export const notificationView = z.object({
  no: z.int(),
  duty: z.string().optional(),
  recipient: z.string(),
  reference: z.string(),
  sentAt: instantView,
  recordedBy: z.string(),
  recordedAt: instantView,
});

export const incidentDetailView = incidentView.extend({
  duties: z
    .array(
      z.object({
        duty: z.string(),
        recipient: z.object({ en: z.string(), zh: z.string() }),
        dueAt: instantView,
        citation: z.string(),
        doneAt: instantView.optional(),
        missedAt: instantView.optional(),
        waivedAt: instantView.optional(),
        waivedBecause: z.string().optional(),
      }),
    )
    .readonly(),
  notifications: z.array(notificationView).readonly(),
  steps: z
    .array(
      z.object({
        status: z.enum(INCIDENT_STATUSES),
        severity: z.enum(SEVERITIES),
        affectedUsers: z.int(),
        note: z.string().optional(),
        by: z.string(),
        at: instantView,
      }),
    )
    .readonly(),
});

export function asDetail(
  incident: Incident,
  more: {
    readonly duties: readonly OwedNotice[];
    readonly notifications: readonly Notification[];
    readonly steps: readonly IncidentStep[];
  },
): z.input<typeof incidentDetailView> {
  return { ...incident, ...more };
}

import { noContent, pageOf, route, type Route } from '../../platform/http';
import * as schema from './schema';
import type { IncidentService } from './service';

export interface IncidentRouteDeps {
  readonly incidents: IncidentService;
}

const TAG = 'Security incidents';
const KEEPERS = { roles: ['compliance', 'admin'] } as const;
const SEEING = { roles: ['compliance', 'admin', 'regulator'] } as const;

export function incidentRoutes(deps: IncidentRouteDeps): readonly Route[] {
  return [...readRoutes(deps), ...recordRoutes(deps), ...noticeRoutes(deps)];
}

function readRoutes({ incidents }: IncidentRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/security-incidents',
      tag: TAG,
      summary: 'Security incidents, newest first',
      access: SEEING,
      query: schema.incidentsQuery,
      replies: { 200: schema.incidentsView },
      read: async (db, { query }) => {
        const found = await incidents.list(db, query);
        return { status: 200, body: pageOf(found, query.limit, ({ id }) => id) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/security-incidents/{id}',
      tag: TAG,
      summary: 'An incident: its course, whom to tell of it by when, and who was told',
      access: SEEING,
      params: schema.incidentParams,
      replies: { 200: schema.incidentDetailView },
      read: async (db, { params: { id } }) => ({
        status: 200,
        body: schema.asDetail(await incidents.get(db, id), {
          duties: await incidents.duties(db, id),
          notifications: await incidents.notifications(db, id),
          steps: await incidents.steps(db, id),
        }),
      }),
    }),
  ];
}

function recordRoutes({ incidents }: IncidentRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/security-incidents',
      tag: TAG,
      summary: 'Record a security incident; whom to tell by when follows from the law',
      access: KEEPERS,
      idempotent: true,
      body: schema.incidentBody,
      replies: { 201: schema.incidentView },
      write: async (tx, { body }) => ({ status: 201, body: await incidents.record(tx, body) }),
    }),
    route({
      method: 'post',
      path: '/v1/security-incidents/{id}/judge',
      tag: TAG,
      summary: 'Judge anew how severe an incident is; duties may be added by that',
      access: KEEPERS,
      params: schema.incidentParams,
      body: schema.judgementBody,
      replies: { 200: schema.incidentView },
      write: async (tx, { params, body }) => ({
        status: 200,
        body: await incidents.judge(tx, params.id, body),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/security-incidents/{id}/status',
      tag: TAG,
      summary: 'Say that an incident is contained, resolved, or open again',
      access: KEEPERS,
      params: schema.incidentParams,
      body: schema.statusBody,
      replies: { 200: schema.incidentView },
      write: async (tx, { params, body }) => ({
        status: 200,
        body: await incidents.setStatus(tx, params.id, body),
      }),
    }),
  ];
}

function noticeRoutes({ incidents }: IncidentRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/security-incidents/{id}/notifications',
      tag: TAG,
      summary: 'Record who was told of an incident, when, and what proves it',
      access: KEEPERS,
      idempotent: true,
      params: schema.incidentParams,
      body: schema.notificationBody,
      replies: { 201: schema.notificationView },
      write: async (tx, { params, body }) => ({
        status: 201,
        body: await incidents.notify(tx, params.id, body),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/security-incidents/{id}/duties/{duty}/waive',
      tag: TAG,
      summary: 'Find that a duty to tell somebody does not hold, for a reason that is kept',
      description: 'Not for whoever recorded the incident.',
      access: { roles: ['compliance'] },
      params: schema.dutyParams,
      body: schema.waiverBody,
      replies: { 204: noContent },
      write: async (tx, { params: { id, duty }, body }) => {
        await incidents.waive(tx, id, { duty, ...body });
        return { status: 204 };
      },
    }),
  ];
}

import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import { fileView, page, pageOf, route, type Route } from '../../platform/http';
import * as schema from './schema';
import type { AmlService } from './service';

export interface AmlRouteDeps {
  readonly aml: AmlService;
}

const TAG = 'Suspicions';
/** Officers for money laundering alone: not the subject, and nobody else of the staff. */
const OFFICERS = { roles: ['mlro'] } as const;

export function amlRoutes(deps: AmlRouteDeps): readonly Route[] {
  return [...readRoutes(deps), ...workRoutes(deps), ...closingRoutes(deps)];
}

function readRoutes({ aml }: AmlRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/aml/alerts',
      tag: TAG,
      summary: 'What the rules found, newest first, with the values and entries behind it',
      access: OFFICERS,
      query: schema.alertsQuery,
      replies: { 200: page(schema.alertView) },
      read: async (db, { query: { limit, after } }) => {
        const rows = await aml.listAlerts(db, { limit: limit + 1, after });
        const { items, next } = pageOf(rows, limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(schema.asAlert), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/aml/cases',
      tag: TAG,
      summary: 'The queue of cases, newest first',
      access: OFFICERS,
      query: schema.casesQuery,
      replies: { 200: page(schema.caseView) },
      read: async (db, { query: { limit, after, status } }) => {
        const rows = await aml.listCases(db, { limit: limit + 1, after, status });
        const { items, next } = pageOf(rows, limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(schema.asCase), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/aml/cases/{id}',
      tag: TAG,
      summary: 'A case: its alerts, every step that was taken, its reports',
      access: OFFICERS,
      params: schema.caseParams,
      replies: { 200: schema.caseFileView },
      read: async (db, { params }) => ({ status: 200, body: await show(aml, db, params.id) }),
    }),
    route({
      method: 'get',
      path: '/v1/aml/cases/{id}/reports/{reportId}',
      tag: TAG,
      summary: 'A report to the authority, in goAML',
      access: OFFICERS,
      params: schema.reportParams,
      replies: { 200: fileView('application/xml') },
      read: async (db, { params }) => {
        const { id: caseId, reportId: id } = params;
        const headers = { 'Content-Disposition': `attachment; filename="${id}.xml"` };
        return { status: 200, headers, body: await aml.reportXml(db, { caseId, id }) };
      },
    }),
  ];
}

function workRoutes({ aml }: AmlRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/aml/cases/{id}/review',
      tag: TAG,
      summary: 'Take a case on',
      access: OFFICERS,
      idempotent: 'if-keyed',
      params: schema.caseParams,
      replies: { 200: schema.caseFileView },
      write: async (tx, { params }) => {
        await aml.take(tx, params.id);
        return { status: 200, body: await show(aml, tx, params.id) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/aml/cases/{id}/notes',
      tag: TAG,
      summary: 'Write a note into a case; notes stay',
      access: OFFICERS,
      idempotent: true,
      params: schema.caseParams,
      body: schema.noteBody,
      replies: { 201: schema.caseFileView },
      write: async (tx, { params, body }) => {
        await aml.note(tx, params.id, body.note);
        return { status: 201, body: await show(aml, tx, params.id) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/aml/cases/{id}/reports',
      tag: TAG,
      summary: 'Make the report to the authority, in goAML',
      description:
        'Held against the schema of the authority where the operator has supplied it ' +
        '(`GOAML_SCHEMA`); `isValidated` says whether it was.',
      access: OFFICERS,
      idempotent: true,
      params: schema.caseParams,
      body: schema.reportBody,
      replies: { 201: schema.caseFileView },
      write: async (tx, { params, body }) => {
        await aml.report(tx, params.id, body);
        return { status: 201, body: await show(aml, tx, params.id) };
      },
    }),
  ];
}

function closingRoutes({ aml }: AmlRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/aml/cases/{id}/proposal',
      tag: TAG,
      summary: 'Propose how a case is to end; another officer decides',
      access: OFFICERS,
      idempotent: 'if-keyed',
      params: schema.caseParams,
      body: schema.proposalBody,
      replies: { 200: schema.caseFileView },
      write: async (tx, { params, body }) => {
        await aml.propose(tx, params.id, body);
        return { status: 200, body: await show(aml, tx, params.id) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/aml/cases/{id}/decision',
      tag: TAG,
      summary: 'Decide on what another officer proposed',
      access: OFFICERS,
      idempotent: 'if-keyed',
      params: schema.caseParams,
      body: schema.decisionBody,
      replies: { 200: schema.caseFileView },
      write: async (tx, { params, body }) => {
        await aml.decide(tx, params.id, body);
        return { status: 200, body: await show(aml, tx, params.id) };
      },
    }),
  ];
}

async function show(aml: AmlService, db: Db, id: Id<'amc'>) {
  return schema.asCaseFile(await aml.file(db, id));
}

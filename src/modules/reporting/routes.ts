import type { AuthenticatedUser } from '../../platform/auth';
import type { Audit } from '../../platform/audit';
import type { Database, Db, Tx } from '../../platform/db';
import { fileView, page, pageOf, route, type RateLimit, type Route } from '../../platform/http';
import type { Id } from '../../kernel/id';
import * as schema from './schema';
import type { ReportService } from './service';

export interface ReportRouteDeps {
  readonly reports: ReportService;
  readonly audit: Audit;
  readonly transactions: Pick<Database, 'write'>;
}

const TAG = 'Reports';
const READERS = { roles: ['compliance', 'admin', 'regulator'] } as const;
/** Each reads everything behind its figures. */
const COMPUTING: RateLimit = { action: 'reports.compute', limit: 20, windowSeconds: 60 };

/** Reads are written down where a regulator makes them: they keep transactions that write. */
export function reportRoutes(deps: ReportRouteDeps): readonly Route[] {
  return [...listRoutes(deps), ...readRoutes(deps), ...evidenceRoutes(deps), ...makeRoutes(deps)];
}

function listRoutes(deps: ReportRouteDeps): readonly Route[] {
  const { reports, audit } = deps;
  return [
    route({
      method: 'get',
      path: '/v1/report-templates',
      tag: TAG,
      summary: 'The reports that are made here, with the formula of each figure',
      access: READERS,
      replies: { 200: page(schema.templateView) },
      read: async (db) => ({
        status: 200,
        body: { items: reports.templates(db).map(schema.asTemplate) },
      }),
    }),
    route({
      method: 'get',
      path: '/v1/reports',
      tag: TAG,
      summary: 'Reports and when they are due, newest first',
      access: READERS,
      query: schema.reportsQuery,
      replies: { 200: page(schema.runView) },
      run: ({ user, query }) =>
        kept(deps, user, async (tx) => {
          const { template: templateId, after, limit } = query;
          const runs = await reports.list(tx, { templateId, after, limit });
          await noteReading(audit, tx, { user, subject: templateId ?? 'all', what: 'list' });
          const { items, next } = pageOf(runs, limit, ({ id }) => id);
          return { status: 200, body: { items: items.map(schema.asRun), next } } as const;
        }),
    }),
  ];
}

function readRoutes(deps: ReportRouteDeps): readonly Route[] {
  const { reports, audit } = deps;
  return [
    route({
      method: 'get',
      path: '/v1/reports/{id}',
      tag: TAG,
      summary: 'A report: its state, its files, and who took which of them when',
      access: READERS,
      params: schema.reportParams,
      replies: { 200: schema.reportView },
      run: ({ user, params }) =>
        kept(deps, user, async (tx) => {
          await noteReading(audit, tx, { user, subject: params.id, what: 'report' });
          return { status: 200, body: await show(reports, tx, params.id) };
        }),
    }),
    route({
      method: 'get',
      path: '/v1/reports/{id}/files/{name}',
      tag: TAG,
      summary: 'A file of a report; that it was taken is kept with the report',
      description:
        'The manifest names every file with its SHA-256, and `manifest.jws` is the signature over it.',
      access: READERS,
      params: schema.fileParams,
      replies: { 200: fileView('application/octet-stream') },
      run: ({ user, params }) =>
        kept(deps, user, async (tx) => {
          const { bytes, name } = await reports.download(tx, params);
          await noteReading(audit, tx, { user, subject: params.id, what: name });
          const headers = {
            'Content-Disposition': `attachment; filename="${params.id}-${name}"`,
          };
          return { status: 200, headers, body: bytes };
        }),
    }),
  ];
}

function evidenceRoutes(deps: ReportRouteDeps): readonly Route[] {
  const { reports, audit } = deps;
  return [
    route({
      method: 'get',
      path: '/v1/reports/{id}/figures/{figure}/drill-down',
      tag: TAG,
      summary: 'The rows behind a figure; their sum, or their number, is the figure',
      access: READERS,
      rateLimit: { ...COMPUTING, action: 'reports.drill', limit: 120 },
      params: schema.figureParams,
      query: schema.drillQuery,
      replies: { 200: page(schema.drilledView) },
      run: ({ user, params, query }) =>
        kept(deps, user, async (tx) => {
          const request = schema.drillRequest(params.figure, query);
          const rows = await reports.drill(tx, params.id, request);
          await noteReading(audit, tx, { user, subject: params.id, what: params.figure });
          const { items, next } = pageOf(rows, query.limit, ({ key }) => key);
          return { status: 200, body: { items: [...items], next } } as const;
        }),
    }),
    route({
      method: 'get',
      path: '/v1/reports/{id}/reproduction',
      tag: TAG,
      summary: 'Computes the report again from its run, and compares',
      access: READERS,
      rateLimit: COMPUTING,
      params: schema.reportParams,
      replies: { 200: schema.reproductionView },
      run: ({ user, params }) =>
        kept(deps, user, async (tx) => {
          await noteReading(audit, tx, { user, subject: params.id, what: 'reproduction' });
          const body = schema.asReproduction(await reports.reproduce(tx, params.id));
          return { status: 200, body };
        }),
    }),
  ];
}

function makeRoutes({ reports }: ReportRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/reports',
      tag: TAG,
      summary: 'Make a report of a period that has ended, ahead of its schedule',
      access: READERS,
      idempotent: 'if-keyed',
      rateLimit: COMPUTING,
      body: schema.runBody,
      replies: { 201: schema.reportView },
      write: async (tx, { body }) => {
        const { id } = await reports.run(tx, { templateId: body.template, day: body.day });
        return { status: 201, body: await show(reports, tx, id) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/reports/{id}/restate',
      tag: TAG,
      summary: 'Make a report again with what is known now; both stay',
      access: { roles: ['compliance', 'admin'] },
      idempotent: 'if-keyed',
      rateLimit: COMPUTING,
      params: schema.reportParams,
      body: schema.restateBody,
      replies: { 201: schema.reportView },
      write: async (tx, { params, body }) => {
        const { id } = await reports.restate(tx, { id: params.id, reason: body.reason });
        return { status: 201, body: await show(reports, tx, id) };
      },
    }),
  ];
}

async function show(reports: ReportService, db: Db, id: Id<'rpt'>) {
  const run = await reports.get(db, id);
  const files = await reports.files(db, id);
  return schema.asReport({ run, files, history: await reports.history(db, id) });
}

/** Work in the name of the caller, which leaves a trace even where it only reads. */
function kept<T>(
  { transactions }: ReportRouteDeps,
  { id, operatorId }: AuthenticatedUser,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return transactions.write({ operatorId, actor: { kind: 'user', id } }, work);
}

/** What a regulator looks at is on record; staff are known by what they change. */
async function noteReading(
  audit: Audit,
  tx: Tx,
  of: { readonly user: AuthenticatedUser; readonly subject: string; readonly what: string },
): Promise<void> {
  if (!of.user.roles.includes('regulator')) return;
  await audit.record(tx, {
    action: 'report.read-by-regulator',
    subject: of.subject,
    details: { what: of.what },
  });
}

import type { AuthenticatedUser } from '../../platform/auth';
import {
  fileView,
  page,
  pageOf,
  route,
  type RateLimit,
  type Route,
  type RouteRequest,
} from '../../platform/http';
import type { Id } from '../../kernel/id';
import {
  asReproduction,
  drilledView,
  drillQuery,
  drillRequest,
  reportsQuery,
  reproductionView,
  type ReportService,
} from '../reporting';
import type { FilingService, Response } from './filing.service';
import type { SupervisedReading, Target } from './reading.service';
import * as schema from './schema';

export interface SupervisedReportDeps {
  readonly supervisedReading: SupervisedReading;
  readonly supervisedFilings: FilingService;
  readonly reports: ReportService;
}

const TAG = 'Supervision';
const SUPERVISOR = { roles: ['regulator'], ofInstallation: true } as const;
const REPORT = '/v1/supervision/operators/{code}/reports/{id}';
/** Each reads everything behind its figures. */
const COMPUTING: RateLimit = { action: 'supervision.compute', limit: 20, windowSeconds: 60 };

/** Reports of the operators a supervisor sees: read as its database role, answered as its authority. */
export function supervisedReportRoutes(deps: SupervisedReportDeps): readonly Route[] {
  return [...listRoutes(deps), ...evidenceRoutes(deps), ...answerRoutes(deps)];
}

function listRoutes(deps: SupervisedReportDeps): readonly Route[] {
  const { supervisedReading, supervisedFilings, reports } = deps;
  return [
    route({
      method: 'get',
      path: '/v1/supervision/operators/{code}/reports',
      tag: TAG,
      summary: 'Reports of an operator and where they stand, newest first',
      access: SUPERVISOR,
      params: schema.operatorParams,
      query: reportsQuery,
      replies: { 200: page(schema.filingView) },
      run: async ({ user, params, query }) => {
        const { template: templateId, after, limit } = query;
        const found = await supervisedReading.show(
          user,
          { operator: params.code, what: 'reports', subject: templateId ?? 'all' },
          (db, visit) => supervisedFilings.list(db, visit, { templateId, after, limit }),
        );
        const { items, next } = pageOf(found, limit, ({ run }) => run.id);
        return { status: 200, body: { items: items.map(schema.asFiling), next } };
      },
    }),
    route({
      method: 'get',
      path: REPORT,
      tag: TAG,
      summary: 'A report: its state, its files, and who took which of them when',
      access: SUPERVISOR,
      params: schema.reportParams,
      replies: { 200: schema.filedReportView },
      run: async ({ user, params }) => {
        const report = await supervisedReading.show(
          user,
          targetOf(params, 'report'),
          async (db, visit) => ({
            filing: await supervisedFilings.get(db, visit, params.id),
            files: await reports.files(db, params.id),
            history: await reports.history(db, params.id),
          }),
        );
        return { status: 200, body: schema.asFiledReport(report) };
      },
    }),
    route({
      method: 'get',
      path: `${REPORT}/files/{name}`,
      tag: TAG,
      summary: 'A file of a report; who took it when, with which bytes, is kept with the report',
      access: SUPERVISOR,
      params: schema.fileParams,
      replies: { 200: fileView('application/octet-stream') },
      run: async ({ user, params }) => {
        const { id, name } = params;
        const bytes = await supervisedReading.visit(user, targetOf(params, `file ${name}`), {
          read: (db) => reports.file(db, { id, name }),
          keep: async (tx, file, visit) => {
            await supervisedFilings.noteDownload(tx, visit, { runId: id, file });
            return file.bytes;
          },
        });
        const headers = { 'Content-Disposition': `attachment; filename="${id}-${name}"` };
        return { status: 200, headers, body: bytes };
      },
    }),
  ];
}

function evidenceRoutes({ supervisedReading, reports }: SupervisedReportDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: `${REPORT}/figures/{figure}/drill-down`,
      tag: TAG,
      summary: 'The rows behind a figure; their sum, or their number, is the figure',
      access: SUPERVISOR,
      rateLimit: { ...COMPUTING, action: 'supervision.drill', limit: 120 },
      params: schema.figureParams,
      query: drillQuery,
      replies: { 200: page(drilledView) },
      run: async ({ user, params, query }) => {
        const { id, figure } = params;
        const rows = await supervisedReading.show(
          user,
          targetOf(params, `figure ${figure}`),
          (db) => reports.drill(db, id, drillRequest(figure, query)),
        );
        const { items, next } = pageOf(rows, query.limit, ({ key }) => key);
        return { status: 200, body: { items: [...items], next } };
      },
    }),
    route({
      method: 'get',
      path: `${REPORT}/reproduction`,
      tag: TAG,
      summary: 'Computes the report again from its run, and compares',
      access: SUPERVISOR,
      rateLimit: COMPUTING,
      params: schema.reportParams,
      replies: { 200: reproductionView },
      run: async ({ user, params }) => {
        const reproduced = await supervisedReading.show(
          user,
          targetOf(params, 'reproduction'),
          (db) => reports.reproduce(db, params.id),
        );
        return { status: 200, body: asReproduction(reproduced) };
      },
    }),
  ];
}

function answerRoutes(deps: SupervisedReportDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: `${REPORT}/acknowledgement`,
      tag: TAG,
      summary: 'Acknowledge a report as received and in order',
      access: SUPERVISOR,
      idempotent: 'if-keyed',
      params: schema.reportParams,
      replies: { 200: schema.filingView },
      run: async (request) => respond(deps, request, { verdict: 'acknowledged' }),
    }),
    route({
      method: 'post',
      path: `${REPORT}/query`,
      tag: TAG,
      summary: 'Ask the operator about a report, with a deadline',
      access: SUPERVISOR,
      idempotent: 'if-keyed',
      params: schema.reportParams,
      body: schema.questionBody,
      replies: { 200: schema.filingView },
      run: async ({ body, ...request }) => respond(deps, request, { verdict: 'queried', ...body }),
    }),
    route({
      method: 'post',
      path: `${REPORT}/rejection`,
      tag: TAG,
      summary: 'Reject a report, with a deadline for its restatement',
      access: SUPERVISOR,
      idempotent: 'if-keyed',
      params: schema.reportParams,
      body: schema.questionBody,
      replies: { 200: schema.filingView },
      run: async ({ body, ...request }) => respond(deps, request, { verdict: 'rejected', ...body }),
    }),
  ];
}

type AnswerRequest = Pick<
  RouteRequest<ReportPlace, unknown, unknown, AuthenticatedUser>,
  'params' | 'user' | 'once'
>;

async function respond(
  { supervisedReading, supervisedFilings }: SupervisedReportDeps,
  { params, user, once }: AnswerRequest,
  said: Omit<Response, 'runId'>,
) {
  const response = { ...said, runId: params.id };
  return supervisedReading.visit(user, targetOf(params, said.verdict), {
    read: (db, visit) => supervisedFilings.get(db, visit, params.id),
    keep: (tx, _found, visit) =>
      once(tx, async () => {
        const filing = await supervisedFilings.respond(tx, visit, response);
        return { status: 200, body: schema.asFiling(filing) } as const;
      }),
  });
}

interface ReportPlace {
  readonly code: string;
  readonly id: Id<'rpt'>;
}

function targetOf({ code, id }: ReportPlace, what: string): Target {
  return { operator: code, what, subject: id };
}

import { fileView, page, pageOf, route, type Route } from '../../platform/http';
import type { OfferingViewing } from '../offerings';
import { USUAL_ORDER_LIMIT } from './filing';
import type { FormCWriter } from './form-c.service';
import type { FilingProgress } from './progress.service';
import type { FilingService } from './service';
import {
  asFiling,
  asImported,
  asProgress,
  filingParams,
  filingsQuery,
  filingView,
  formCQuery,
  importBody,
  importedView,
  offeringParams,
  progressView,
} from './wire.schema';

export interface FilingRouteDeps {
  readonly filings: FilingService;
  readonly formC: FormCWriter;
  readonly filingProgress: FilingProgress;
  readonly viewing: OfferingViewing;
}

const TAG = 'Filings';
const OVERSEERS = { roles: ['operations', 'compliance', 'admin', 'regulator'] } as const;

/** A filing of 2 MiB as JSON, where every quotation mark takes two characters. */
const FILING_BODY = 3 * 1024 * 1024;

export function filingRoutes(deps: FilingRouteDeps): readonly Route[] {
  return [...importRoutes(deps), ...outgoingRoutes(deps)];
}

const ISSUER_AND_STAFF = {
  roles: ['issuer', 'operations', 'compliance', 'admin', 'regulator'],
} as const;

function outgoingRoutes({ formC, filingProgress, viewing }: FilingRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/offerings/{id}/form-c.xml',
      tag: TAG,
      summary: 'The offering as EDGAR would have it: Form C, its update or the annual report',
      description:
        'What came in by a filing goes out as it was filed; terms that changed since make it an ' +
        'amendment. Checked against the schema of the form; the access code of the filer is for ' +
        'the filer to put in.',
      access: ISSUER_AND_STAFF,
      params: offeringParams,
      query: formCQuery,
      replies: { 200: fileView('application/xml') },
      read: async (db, { params, query, user }) => {
        const offering = await viewing.requireManaged(db, params.id, user);
        const { xml, name } = await formC.write(db, offering, query.type);
        const headers = { 'Content-Disposition': `attachment; filename="${name}"` };
        return { status: 200, headers, body: xml };
      },
    }),
    route({
      method: 'get',
      path: '/v1/offerings/{id}/form-c-progress',
      tag: TAG,
      summary: 'When the offering came to half and to all of its target, and what that makes due',
      access: ISSUER_AND_STAFF,
      params: offeringParams,
      replies: { 200: page(progressView) },
      read: async (db, { params, user }) => {
        await viewing.requireManaged(db, params.id, user);
        const steps = await filingProgress.of(db, params.id);
        return { status: 200, body: { items: steps.map(asProgress) } };
      },
    }),
  ];
}

function importRoutes({ filings }: FilingRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/filings/form-c',
      tag: TAG,
      summary: 'Take in a filing of the Form C family: issuer, figures and offering',
      description:
        'What cannot be taken of it stands in `refused` with its reason. The same content again ' +
        'answers 200 and changes nothing.',
      access: { roles: ['operations', 'admin'] },
      bodyLimit: FILING_BODY,
      body: importBody,
      replies: { 200: importedView, 201: importedView },
      write: async (tx, { body }) => {
        const { xml, orderLimitRate = USUAL_ORDER_LIMIT } = body;
        const imported = await filings.import(tx, xml, { orderLimitRate });
        const status = imported.outcome === 'imported' ? 201 : 200;
        return { status, body: asImported(imported) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/filings',
      tag: TAG,
      summary: 'Filings that were taken in, oldest first',
      access: OVERSEERS,
      query: filingsQuery,
      replies: { 200: page(filingView) },
      read: async (db, { query: { limit, after } }) => {
        const rows = await filings.list(db, { limit: limit + 1, after });
        const { items, next } = pageOf(rows, limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(asFiling), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/filings/{id}',
      tag: TAG,
      summary: 'One filing, with what does not fit together in it',
      access: OVERSEERS,
      params: filingParams,
      replies: { 200: filingView },
      read: async (db, { params }) => ({
        status: 200,
        body: asFiling(await filings.get(db, params.id)),
      }),
    }),
  ];
}

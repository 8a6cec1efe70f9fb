import { page, pageOf, route, type Route } from '../../platform/http';
import { USUAL_ORDER_LIMIT } from './filing';
import type { FilingService } from './service';
import {
  asFiling,
  asImported,
  filingParams,
  filingsQuery,
  filingView,
  importBody,
  importedView,
} from './wire.schema';

export interface FilingRouteDeps {
  readonly filings: FilingService;
}

const TAG = 'Filings';
const OVERSEERS = { roles: ['operations', 'compliance', 'admin', 'regulator'] } as const;

/** A filing of 2 MiB as JSON, where every quotation mark takes two characters. */
const FILING_BODY = 3 * 1024 * 1024;

export function filingRoutes({ filings }: FilingRouteDeps): readonly Route[] {
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

import { route, type Route } from '../../platform/http';
import { OVERSEERS, visibleIssuer } from './access.service';
import {
  asChecklist,
  asYear,
  checklistView,
  itemParams,
  settleItemBody,
  yearBody,
  yearParams,
  yearsView,
  yearView,
} from './diligence.schema';
import type { DueDiligenceService } from './due-diligence.service';
import type { FinancialsService } from './financials.service';
import type { IssuerService } from './issuer.service';
import { issuerParams } from './schema';

export interface DiligenceRouteDeps {
  readonly issuers: IssuerService;
  readonly dueDiligence: DueDiligenceService;
  readonly financials: FinancialsService;
}

const TAG = 'Issuers';
const SEEING = { roles: ['issuer', ...OVERSEERS] } as const;

export function diligenceRoutes(deps: DiligenceRouteDeps): readonly Route[] {
  return [...checklistRoutes(deps), ...yearRoutes(deps)];
}

function checklistRoutes({ issuers, dueDiligence }: DiligenceRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/issuers/{id}/due-diligence',
      tag: TAG,
      summary: 'What was checked about an issuer, and what is still open',
      access: SEEING,
      params: issuerParams,
      replies: { 200: checklistView },
      read: async (db, { user, params }) => {
        const issuer = await visibleIssuer(issuers, db, { user, id: params.id });
        return { status: 200, body: asChecklist(await dueDiligence.linesOf(db, issuer)) };
      },
    }),
    route({
      method: 'put',
      path: '/v1/issuers/{id}/due-diligence/{item}',
      tag: TAG,
      summary: 'Settle an item of due diligence on evidence',
      access: { roles: ['compliance'] },
      params: itemParams,
      body: settleItemBody,
      replies: { 200: checklistView },
      write: async (tx, { params, body }) => {
        const order = { ...body, item: params.item };
        return { status: 200, body: asChecklist(await dueDiligence.settle(tx, params.id, order)) };
      },
    }),
  ];
}

function yearRoutes({ issuers, financials }: DiligenceRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/issuers/{id}/financials',
      tag: TAG,
      summary: 'The figures of an issuer, the newest year first',
      access: SEEING,
      params: issuerParams,
      replies: { 200: yearsView },
      read: async (db, { user, params }) => {
        await visibleIssuer(issuers, db, { user, id: params.id });
        const years = await financials.list(db, params.id);
        return { status: 200, body: { items: years.map(asYear) } };
      },
    }),
    route({
      method: 'put',
      path: '/v1/issuers/{id}/financials/{fiscalYearEndsOn}',
      tag: TAG,
      summary: 'Record the figures of a financial year; they are unverified until someone checks',
      access: { roles: ['issuer', 'operations'] },
      params: yearParams,
      body: yearBody,
      replies: { 200: yearView },
      write: async (tx, { user, params, body }) => {
        const { id, fiscalYearEndsOn } = params;
        await visibleIssuer(issuers, tx, { user, id });
        const year = await financials.record(tx, id, { ...body, fiscalYearEndsOn });
        return { status: 200, body: asYear(year) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/issuers/{id}/financials/{fiscalYearEndsOn}/verify',
      tag: TAG,
      summary: 'Confirm that figures agree with the statements; not for whoever recorded them',
      access: { roles: ['compliance'] },
      params: yearParams,
      replies: { 200: yearView },
      write: async (tx, { params }) => ({
        status: 200,
        body: asYear(await financials.verify(tx, params.id, params.fiscalYearEndsOn)),
      }),
    }),
  ];
}

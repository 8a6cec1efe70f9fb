import type { Clock } from '../../kernel/clock';
import type { Db } from '../../platform/db';
import { fileView, page, pageOf, route, type Route } from '../../platform/http';
import { extractPdf } from './extract-pdf.service';
import type { RegisterParties } from './parties';
import { RegisterService } from './register.service';
import {
  asEvent,
  asHolding,
  asInstrument,
  asRegister,
  eventsQuery,
  eventsView,
  holdingsQuery,
  holdingsView,
  instrumentBody,
  instrumentParams,
  instrumentsQuery,
  instrumentView,
  registerParams,
  registerQuery,
  registerView,
} from './schema';
import type { HoldingsService } from './service';

export interface HoldingRouteDeps {
  readonly clock: Clock;
  readonly holdings: HoldingsService;
  readonly parties: RegisterParties<Db>;
}

const TAG = 'Registers';
const ANY_LOG_IN = {
  roles: ['investor', 'issuer', 'compliance', 'operations', 'admin', 'regulator'],
} as const;
const OVERSEERS = { roles: ['compliance', 'operations', 'admin', 'regulator'] } as const;

export function holdingRoutes(deps: HoldingRouteDeps): readonly Route[] {
  const registers = new RegisterService(deps);
  return [
    ...instrumentRoutes(deps),
    ...registerRoutes(registers),
    eventsRoute(deps),
    ownRoute(registers),
  ];
}

function instrumentRoutes({ holdings }: HoldingRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/instruments',
      tag: TAG,
      summary: 'List share classes and note series, oldest first',
      access: ANY_LOG_IN,
      query: instrumentsQuery,
      replies: { 200: page(instrumentView) },
      read: async (db, { query }) => {
        const found = await holdings.listInstruments(db, query);
        const { items, next } = pageOf(found, query.limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(asInstrument), next } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/instruments',
      tag: TAG,
      summary: 'Open the register of a share class',
      access: { roles: ['compliance', 'operations'] },
      body: instrumentBody,
      replies: { 201: instrumentView },
      write: async (tx, { body }) => {
        const instrument = await holdings.openInstrument(tx, { ...body, kind: 'share-class' });
        return { status: 201, body: asInstrument(instrument) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/instruments/{id}',
      tag: TAG,
      summary: 'One instrument',
      access: ANY_LOG_IN,
      params: instrumentParams,
      replies: { 200: instrumentView },
      read: async (db, { params }) => ({
        status: 200,
        body: asInstrument(await holdings.getInstrument(db, params.id)),
      }),
    }),
  ];
}

function registerRoutes(registers: RegisterService): readonly Route[] {
  const common = {
    method: 'get',
    tag: TAG,
    access: ANY_LOG_IN,
    params: registerParams,
    query: registerQuery,
  } as const;
  return [
    route({
      ...common,
      path: '/v1/registers/{instrumentId}',
      summary: 'Who holds how much, now or as of an instant; an investor sees its own line',
      replies: { 200: registerView },
      read: async (db, { user, params, query }) => {
        const extract = await registers.extract(db, user, { ...params, ...query });
        return { status: 200, body: asRegister(extract) };
      },
    }),
    route({
      ...common,
      path: '/v1/registers/{instrumentId}/extract.json',
      summary: 'The register as a file',
      replies: { 200: registerView },
      read: async (db, { user, params, query }) => {
        const extract = await registers.extract(db, user, { ...params, ...query });
        const headers = attachment(`${params.instrumentId}.json`);
        return { status: 200, body: asRegister(extract), headers };
      },
    }),
    route({
      ...common,
      path: '/v1/registers/{instrumentId}/extract.pdf',
      summary: 'The register as a PDF, in English and 简体中文',
      replies: { 200: fileView('application/pdf') },
      read: async (db, { user, params, query }) => {
        const extract = await registers.extract(db, user, { ...params, ...query });
        const headers = attachment(`${params.instrumentId}.pdf`);
        return { status: 200, body: await extractPdf(extract), headers };
      },
    }),
  ];
}

function eventsRoute({ holdings }: HoldingRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/registers/{instrumentId}/events',
    tag: TAG,
    summary: 'Everything that was ever entered in a register, in order',
    access: OVERSEERS,
    params: registerParams,
    query: eventsQuery,
    replies: { 200: eventsView },
    read: async (db, { params, query }) => {
      await holdings.getInstrument(db, params.instrumentId);
      const after = /^\d{1,18}$/.test(query.after ?? '') ? BigInt(query.after ?? 0) : 0n;
      const found = await holdings.listEvents(db, params.instrumentId, {
        after,
        limit: query.limit,
      });
      const { items, next } = pageOf(found, query.limit, ({ position }) => position.toString());
      return { status: 200, body: { items: items.map(asEvent), next } };
    },
  });
}

function ownRoute(registers: RegisterService): Route {
  return route({
    method: 'get',
    path: '/v1/holdings',
    tag: TAG,
    summary: 'What one holds oneself',
    access: { roles: ['investor'] },
    query: holdingsQuery,
    replies: { 200: holdingsView },
    read: async (db, { user, query }) => {
      const found = await registers.listOwn(db, user, query);
      const { items, next } = pageOf(found, query.limit, ({ instrumentId }) => instrumentId);
      return { status: 200, body: { items: items.map(asHolding), next } };
    },
  });
}

function attachment(name: string) {
  return { 'content-disposition': `attachment; filename="${name}"` };
}

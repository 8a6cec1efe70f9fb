import { fileView, page, pageOf, route, type Route } from '../../platform/http';
import type { OperatorDirectory } from '../identity';
import type { InspectionRegister } from '../supervision';
import { PAGE_POLICY } from './html';
import { registerPage } from './register-page';
import * as registerSchema from './register.schema';
import * as schema from './schema';
import { DOWNLOADING, KEPT, KEPT_LONG, READING, TAG } from './schema';

export interface RegisterRouteDeps {
  readonly inspectionRegister: InspectionRegister;
  readonly operators: OperatorDirectory;
}

/** Inspections from their commitments on, and draws that everybody can compute again. */
export function registerRoutes(deps: RegisterRouteDeps): readonly Route[] {
  return [...listRoutes(deps), drawRoute(deps)];
}

function listRoutes({ inspectionRegister, operators }: RegisterRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/public/{operator}/inspections',
      tag: TAG,
      summary: 'The register of inspections as a page, the latest first',
      access: 'public',
      rateLimit: READING,
      params: schema.operatorParams,
      query: schema.pageQueryInput,
      operator: ({ params }) => operators.findByCode(params.operator)?.id,
      replies: { 200: fileView('text/html; charset=utf-8') },
      read: async (db, { params, query: { lang: language, after, limit } }) => {
        const operator = operators.getByCode(params.operator);
        const found = await inspectionRegister.list(db, { after, limit });
        const { items: inspections, next } = pageOf(found, limit, (each) => each.inspection.id);
        const headers = { ...KEPT, 'Content-Security-Policy': PAGE_POLICY };
        return {
          status: 200,
          headers,
          body: registerPage({ operator, inspections, next, language }),
        };
      },
    }),
    route({
      method: 'get',
      path: '/public/{operator}/inspections.json',
      tag: TAG,
      summary: 'The same as data: every commitment of an authority, and what came of it',
      access: 'public',
      rateLimit: READING,
      params: schema.operatorParams,
      query: schema.archiveQuery,
      operator: ({ params }) => operators.findByCode(params.operator)?.id,
      replies: { 200: page(registerSchema.registeredView) },
      read: async (db, { params, query: { after, limit } }) => {
        const { code } = operators.getByCode(params.operator);
        const found = await inspectionRegister.list(db, { after, limit });
        const { items, next } = pageOf(found, limit, (each) => each.inspection.id);
        const body = { items: items.map((each) => registerSchema.asRegistered(code, each)), next };
        return { status: 200, headers: KEPT, body };
      },
    }),
  ];
}

function drawRoute({ inspectionRegister, operators }: RegisterRouteDeps): Route {
  return route({
    method: 'get',
    path: '/public/{operator}/inspections/{id}/draw.json',
    tag: TAG,
    summary: 'A draw with all it takes to compute it again, cases named by their ranks alone',
    access: 'public',
    rateLimit: DOWNLOADING,
    params: registerSchema.drawParams,
    operator: ({ params }) => operators.findByCode(params.operator)?.id,
    replies: { 200: fileView('application/json; charset=utf-8') },
    read: async (db, { params }) => {
      operators.getByCode(params.operator);
      const body = await inspectionRegister.draw(db, params.id);
      return { status: 200, headers: KEPT_LONG, body };
    },
  });
}

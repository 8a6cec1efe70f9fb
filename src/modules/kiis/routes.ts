import type { Id } from '../../kernel/id';
import type { AuthenticatedUser } from '../../platform/auth';
import type { Db } from '../../platform/db';
import { fileView, route, type RateLimit, type Route } from '../../platform/http';
import type { OperatorDirectory } from '../identity';
import type { OfferingViewing, Viewer } from '../offerings';
import { PAGE_POLICY, sheetPage } from './page';
import * as schema from './schema';
import type { KiisService } from './service';

export interface KiisRouteDeps {
  readonly kiis: KiisService;
  readonly viewing: OfferingViewing;
  readonly operators: OperatorDirectory;
  /** Whether the user's identity is verified with the operator, as investor or issuer. */
  readonly isVerified: (db: Db, user: AuthenticatedUser) => Promise<boolean>;
}

const TAG = 'Key investment information sheets';
const ISSUER = { roles: ['issuer', 'operations', 'admin'] } as const;
const MANAGER = { roles: ['issuer', 'operations', 'compliance', 'admin', 'regulator'] } as const;
const ANYBODY = { roles: ['investor', ...MANAGER.roles] } as const;
const NOBODY: Viewer = { user: undefined, isVerified: false };
const READING: RateLimit = { action: 'kiis.read', limit: 120, windowSeconds: 60 };
const HTML = fileView('text/html; charset=utf-8');
const PDF = fileView('application/pdf');

export function kiisRoutes(deps: KiisRouteDeps): readonly Route[] {
  return [...draftRoutes(deps), ...readingRoutes(deps), ...publicRoutes(deps)];
}

function draftRoutes({ kiis, viewing }: KiisRouteDeps): readonly Route[] {
  return [
    route({
      method: 'put',
      path: '/v1/offerings/{id}/kiis',
      tag: TAG,
      summary: 'Say in words what the sheet of a draft must say, as its next version',
      access: ISSUER,
      params: schema.offeringParams,
      body: schema.textBody,
      replies: { 200: schema.textView },
      write: async (tx, { params, body, user }) => {
        await viewing.requireManaged(tx, params.id, user);
        return { status: 200, body: schema.asText(await kiis.write(tx, params.id, body)) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/offerings/{id}/kiis',
      tag: TAG,
      summary: 'What the sheet asks, what was said, what is missing, and the sheet drawn up last',
      access: MANAGER,
      params: schema.offeringParams,
      replies: { 200: schema.stateView },
      read: async (db, { params, user }) => {
        await viewing.requireManaged(db, params.id, user);
        return { status: 200, body: schema.asState(await kiis.stateOf(db, params.id)) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/offerings/{id}/kiis/draw-up',
      tag: TAG,
      summary: 'Draw the sheet of a draft up, sealed, as the document that investors acknowledge',
      access: ISSUER,
      idempotent: true,
      params: schema.offeringParams,
      replies: { 201: schema.sheetView },
      write: async (tx, { params, user }) => {
        await viewing.requireManaged(tx, params.id, user);
        return { status: 201, body: schema.asSheet(await kiis.drawUp(tx, params.id)) };
      },
    }),
  ];
}

function readingRoutes({ kiis, isVerified }: KiisRouteDeps): readonly Route[] {
  const viewerOf = async (db: Db, user: AuthenticatedUser): Promise<Viewer> => ({
    user,
    isVerified: await isVerified(db, user),
  });
  return [
    route({
      method: 'get',
      path: '/v1/offerings/{id}/kiis.html',
      tag: TAG,
      summary: 'The sheet as a page, for whoever may see the offering',
      access: ANYBODY,
      rateLimit: READING,
      params: schema.offeringParams,
      replies: { 200: HTML },
      read: async (db, { params, user }) =>
        page(kiis, db, { id: params.id, viewer: await viewerOf(db, user) }),
    }),
    route({
      method: 'get',
      path: '/v1/offerings/{id}/kiis.pdf',
      tag: TAG,
      summary: 'The sheet as a PDF, sealed once it was drawn up',
      access: ANYBODY,
      rateLimit: READING,
      params: schema.offeringParams,
      replies: { 200: PDF },
      read: async (db, { params, user }) =>
        pdf(kiis, db, { id: params.id, viewer: await viewerOf(db, user) }),
    }),
  ];
}

function publicRoutes({ kiis, operators }: KiisRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/operators/{operator}/offerings/{id}/kiis.html',
      tag: TAG,
      summary: 'The sheet of a public offering as a page, for everybody',
      access: 'public',
      rateLimit: READING,
      params: schema.publicParams,
      operator: ({ params }) => operators.findByCode(params.operator)?.id,
      replies: { 200: HTML },
      read: async (db, { params }) => {
        operators.getByCode(params.operator);
        return page(kiis, db, { id: params.id, viewer: NOBODY });
      },
    }),
    route({
      method: 'get',
      path: '/v1/operators/{operator}/offerings/{id}/kiis.pdf',
      tag: TAG,
      summary: 'The sheet of a public offering, sealed, byte for byte what investors acknowledge',
      access: 'public',
      rateLimit: READING,
      params: schema.publicParams,
      operator: ({ params }) => operators.findByCode(params.operator)?.id,
      replies: { 200: PDF },
      read: async (db, { params }) => {
        operators.getByCode(params.operator);
        return pdf(kiis, db, { id: params.id, viewer: NOBODY });
      },
    }),
  ];
}

interface Looking {
  readonly id: Id<'off'>;
  readonly viewer: Viewer;
}

async function page(kiis: KiisService, db: Db, { id, viewer }: Looking) {
  const shown = await kiis.see(db, id, viewer);
  const headers = { 'Content-Security-Policy': PAGE_POLICY };
  return { status: 200 as const, headers, body: sheetPage(shown) };
}

async function pdf(kiis: KiisService, db: Db, { id, viewer }: Looking) {
  const { bytes, sha256 } = await kiis.pdf(db, id, viewer);
  const headers = {
    'Content-Disposition': `inline; filename="kiis-${id}.pdf"`,
    ...(sha256 === undefined ? {} : { ETag: `"${sha256}"` }),
  };
  return { status: 200 as const, headers, body: bytes };
}

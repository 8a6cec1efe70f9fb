import { fileView, pageOf, pageQuery, route, type Route } from '../../platform/http';
import {
  actableApplication,
  actsForOthers,
  isOverseer,
  OVERSEERS,
  ownFiles,
  requireBorrower,
  visibleApplication,
  type AccessDeps,
} from './access.service';
import type { ApplicationDocuments } from './document.service';
import {
  applicationDetailView,
  applicationParams,
  applicationsQuery,
  applicationsView,
  applicationView,
  asApplication,
  asDetail,
  documentBody,
  documentParams,
  documentsView,
  documentView,
  gapsView,
  historyView,
  openBody,
  reasonBody,
  saveBody,
  submitBody,
} from './schema';

export interface DraftRouteDeps extends AccessDeps {
  readonly applicationDocuments: ApplicationDocuments;
}

const TAG = 'Applications';
const ACTING = { roles: ['issuer', 'operations'] } as const;
const SEEING = { roles: ['issuer', ...OVERSEERS] } as const;

/** 200 KiB in base64, and what stands around it. */
const DOCUMENT_BODY = 320 * 1024;

export function draftRoutes(deps: DraftRouteDeps): readonly Route[] {
  return [
    ...savingRoutes(deps),
    ...readingRoutes(deps),
    historyRoute(deps),
    ...handingInRoutes(deps),
    ...documentRoutes(deps),
  ];
}

function savingRoutes(deps: DraftRouteDeps): readonly Route[] {
  const { applications } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/applications',
      tag: TAG,
      summary: 'Begin an application for a loan; everything may be filled in later',
      access: ACTING,
      idempotent: 'if-keyed',
      body: openBody,
      replies: { 201: applicationDetailView },
      write: async (tx, { user, body }) => {
        await requireBorrower(deps, tx, { user, issuerId: body.issuerId });
        const source = actsForOthers(user) ? 'operations' : 'borrower';
        const opened = await applications.open(tx, { ...body, source });
        return { status: 201, body: asDetail(opened, isOverseer(user)) };
      },
    }),
    route({
      method: 'patch',
      path: '/v1/applications/{id}',
      tag: TAG,
      summary: 'Save what was filled in; what is left out stays',
      access: ACTING,
      params: applicationParams,
      body: saveBody,
      replies: { 200: applicationDetailView },
      write: async (tx, { user, params, body }) => {
        await actableApplication(deps, tx, { user, id: params.id });
        const saved = await applications.save(tx, params.id, body);
        return { status: 200, body: asDetail(saved, isOverseer(user)) };
      },
    }),
  ];
}

function readingRoutes(deps: DraftRouteDeps): readonly Route[] {
  const { applications } = deps;
  return [
    route({
      method: 'get',
      path: '/v1/me/applications',
      tag: TAG,
      summary: 'Applications of the borrowers the caller acts for',
      access: { roles: ['issuer'] },
      query: pageQuery,
      replies: { 200: applicationsView },
      read: async (db, { user, query: { limit, after } }) => {
        const issuerIds = (await ownFiles(deps, db, user.id)).map(({ id }) => id);
        const rows = await applications.list(db, { issuerIds, after, limit: limit + 1 });
        const { items, next } = pageOf(rows, limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(asApplication), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/applications',
      tag: TAG,
      summary: 'List applications, oldest first',
      access: { roles: OVERSEERS },
      query: applicationsQuery,
      replies: { 200: applicationsView },
      read: async (db, { query }) => {
        const rows = await applications.list(db, { ...query, limit: query.limit + 1 });
        const { items, next } = pageOf(rows, query.limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(asApplication), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/applications/{id}',
      tag: TAG,
      summary: 'An application with what is filled in',
      access: SEEING,
      params: applicationParams,
      replies: { 200: applicationDetailView },
      read: async (db, { user, params }) => {
        const found = await visibleApplication(deps, db, { user, id: params.id });
        return { status: 200, body: asDetail(found, isOverseer(user)) };
      },
    }),
  ];
}

function historyRoute(deps: DraftRouteDeps): Route {
  const { applications } = deps;
  return route({
    method: 'get',
    path: '/v1/applications/{id}/history',
    tag: TAG,
    summary: 'Every step of an application, and which fields each version changed',
    access: SEEING,
    params: applicationParams,
    replies: { 200: historyView },
    read: async (db, { user, params }) => {
      await visibleApplication(deps, db, { user, id: params.id });
      const versions = await applications.versions(db, params.id);
      return {
        status: 200,
        body: {
          transitions: await applications.transitions(db, params.id),
          versions: versions.map(({ version, changed, recordedAt, recordedBy }) => ({
            version,
            changed,
            recordedAt,
            recordedBy,
          })),
        },
      };
    },
  });
}

function handingInRoutes(deps: DraftRouteDeps): readonly Route[] {
  const { applications } = deps;
  return [
    route({
      method: 'get',
      path: '/v1/applications/{id}/gaps',
      tag: TAG,
      summary: 'What is still missing before it can be handed in',
      access: SEEING,
      params: applicationParams,
      replies: { 200: gapsView },
      read: async (db, { user, params }) => {
        const found = await visibleApplication(deps, db, { user, id: params.id });
        const gaps = await applications.gaps(db, found);
        return { status: 200, body: { isComplete: gaps.length === 0, gaps } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/applications/{id}/submit',
      tag: TAG,
      summary: 'Hand an application in, with consents and declarations',
      description:
        'The income provider is asked afterwards; the application then is offered, referred to a ' +
        'person, or declined.',
      access: ACTING,
      params: applicationParams,
      body: submitBody,
      replies: { 202: applicationView },
      write: async (tx, { user, params, body }) => {
        await actableApplication(deps, tx, { user, id: params.id });
        const submitted = await applications.submit(tx, params.id, body);
        return { status: 202, body: asApplication(submitted) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/applications/{id}/withdraw',
      tag: TAG,
      summary: 'Take an application back; nothing is owed',
      access: ACTING,
      params: applicationParams,
      body: reasonBody,
      replies: { 200: applicationView },
      write: async (tx, { user, params, body }) => {
        await actableApplication(deps, tx, { user, id: params.id });
        const withdrawn = await applications.withdraw(tx, params.id, body.reason);
        return { status: 200, body: asApplication(withdrawn) };
      },
    }),
  ];
}

function documentRoutes(deps: DraftRouteDeps): readonly Route[] {
  const { applicationDocuments: documents } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/applications/{id}/documents',
      tag: TAG,
      summary: 'Add a document; it is kept sealed and known by its hash',
      access: ACTING,
      bodyLimit: DOCUMENT_BODY,
      params: applicationParams,
      body: documentBody,
      replies: { 201: documentView },
      write: async (tx, { user, params, body }) => {
        await actableApplication(deps, tx, { user, id: params.id });
        return { status: 201, body: await documents.add(tx, params.id, body) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/applications/{id}/documents',
      tag: TAG,
      summary: 'The documents of an application',
      access: SEEING,
      params: applicationParams,
      replies: { 200: documentsView },
      read: async (db, { user, params }) => {
        await visibleApplication(deps, db, { user, id: params.id });
        return { status: 200, body: { items: await documents.list(db, params.id) } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/applications/{id}/documents/{documentId}/read',
      tag: TAG,
      summary: 'Open a sealed document; every reading is recorded',
      access: SEEING,
      params: documentParams,
      replies: { 200: fileView('application/octet-stream') },
      write: async (tx, { user, params }) => {
        await visibleApplication(deps, tx, { user, id: params.id });
        const document = await documents.read(tx, params.id, params.documentId);
        const headers = {
          'Content-Type': document.contentType,
          // Never shown in place: whatever it holds, it cannot act in the reader's name.
          'Content-Disposition': `attachment; filename="${document.id}"`,
          ETag: `"${document.sha256}"`,
        };
        return { status: 200, headers, body: document.content };
      },
    }),
  ];
}

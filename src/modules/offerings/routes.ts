import { offeringProblem } from './errors';
import type { Id } from '../../kernel/id';
import type { AuthenticatedUser } from '../../platform/auth';
import type { Db, Tx } from '../../platform/db';
import { fileView, pageOf, route, type Route } from '../../platform/http';
import type { OperatorDirectory } from '../identity';
import type { OfferingDocument } from './document';
import type { OfferingLifecycle } from './lifecycle.service';
import type { LoanListing } from './loan-listing.service';
import { publicRoutes } from './public.routes';
import { reviewPolicyRoutes } from './review-policy.routes';
import {
  asHistory,
  asOffering,
  changeBody,
  createBody,
  documentBody,
  documentParams,
  documentView,
  earlyCloseBody,
  editBody,
  historyView,
  listQuery,
  noteBody,
  offeringParams,
  offeringsView,
  offeringView,
  readinessView,
  reasonBody,
} from './schema';
import type { DocumentUpload, OfferingService } from './service';
import type { OfferingViewing, Viewer } from './viewing.service';

export interface OfferingRouteDeps {
  readonly offerings: OfferingService;
  readonly lifecycle: OfferingLifecycle;
  readonly viewing: OfferingViewing;
  readonly listing: LoanListing;
  readonly operators: OperatorDirectory;
  /** Whether the user's identity is verified with the operator, as investor or issuer. */
  readonly isVerified: (db: Db, user: AuthenticatedUser) => Promise<boolean>;
}

const TAG = 'Offerings';
const ISSUER = { roles: ['issuer', 'operations', 'admin'] } as const;
const REVIEWER = { roles: ['compliance', 'admin'] } as const;
const STAFF = { roles: ['operations', 'compliance', 'admin'] } as const;
const ANYBODY = {
  roles: ['investor', 'issuer', 'compliance', 'operations', 'admin', 'regulator'],
} as const;

/** A document of 200 KiB in base64, with its envelope. */
const DOCUMENT_BODY = 300_000;

export function offeringRoutes(deps: OfferingRouteDeps): readonly Route[] {
  return [
    ...publicRoutes(deps),
    ...readingRoutes(deps),
    ...draftRoutes(deps),
    ...documentRoutes(deps),
    ...reviewRoutes(deps),
    ...reviewPolicyRoutes(deps),
    ...lifecycleRoutes(deps),
  ];
}

function readingRoutes(deps: OfferingRouteDeps): readonly Route[] {
  const { offerings, viewing } = deps;
  return [
    route({
      method: 'get',
      path: '/v1/catalogue/offerings',
      tag: TAG,
      summary: 'Offerings the caller may see: staff all, an issuer its own, investors public ones',
      access: ANYBODY,
      query: listQuery,
      replies: { 200: offeringsView },
      read: async (db, { query, user }) => {
        const { limit, after, status } = query;
        const viewer = await viewerOf(deps, db, user);
        const filter = { status, isOwn: query.own === 'true', after, limit: limit + 1 };
        const rows = await viewing.list(db, viewer, filter);
        const { items, next } = pageOf(rows, limit, (row) => row.offering.id);
        return { status: 200, body: { items: items.map(asOffering), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/offerings/{id}',
      tag: TAG,
      summary: 'Read an offering with its terms, documents and progress',
      access: ANYBODY,
      params: offeringParams,
      replies: { 200: offeringView },
      read: async (db, { params, user }) => {
        const viewer = await viewerOf(deps, db, user);
        return { status: 200, body: asOffering(await viewing.see(db, params.id, viewer)) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/offerings/{id}/readiness',
      tag: TAG,
      summary: 'Everything that still keeps the offering from going public',
      access: { roles: ['issuer', 'operations', 'compliance', 'admin', 'regulator'] },
      params: offeringParams,
      replies: { 200: readinessView },
      read: async (db, { params, user }) => {
        await viewing.requireManaged(db, params.id, user);
        const reasons = await offerings.reasonsAgainst(db, params.id);
        return { status: 200, body: { isReady: reasons.length === 0, reasons } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/offerings/{id}/history',
      tag: TAG,
      summary: 'Every step, review and announced change of an offering',
      access: { roles: ['issuer', 'operations', 'compliance', 'admin', 'regulator'] },
      params: offeringParams,
      replies: { 200: historyView },
      read: async (db, { params, user }) => {
        await viewing.requireManaged(db, params.id, user);
        return { status: 200, body: asHistory(await viewing.history(db, params.id)) };
      },
    }),
  ];
}

function draftRoutes(deps: OfferingRouteDeps): readonly Route[] {
  const { offerings, viewing } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/offerings',
      tag: TAG,
      summary: 'Draft an offering',
      access: ISSUER,
      idempotent: true,
      body: createBody,
      replies: { 201: offeringView },
      write: async (tx, { body, user }) => {
        await viewing.requireIssuer(tx, body.issuerId, user);
        const { offering } = await offerings.create(tx, body);
        const headers = { Location: `/v1/offerings/${offering.id}` };
        return { status: 201, headers, body: await shown(deps, tx, offering.id) };
      },
    }),
    route({
      method: 'put',
      path: '/v1/offerings/{id}',
      tag: TAG,
      summary: 'Replace the terms of a draft, as a new version',
      access: ISSUER,
      params: offeringParams,
      body: editBody,
      replies: { 200: offeringView },
      write: async (tx, { params, body, user }) => {
        await viewing.requireManaged(tx, params.id, user);
        await offerings.editDraft(tx, params.id, body);
        return { status: 200, body: await shown(deps, tx, params.id) };
      },
    }),
  ];
}

function documentRoutes(deps: OfferingRouteDeps): readonly Route[] {
  const { offerings, viewing } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/offerings/{id}/documents',
      tag: TAG,
      summary: 'Add a document to a draft',
      access: ISSUER,
      params: offeringParams,
      bodyLimit: DOCUMENT_BODY,
      body: documentBody,
      replies: { 201: documentView },
      write: async (tx, { params, body, user }) => {
        await viewing.requireManaged(tx, params.id, user);
        return { status: 201, body: await offerings.addDocument(tx, params.id, body) };
      },
    }),
    route({
      method: 'delete',
      path: '/v1/offerings/{id}/documents/{documentId}',
      tag: TAG,
      summary: 'Take a document out of a draft',
      access: ISSUER,
      params: documentParams,
      replies: { 200: offeringView },
      write: async (tx, { params, user }) => {
        await viewing.requireManaged(tx, params.id, user);
        await offerings.removeDocument(tx, params.id, params.documentId);
        return { status: 200, body: await shown(deps, tx, params.id) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/offerings/{id}/documents/{documentId}',
      tag: TAG,
      summary: 'Download a document; its SHA-256 is its ETag',
      access: ANYBODY,
      params: documentParams,
      replies: { 200: fileView('application/octet-stream') },
      read: async (db, { params, user }) => {
        await viewing.see(db, params.id, await viewerOf(deps, db, user));
        const document = await viewing.document(db, params.id, params.documentId);
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

function reviewRoutes(deps: OfferingRouteDeps): readonly Route[] {
  const { offerings, viewing } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/offerings/{id}/submit',
      tag: TAG,
      summary: 'Submit a draft for review',
      access: ISSUER,
      params: offeringParams,
      replies: { 200: offeringView },
      write: async (tx, { params, user }) => {
        await viewing.requireManaged(tx, params.id, user);
        await offerings.submit(tx, params.id);
        return { status: 200, body: await shown(deps, tx, params.id) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/offerings/{id}/approve',
      tag: TAG,
      summary: 'Sign the submitted version off; never by whoever wrote or submitted it',
      access: REVIEWER,
      params: offeringParams,
      body: noteBody,
      replies: { 200: offeringView },
      write: async (tx, { params, body }) => {
        await offerings.approve(tx, params.id, body.note);
        return { status: 200, body: await shown(deps, tx, params.id) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/offerings/{id}/reject',
      tag: TAG,
      summary: 'Send a submitted offering back to its issuer',
      access: REVIEWER,
      params: offeringParams,
      body: noteBody,
      replies: { 200: offeringView },
      write: async (tx, { params, body }) => {
        await offerings.reject(tx, params.id, body.note);
        return { status: 200, body: await shown(deps, tx, params.id) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/offerings/{id}/publish',
      tag: TAG,
      summary: 'Publish the approved version: open it, or schedule its opening',
      access: STAFF,
      params: offeringParams,
      replies: { 200: offeringView },
      write: async (tx, { params }) => {
        await deps.lifecycle.publish(tx, params.id);
        return { status: 200, body: await shown(deps, tx, params.id) };
      },
    }),
  ];
}

function lifecycleRoutes(deps: OfferingRouteDeps): readonly Route[] {
  const { lifecycle, viewing } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/offerings/{id}/withdraw',
      tag: TAG,
      summary: 'Withdraw an offering before its settlement; everybody is released',
      access: ISSUER,
      idempotent: true,
      params: offeringParams,
      body: reasonBody,
      replies: { 200: offeringView },
      write: async (tx, { params, body, user }) => {
        await viewing.requireManaged(tx, params.id, user);
        await lifecycle.withdraw(tx, params.id, body.reason);
        return { status: 200, body: await shown(deps, tx, params.id) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/offerings/{id}/material-change',
      tag: TAG,
      summary: 'Change the terms of a public offering; investors must reconfirm in time',
      access: STAFF,
      idempotent: true,
      params: offeringParams,
      bodyLimit: 5 * DOCUMENT_BODY,
      body: changeBody,
      replies: { 200: offeringView },
      write: async (tx, { params, body }) => {
        const documents = await changedDocuments(deps, tx, {
          id: params.id,
          add: body.addDocuments,
          remove: body.removeDocuments,
        });
        const { basedOn, terms, reason } = body;
        await lifecycle.materialChange(tx, params.id, { basedOn, terms, documents, reason });
        return { status: 200, body: await shown(deps, tx, params.id) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/offerings/{id}/early-close',
      tag: TAG,
      summary: 'Announce an earlier deadline, since the target is met',
      access: STAFF,
      idempotent: true,
      params: offeringParams,
      body: earlyCloseBody,
      replies: { 200: offeringView },
      write: async (tx, { params, body }) => {
        await lifecycle.announceEarlyClose(tx, params.id, body);
        return { status: 200, body: await shown(deps, tx, params.id) };
      },
    }),
  ];
}

/** The documents of the version in force, less those to go, with those that are new. */
async function changedDocuments(
  { offerings }: OfferingRouteDeps,
  tx: Tx,
  change: {
    readonly id: Id<'off'>;
    readonly add: readonly DocumentUpload[];
    readonly remove: readonly Id<'doc'>[];
  },
): Promise<readonly OfferingDocument[]> {
  const { version } = await offerings.lockInForce(tx, change.id);
  const unknown = change.remove.filter((id) => !version.documents.some((each) => each.id === id));
  if (unknown.length > 0) throw offeringProblem('document-not-found');
  const kept = version.documents.filter((document) => !change.remove.includes(document.id));
  const added: OfferingDocument[] = [];
  for (const upload of change.add) {
    added.push(await offerings.keepDocument(tx, change.id, upload));
  }
  return [...kept, ...added];
}

async function shown({ offerings }: OfferingRouteDeps, db: Db, id: Id<'off'>) {
  const found = await offerings.get(db, id);
  return asOffering({ ...found, book: await offerings.findBook(db, id) });
}

async function viewerOf(
  { isVerified }: OfferingRouteDeps,
  db: Db,
  user: AuthenticatedUser,
): Promise<Viewer> {
  return { user, isVerified: await isVerified(db, user) };
}

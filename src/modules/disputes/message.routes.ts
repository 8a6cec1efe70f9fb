import { fileView, pageOf, route, type Route } from '../../platform/http';
import { visibleComplaint } from './caller.service';
import type { CallerDeps } from './caller.service';
import type { DisputeMessages } from './message.service';
import * as schema from './schema';

const TAG = 'Complaints and disputes';
const SIDES = { roles: ['investor', 'issuer', 'operations', 'compliance'] } as const;
const SEEING = {
  roles: ['investor', 'issuer', 'operations', 'compliance', 'admin', 'regulator'],
} as const;
/** A document in base64 and its description. */
const DOCUMENT_BODY = 300 * 1024;

interface EvidenceDeps extends CallerDeps {
  readonly disputeMessages: DisputeMessages;
}

export function evidenceRoutes(deps: EvidenceDeps): readonly Route[] {
  return [...messageRoutes(deps), ...documentRoutes(deps)];
}

function messageRoutes(deps: EvidenceDeps): readonly Route[] {
  const { disputeMessages } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/complaints/{id}/messages',
      tag: TAG,
      summary: 'Write to the other sides',
      access: SIDES,
      idempotent: true,
      params: schema.complaintParams,
      body: schema.messageBody,
      replies: { 201: schema.messageView },
      write: async (tx, { user, params: { id }, body }) => {
        const { side } = await visibleComplaint(deps, tx, { user, id });
        const { by: _, ...message } = await disputeMessages.write(tx, id, { ...body, side });
        return { status: 201, body: message };
      },
    }),
    route({
      method: 'get',
      path: '/v1/complaints/{id}/messages',
      tag: TAG,
      summary: 'What the sides wrote, in its order',
      access: SEEING,
      params: schema.complaintParams,
      query: schema.messagesQuery,
      replies: { 200: schema.messagesView },
      read: async (db, { user, params: { id }, query }) => {
        await visibleComplaint(deps, db, { user, id });
        const found = await disputeMessages.list(db, { id, ...query });
        const { items, next } = pageOf(found, query.limit, ({ no }) => String(no));
        return { status: 200, body: { items: items.map(({ by: _, ...shown }) => shown), next } };
      },
    }),
  ];
}

function documentRoutes(deps: EvidenceDeps): readonly Route[] {
  const { disputeMessages } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/complaints/{id}/documents',
      tag: TAG,
      summary: 'Bring evidence; it is kept sealed and known by its hash',
      access: SIDES,
      idempotent: true,
      bodyLimit: DOCUMENT_BODY,
      params: schema.complaintParams,
      body: schema.documentBody,
      replies: { 201: schema.documentView },
      write: async (tx, { user, params: { id }, body }) => {
        const { side } = await visibleComplaint(deps, tx, { user, id });
        const { uploadedBy: _, ...shown } = await disputeMessages.add(tx, id, { ...body, side });
        return { status: 201, body: shown };
      },
    }),
    route({
      method: 'get',
      path: '/v1/complaints/{id}/documents',
      tag: TAG,
      summary: 'The evidence that the sides brought',
      access: SEEING,
      params: schema.complaintParams,
      replies: { 200: schema.documentsView },
      read: async (db, { user, params: { id } }) => {
        await visibleComplaint(deps, db, { user, id });
        const found = await disputeMessages.documents(db, id);
        return {
          status: 200,
          body: { items: found.map(({ uploadedBy: _, ...shown }) => shown) },
        };
      },
    }),
    route({
      method: 'post',
      path: '/v1/complaints/{id}/documents/{documentId}/read',
      tag: TAG,
      summary: 'Open a sealed document; every reading is recorded',
      access: SEEING,
      params: schema.documentParams,
      replies: { 200: fileView('application/octet-stream') },
      write: async (tx, { user, params }) => {
        await visibleComplaint(deps, tx, { user, id: params.id });
        const document = await disputeMessages.read(tx, params);
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

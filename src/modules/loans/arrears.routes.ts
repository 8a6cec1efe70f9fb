import type { Db } from '../../platform/db';
import { noContent, pageOf, route, type Route } from '../../platform/http';
import type { PartyFiles } from '../payments';
import type { ArrearsDesk } from './arrears-desk.service';
import * as wire from './arrears.schema';
import { ownLoan } from './caller.service';
import type { ContactService } from './contact.service';
import type { PromiseService } from './promise.service';
import { loanParams } from './schema';
import type { LoanService } from './service';
import type { WriteOffService } from './write-off.service';

export interface ArrearsRouteDeps {
  readonly loans: Pick<LoanService, 'get'>;
  readonly arrearsDesk: ArrearsDesk;
  readonly loanContacts: ContactService;
  readonly loanPromises: PromiseService;
  readonly loanWriteOffs: WriteOffService;
  readonly files: PartyFiles<Db>;
}

const TAG = 'Arrears';
const DESK = ['operations', 'compliance'] as const;
const READERS = { roles: [...DESK, 'admin', 'regulator'] } as const;
const SIDES = { roles: ['issuer', ...DESK] } as const;
/** The latest contacts stand on the case itself; the others are listed. */
const CONTACTS_OF_A_CASE = 50;

/** What is done about loans in arrears: contacts, promises, measures, and the case as a whole. */
export function arrearsRoutes(deps: ArrearsRouteDeps): readonly Route[] {
  return [
    ...contactRoutes(deps),
    ...stopRoutes(deps),
    ...promiseRoutes(deps),
    ...measureRoutes(deps),
    caseRoute(deps),
  ];
}

function contactRoutes({ loans, loanContacts }: ArrearsRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/loans/{id}/contacts',
      tag: TAG,
      summary: 'List contacts with the borrower about a loan, the latest first',
      access: READERS,
      params: loanParams,
      query: wire.contactsQuery,
      replies: { 200: wire.contactsView },
      read: async (db, { params, query: { limit, after } }) => {
        const { loanNo } = await loans.get(db, params.id);
        const rows = await loanContacts.list(db, { loanNo, before: after, limit });
        const { items, next } = pageOf(rows, limit, ({ no }) => String(no));
        return { status: 200, body: { items: items.map(wire.asContact), next } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/loans/{id}/contacts/check',
      tag: TAG,
      summary: 'Whether the borrower may be contacted now, and if not, which rules say so',
      access: { roles: DESK },
      params: loanParams,
      body: wire.contactCheckBody,
      replies: { 200: wire.contactCheckView },
      read: async (db, { params, body }) => {
        const findings = await loanContacts.check(db, await loans.get(db, params.id), body);
        return { status: 200, body: { isAllowed: findings.length === 0, findings } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/loans/{id}/contacts',
      tag: TAG,
      summary: 'Record a contact that is being made, within the limits of law and policy',
      access: { roles: DESK },
      params: loanParams,
      body: wire.contactBody,
      replies: { 201: wire.contactView },
      write: async (tx, { params, body }) => {
        const contact = await loanContacts.record(tx, params.id, body);
        return { status: 201, body: wire.asContact(contact) };
      },
    }),
  ];
}

function stopRoutes({ loans, loanContacts, files }: ArrearsRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/loans/{id}/contact-stops',
      tag: TAG,
      summary: 'List why and since when the borrower is left alone',
      access: READERS,
      params: loanParams,
      replies: { 200: wire.stopsView },
      read: async (db, { params }) => {
        const items = await loanContacts.listStops(db, await loans.get(db, params.id));
        return { status: 200, body: { items } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/loans/{id}/contact-stops',
      tag: TAG,
      summary: 'Dispute the debt, name a representative, or ask to be left alone',
      access: SIDES,
      params: loanParams,
      body: wire.stopBody,
      replies: { 201: wire.stopView },
      write: async (tx, { user, params, body }) => {
        await ownLoan(tx, { user, files }, params.id);
        return { status: 201, body: await loanContacts.stop(tx, params.id, body) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/loans/{id}/contact-stops/{no}/lift',
      tag: TAG,
      summary: 'Say that a dispute, a representation or a request is over',
      access: { roles: DESK },
      params: wire.numberedParams,
      replies: { 204: noContent },
      write: async (tx, { params: { id, no } }) => {
        await loanContacts.lift(tx, id, no);
        return { status: 204, body: undefined };
      },
    }),
  ];
}

function promiseRoutes({ loanPromises, files }: ArrearsRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/loans/{id}/promises',
      tag: TAG,
      summary: 'List promises to pay, the latest first: a borrower its own, staff all',
      access: { roles: ['issuer', ...READERS.roles] },
      params: loanParams,
      replies: { 200: wire.promisesView },
      read: async (db, { user, params }) => {
        const { loan } = await ownLoan(db, { user, files }, params.id);
        const promises = await loanPromises.list(db, loan);
        return { status: 200, body: { items: promises.map(wire.asPromise) } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/loans/{id}/promises',
      tag: TAG,
      summary: 'Promise to pay an amount by the evening of a day',
      access: SIDES,
      params: loanParams,
      body: wire.promiseBody,
      replies: { 201: wire.promiseView },
      write: async (tx, { user, params, body }) => {
        await ownLoan(tx, { user, files }, params.id);
        const promise = await loanPromises.make(tx, params.id, body);
        return { status: 201, body: wire.asPromise(promise) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/loans/{id}/promises/{promiseId}/withdraw',
      tag: TAG,
      summary: 'Take an open promise back',
      access: { roles: DESK },
      params: wire.promiseParams,
      replies: { 204: noContent },
      write: async (tx, { params: { id, promiseId } }) => {
        await loanPromises.withdraw(tx, id, promiseId);
        return { status: 204, body: undefined };
      },
    }),
  ];
}

function measureRoutes({ loans, arrearsDesk }: ArrearsRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/loans/{id}/measures',
      tag: TAG,
      summary: 'List what was proposed about a loan in arrears, the latest first',
      access: READERS,
      params: loanParams,
      replies: { 200: wire.measuresView },
      read: async (db, { params }) => {
        const measures = await arrearsDesk.list(db, await loans.get(db, params.id));
        return { status: 200, body: { items: measures.map(wire.asMeasure) } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/loans/{id}/measures',
      tag: TAG,
      summary: 'Propose costs, a waiver, default, its end, a write-off or giving up',
      description:
        'Costs up to what the servicing policy leaves to one person are charged at once.',
      access: { roles: DESK },
      idempotent: 'if-keyed',
      params: loanParams,
      body: wire.measureBody,
      replies: { 201: wire.measureView },
      write: async (tx, { params, body: { reason, ...order } }) => {
        const measure = await arrearsDesk.propose(tx, params.id, { order, reason });
        return { status: 201, body: wire.asMeasure(measure) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/loans/{id}/measures/{no}/approve',
      tag: TAG,
      summary: 'Carry out what somebody else proposed',
      access: { roles: DESK },
      idempotent: 'if-keyed',
      params: wire.numberedParams,
      replies: { 200: wire.measureView },
      write: async (tx, { params: { id, no } }) => {
        return { status: 200, body: wire.asMeasure(await arrearsDesk.approve(tx, id, no)) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/loans/{id}/measures/{no}/decline',
      tag: TAG,
      summary: 'Decline what was proposed, or take it back',
      access: { roles: DESK },
      params: wire.numberedParams,
      replies: { 200: wire.measureView },
      write: async (tx, { params: { id, no } }) => {
        return { status: 200, body: wire.asMeasure(await arrearsDesk.decline(tx, id, no)) };
      },
    }),
  ];
}

function caseRoute(deps: ArrearsRouteDeps): Route {
  const { loans, arrearsDesk, loanContacts, loanPromises, loanWriteOffs } = deps;
  return route({
    method: 'get',
    path: '/v1/loans/{id}/case',
    tag: TAG,
    summary: 'A loan in arrears on one page: cash in and out, contacts, promises, what to expect',
    access: READERS,
    params: loanParams,
    replies: { 200: wire.caseView },
    read: async (db, { params }) => {
      const loan = await loans.get(db, params.id);
      const page = { loanNo: loan.loanNo, limit: CONTACTS_OF_A_CASE };
      const contacts = await loanContacts.list(db, page);
      const lists = {
        contacts: contacts.slice(0, CONTACTS_OF_A_CASE).map(wire.asContact),
        stops: await loanContacts.listStops(db, loan),
        promises: (await loanPromises.list(db, loan)).map(wire.asPromise),
        measures: (await arrearsDesk.list(db, loan)).map(wire.asMeasure),
      };
      const costs = await loanWriteOffs.costsOf(db, loan);
      return { status: 200, body: { ...wire.asCase(loan, costs), ...lists } };
    },
  });
}

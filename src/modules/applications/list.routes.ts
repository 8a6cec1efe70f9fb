import type { Db } from '../../platform/db';
import { pageOf, route, type Route } from '../../platform/http';
import { actsForOthers, OVERSEERS, ownFiles, type AccessDeps } from './access.service';
import { applicationProblem } from './errors';
import {
  appealBody,
  appealParams,
  appealView,
  asAppeal,
  asEntry,
  entriesQuery,
  entriesView,
  entryBody,
  entryDecisionBody,
  entryDetailView,
  entryParams,
  entryView,
  examineBody,
  judgeBody,
  liftBody,
  ownEntriesView,
} from './list.schema';
import type { ListEntry } from './credit-list';
import type { CreditLists } from './list.service';

export interface ListRouteDeps extends Pick<AccessDeps, 'issuers'> {
  readonly creditLists: CreditLists;
}

const TAG = 'Credit lists';
const COMPLIANCE = { roles: ['compliance'] } as const;

export function listRoutes(deps: ListRouteDeps): readonly Route[] {
  return [...entryRoutes(deps), ...readingRoutes(deps), ...appealRoutes(deps)];
}

function entryRoutes({ creditLists }: ListRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/credit-lists',
      tag: TAG,
      summary: 'Propose an entry of the red or the black list',
      access: { roles: ['compliance', 'operations'] },
      body: entryBody,
      replies: { 201: entryView },
      write: async (tx, { body }) => ({
        status: 201,
        body: asEntry(await creditLists.propose(tx, body)),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/credit-lists/{id}/decide',
      tag: TAG,
      summary: 'Put a proposed entry in force, or refuse it; not for who proposed it',
      access: COMPLIANCE,
      params: entryParams,
      body: entryDecisionBody,
      replies: { 200: entryView },
      write: async (tx, { params, body }) => ({
        status: 200,
        body: asEntry(await creditLists.decide(tx, params.id, body.verdict)),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/credit-lists/{id}/lift',
      tag: TAG,
      summary: 'Lift an entry before its term ends',
      access: COMPLIANCE,
      params: entryParams,
      body: liftBody,
      replies: { 200: entryView },
      write: async (tx, { params, body }) => ({
        status: 200,
        body: asEntry(await creditLists.lift(tx, params.id, body.reason)),
      }),
    }),
  ];
}

function readingRoutes({ creditLists, issuers }: ListRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/credit-lists',
      tag: TAG,
      summary: 'List entries, oldest first',
      access: { roles: OVERSEERS },
      query: entriesQuery,
      replies: { 200: entriesView },
      read: async (db, { query }) => {
        const rows = await creditLists.list(db, { ...query, limit: query.limit + 1 });
        const { items, next } = pageOf(rows, query.limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(asEntry), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/credit-lists/{id}',
      tag: TAG,
      summary: 'One entry, with the appeals against it',
      access: { roles: OVERSEERS },
      params: entryParams,
      replies: { 200: entryDetailView },
      read: async (db, { params }) => ({
        status: 200,
        body: await detail(creditLists, db, await creditLists.get(db, params.id)),
      }),
    }),
    route({
      method: 'get',
      path: '/v1/me/credit-lists',
      tag: TAG,
      summary: 'What stands about the borrowers the caller acts for, and how their appeals go',
      access: { roles: ['issuer'] },
      replies: { 200: ownEntriesView },
      read: async (db, { user }) => {
        const items = [];
        for (const { partyId } of await ownFiles({ issuers }, db, user.id)) {
          const entries = await creditLists.ofParty(db, partyId);
          // Until a second person agreed, it is a thought and no entry.
          const shown = entries.filter(
            ({ status }) => status !== 'proposed' && status !== 'refused',
          );
          for (const entry of shown) items.push(await detail(creditLists, db, entry));
        }
        return { status: 200, body: { items } };
      },
    }),
  ];
}

function appealRoutes({ creditLists, issuers }: ListRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/credit-lists/{id}/appeals',
      tag: TAG,
      summary: 'Object to an entry: for whom it is about, or operations for somebody',
      access: { roles: ['issuer', 'operations'] },
      params: entryParams,
      body: appealBody,
      replies: { 201: appealView },
      write: async (tx, { user, params, body }) => {
        const own = await ownFiles({ issuers }, tx, user.id);
        const parties = own.map(({ partyId }) => partyId);
        const isOwn = await creditLists.isAbout(tx, params.id, parties);
        if (!isOwn && !actsForOthers(user)) throw applicationProblem('entry-not-found');
        const appeal = await creditLists.appeal(tx, params.id, body.grounds);
        return { status: 201, body: asAppeal(appeal) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/credit-list-appeals/{id}/examine',
      tag: TAG,
      summary: 'Examine an appeal and recommend; not for who worked on the entry',
      access: COMPLIANCE,
      params: appealParams,
      body: examineBody,
      replies: { 200: appealView },
      write: async (tx, { params, body }) => ({
        status: 200,
        body: asAppeal(await creditLists.examine(tx, params.id, body.recommended)),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/credit-list-appeals/{id}/judge',
      tag: TAG,
      summary: 'Decide an appeal that somebody else examined; upheld, it lifts the entry',
      access: COMPLIANCE,
      params: appealParams,
      body: judgeBody,
      replies: { 200: appealView },
      write: async (tx, { params, body }) => ({
        status: 200,
        body: asAppeal(await creditLists.judge(tx, params.id, body)),
      }),
    }),
  ];
}

async function detail(lists: CreditLists, db: Db, entry: ListEntry) {
  const appeals = await lists.appealsOf(db, entry.id);
  return { ...asEntry(entry), appeals: appeals.map(asAppeal) };
}

import type { AuthenticatedUser } from '../../platform/auth';
import type { Db } from '../../platform/db';
import { page, pageOf, route, type Route } from '../../platform/http';
import { callerOf, ownIssuer } from './caller.service';
import {
  asCollection,
  asDebitMandate,
  asReference,
  asReturn,
  collectionsQuery,
  collectionView,
  debitMandateBody,
  debitMandateView,
  referenceParams,
  referencesQuery,
  referenceView,
  returnsQuery,
  returnView,
} from './collection.schema';
import type { CollectionService } from './collection.service';
import { paymentProblem } from './errors';
import type { PartyFiles } from './party-files';
import type { ReferenceService } from './reference.service';
import type { ReturnService } from './return.service';

export interface CollectionRouteDeps {
  readonly references: ReferenceService;
  readonly collections: CollectionService;
  readonly returns: ReturnService;
  readonly files: PartyFiles<Db>;
}

const TAG = 'Collections';
const STAFF = { roles: ['operations', 'compliance', 'admin', 'regulator'] } as const;
const PAYERS = { roles: ['issuer'] } as const;

export function collectionRoutes(deps: CollectionRouteDeps): readonly Route[] {
  return [referencesRoute(deps), ...debitMandateRoutes(deps), ...staffRoutes(deps)];
}

function referencesRoute({ references, files }: CollectionRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/payment-references',
    tag: TAG,
    summary: 'List what is written on transfers for loans: one’s own, or for staff everybody’s',
    access: { roles: [...PAYERS.roles, ...STAFF.roles] },
    query: referencesQuery,
    replies: { 200: page(referenceView) },
    read: async (db, { user, query }) => {
      const { seesAll } = await callerOf(db, user, files);
      const partyId = seesAll ? undefined : await payingParty(db, user, files);
      const found = await references.list(db, { ...query, partyId });
      const { items, next } = pageOf(found, query.limit, ({ reference }) => reference);
      return { status: 200, body: { items: items.map(asReference), next } };
    },
  });
}

function debitMandateRoutes(deps: CollectionRouteDeps): readonly Route[] {
  const { references } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/payment-references/{reference}/debit-mandate',
      tag: TAG,
      summary: 'Give leave to draw what falls due from a bank account of one’s own',
      description: 'An earlier debit mandate under the same reference ends.',
      access: PAYERS,
      params: referenceParams,
      body: debitMandateBody,
      replies: { 201: debitMandateView },
      write: async (tx, { user, params: { reference }, body }) => {
        await requireOwn(tx, { user, reference, deps });
        const mandate = await references.giveDebitMandate(tx, { ...body, reference });
        return { status: 201, body: asDebitMandate(mandate) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/payment-references/{reference}/end-debit-mandate',
      tag: TAG,
      summary: 'Take the leave back: what the custodian was not told of yet is not drawn',
      access: PAYERS,
      params: referenceParams,
      replies: { 200: referenceView },
      write: async (tx, { user, params: { reference } }) => {
        await requireOwn(tx, { user, reference, deps });
        await references.endDebitMandate(tx, reference);
        return { status: 200, body: asReference(await references.get(tx, reference)) };
      },
    }),
  ];
}

function staffRoutes({ collections, returns }: CollectionRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/collections',
      tag: TAG,
      summary: 'List what is drawn from payers’ banks as it falls due, newest first',
      access: STAFF,
      query: collectionsQuery,
      replies: { 200: page(collectionView) },
      read: async (db, { query }) => {
        const found = await collections.list(db, query);
        const { items, next } = pageOf(found, query.limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(asCollection), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/returned-debits',
      tag: TAG,
      summary: 'List debits that payers’ banks took back, newest first',
      description: 'An open one is tried again by itself; it says why it could not be booked yet.',
      access: STAFF,
      query: returnsQuery,
      replies: { 200: page(returnView) },
      read: async (db, { query }) => {
        const found = await returns.list(db, query);
        const { items, next } = pageOf(found, query.limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(asReturn), next } };
      },
    }),
  ];
}

async function payingParty(db: Db, user: AuthenticatedUser, files: PartyFiles<Db>) {
  return (await files.getIssuer(db, await ownIssuer(db, user, files))).partyId;
}

/** Somebody else's reference is not there at all. */
async function requireOwn(
  db: Db,
  request: {
    readonly user: AuthenticatedUser;
    readonly reference: string;
    readonly deps: CollectionRouteDeps;
  },
): Promise<void> {
  const { user, reference, deps } = request;
  const { partyId } = await deps.references.get(db, reference);
  if (partyId !== (await payingParty(db, user, deps.files))) {
    throw paymentProblem('reference-not-found');
  }
}

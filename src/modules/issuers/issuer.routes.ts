import type { Db } from '../../platform/db';
import { page, pageOf, pageQuery, route, type Route } from '../../platform/http';
import { OVERSEERS, visibleIssuer } from './access.service';
import type { Issuer, IssuerStatus } from './issuer';
import type { IssuerService } from './issuer.service';
import type { PeopleService } from './people.service';
import {
  asIssuer,
  asIssuerDetail,
  issuerDetailView,
  issuerParams,
  issuersQuery,
  issuerView,
  openIssuerBody,
  peopleBody,
  reasonBody,
  updateIssuerBody,
} from './schema';

export interface IssuerFileRouteDeps {
  readonly issuers: IssuerService;
  readonly issuerPeople: PeopleService;
}

const TAG = 'Issuers';
const ACTING = { roles: ['issuer', 'operations'] } as const;

export function issuerFileRoutes(deps: IssuerFileRouteDeps): readonly Route[] {
  return [...fileRoutes(deps), peopleRoute(deps), ...readRoutes(deps), ...statusRoutes(deps)];
}

function fileRoutes({ issuers }: IssuerFileRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/issuers',
      tag: TAG,
      summary: 'Open an issuer file',
      description: 'Issuers open their own; operations may open one for somebody without a log-in.',
      access: ACTING,
      body: openIssuerBody,
      replies: { 201: issuerDetailView },
      write: async (tx, { user, body }) => {
        const userId = user.roles.includes('issuer') ? user.id : undefined;
        const issuer = await issuers.open(tx, { ...body, userId });
        return { status: 201, body: await detail(issuers, tx, issuer) };
      },
    }),
    route({
      method: 'put',
      path: '/v1/issuers/{id}',
      tag: TAG,
      summary: 'Replace the particulars of an issuer',
      access: ACTING,
      params: issuerParams,
      body: updateIssuerBody,
      replies: { 200: issuerDetailView },
      write: async (tx, { user, params, body }) => {
        await visibleIssuer(issuers, tx, { user, id: params.id });
        const issuer = await issuers.update(tx, params.id, body);
        return { status: 200, body: await detail(issuers, tx, issuer) };
      },
    }),
  ];
}

function peopleRoute({ issuers, issuerPeople }: IssuerFileRouteDeps): Route {
  return route({
    method: 'put',
    path: '/v1/issuers/{id}/people',
    tag: TAG,
    summary: 'Replace officers, owners and promoters; they are screened again',
    access: ACTING,
    params: issuerParams,
    body: peopleBody,
    replies: { 200: issuerDetailView },
    write: async (tx, { user, params, body }) => {
      await visibleIssuer(issuers, tx, { user, id: params.id });
      const issuer = await issuerPeople.replace(tx, params.id, body.people);
      return { status: 200, body: await detail(issuers, tx, issuer) };
    },
  });
}

function readRoutes({ issuers }: IssuerFileRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/me/issuers',
      tag: TAG,
      summary: 'The issuers the caller acts for',
      access: { roles: ['issuer'] },
      query: pageQuery,
      replies: { 200: page(issuerView) },
      read: async (db, { user, query }) => {
        const rows = await issuers.list(db, { ...query, userId: user.id });
        const found = pageOf(rows, query.limit, ({ id }) => id);
        return { status: 200, body: { ...found, items: found.items.map(asIssuer) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/issuers',
      tag: TAG,
      summary: 'List issuers, oldest first',
      access: { roles: OVERSEERS },
      query: issuersQuery,
      replies: { 200: page(issuerView) },
      read: async (db, { query }) => {
        const found = pageOf(await issuers.list(db, query), query.limit, ({ id }) => id);
        return { status: 200, body: { ...found, items: found.items.map(asIssuer) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/issuers/{id}',
      tag: TAG,
      summary: 'One issuer, with the people behind it',
      access: { roles: ['issuer', ...OVERSEERS] },
      params: issuerParams,
      replies: { 200: issuerDetailView },
      read: async (db, { user, params }) => {
        const issuer = await visibleIssuer(issuers, db, { user, id: params.id });
        return { status: 200, body: await detail(issuers, db, issuer) };
      },
    }),
  ];
}

function statusRoutes({ issuers }: IssuerFileRouteDeps): readonly Route[] {
  const step = (verb: string, status: IssuerStatus, summary: string): Route =>
    route({
      method: 'post',
      path: `/v1/issuers/{id}/${verb}`,
      tag: TAG,
      summary,
      access: { roles: ['compliance'] },
      params: issuerParams,
      body: reasonBody,
      replies: { 200: issuerDetailView },
      write: async (tx, { params, body }) => {
        const change = { status, reason: body.reason };
        const issuer = await issuers.changeStatus(tx, params.id, change);
        return { status: 200, body: await detail(issuers, tx, issuer) };
      },
    });
  return [
    step('suspend', 'suspended', 'Keep an issuer from raising money'),
    step('reinstate', 'active', 'Let a suspended issuer act again'),
    step('close', 'closed', 'Close a file for good'),
  ];
}

async function detail(issuers: IssuerService, db: Db, issuer: Issuer) {
  const name = await issuers.nameOf(db, issuer);
  const people = await issuers.peopleOf(db, issuer.id);
  return asIssuerDetail(issuer, { name, people });
}

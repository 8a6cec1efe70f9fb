import type { Id } from '../../kernel/id';
import { must } from '../../kernel/assert';
import type { Db } from '../../platform/db';
import { page, pageOf, route, type Route } from '../../platform/http';
import type { CoverPolicy } from './policy';
import type { ProviderService } from './provider.service';
import {
  asGuarantor,
  guarantorBody,
  guarantorView,
  providerParams,
  providersQuery,
  restateBody,
} from './schema';

export interface GuarantorRouteDeps {
  readonly providers: ProviderService;
  readonly policy: CoverPolicy;
}

const TAG = 'Guarantors';
const OVERSEERS = { roles: ['operations', 'compliance', 'admin', 'regulator'] } as const;
const OPERATIONS = { roles: ['operations'] } as const;
const COMPLIANCE = { roles: ['compliance'] } as const;

export function guarantorRoutes(deps: GuarantorRouteDeps): readonly Route[] {
  return [...readRoutes(deps), ...statementRoutes(deps), ...statusRoutes(deps)];
}

function readRoutes({ providers, policy }: GuarantorRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/guarantors',
      tag: TAG,
      summary: 'Guarantors and insurers, with how well each could pay',
      access: OVERSEERS,
      query: providersQuery,
      replies: { 200: page(guarantorView) },
      read: async (db, { query }) => {
        const found = await providers.listGuarantors(db, query);
        const { items, next } = pageOf(found, query.limit, ({ id }) => id);
        const shown = await providers.withStandings(db, items);
        return {
          status: 200,
          body: { items: shown.map((each) => asGuarantor(each, policy)), next },
        };
      },
    }),
    route({
      method: 'get',
      path: '/v1/guarantors/{id}',
      tag: TAG,
      summary: 'A guarantor or insurer, with how well it could pay',
      access: OVERSEERS,
      params: providerParams,
      replies: { 200: guarantorView },
      read: async (db, { params }) => ({
        status: 200,
        body: await view({ providers, policy }, db, params.id),
      }),
    }),
  ];
}

function statementRoutes(deps: GuarantorRouteDeps): readonly Route[] {
  const { providers } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/guarantors',
      tag: TAG,
      summary: 'Record a guarantor or insurer; a second person approves it',
      description:
        'Refused with the clause where the law knows no guarantee, or none by the operator itself or ' +
        'who is related to it.',
      access: OPERATIONS,
      idempotent: true,
      body: guarantorBody,
      replies: { 201: guarantorView },
      write: async (tx, { body }) => {
        const { id } = await providers.proposeGuarantor(tx, body);
        return {
          status: 201,
          body: await view(deps, tx, id),
          headers: { location: `/v1/guarantors/${id}` },
        };
      },
    }),
    route({
      method: 'put',
      path: '/v1/guarantors/{id}/statement',
      tag: TAG,
      summary: 'State anew what a guarantor may answer for and can pay; to be approved again',
      access: OPERATIONS,
      params: providerParams,
      body: restateBody,
      replies: { 200: guarantorView },
      write: async (tx, { params, body }) => {
        await providers.restate(tx, params.id, body);
        return { status: 200, body: await view(deps, tx, params.id) };
      },
    }),
  ];
}

function statusRoutes(deps: GuarantorRouteDeps): readonly Route[] {
  const { providers } = deps;
  const steps = [
    { verb: 'approve', summary: 'Let a guarantor answer for loans; not for whoever recorded it' },
    { verb: 'suspend', summary: 'Let a guarantor take on nothing new; what it undertook stands' },
    { verb: 'close', summary: 'End a guarantor that answers for nothing and has no money here' },
  ] as const;
  return steps.map(({ verb, summary }) =>
    route({
      method: 'post',
      path: `/v1/guarantors/{id}/${verb}`,
      tag: TAG,
      summary,
      access: COMPLIANCE,
      params: providerParams,
      replies: { 200: guarantorView },
      write: async (tx, { params }) => {
        await providers.getGuarantor(tx, params.id);
        await providers[verb](tx, params.id);
        return { status: 200, body: await view(deps, tx, params.id) };
      },
    }),
  );
}

async function view({ providers, policy }: GuarantorRouteDeps, db: Db, id: Id<'cov'>) {
  const guarantor = await providers.getGuarantor(db, id);
  const [standing] = await providers.withStandings(db, [guarantor]);
  return asGuarantor(must(standing, 'the standing of a guarantor'), policy);
}

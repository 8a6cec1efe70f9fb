import { page, pageOf, route, type Route } from '../../platform/http';
import type { OperatorDirectory } from '../identity';
import {
  asFund,
  asStatement,
  fundBody,
  fundParams,
  fundView,
  statementQuery,
  statementView,
} from './fund.schema';
import type { FundService } from './fund.service';
import type { ProviderService } from './provider.service';
import { providersQuery } from './schema';

export interface FundRouteDeps {
  readonly providers: ProviderService;
  readonly funds: FundService;
  readonly operators: OperatorDirectory;
}

const TAG = 'Provision funds';
const COMPLIANCE = { roles: ['compliance'] } as const;

export function fundRoutes(deps: FundRouteDeps): readonly Route[] {
  return [statementRoute(deps), ...staffRoutes(deps), ...statusRoutes(deps)];
}

function statementRoute({ funds, operators }: FundRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/provision-funds/{id}',
    tag: TAG,
    summary: 'How far a provision fund would go, now and under stress, for everybody',
    description:
      'Refused with the clause where the law forbids such funds. What the fund pays is at its ' +
      'discretion, and the answer says so.',
    access: 'public',
    params: fundParams,
    query: statementQuery,
    operator: ({ query }) => operators.findByCode(query.operator)?.id,
    rateLimit: { action: 'provision-funds.read', limit: 60, windowSeconds: 60 },
    replies: { 200: statementView },
    read: async (db, { params, query }) => {
      operators.getByCode(query.operator);
      const { hazardFactor, severityFactor } = query;
      const stress = {
        ...(hazardFactor && { hazardFactor }),
        ...(severityFactor && { severityFactor }),
      };
      return { status: 200, body: asStatement(await funds.statement(db, params.id, stress)) };
    },
  });
}

function staffRoutes({ providers }: FundRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/provision-funds',
      tag: TAG,
      summary: 'Provision funds',
      access: { roles: ['operations', 'compliance', 'admin', 'regulator'] },
      query: providersQuery,
      replies: { 200: page(fundView) },
      read: async (db, { query }) => {
        const found = await providers.listFunds(db, query);
        const { items, next } = pageOf(found, query.limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(asFund), next } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/provision-funds',
      tag: TAG,
      summary: 'Record a provision fund; a second person approves it',
      description: 'Refused with the clause where the law forbids such funds.',
      access: { roles: ['operations'] },
      idempotent: true,
      body: fundBody,
      replies: { 201: fundView },
      write: async (tx, { body }) => {
        const fund = await providers.proposeFund(tx, body);
        return {
          status: 201,
          body: asFund(fund),
          headers: { location: `/v1/provision-funds/${fund.id}` },
        };
      },
    }),
  ];
}

function statusRoutes({ providers }: FundRouteDeps): readonly Route[] {
  const steps = [
    { verb: 'approve', summary: 'Open a provision fund; not for whoever recorded it' },
    { verb: 'suspend', summary: 'Let a provision fund be asked no more' },
    { verb: 'close', summary: 'End a provision fund that has no money left' },
  ] as const;
  return steps.map(({ verb, summary }) =>
    route({
      method: 'post',
      path: `/v1/provision-funds/{id}/${verb}`,
      tag: TAG,
      summary,
      access: COMPLIANCE,
      params: fundParams,
      replies: { 200: fundView },
      write: async (tx, { params }) => {
        await providers.getFund(tx, params.id);
        await providers[verb](tx, params.id);
        return { status: 200, body: asFund(await providers.getFund(tx, params.id)) };
      },
    }),
  );
}

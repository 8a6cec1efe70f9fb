import { page, pageOf, route, type Route } from '../../platform/http';
import {
  asCollateral,
  asCollateralFile,
  asValuation,
  collateralBody,
  collateralFileView,
  collateralParams,
  collateralsQuery,
  collateralView,
  realisationBody,
  registrationBody,
  releaseBody,
  valuationBody,
  valuationView,
} from './collateral.schema';
import type { CollateralService } from './collateral.service';
import { loanParams } from './schema';

export interface CollateralRouteDeps {
  readonly collaterals: CollateralService;
}

const TAG = 'Collateral';
const OVERSEERS = { roles: ['operations', 'compliance', 'admin', 'regulator'] } as const;
const OPERATIONS = { roles: ['operations'] } as const;
const COMPLIANCE = { roles: ['compliance'] } as const;

export function collateralRoutes(deps: CollateralRouteDeps): readonly Route[] {
  return [...readRoutes(deps), ...recordRoutes(deps), ...chargeRoutes(deps), ...saleRoutes(deps)];
}

function readRoutes({ collaterals }: CollateralRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/collaterals',
      tag: TAG,
      summary: 'List collateral with its latest valuations',
      access: OVERSEERS,
      query: collateralsQuery,
      replies: { 200: page(collateralView) },
      read: async (db, { query }) => {
        const found = await collaterals.list(db, query);
        const { items, next } = pageOf(found, query.limit, ({ collateral }) => collateral.id);
        return { status: 200, body: { items: items.map((item) => asCollateral(item)), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/collaterals/{id}',
      tag: TAG,
      summary: 'A piece of collateral with every valuation and what was realised of it',
      access: OVERSEERS,
      params: collateralParams,
      replies: { 200: collateralFileView },
      read: async (db, { params }) => ({
        status: 200,
        body: asCollateralFile(await collaterals.file(db, params.id)),
      }),
    }),
  ];
}

function recordRoutes({ collaterals }: CollateralRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/loans/{id}/collaterals',
      tag: TAG,
      summary: 'Record what is given as security for a loan',
      description: 'Refused with the clause where the law allows unsecured loans alone.',
      access: OPERATIONS,
      idempotent: true,
      params: loanParams,
      body: collateralBody,
      replies: { 201: collateralView },
      write: async (tx, { params, body }) => {
        const collateral = await collaterals.offer(tx, params.id, body);
        return {
          status: 201,
          body: asCollateral({ collateral, latest: undefined }),
          headers: { location: `/v1/collaterals/${collateral.id}` },
        };
      },
    }),
    route({
      method: 'post',
      path: '/v1/collaterals/{id}/valuations',
      tag: TAG,
      summary: 'Add a valuation; earlier ones stay',
      access: OPERATIONS,
      idempotent: true,
      params: collateralParams,
      body: valuationBody,
      replies: { 201: valuationView },
      write: async (tx, { params, body }) => ({
        status: 201,
        body: asValuation(await collaterals.value(tx, params.id, body)),
      }),
    }),
  ];
}

function chargeRoutes({ collaterals }: CollateralRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/collaterals/{id}/register',
      tag: TAG,
      summary: 'Record under which number a charge was registered',
      access: OPERATIONS,
      params: collateralParams,
      body: registrationBody,
      replies: { 200: collateralFileView },
      write: async (tx, { params, body }) => {
        await collaterals.register(tx, params.id, body);
        return { status: 200, body: asCollateralFile(await collaterals.file(tx, params.id)) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/collaterals/{id}/release',
      tag: TAG,
      summary: 'Record that a charge was taken off, once the loan is repaid',
      access: OPERATIONS,
      params: collateralParams,
      body: releaseBody,
      replies: { 200: collateralFileView },
      write: async (tx, { params, body }) => {
        await collaterals.release(tx, params.id, body);
        return { status: 200, body: asCollateralFile(await collaterals.file(tx, params.id)) };
      },
    }),
  ];
}

function saleRoutes({ collaterals }: CollateralRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/collaterals/{id}/enforce',
      tag: TAG,
      summary: 'Begin to enforce the collateral of an overdue loan',
      access: COMPLIANCE,
      params: collateralParams,
      replies: { 200: collateralFileView },
      write: async (tx, { params }) => {
        await collaterals.enforce(tx, params.id);
        return { status: 200, body: asCollateralFile(await collaterals.file(tx, params.id)) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/collaterals/{id}/realisations',
      tag: TAG,
      summary: 'Put what a sale brought to the loan, less its costs',
      description: 'The money must have come in under the reference of the loan.',
      access: OPERATIONS,
      idempotent: true,
      params: collateralParams,
      body: realisationBody,
      replies: { 201: collateralFileView },
      write: async (tx, { params, body }) => {
        await collaterals.realise(tx, params.id, body);
        return { status: 201, body: asCollateralFile(await collaterals.file(tx, params.id)) };
      },
    }),
  ];
}

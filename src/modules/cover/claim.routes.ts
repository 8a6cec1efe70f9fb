import type { Db } from '../../platform/db';
import { page, pageOf, route, type Route } from '../../platform/http';
import { visibleLoan } from '../loans';
import type { PartyFiles } from '../payments';
import {
  acceptBody,
  asClaim,
  asContract,
  asLoanCover,
  claimParams,
  claimsQuery,
  claimView,
  contractBody,
  contractParams,
  contractView,
  loanCoverView,
  reasonBody,
} from './claim.schema';
import type { ClaimService } from './claim.service';
import type { ContractService } from './contract.service';
import type { LoanCoverService } from './loan-cover.service';
import { loanParams } from './schema';

export interface ClaimRouteDeps {
  readonly coverContracts: ContractService;
  readonly coverClaims: ClaimService;
  readonly loanCover: LoanCoverService;
  readonly files: PartyFiles<Db>;
}

const TAG = 'Cover of loans';
const STAFF = ['operations', 'compliance', 'admin', 'regulator'] as const;
const OVERSEERS = { roles: STAFF };
const OPERATIONS = { roles: ['operations'] } as const;
const COMPLIANCE = { roles: ['compliance'] } as const;

export function claimRoutes(deps: ClaimRouteDeps): readonly Route[] {
  return [coverRoute(deps), ...contractRoutes(deps), ...readRoutes(deps), ...reviewRoutes(deps)];
}

function coverRoute({ loanCover, files }: ClaimRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/loans/{id}/cover',
    tag: TAG,
    summary: 'What stands behind a loan, how strong it is at this moment, and what it has come to',
    access: { roles: ['investor', 'issuer', ...STAFF] },
    params: loanParams,
    replies: { 200: loanCoverView },
    read: async (db, { user, params }) => {
      const { loan } = await visibleLoan(db, { user, files }, params.id);
      return { status: 200, body: asLoanCover(await loanCover.of(db, loan.id)) };
    },
  });
}

function contractRoutes({ coverContracts }: ClaimRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/loans/{id}/cover/contracts',
      tag: TAG,
      summary: 'Put a guarantor or insurer behind a loan, for a share of what lenders may lose',
      access: OPERATIONS,
      idempotent: true,
      params: loanParams,
      body: contractBody,
      replies: { 201: contractView },
      write: async (tx, { params, body }) => {
        const contract = await coverContracts.make(tx, params.id, body);
        return { status: 201, body: asContract(contract) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/loans/{id}/cover/contracts/{no}/end',
      tag: TAG,
      summary: 'End a cover before its time, where its parties agreed to',
      access: COMPLIANCE,
      params: contractParams,
      body: reasonBody,
      replies: { 200: contractView },
      write: async (tx, { params, body }) => {
        const order = { no: params.no, reason: body.reason };
        return {
          status: 200,
          body: asContract(await coverContracts.end(tx, params.id, order)),
        };
      },
    }),
  ];
}

function readRoutes({ coverClaims }: ClaimRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/cover-claims',
      tag: TAG,
      summary: 'List claims on guarantors and funds, newest first',
      access: OVERSEERS,
      query: claimsQuery,
      replies: { 200: page(claimView) },
      read: async (db, { query }) => {
        const found = await coverClaims.list(db, query);
        const { items, next } = pageOf(found, query.limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(asClaim), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/cover-claims/{id}',
      tag: TAG,
      summary: 'One claim',
      access: OVERSEERS,
      params: claimParams,
      replies: { 200: claimView },
      read: async (db, { params }) => ({
        status: 200,
        body: asClaim(await coverClaims.get(db, params.id)),
      }),
    }),
  ];
}

function reviewRoutes({ coverClaims }: ClaimRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/cover-claims/{id}/accept',
      tag: TAG,
      summary:
        'Let a claim be paid as far as there is money: a contract in full, a fund what it grants',
      access: COMPLIANCE,
      params: claimParams,
      body: acceptBody,
      replies: { 200: claimView },
      write: async (tx, { params, body }) => ({
        status: 200,
        body: asClaim(await coverClaims.accept(tx, params.id, body)),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/cover-claims/{id}/reject',
      tag: TAG,
      summary: 'Reject a claim for a reason',
      access: COMPLIANCE,
      params: claimParams,
      body: reasonBody,
      replies: { 200: claimView },
      write: async (tx, { params, body }) => ({
        status: 200,
        body: asClaim(await coverClaims.reject(tx, params.id, body.reason)),
      }),
    }),
  ];
}

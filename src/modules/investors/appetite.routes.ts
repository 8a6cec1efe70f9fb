import { must } from '../../kernel/assert';
import { ROLES } from '../../platform/auth';
import { pageOf, route, type Route } from '../../platform/http';
import { OVERSEERS, visibleInvestor } from './access.service';
import {
  appetiteBody,
  appetitePolicyView,
  asAppetitePolicy,
  asAssessment,
  asLimitChange,
  assessmentView,
  lendingDeclarationBody,
  limitChangesQuery,
  limitChangesView,
  netWorthCertificateBody,
} from './appetite.schema';
import type { AppetiteService } from './appetite.service';
import type { InvestorService } from './investor.service';
import { asInvestor, investorParams, investorView } from './schema';

export interface AppetiteRouteDeps {
  readonly investors: InvestorService;
  readonly appetites: AppetiteService;
}

const TAG = 'Investors';

export function appetiteRoutes(deps: AppetiteRouteDeps): readonly Route[] {
  return [...assessmentRoutes(deps), ...evidenceRoutes(deps)];
}

function assessmentRoutes({ investors, appetites }: AppetiteRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/lender-assessment',
      tag: TAG,
      summary: 'The questions of the assessment of lenders, and what each grade may lend',
      access: { roles: ROLES },
      replies: { 200: appetitePolicyView },
      read: async () => ({ status: 200, body: asAppetitePolicy(appetites.policy) }),
    }),
    route({
      method: 'post',
      path: '/v1/investors/{id}/lender-assessment',
      tag: TAG,
      summary: 'Hand in the assessment: sets the risk grade, C1 to C5, and the lending limit',
      access: { roles: ['investor'] },
      params: investorParams,
      body: appetiteBody,
      replies: { 201: assessmentView },
      write: async (tx, { user, params, body }) => {
        await visibleInvestor(investors, tx, { user, id: params.id });
        const assessment = await appetites.assess(tx, params.id, body);
        const { profileVersion } = await investors.get(tx, params.id);
        const { appetite } = await investors.factsOf(tx, params.id, profileVersion);
        return {
          status: 201,
          body: asAssessment(assessment, must(appetite, 'the limit just set')),
        };
      },
    }),
    route({
      method: 'get',
      path: '/v1/investors/{id}/lending-limits',
      tag: TAG,
      summary: 'How the lending limit moved, newest first, and why',
      access: { roles: ['investor', ...OVERSEERS] },
      params: investorParams,
      query: limitChangesQuery,
      replies: { 200: limitChangesView },
      read: async (db, { user, params, query }) => {
        await visibleInvestor(investors, db, { user, id: params.id });
        const { limit, after: before } = query;
        const rows = await appetites.history(db, params.id, { limit, before });
        const found = pageOf(rows, limit, ({ version }) => String(version));
        return { status: 200, body: { ...found, items: found.items.map(asLimitChange) } };
      },
    }),
  ];
}

function evidenceRoutes({ investors, appetites }: AppetiteRouteDeps): readonly Route[] {
  return [
    route({
      method: 'put',
      path: '/v1/investors/{id}/lending-declaration',
      tag: TAG,
      summary: 'Declare what is lent through platforms outside this installation',
      access: { roles: ['investor'] },
      params: investorParams,
      body: lendingDeclarationBody,
      replies: { 200: investorView },
      write: async (tx, { user, params, body }) => {
        await visibleInvestor(investors, tx, { user, id: params.id });
        const investor = await appetites.declareLending(tx, params.id, body);
        const details = await investors.detailsOf(tx, [params.id]);
        return { status: 200, body: asInvestor(investor, details.get(params.id)) };
      },
    }),
    route({
      method: 'put',
      path: '/v1/investors/{id}/net-worth-certificate',
      tag: TAG,
      summary: 'Take in an accountant’s certificate of net worth',
      access: { roles: ['compliance'] },
      params: investorParams,
      body: netWorthCertificateBody,
      replies: { 200: investorView },
      write: async (tx, { params, body }) => {
        const investor = await appetites.certifyNetWorth(tx, params.id, body);
        const details = await investors.detailsOf(tx, [params.id]);
        return { status: 200, body: asInvestor(investor, details.get(params.id)) };
      },
    }),
  ];
}

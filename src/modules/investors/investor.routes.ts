import type { Db } from '../../platform/db';
import { page, pageOf, route, type Route } from '../../platform/http';
import { OVERSEERS, visibleInvestor } from './access.service';
import type { AppetiteService } from './appetite.service';
import { investorProblem } from './errors';
import type { Investor, InvestorStatus } from './investor';
import type { InvestorService } from './investor.service';
import {
  asInvestor,
  asInvestorDetail,
  asProfile,
  investorDetailView,
  investorParams,
  investorsQuery,
  investorView,
  meansBody,
  openInvestorBody,
  profilesQuery,
  profilesView,
  reasonBody,
} from './schema';

export interface InvestorFileRouteDeps {
  readonly investors: InvestorService;
  readonly appetites: AppetiteService;
}

const TAG = 'Investors';
const SEEING = { roles: ['investor', ...OVERSEERS] } as const;

export function investorFileRoutes(deps: InvestorFileRouteDeps): readonly Route[] {
  return [...fileRoutes(deps), ...readRoutes(deps), ...statusRoutes(deps)];
}

function fileRoutes({ investors, appetites }: InvestorFileRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/investors',
      tag: TAG,
      summary: 'Open an investor file',
      description:
        'Investors open their own; operations may open one for somebody without a log-in. The ' +
        'identity number is stored encrypted and shown masked from then on.',
      access: { roles: ['investor', 'operations'] },
      body: openInvestorBody,
      replies: { 201: investorDetailView },
      write: async (tx, { user, body }) => {
        const userId = user.roles.includes('investor') ? user.id : undefined;
        const investor = await investors.open(tx, { ...body, userId });
        return { status: 201, body: await detail(investors, tx, investor) };
      },
    }),
    route({
      method: 'put',
      path: '/v1/investors/{id}/means',
      tag: TAG,
      summary: 'Declare means, and what was invested elsewhere',
      access: { roles: ['investor', 'operations'] },
      params: investorParams,
      body: meansBody,
      replies: { 200: investorDetailView },
      write: async (tx, { user, params, body }) => {
        await visibleInvestor(investors, tx, { user, id: params.id });
        const { isJoint, declaredElsewhere, ...means } = body;
        const declaration = { means, isJoint, declaredElsewhere };
        const declared = await investors.declareMeans(tx, params.id, declaration);
        await appetites.followMeans(tx, declared);
        const investor = await investors.get(tx, params.id);
        return { status: 200, body: await detail(investors, tx, investor) };
      },
    }),
  ];
}

function readRoutes({ investors }: InvestorFileRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/me/investor',
      tag: TAG,
      summary: 'The own investor file',
      access: { roles: ['investor'] },
      replies: { 200: investorDetailView },
      read: async (db, { user }) => {
        const investor = await investors.findByUser(db, user.id);
        if (!investor) throw investorProblem('not-found');
        return { status: 200, body: await detail(investors, db, investor) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/investors',
      tag: TAG,
      summary: 'List investors, oldest first',
      access: { roles: OVERSEERS },
      query: investorsQuery,
      replies: { 200: page(investorView) },
      read: async (db, { query }) => {
        const found = pageOf(await investors.list(db, query), query.limit, ({ id }) => id);
        const ids = found.items.map(({ id }) => id);
        const details = await investors.detailsOf(db, ids);
        const items = found.items.map((each) => asInvestor(each, details.get(each.id)));
        return { status: 200, body: { ...found, items } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/investors/{id}',
      tag: TAG,
      summary: 'One investor, with the facts rulebooks are told',
      access: SEEING,
      params: investorParams,
      replies: { 200: investorDetailView },
      read: async (db, { user, params }) => {
        const investor = await visibleInvestor(investors, db, { user, id: params.id });
        return { status: 200, body: await detail(investors, db, investor) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/investors/{id}/profile-versions',
      tag: TAG,
      summary: 'Every version of the facts, the newest first, and why each was written',
      access: SEEING,
      params: investorParams,
      query: profilesQuery,
      replies: { 200: profilesView },
      read: async (db, { user, params, query }) => {
        await visibleInvestor(investors, db, { user, id: params.id });
        const { limit, after: before } = query;
        const versions = await investors.history(db, params.id, { limit, before });
        const found = pageOf(versions, limit, ({ version }) => String(version));
        return { status: 200, body: { ...found, items: found.items.map(asProfile) } };
      },
    }),
  ];
}

function statusRoutes({ investors }: InvestorFileRouteDeps): readonly Route[] {
  const step = (verb: string, status: InvestorStatus, summary: string): Route =>
    route({
      method: 'post',
      path: `/v1/investors/{id}/${verb}`,
      tag: TAG,
      summary,
      access: { roles: ['compliance'] },
      params: investorParams,
      body: reasonBody,
      replies: { 200: investorDetailView },
      write: async (tx, { params, body }) => {
        const change = { status, reason: body.reason };
        const investor = await investors.changeStatus(tx, params.id, change);
        return { status: 200, body: await detail(investors, tx, investor) };
      },
    });
  return [
    step('suspend', 'suspended', 'Shut an investor out of everything that commits money'),
    step('reinstate', 'active', 'Let a suspended investor act again'),
    step('close', 'closed', 'Close a file for good'),
  ];
}

async function detail(investors: InvestorService, db: Db, investor: Investor) {
  const { id, profileVersion } = investor;
  const details = await investors.detailsOf(db, [id]);
  const facts = await investors.factsOf(db, id, profileVersion);
  return asInvestorDetail(investor, details.get(id), facts);
}

import { must } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import { ROLES, type AuthenticatedUser } from '../../platform/auth';
import type { Database, Db, Scope } from '../../platform/db';
import { pageOf, route, type RateLimit, type Route } from '../../platform/http';
import type { InvestorService } from '../investors';
import { matchingProblem } from './errors';
import { isStaff, requireLender } from './mandate.routes';
import type { MandateService } from './mandate.service';
import type { PlacementService } from './placement.service';
import type { RunLogService } from './run-log.service';
import {
  asListingLine,
  asMandateLine,
  asPair,
  asPosition,
  asReplay,
  asWindow,
  linesQuery,
  listingLinesView,
  mandateLinesView,
  pairParams,
  pairView,
  positionParams,
  positionsQuery,
  positionsView,
  positionView,
  proposalsView,
  replayView,
  windowParams,
  windowsQuery,
  windowsView,
  windowView,
} from './window.schema';
import type { MatchingWindows } from './window.service';

export interface WindowRouteDeps {
  readonly windows: MatchingWindows;
  readonly runLog: RunLogService;
  readonly placements: PlacementService;
  readonly mandates: MandateService;
  readonly investors: InvestorService;
  readonly transactions: Pick<Database, 'read'>;
}

const TAG = 'Matching';
/** Each one opens the stored input of a whole window. */
const ASKING_WHY: RateLimit = { action: 'matching.why', limit: 30, windowSeconds: 60 };
/** Each one runs the engine over it. */
const REPLAYING: RateLimit = { action: 'matching.replay', limit: 6, windowSeconds: 60 };
const EVERYBODY = { roles: ROLES } as const;

export function windowRoutes(deps: WindowRouteDeps): readonly Route[] {
  return [...windowReadRoutes(deps), ...runLogRoutes(deps), ...proposalRoutes(deps)];
}

function windowReadRoutes({ windows }: WindowRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/matching/windows',
      tag: TAG,
      summary: 'Windows in which mandates met loans, newest first',
      access: EVERYBODY,
      query: windowsQuery,
      replies: { 200: windowsView },
      read: async (db, { query }) => {
        const found = pageOf(await windows.list(db, query), query.limit, ({ id }) => id);
        return { status: 200, body: { ...found, items: found.items.map(asWindow) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/matching/windows/{id}',
      tag: TAG,
      summary: 'One window: when each phase ended, its seed, its hashes, its sums',
      access: EVERYBODY,
      params: windowParams,
      replies: { 200: windowView },
      read: async (db, { params }) => ({
        status: 200,
        body: asWindow(await windows.get(db, params.id)),
      }),
    }),
    route({
      method: 'get',
      path: '/v1/matching/windows/{id}/replay',
      tag: TAG,
      summary: 'Compute the window again from its stored input, and compare',
      access: { roles: ['compliance', 'admin', 'regulator'] },
      rateLimit: REPLAYING,
      params: windowParams,
      replies: { 200: replayView },
      read: async (db, { params }) => ({
        status: 200,
        body: asReplay(await windows.replay(db, params.id)),
      }),
    }),
  ];
}

function runLogRoutes({ runLog, investors }: WindowRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/matching/windows/{id}/loans',
      tag: TAG,
      summary: 'The run log by loan: what was matched, and why no more',
      access: EVERYBODY,
      params: windowParams,
      query: linesQuery,
      replies: { 200: listingLinesView },
      read: async (db, { params, query }) => {
        const { window, lines } = await runLog.listingLines(db, params.id, query);
        const found = pageOf(lines, query.limit, ({ offeringId }) => offeringId);
        const items = found.items.map((line) => asListingLine(line, window.currency));
        return { status: 200, body: { ...found, items } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/matching/windows/{id}/mandates',
      tag: TAG,
      summary: 'The run log by mandate: a lender their own, staff and regulators all',
      access: EVERYBODY,
      params: windowParams,
      query: linesQuery,
      replies: { 200: mandateLinesView },
      read: async (db, { user, params, query }) => {
        const investorId = isStaff(user) ? undefined : await requireLender({ investors }, db, user);
        const { window, lines } = await runLog.mandateLines(db, params.id, {
          ...query,
          investorId,
        });
        const found = pageOf(lines, query.limit, ({ mandateId }) => mandateId);
        const shown = { currency: window.currency, isNamed: true };
        return {
          status: 200,
          body: { ...found, items: found.items.map((line) => asMandateLine(line, shown)) },
        };
      },
    }),
    route({
      method: 'get',
      path: '/v1/matching/windows/{id}/positions',
      tag: TAG,
      summary: 'What was matched, and what became of it: a lender their own, staff all',
      access: EVERYBODY,
      params: windowParams,
      query: positionsQuery,
      replies: { 200: positionsView },
      read: async (db, { user, params, query }) => {
        const investorId = isStaff(user) ? undefined : await requireLender({ investors }, db, user);
        const rows = await runLog.positions(db, params.id, { ...query, investorId });
        const found = pageOf(rows, query.limit, ({ positionNo }) => String(positionNo));
        return { status: 200, body: { ...found, items: found.items.map(asPosition) } };
      },
    }),
  ];
}

function proposalRoutes(deps: WindowRouteDeps): readonly Route[] {
  return [pairRoute(deps), ...answerRoutes(deps)];
}

function pairRoute({ runLog, mandates, investors }: WindowRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/matching/windows/{id}/why/{mandateId}/{offeringId}',
    tag: TAG,
    summary: 'Why a mandate has, or has not, a part in a loan',
    access: EVERYBODY,
    rateLimit: ASKING_WHY,
    params: pairParams,
    replies: { 200: pairView },
    read: async (db, { user, params }) => {
      const { id, mandateId, offeringId } = params;
      const { mandate } = await mandates.get(db, mandateId);
      if (!isStaff(user)) await requireOwn({ investors }, db, { user, owner: mandate.investorId });
      return { status: 200, body: asPair(await runLog.pair(db, id, { mandateId, offeringId })) };
    },
  });
}

function answerRoutes({ placements, investors, transactions }: WindowRouteDeps): readonly Route[] {
  const answer = (verb: 'approve' | 'decline', summary: string): Route =>
    route({
      method: 'post',
      path: `/v1/matching/windows/{id}/positions/{positionNo}/${verb}`,
      tag: TAG,
      summary,
      access: { roles: ['investor'] },
      params: positionParams,
      replies: { 200: positionView },
      run: async ({ user, params }) => {
        const scope = scopeOf(user);
        const lender = await transactions.read(scope, (db) =>
          requireLender({ investors }, db, user),
        );
        const position = { windowId: params.id, positionNo: params.positionNo };
        return { status: 200, body: asPosition(await placements[verb](scope, position, lender)) };
      },
    });
  return [
    route({
      method: 'get',
      path: '/v1/me/proposals',
      tag: TAG,
      summary: 'Loans proposed under the own mandate that wait for a yes',
      access: { roles: ['investor'] },
      replies: { 200: proposalsView },
      read: async (db, { user }) => {
        const lender = await requireLender({ investors }, db, user);
        const rows = await placements.listProposals(db, lender);
        return { status: 200, body: { items: rows.map(asPosition) } };
      },
    }),
    answer('approve', 'Lend to the proposed loan'),
    answer('decline', 'Do not lend to the proposed loan'),
  ];
}

async function requireOwn(
  deps: Pick<WindowRouteDeps, 'investors'>,
  db: Db,
  { user, owner }: { readonly user: AuthenticatedUser; readonly owner: Id<'inv'> },
): Promise<void> {
  const own = await requireLender(deps, db, user);
  if (own !== owner) throw matchingProblem('mandate-not-found');
}

function scopeOf({ id, operatorId }: AuthenticatedUser): Scope {
  return { operatorId: must(operatorId, 'the operator'), actor: { kind: 'user', id } };
}

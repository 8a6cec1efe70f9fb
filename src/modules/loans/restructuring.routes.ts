import type { Db } from '../../platform/db';
import { route, type Route } from '../../platform/http';
import type { PartyFiles } from '../payments';
import { ownLoan, visibleLoan } from './caller.service';
import { loanProblem } from './errors';
import * as wire from './restructuring.schema';
import type { RestructuringService } from './restructuring.service';
import { loanParams } from './schema';

export interface RestructuringRouteDeps {
  readonly loanRestructurings: RestructuringService;
  readonly files: PartyFiles<Db>;
}

const TAG = 'Arrears';
const DESK = ['operations', 'compliance'] as const;
const SIDES = { roles: ['issuer', ...DESK] } as const;
const ALL = { roles: ['issuer', 'investor', ...DESK, 'admin', 'regulator'] } as const;

/** Arranging the rest of a loan anew: preview, proposal, consent. */
export function restructuringRoutes(deps: RestructuringRouteDeps): readonly Route[] {
  return [...readingRoutes(deps), ...proposalRoutes(deps), ...decisionRoutes(deps)];
}

function readingRoutes({ loanRestructurings, files }: RestructuringRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/loans/{id}/restructurings',
      tag: TAG,
      summary: 'List how a loan was arranged anew, or was to be, the latest first',
      access: ALL,
      params: loanParams,
      replies: { 200: wire.restructuringsView },
      read: async (db, { user, params }) => {
        const { loan } = await visibleLoan(db, { user, files }, params.id);
        const items = await loanRestructurings.list(db, loan);
        return { status: 200, body: { items: items.map(wire.asRestructuring) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/loans/{id}/restructurings/{restructuringId}',
      tag: TAG,
      summary: 'One arrangement: votes, and while it is open what it would come to',
      access: ALL,
      params: wire.restructuringParams,
      replies: { 200: wire.restructuringFileView },
      read: async (db, { user, params }) => {
        const { loan, viewer } = await visibleLoan(db, { user, files }, params.id);
        const found = await loanRestructurings.get(db, loan, params.restructuringId);
        const votes = await loanRestructurings.votes(db, loan, found.id);
        const isOpen = ['proposed', 'voting'].includes(found.status) && loan.status === 'active';
        const preview = isOpen
          ? await loanRestructurings.preview(db, loan, found.terms)
          : undefined;
        return { status: 200, body: wire.asRestructuringFile(found, { votes, preview, viewer }) };
      },
    }),
  ];
}

function proposalRoutes({ loanRestructurings, files }: RestructuringRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/loans/{id}/restructurings/preview',
      tag: TAG,
      summary: 'Old and new schedule side by side, what each costs, and what lenders lose',
      access: { roles: [...SIDES.roles, 'regulator'] },
      params: loanParams,
      body: wire.termsBody,
      replies: { 200: wire.previewView },
      read: async (db, { user, params, body }) => {
        const { loan, viewer } = await ownLoan(db, { user, files }, params.id);
        const preview = await loanRestructurings.preview(db, loan, body);
        return { status: 200, body: wire.asPreview(preview, viewer) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/loans/{id}/restructurings',
      tag: TAG,
      summary: 'Propose a longer term, a smaller instalment or rate, a holiday, or re-ageing',
      access: SIDES,
      params: loanParams,
      body: wire.proposalBody,
      replies: { 201: wire.restructuringView },
      write: async (tx, { user, params, body }) => {
        await ownLoan(tx, { user, files }, params.id);
        return {
          status: 201,
          body: wire.asRestructuring(await loanRestructurings.propose(tx, params.id, body)),
        };
      },
    }),
  ];
}

function decisionRoutes({ loanRestructurings, files }: RestructuringRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/loans/{id}/restructurings/{restructuringId}/approve',
      tag: TAG,
      summary: 'Agree to what somebody else proposed: holders vote on it, or it comes into force',
      access: { roles: DESK },
      params: wire.restructuringParams,
      replies: { 200: wire.restructuringView },
      write: async (tx, { params: { id, restructuringId } }) => {
        return {
          status: 200,
          body: wire.asRestructuring(await loanRestructurings.approve(tx, id, restructuringId)),
        };
      },
    }),
    route({
      method: 'post',
      path: '/v1/loans/{id}/restructurings/{restructuringId}/decline',
      tag: TAG,
      summary: 'Decline an arrangement, or call its vote off',
      access: { roles: DESK },
      params: wire.restructuringParams,
      replies: { 200: wire.restructuringView },
      write: async (tx, { params: { id, restructuringId } }) => {
        return {
          status: 200,
          body: wire.asRestructuring(await loanRestructurings.decline(tx, id, restructuringId)),
        };
      },
    }),
    route({
      method: 'post',
      path: '/v1/loans/{id}/restructurings/{restructuringId}/vote',
      tag: TAG,
      summary: 'Vote with all one’s notes; they weigh what is outstanding of them',
      access: { roles: ['investor'] },
      params: wire.restructuringParams,
      body: wire.voteBody,
      replies: { 200: wire.restructuringView },
      write: async (tx, { user, params, body }) => {
        const { viewer } = await visibleLoan(tx, { user, files }, params.id);
        if (viewer.as !== 'lender') throw loanProblem('not-a-lender');
        const place = { loanId: params.id, id: params.restructuringId };
        const vote = { ...body, investorId: viewer.investorId };
        return {
          status: 200,
          body: wire.asRestructuring(await loanRestructurings.vote(tx, place, vote)),
        };
      },
    }),
  ];
}

import type { AuthenticatedUser } from '../../platform/auth';
import type { Db } from '../../platform/db';
import { noContent, pageOf, route, type RateLimit, type Route } from '../../platform/http';
import type { CallerDeps } from './caller.service';
import { filesOf, ownComplaint, seesAll, visibleComplaint } from './caller.service';
import type { DisputeParty } from './complaint';
import { disputeProblem } from './errors';
import { evidenceRoutes } from './message.routes';
import type { DisputeMessages } from './message.service';
import { handlingRoutes } from './handling.routes';
import type { DisputeOutcomes } from './outcome.service';
import * as schema from './schema';

export interface DisputeRouteDeps extends CallerDeps {
  readonly disputeMessages: DisputeMessages;
  readonly disputeOutcomes: DisputeOutcomes;
}

const TAG = 'Complaints and disputes';
const SIDES = { roles: ['investor', 'issuer', 'operations', 'compliance'] } as const;
const SEEING = {
  roles: ['investor', 'issuer', 'operations', 'compliance', 'admin', 'regulator'],
} as const;
const PARTIES = { roles: ['investor', 'issuer'] } as const;
const FILING: RateLimit = { action: 'complaints.file', limit: 20, windowSeconds: 3600 };

export function disputeRoutes(deps: DisputeRouteDeps): readonly Route[] {
  return [
    ...filingRoutes(deps),
    ...readRoutes(deps),
    ...partyRoutes(deps),
    ...evidenceRoutes(deps),
    ...handlingRoutes(deps),
  ];
}

function filingRoutes({ complaints, files }: DisputeRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/complaint-procedures',
      tag: TAG,
      summary: 'By when complaints are answered, under which law, and where else one may turn',
      access: SEEING,
      replies: { 200: schema.proceduresView },
      read: async (db) => ({ status: 200, body: schema.asProcedures(complaints.policyOf(db)) }),
    }),
    route({
      method: 'post',
      path: '/v1/complaints',
      tag: TAG,
      summary: 'File a complaint, free of charge',
      access: PARTIES,
      idempotent: true,
      rateLimit: FILING,
      body: schema.ownComplaintBody,
      replies: { 201: schema.complaintView },
      write: async (tx, { user, body }) => {
        const { as, ...said } = body;
        const complainant = chosen(await filesOf(tx, user, files), as);
        const complaint = await complaints.file(tx, { ...said, complainant, channel: 'online' });
        return { status: 201, body: schema.asComplaint(complaint) };
      },
    }),
  ];
}

function readRoutes(deps: DisputeRouteDeps): readonly Route[] {
  const { complaints, files } = deps;
  return [
    route({
      method: 'get',
      path: '/v1/complaints',
      tag: TAG,
      summary: 'Complaints, newest first: one’s own, or all for staff and the regulator',
      access: SEEING,
      query: schema.complaintsQuery,
      replies: { 200: schema.complaintsView },
      read: async (db, { user, query }) => {
        const { late: isLate, limit, ...filter } = query;
        const partyIds = await visibleParties(db, user, files);
        const found = await complaints.list(db, { ...filter, isLate, limit, partyIds });
        const { items, next } = pageOf(found, limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(schema.asComplaint), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/complaints/{id}',
      tag: TAG,
      summary: 'A complaint with its deadlines, its course, what is held and how it ended',
      access: SEEING,
      params: schema.complaintParams,
      replies: { 200: schema.complaintDetailView },
      read: async (db, { user, params: { id } }) => {
        const { complaint } = await visibleComplaint(deps, db, { user, id });
        return {
          status: 200,
          body: schema.asDetail(complaint, {
            deadlines: await complaints.deadlines(db, id),
            steps: await complaints.steps(db, id),
            holds: await deps.disputeOutcomes.holds(db, id),
            outcomes: await deps.disputeOutcomes.proposals(db, id),
            policy: complaints.policyOf(db),
            isStaff: seesAll(user),
          }),
        };
      },
    }),
  ];
}

/** What a complainant does with a complaint beside staff. */
function partyRoutes(deps: DisputeRouteDeps): readonly Route[] {
  const { complaints, disputeOutcomes } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/complaints/{id}/escalate',
      tag: TAG,
      summary: 'Take a complaint to the regulator, a mediator, arbitration or a court',
      access: SIDES,
      params: schema.complaintParams,
      body: schema.escalateBody,
      replies: { 200: schema.complaintView },
      write: async (tx, { user, params: { id }, body }) => {
        const by = await ownComplaint(deps, tx, { user, id });
        const complaint = await complaints.escalate(tx, id, { ...body, by });
        return { status: 200, body: schema.asComplaint(complaint) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/complaints/{id}/withdraw',
      tag: TAG,
      summary: 'Let a complaint rest; what was held for it is free again',
      access: PARTIES,
      params: schema.complaintParams,
      body: schema.reasonBody,
      replies: { 204: noContent },
      write: async (tx, { user, params: { id }, body }) => {
        await ownComplaint(deps, tx, { user, id });
        await disputeOutcomes.withdraw(tx, id, body.reason);
        return { status: 204 };
      },
    }),
  ];
}

/** @throws Problem `disputes.no-file` where the caller has none, or two and named neither. */
function chosen(own: readonly DisputeParty[], as: DisputeParty['kind'] | undefined): DisputeParty {
  const [first, ...rest] = own.filter(({ kind }) => as === undefined || kind === as);
  if (first && rest.length === 0) return first;
  throw disputeProblem('no-file', first ? { detail: 'Say as which: investor or issuer.' } : {});
}

async function visibleParties(
  db: Db,
  user: AuthenticatedUser,
  files: CallerDeps['files'],
): Promise<readonly string[] | undefined> {
  return seesAll(user) ? undefined : (await filesOf(db, user, files)).map(({ id }) => id);
}

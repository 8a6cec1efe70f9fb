import { noContent, route, type Route } from '../../platform/http';
import type { DisputeOutcomes } from './outcome.service';
import * as schema from './schema';
import type { ComplaintService } from './service';

const TAG = 'Complaints and disputes';
const HANDLING = { roles: ['operations', 'compliance'] } as const;
const COMPLIANCE = { roles: ['compliance'] } as const;

interface HandlingDeps {
  readonly complaints: ComplaintService;
  readonly disputeOutcomes: DisputeOutcomes;
}

/** What staff do with a complaint. */
export function handlingRoutes(deps: HandlingDeps): readonly Route[] {
  return [...courseRoutes(deps), ...holdRoutes(deps), ...outcomeRoutes(deps)];
}

function courseRoutes({ complaints }: HandlingDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/complaints/taken-in',
      tag: TAG,
      summary: 'Record a complaint that came by another way, for whoever made it',
      access: HANDLING,
      idempotent: true,
      body: schema.takenInBody,
      replies: { 201: schema.complaintView },
      write: async (tx, { body }) => ({
        status: 201,
        body: schema.asComplaint(await complaints.file(tx, body)),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/complaints/{id}/acknowledge',
      tag: TAG,
      summary: 'Tell the complainant that the complaint is being looked at',
      access: HANDLING,
      params: schema.complaintParams,
      replies: { 200: schema.complaintView },
      write: async (tx, { params }) => ({
        status: 200,
        body: schema.asComplaint(await complaints.acknowledge(tx, params.id)),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/complaints/{id}/respondent',
      tag: TAG,
      summary: 'Name the party against whom the complaint is, which then sees it too',
      access: HANDLING,
      params: schema.complaintParams,
      body: schema.respondentBody,
      replies: { 200: schema.complaintView },
      write: async (tx, { params, body }) => {
        const complaint = await complaints.nameRespondent(tx, params.id, body.respondent);
        return { status: 200, body: schema.asComplaint(complaint) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/complaints/{id}/answer',
      tag: TAG,
      summary: 'Answer a complaint: the position of the operator, with its reasons',
      access: HANDLING,
      params: schema.complaintParams,
      body: schema.answerBody,
      replies: { 200: schema.complaintView },
      write: async (tx, { params, body }) => ({
        status: 200,
        body: schema.asComplaint(await complaints.answer(tx, params.id, body.text)),
      }),
    }),
  ];
}

function holdRoutes({ disputeOutcomes }: HandlingDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/complaints/{id}/hold',
      tag: TAG,
      summary: 'Hold what is in dispute of one side’s cash until the dispute has ended',
      access: HANDLING,
      idempotent: true,
      params: schema.complaintParams,
      body: schema.holdBody,
      replies: { 201: schema.holdView },
      write: async (tx, { params, body }) => ({
        status: 201,
        body: schema.asHold(await disputeOutcomes.hold(tx, params.id, body)),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/complaints/{id}/hold/release',
      tag: TAG,
      summary: 'Give held cash back before the dispute ends',
      access: COMPLIANCE,
      params: schema.complaintParams,
      body: schema.reasonBody,
      replies: { 204: noContent },
      write: async (tx, { params, body }) => {
        await disputeOutcomes.release(tx, params.id, body.reason);
        return { status: 204 };
      },
    }),
  ];
}

function outcomeRoutes({ disputeOutcomes }: HandlingDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/complaints/{id}/outcome',
      tag: TAG,
      summary: 'Propose how a dispute ends, and what of the held money the other side gets',
      access: HANDLING,
      idempotent: true,
      params: schema.complaintParams,
      body: schema.outcomeBody,
      replies: { 201: schema.outcomeView },
      write: async (tx, { params, body }) => ({
        status: 201,
        body: schema.asOutcome(await disputeOutcomes.propose(tx, params.id, body)),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/complaints/{id}/outcome/decide',
      tag: TAG,
      summary: 'Confirm or refuse a proposed outcome; nobody decides on their own',
      access: COMPLIANCE,
      params: schema.complaintParams,
      body: schema.decisionBody,
      replies: { 200: schema.outcomeView },
      write: async (tx, { params, body }) => ({
        status: 200,
        body: schema.asOutcome(await disputeOutcomes.decide(tx, params.id, body.verdict)),
      }),
    }),
  ];
}

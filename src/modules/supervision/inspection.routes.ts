import { fileView, page, pageOf, pageQuery, route, type Route } from '../../platform/http';
import type { Id } from '../../kernel/id';
import type { EvidenceService } from './evidence.service';
import { releasedSteps } from './inspection';
import type { InspectionRegister } from './register.service';
import * as schema from './inspection.schema';
import type { InspectionService } from './inspection.service';
import { nothing, type SupervisedReading, type Target } from './reading.service';
import { operatorParams } from './schema';

export interface InspectionRouteDeps {
  readonly supervisedReading: SupervisedReading;
  readonly inspections: InspectionService;
  readonly inspectionEvidence: EvidenceService;
  readonly inspectionRegister: InspectionRegister;
}

const TAG = 'Inspections';
const SUPERVISOR = { roles: ['regulator'], ofInstallation: true } as const;
export const INSPECTIONS = '/v1/supervision/operators/{code}/inspections';
/** Each reads everything about a case. */
const GATHERING = { action: 'supervision.evidence', limit: 60, windowSeconds: 60 } as const;
const DRAWING = { action: 'supervision.draw', limit: 20, windowSeconds: 86_400 } as const;

/** Inspections as their authority handles them. */
export function inspectionRoutes(deps: InspectionRouteDeps): readonly Route[] {
  return [
    ...openRoutes(deps),
    ...readRoutes(deps),
    drawRoute(deps),
    ...publicRoutes(deps),
    evidenceRoute(deps),
  ];
}

function openRoutes({ supervisedReading, inspections }: InspectionRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: INSPECTIONS,
      tag: TAG,
      summary: 'Commit to a nonce, before there is the report that will be drawn from',
      access: SUPERVISOR,
      idempotent: 'if-keyed',
      params: operatorParams,
      body: schema.openBody,
      replies: { 201: schema.inspectionView },
      run: async ({ user, params, body, once }) => {
        const { commitment, stratumBy, ...terms } = body;
        const target = { operator: params.code, what: 'inspection', subject: commitment };
        const of = { commitment, terms: { ...terms, stratumBy } };
        return supervisedReading.visit(user, target, {
          read: nothing,
          keep: (tx, _found, visit) =>
            once(tx, async () => ({
              status: 201,
              body: schema.asInspection(await inspections.open(tx, visit, of)),
            })),
        });
      },
    }),
    route({
      method: 'get',
      path: INSPECTIONS,
      tag: TAG,
      summary: 'The inspections of your authority at an operator, the latest first',
      access: SUPERVISOR,
      params: operatorParams,
      query: pageQuery,
      replies: { 200: page(schema.inspectionView) },
      run: async ({ user, params, query }) => {
        const target = { operator: params.code, what: 'inspections', subject: 'all' };
        const found = await supervisedReading.show(user, target, (db, { supervisor }) =>
          inspections.list(db, { ...query, authorityId: supervisor.authorityId }),
        );
        const { items, next } = pageOf(found, query.limit, (each) => each.id);
        return { status: 200, body: { items: items.map(schema.asInspection), next } };
      },
    }),
  ];
}

function readRoutes({ supervisedReading, inspections }: InspectionRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: `${INSPECTIONS}/{id}`,
      tag: TAG,
      summary: 'An inspection: what was committed to, what was asked, found and answered',
      access: SUPERVISOR,
      params: schema.inspectionParams,
      replies: { 200: schema.inspectionDetailView },
      run: async ({ user, params }) => {
        const body = await supervisedReading.show(
          user,
          targetOf(params, 'inspection'),
          async (db, { supervisor }) => {
            const inspection = await inspections.get(db, params.id, supervisor);
            const steps = await inspections.steps(db, params.id);
            return schema.asInspectionDetail(inspection, releasedSteps(steps));
          },
        );
        return { status: 200, body };
      },
    }),
    route({
      method: 'get',
      path: `${INSPECTIONS}/{id}/proof`,
      tag: TAG,
      summary: 'The draw with all it follows from, for `npm run inspection -- verify`',
      access: SUPERVISOR,
      params: schema.inspectionParams,
      replies: { 200: fileView('application/json') },
      run: async ({ user, params }) => {
        const body = await supervisedReading.show(
          user,
          targetOf(params, 'proof'),
          async (db, { supervisor }) => {
            await inspections.get(db, params.id, supervisor);
            return inspections.published(db, params.id);
          },
        );
        return { status: 200, body };
      },
    }),
  ];
}

function drawRoute({ supervisedReading, inspections }: InspectionRouteDeps): Route {
  return route({
    method: 'post',
    path: `${INSPECTIONS}/{id}/draw`,
    tag: TAG,
    summary: 'Show the nonce, and draw cases and inspectors',
    description:
      'From the first report that was made wholly after the commitment: its hash is the operator’s ' +
      'part of the seed, the nonce yours, and neither was known to the other side in time.',
    access: SUPERVISOR,
    idempotent: 'if-keyed',
    rateLimit: DRAWING,
    params: schema.inspectionParams,
    body: schema.drawBody,
    replies: { 201: schema.drawnView },
    run: async ({ user, params, body: { nonce }, once }) =>
      supervisedReading.visit(user, targetOf(params, 'draw'), {
        read: (db, visit) => inspections.basis(db, visit, { id: params.id, nonce }),
        keep: (tx, basis) =>
          once(tx, async () => ({
            status: 201,
            body: schema.asDrawn(await inspections.draw(tx, basis, nonce)),
          })),
      }),
  });
}

/** What of an inspection is said for everybody to hear. */
function publicRoutes(deps: InspectionRouteDeps): readonly Route[] {
  const { supervisedReading, inspections, inspectionRegister } = deps;
  return [
    route({
      method: 'post',
      path: `${INSPECTIONS}/{id}/withdrawal`,
      tag: TAG,
      summary: 'Give up a commitment that was not drawn; that, and why, is public',
      access: SUPERVISOR,
      idempotent: 'if-keyed',
      params: schema.inspectionParams,
      body: schema.withdrawBody,
      replies: { 201: schema.inspectionView },
      run: async ({ user, params, body: { reason }, once }) =>
        supervisedReading.visit(user, targetOf(params, 'withdrawal'), {
          read: (db, { supervisor }) => inspections.get(db, params.id, supervisor),
          keep: (tx, { id }) =>
            once(tx, async () => ({
              status: 201,
              body: schema.asInspection(await inspections.withdraw(tx, id, reason)),
            })),
        }),
    }),
    route({
      method: 'post',
      path: `${INSPECTIONS}/{id}/results`,
      tag: TAG,
      summary: 'Let everybody know what came of an inspection; what was said before stays',
      access: SUPERVISOR,
      idempotent: 'if-keyed',
      params: schema.inspectionParams,
      body: schema.resultBody,
      replies: { 201: schema.resultView },
      run: async ({ user, params, body: { text }, once }) =>
        supervisedReading.visit(user, targetOf(params, 'result'), {
          read: (db, { supervisor }) => inspections.get(db, params.id, supervisor),
          keep: (tx, inspection) =>
            once(tx, async () => ({
              status: 201,
              body: await inspectionRegister.publish(tx, inspection, text),
            })),
        }),
    }),
  ];
}

function evidenceRoute({ supervisedReading, inspectionEvidence }: InspectionRouteDeps): Route {
  return route({
    method: 'get',
    path: `${INSPECTIONS}/{id}/cases/{number}/evidence.zip`,
    tag: TAG,
    summary: 'All that is on record of a drawn case, signed',
    description:
      'The row it was drawn from, records, journal entries, and audit records with their proofs, as ' +
      'canonical JSON; `npm run verify` verifies the archive. What is sealed of people is not in it.',
    access: SUPERVISOR,
    rateLimit: GATHERING,
    params: schema.caseParams,
    replies: { 200: fileView('application/zip') },
    run: async ({ user, params }) => {
      const { id, number } = params;
      const body = await supervisedReading.visit(user, targetOf(params, `evidence ${number}`), {
        read: (db, visit) => inspectionEvidence.find(db, visit, { id, number }),
        keep: (tx, found) => inspectionEvidence.bundle(tx, found),
      });
      const name = `${id}-${number}-evidence.zip`;
      const headers = { 'Content-Disposition': `attachment; filename="${name}"` };
      return { status: 200, headers, body };
    },
  });
}

/** An inspection of an operator. */
export interface Place {
  readonly code: string;
  readonly id: Id<'isp'>;
}

export function targetOf({ code, id }: Place, what: string): Target {
  return { operator: code, what, subject: id };
}

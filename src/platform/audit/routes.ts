import { pageOf, route, type Route } from '../http';
import type { AuditCheckpoints } from './checkpoint.service';
import { listCheckpoints } from './checkpoint.store';
import { listRecords } from './records';
import {
  asCheckpoint,
  asConsistency,
  asRecord,
  asRecordProof,
  checkpointView,
  checkpointsPage,
  checkpointsQuery,
  consistencyQuery,
  consistencyView,
  operatorQuery,
  proofQuery,
  recordParams,
  recordProofView,
  recordsPage,
  recordsQuery,
  sizeParams,
} from './schema';

export interface AuditRouteDeps {
  readonly checkpoints: AuditCheckpoints;
  /** The operators of the installation, by their codes. */
  readonly operators: {
    findByCode(code: string): { readonly id: number } | undefined;
    /** @throws Problem where there is none. */
    getByCode(code: string): unknown;
  };
}

interface OfOperator {
  readonly query: { readonly operator?: string | undefined };
}

const TAG = 'Audit';
const READING = { action: 'audit.read', limit: 120, windowSeconds: 60 } as const;
const READERS = { roles: ['operations', 'compliance', 'admin', 'regulator'] } as const;

/** Checkpoints are for everybody: the more who keep them, the less can be changed unseen. */
export function auditRoutes(deps: AuditRouteDeps): readonly Route[] {
  return [...checkpointRoutes(deps), consistencyRoute(deps), recordsRoute, recordRoute(deps)];
}

function checkpointRoutes({ checkpoints, operators }: AuditRouteDeps): readonly Route[] {
  const scope = scopeOf(operators);
  return [
    route({
      method: 'get',
      path: '/v1/audit/checkpoints',
      tag: TAG,
      summary: 'Signed checkpoints of an audit trail, the latest first, for everybody to keep',
      access: 'public',
      rateLimit: READING,
      query: checkpointsQuery,
      operator: scope.operatorId,
      replies: { 200: checkpointsPage },
      read: async (db, request) => {
        scope.require(request);
        const { limit, after } = request.query;
        const rows = await listCheckpoints(db, { before: after, limit: limit + 1 });
        const { items, next } = pageOf(rows, limit, ({ number }) => number.toString());
        return { status: 200, body: { items: items.map(asCheckpoint), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/audit/checkpoints/latest',
      tag: TAG,
      summary: 'The latest checkpoint of an audit trail',
      access: 'public',
      rateLimit: READING,
      query: operatorQuery,
      operator: scope.operatorId,
      replies: { 200: checkpointView },
      read: async (db, request) => {
        scope.require(request);
        return { status: 200, body: asCheckpoint(await checkpoints.latest(db)) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/audit/checkpoints/{size}',
      tag: TAG,
      summary: 'The latest checkpoint of so many records',
      access: 'public',
      rateLimit: READING,
      params: sizeParams,
      query: operatorQuery,
      operator: scope.operatorId,
      replies: { 200: checkpointView },
      read: async (db, request) => {
        scope.require(request);
        const { size } = request.params;
        return { status: 200, body: asCheckpoint(await checkpoints.ofSize(db, size)) };
      },
    }),
  ];
}

function consistencyRoute({ checkpoints, operators }: AuditRouteDeps): Route {
  const scope = scopeOf(operators);
  return route({
    method: 'get',
    path: '/v1/audit/checkpoints/{size}/consistency',
    tag: TAG,
    summary: 'Proof that a checkpoint holds all records of an earlier one, unchanged',
    access: 'public',
    rateLimit: READING,
    params: sizeParams,
    query: consistencyQuery,
    operator: scope.operatorId,
    replies: { 200: consistencyView },
    read: async (db, request) => {
      scope.require(request);
      const { params, query } = request;
      const proof = await checkpoints.proveConsistency(db, query.from, params.size);
      return { status: 200, body: asConsistency(proof) };
    },
  });
}

const recordsRoute = route({
  method: 'get',
  path: '/v1/audit/records',
  tag: TAG,
  summary: 'The audit trail from its beginning, of all or of one thing: who did what, when',
  access: READERS,
  query: recordsQuery,
  replies: { 200: recordsPage },
  read: async (db, { query: { subject, after, limit } }) => {
    const found = await listRecords(db, { subject, after, limit: limit + 1 });
    const { items, next } = pageOf(found, limit, ({ seq }) => seq.toString());
    return { status: 200, body: { items: items.map(asRecord), next } };
  },
});

function recordRoute({ checkpoints }: AuditRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/audit/records/{seq}/proof',
    tag: TAG,
    summary: 'An audit record, with the proof that it is in a checkpoint',
    access: READERS,
    params: recordParams,
    query: proofQuery,
    replies: { 200: recordProofView },
    read: async (db, { params, query }) => {
      const proof = await checkpoints.proveRecord(db, params.seq, query.size);
      return { status: 200, body: asRecordProof(proof) };
    },
  });
}

/** Whose trail a public request is about. */
function scopeOf(operators: AuditRouteDeps['operators']) {
  return {
    operatorId: ({ query: { operator } }: OfOperator) =>
      operator === undefined ? undefined : operators.findByCode(operator)?.id,
    require: ({ query: { operator } }: OfOperator): void => {
      if (operator !== undefined) operators.getByCode(operator);
    },
  };
}

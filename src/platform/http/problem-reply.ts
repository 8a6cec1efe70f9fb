import { isNativeError } from 'node:util/types';
import { z } from 'zod';
import { declaredProblems, Problem, type FieldError, type ProblemKind } from '../../kernel/problem';
import { isConnectionLoss, sqlState } from '../db';
import { requestProblem, serviceProblem } from './errors';
import { jsonText, type Rendered } from './reply';

/** The only place that knows which HTTP status a kind of refusal is. */
export const STATUS_OF_KIND: Readonly<Record<ProblemKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  unsupported: 415,
  unprocessable: 422,
  'rate-limited': 429,
  unavailable: 503,
};

/** The status of one problem. 405 is the only one that its kind does not tell. */
export function statusOf(problem: { readonly code: string; readonly kind: ProblemKind }): number {
  return problem.code === 'request.method-not-allowed' ? 405 : STATUS_OF_KIND[problem.kind];
}

const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
const RETRY_SECONDS = 2;

/** Where and in which request a problem came up. */
export interface Occurrence {
  /** Path without its query, which may hold what should not be repeated. */
  readonly path: string;
  readonly requestId: string;
}

/** Problem details (RFC 9457), extended by `code`, `errors`, `findings` and `requestId`. */
export function problemReply(problem: Problem, at: Occurrence): Rendered {
  const status = statusOf(problem);
  const body = {
    type: `/problems/${problem.code}`,
    title: problem.title,
    status,
    detail: problem.detail,
    instance: at.path,
    code: problem.code,
    requestId: at.requestId,
    errors: problem.errors,
    findings: problem.findings,
  };
  const headers: Record<string, string> = {};
  const retryAfter =
    problem.retryAfterSeconds ?? (problem.kind === 'unavailable' ? RETRY_SECONDS : undefined);
  if (retryAfter !== undefined) headers['Retry-After'] = retryAfter.toString();
  if (status === 401) headers['WWW-Authenticate'] = 'Bearer';
  return { status, contentType: PROBLEM_TYPE, payload: jsonText(body), headers };
}

const BUG = { code: 'internal', status: 500, title: 'Something went wrong on our side' } as const;

/** What a code means whatever happens this time. */
export interface Meaning {
  readonly code: string;
  readonly status: number;
  readonly title: string;
}

/** Every code a client may meet, and what it means. */
export function listMeanings(): readonly Meaning[] {
  const declared = declaredProblems().flatMap(({ module, definitions }) =>
    Object.entries(definitions).map(([slug, { kind, title }]) => {
      const code = `${module}.${slug}`;
      return { code, status: statusOf({ code, kind }), title };
    }),
  );
  return [...declared, BUG];
}

/** The reply to a bug: that it happened, and by which id the log knows it. */
export function internalReply(at: Occurrence, detail?: string): Rendered {
  const body = {
    type: `/problems/${BUG.code}`,
    title: BUG.title,
    status: BUG.status,
    detail,
    instance: at.path,
    code: BUG.code,
    requestId: at.requestId,
  };
  return { status: BUG.status, contentType: PROBLEM_TYPE, payload: jsonText(body), headers: {} };
}

/** The Problem that `error` amounts to; `undefined` for a bug. */
export function asProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof z.ZodError) return invalidRequest(error, '');
  if (BUSY.has(sqlState(error) ?? '')) return serviceProblem('busy', { cause: error });
  if (isUnavailable(error)) return serviceProblem('unavailable', { cause: error });
  if (error instanceof URIError) return requestProblem('invalid', { cause: error });
  return undefined;
}

const MOST_ERRORS = 20;

/** @param root where in the request the parsed part stands: `/body`. */
export function invalidRequest(error: z.core.$ZodError, root: string): Problem {
  const errors = error.issues.slice(0, MOST_ERRORS).flatMap((issue) => fieldErrors(issue, root));
  return requestProblem('invalid', { errors });
}

function fieldErrors(issue: z.core.$ZodIssue, root: string): readonly FieldError[] {
  const pointer = root + issue.path.map((step) => `/${pointerStep(String(step))}`).join('');
  if (issue.code !== 'unrecognized_keys') return [{ pointer, detail: issue.message }];
  return issue.keys.slice(0, MOST_ERRORS).map((key) => ({
    pointer: `${pointer}/${pointerStep(key.slice(0, 100))}`,
    detail: 'This field is not known here.',
  }));
}

/** RFC 6901 3. */
function pointerStep(text: string): string {
  return text.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Statement timeout, lock timeout; conflicts that stayed after every retry; no connection free. */
const BUSY = new Set(['57014', '55P03', '40001', '40P01', '53300']);

function isUnavailable(error: unknown): boolean {
  if (isConnectionLoss(error)) return true;
  // Not instanceof: errors of Node's own libraries may come from another realm.
  if (!isNativeError(error)) return false;
  return error.name === 'KnexTimeoutError' || error.message === NO_CONNECTION;
}

/** Knex's words for a pool that was closed. */
const NO_CONNECTION = 'Unable to acquire a connection';

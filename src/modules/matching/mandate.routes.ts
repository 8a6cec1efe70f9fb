import type { Id } from '../../kernel/id';
import type { AuthenticatedUser } from '../../platform/auth';
import type { Db } from '../../platform/db';
import { pageOf, route, type RateLimit, type Route } from '../../platform/http';
import type { InvestorService } from '../investors';
import { matchingProblem } from './errors';
import {
  asMandate,
  asMandateFile,
  asPreview,
  mandateFileView,
  mandateParams,
  mandatesQuery,
  mandatesView,
  mandateTermsBody,
  previewView,
  signBody,
} from './mandate.schema';
import type { MandateFile, MandateService } from './mandate.service';
import type { MandatePreviewService } from './preview.service';

export interface MandateRouteDeps {
  readonly mandates: MandateService;
  readonly investors: InvestorService;
  readonly mandatePreviews: MandatePreviewService;
}

const TAG = 'Matching';
const STAFF = ['compliance', 'operations', 'admin', 'regulator'] as const;
/** Each one computes up to a week of windows again. */
const PREVIEWING: RateLimit = { action: 'matching.preview', limit: 10, windowSeconds: 60 };
const LENDER = { roles: ['investor'] } as const;

export function mandateRoutes(deps: MandateRouteDeps): readonly Route[] {
  return [...termsRoutes(deps), ...stepRoutes(deps), ...readRoutes(deps)];
}

function termsRoutes(deps: MandateRouteDeps): readonly Route[] {
  const { mandates } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/mandates',
      tag: TAG,
      summary: 'Draft a mandate to lend within bounds; answers with the text to sign',
      access: LENDER,
      idempotent: 'if-keyed',
      body: mandateTermsBody,
      replies: { 201: mandateFileView },
      write: async (tx, { user, body }) => {
        const file = await mandates.draft(tx, await requireLender(deps, tx, user), body);
        return { status: 201, body: asMandateFile(file) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/mandates/preview',
      tag: TAG,
      summary: 'What a draft mandate would have got in the windows of the last week',
      access: LENDER,
      rateLimit: PREVIEWING,
      body: mandateTermsBody,
      replies: { 200: previewView },
      read: async (db, { user, body }) => {
        const lender = await requireLender(deps, db, user);
        const test = await deps.mandatePreviews.preview(db, lender, body);
        return { status: 200, body: asPreview(test, body) };
      },
    }),
    route({
      method: 'put',
      path: '/v1/mandates/{id}',
      tag: TAG,
      summary: 'Draft other terms; those in force stay so until the new ones are signed',
      access: LENDER,
      params: mandateParams,
      body: mandateTermsBody,
      replies: { 200: mandateFileView },
      write: async (tx, { user, params, body }) => {
        await visibleMandate(deps, tx, { user, id: params.id });
        const file = await mandates.change(tx, params.id, body);
        return { status: 200, body: asMandateFile(file) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/mandates/{id}/sign',
      tag: TAG,
      summary: 'Sign the newest text, by its hash: from then on the mandate lends',
      access: LENDER,
      params: mandateParams,
      body: signBody,
      replies: { 200: mandateFileView },
      write: async (tx, { user, params, body }) => {
        await visibleMandate(deps, tx, { user, id: params.id });
        const file = await mandates.sign(tx, params.id, body);
        return { status: 200, body: asMandateFile(file) };
      },
    }),
  ];
}

function stepRoutes(deps: MandateRouteDeps): readonly Route[] {
  const step = (verb: 'pause' | 'resume' | 'revoke', summary: string): Route =>
    route({
      method: 'post',
      path: `/v1/mandates/{id}/${verb}`,
      tag: TAG,
      summary,
      access: LENDER,
      params: mandateParams,
      replies: { 200: mandateFileView },
      write: async (tx, { user, params }) => {
        await visibleMandate(deps, tx, { user, id: params.id });
        const file = await deps.mandates.step(tx, params.id, verb);
        return { status: 200, body: asMandateFile(file) };
      },
    });
  return [
    step('pause', 'Stop lending until resumed'),
    step('resume', 'Lend again'),
    step('revoke', 'End the mandate at once; what was lent stays lent'),
  ];
}

function readRoutes(deps: MandateRouteDeps): readonly Route[] {
  const { mandates } = deps;
  return [
    route({
      method: 'get',
      path: '/v1/mandates',
      tag: TAG,
      summary: 'List mandates: a lender their own, staff all',
      access: { roles: ['investor', ...STAFF] },
      query: mandatesQuery,
      replies: { 200: mandatesView },
      read: async (db, { user, query }) => {
        const investorId = isStaff(user) ? query.investorId : await requireLender(deps, db, user);
        const rows = await mandates.list(db, { ...query, investorId });
        const found = pageOf(rows, query.limit, ({ id }) => id);
        return { status: 200, body: { ...found, items: found.items.map(asMandate) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/mandates/{id}',
      tag: TAG,
      summary: 'One mandate, its text and every version of its terms',
      access: { roles: ['investor', ...STAFF] },
      params: mandateParams,
      replies: { 200: mandateFileView },
      read: async (db, { user, params }) => ({
        status: 200,
        body: asMandateFile(await visibleMandate(deps, db, { user, id: params.id })),
      }),
    }),
  ];
}

/** Staff see every mandate; somebody else's does not exist for a lender. */
async function visibleMandate(
  deps: MandateRouteDeps,
  db: Db,
  { user, id }: { readonly user: AuthenticatedUser; readonly id: Id<'mnd'> },
): Promise<MandateFile> {
  const file = await deps.mandates.get(db, id);
  if (isStaff(user)) return file;
  const own = await deps.investors.findByUser(db, user.id);
  if (own?.id !== file.mandate.investorId) throw matchingProblem('mandate-not-found');
  return file;
}

/** @throws Problem `matching.not-a-lender`. */
export async function requireLender(
  { investors }: Pick<MandateRouteDeps, 'investors'>,
  db: Db,
  user: AuthenticatedUser,
): Promise<Id<'inv'>> {
  const investor = await investors.findByUser(db, user.id);
  if (!investor) throw matchingProblem('not-a-lender');
  return investor.id;
}

export function isStaff(user: AuthenticatedUser): boolean {
  return STAFF.some((role) => user.roles.includes(role));
}

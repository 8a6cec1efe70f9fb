import type { Id } from '../../kernel/id';
import type { AuthenticatedUser } from '../../platform/auth';
import type { Db } from '../../platform/db';
import { fileView, pageOf, pageQuery, route, type Route } from '../../platform/http';
import type { OperatorDirectory } from '../identity';
import { actsForOthers, ownFiles, requireSubject, type AccessDeps } from './access.service';
import {
  asGrant,
  grantBody,
  grantParams,
  grantsView,
  grantView,
  issuedView,
  newGrantView,
  redeemBody,
  redeemParams,
  reportView,
  verifiedView,
  verifyBody,
} from './list.schema';
import { applicationProblem } from './errors';
import { reportPdf } from './report-pdf.service';
import type { CreditReports } from './report.service';

export interface ReportRouteDeps extends Pick<AccessDeps, 'issuers'> {
  readonly creditReports: CreditReports;
  readonly operators: Pick<OperatorDirectory, 'findByCode' | 'getByCode'>;
}

const TAG = 'Credit reports';
/** Nobody but its subject lets anybody read a credit report: staff have no way round that. */
const SUBJECT = { roles: ['issuer'] } as const;
const GUESSING = {
  action: 'credit-report-token',
  limit: 20,
  windowSeconds: 900,
  refusalsOnly: true,
} as const;

export function reportRoutes(deps: ReportRouteDeps): readonly Route[] {
  return [...grantRoutes(deps), ...fetchingRoutes(deps), ...verifyingRoutes(deps)];
}

function grantRoutes({ creditReports, issuers }: ReportRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/credit-reports/grants',
      tag: TAG,
      summary: 'Let somebody read parts of a credit report, for a purpose and a time',
      access: SUBJECT,
      body: grantBody,
      replies: { 201: newGrantView },
      write: async (tx, { user, body }) => {
        await requireSubject({ issuers }, tx, { user, issuerId: body.issuerId });
        const { grant, token } = await creditReports.grant(tx, body);
        return { status: 201, body: { ...asGrant(grant), token } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/me/credit-reports/grants',
      tag: TAG,
      summary: 'Whom the caller lets read credit reports',
      access: SUBJECT,
      query: pageQuery,
      replies: { 200: grantsView },
      read: async (db, { user, query: { limit, after } }) => {
        const issuerIds = (await ownFiles({ issuers }, db, user.id)).map(({ id }) => id);
        const rows = await creditReports.list(db, { issuerIds, after, limit: limit + 1 });
        const { items, next } = pageOf(rows, limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(asGrant), next } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/credit-reports/grants/{id}/revoke',
      tag: TAG,
      summary: 'End a grant at once; also by operations, for a subject who telephones',
      access: { roles: ['issuer', 'operations'] },
      params: grantParams,
      replies: { 200: grantView },
      write: async (tx, { user, params }) => {
        if (!actsForOthers(user))
          await ownGrant({ creditReports, issuers }, tx, { user, ...params });
        return { status: 200, body: asGrant(await creditReports.revoke(tx, params.id)) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/credit-reports/grants/{id}/reports',
      tag: TAG,
      summary: 'What was handed out under a grant',
      access: SUBJECT,
      params: grantParams,
      replies: { 200: issuedView },
      read: async (db, { user, params }) => {
        await ownGrant({ creditReports, issuers }, db, { user, ...params });
        return { status: 200, body: { items: await creditReports.issuedUnder(db, params.id) } };
      },
    }),
  ];
}

/** @throws Problem `applications.grant-not-found`, also for the grant of somebody else. */
async function ownGrant(
  { creditReports, issuers }: Pick<ReportRouteDeps, 'creditReports' | 'issuers'>,
  db: Db,
  { user, id }: { readonly user: AuthenticatedUser; readonly id: Id<'grt'> },
): Promise<void> {
  const { issuerId } = await creditReports.get(db, id);
  const { userId } = await issuers.get(db, issuerId);
  if (userId !== user.id) throw applicationProblem('grant-not-found');
}

function fetchingRoutes({ creditReports, operators }: ReportRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/operators/{operator}/credit-reports',
      tag: TAG,
      summary: 'Fetch a credit report with the token its subject handed over',
      access: 'public',
      rateLimit: GUESSING,
      params: redeemParams,
      body: redeemBody,
      operator: ({ params }) => operators.findByCode((params as { operator: string }).operator)?.id,
      replies: { 200: reportView },
      write: async (tx, { params, body }) => {
        operators.getByCode(params.operator);
        const { grantId: _, ...report } = await creditReports.redeem(tx, body.token);
        return { status: 200, body: report };
      },
    }),
    route({
      method: 'post',
      path: '/v1/operators/{operator}/credit-reports/pdf',
      tag: TAG,
      summary: 'The same as a PDF in English and 简体中文',
      access: 'public',
      rateLimit: GUESSING,
      params: redeemParams,
      body: redeemBody,
      operator: ({ params }) => operators.findByCode((params as { operator: string }).operator)?.id,
      replies: { 200: fileView('application/pdf') },
      write: async (tx, { params, body }) => {
        operators.getByCode(params.operator);
        const report = await creditReports.redeem(tx, body.token);
        return {
          status: 200,
          headers: { 'Content-Disposition': `attachment; filename="${report.id}.pdf"` },
          body: await reportPdf(report),
        };
      },
    }),
  ];
}

function verifyingRoutes({ creditReports }: ReportRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/calculators/credit-report',
      tag: 'Calculators',
      summary: 'Check the signature of a credit report and show what was signed',
      access: 'public',
      bodyLimit: 600 * 1024,
      body: verifyBody,
      replies: { 200: verifiedView },
      run: async ({ body }) => ({
        status: 200,
        body: { isValid: true, content: creditReports.verify(body.jws) },
      }),
    }),
  ];
}

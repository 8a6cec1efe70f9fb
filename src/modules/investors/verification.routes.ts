import { route, type Route } from '../../platform/http';
import { resolveVerificationBody, type VerificationCases } from '../verification';
import { OVERSEERS, visibleInvestor } from './access.service';
import type { InvestorService } from './investor.service';
import { asVerification, investorParams, verificationView } from './schema';

export interface VerificationRouteDeps {
  readonly investors: InvestorService;
  readonly verifications: VerificationCases<'inv'>;
}

const TAG = 'Investors';

export function verificationRoutes(deps: VerificationRouteDeps): readonly Route[] {
  const { investors, verifications } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/investors/{id}/verification',
      tag: TAG,
      summary: 'Ask for the identity to be established',
      description: 'The provider is asked afterwards; the file says when it has answered.',
      access: { roles: ['investor', 'operations', 'compliance'] },
      params: investorParams,
      replies: { 202: verificationView },
      write: async (tx, { user, params }) => {
        await visibleInvestor(investors, tx, { user, id: params.id });
        return {
          status: 202,
          body: asVerification(await verifications.request(tx, params.id), user),
        };
      },
    }),
    route({
      method: 'get',
      path: '/v1/investors/{id}/verification',
      tag: TAG,
      summary: 'The latest verification of an investor',
      access: { roles: ['investor', ...OVERSEERS] },
      params: investorParams,
      replies: { 200: verificationView },
      read: async (db, { user, params }) => {
        await visibleInvestor(investors, db, { user, id: params.id });
        const latest = await verifications.getLatest(db, params.id);
        return { status: 200, body: asVerification(latest, user) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/investors/{id}/verification/resolve',
      tag: TAG,
      summary: 'Decide a verification that the provider left to review',
      access: { roles: ['compliance'] },
      params: investorParams,
      body: resolveVerificationBody,
      replies: { 200: verificationView },
      write: async (tx, { user, params, body }) => ({
        status: 200,
        body: asVerification(await verifications.resolve(tx, params.id, body), user),
      }),
    }),
  ];
}

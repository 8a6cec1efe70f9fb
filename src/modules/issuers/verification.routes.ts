import { route, type Route } from '../../platform/http';
import { resolveVerificationBody, type VerificationCases } from '../verification';
import { OVERSEERS, visibleIssuer } from './access.service';
import type { IssuerService } from './issuer.service';
import { asVerification, issuerParams, issuerVerificationView } from './schema';

export interface IssuerVerificationRouteDeps {
  readonly issuers: IssuerService;
  readonly issuerVerifications: VerificationCases<'iss'>;
}

const TAG = 'Issuers';

export function issuerVerificationRoutes(deps: IssuerVerificationRouteDeps): readonly Route[] {
  const { issuers, issuerVerifications } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/issuers/{id}/verification',
      tag: TAG,
      summary: 'Ask for the issuer and everybody behind it to be checked',
      access: { roles: ['issuer', 'operations', 'compliance'] },
      params: issuerParams,
      replies: { 202: issuerVerificationView },
      write: async (tx, { user, params }) => {
        await visibleIssuer(issuers, tx, { user, id: params.id });
        const verification = await issuerVerifications.request(tx, params.id);
        return { status: 202, body: asVerification(verification, user) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/issuers/{id}/verification',
      tag: TAG,
      summary: 'The latest verification of an issuer',
      access: { roles: ['issuer', ...OVERSEERS] },
      params: issuerParams,
      replies: { 200: issuerVerificationView },
      read: async (db, { user, params }) => {
        await visibleIssuer(issuers, db, { user, id: params.id });
        const latest = await issuerVerifications.getLatest(db, params.id);
        return { status: 200, body: asVerification(latest, user) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/issuers/{id}/verification/resolve',
      tag: TAG,
      summary: 'Decide a verification that the provider left to review',
      access: { roles: ['compliance'] },
      params: issuerParams,
      body: resolveVerificationBody,
      replies: { 200: issuerVerificationView },
      write: async (tx, { user, params, body }) => ({
        status: 200,
        body: asVerification(await issuerVerifications.resolve(tx, params.id, body), user),
      }),
    }),
  ];
}

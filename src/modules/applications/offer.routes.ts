import { route, type Route } from '../../platform/http';
import type { Database } from '../../platform/db';
import type { AcceptanceService } from './acceptance.service';
import {
  actableApplication,
  isOverseer,
  OVERSEERS,
  visibleApplication,
  type AccessDeps,
} from './access.service';
import { toldToBorrower } from './assessment';
import type { AssessmentService } from './assessment.service';
import type { ApplicationRunner } from './runner.service';
import {
  applicationParams,
  applicationView,
  asApplication,
  asAssessment,
  asEnquiry,
  asOffer,
  asQuote,
  assessmentsView,
  enquiriesView,
  enquiryBody,
  enquiryView,
  offerParams,
  renewalBody,
  offersView,
  quotesView,
  reasonsView,
  resolveBody,
} from './schema';

export interface OfferRouteDeps extends AccessDeps {
  readonly assessments: AssessmentService;
  readonly acceptances: AcceptanceService;
  readonly applicationRunner: ApplicationRunner;
  readonly database: Pick<Database, 'read'>;
}

const TAG = 'Applications';
const ACTING = { roles: ['issuer', 'operations'] } as const;
const SEEING = { roles: ['issuer', ...OVERSEERS] } as const;

export function offerRoutes(deps: OfferRouteDeps): readonly Route[] {
  return [
    quotesRoute(deps),
    ...enquiryRoutes(deps),
    ...offeredRoutes(deps),
    ...assessmentRoutes(deps),
  ];
}

function quotesRoute(deps: OfferRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/applications/{id}/quotes',
    tag: TAG,
    summary: 'A soft check: what the loan would cost in each term, before anybody is bound',
    description:
      'Nothing is kept and nobody is asked. It counts the income as not confirmed, and of the ' +
      'borrower’s history what a credit bureau said when it was last asked.',
    access: SEEING,
    params: applicationParams,
    replies: { 200: quotesView },
    read: async (db, { user, params }) => {
      const found = await visibleApplication(deps, db, { user, id: params.id });
      const priced = await deps.assessments.quote(db, found);
      return { status: 200, body: { isBinding: false, items: priced.map(asQuote) } };
    },
  });
}

function enquiryRoutes(deps: OfferRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/applications/{id}/enquiries',
      tag: TAG,
      summary: 'Have the credit bureau asked softly, so that quotes rest on what it says',
      description:
        'Leaves no mark that other lenders see. Needs the consent of the borrower, by the hash of ' +
        'the text that was shown; the answer is kept with it.',
      access: { roles: ['issuer'] },
      rateLimit: { action: 'soft-enquiry', limit: 10, windowSeconds: 3600 },
      params: applicationParams,
      body: enquiryBody,
      replies: { 201: enquiryView },
      run: async ({ user, operatorId, params: { id }, body }) => {
        const scope = { operatorId, actor: { kind: 'user', id: user.id } } as const;
        await deps.database.read(scope, (db) => actableApplication(deps, db, { user, id }));
        const asked = await deps.applicationRunner.askSoftly(scope, id, body.consentSha256);
        return { status: 201, body: asEnquiry(asked) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/applications/{id}/enquiries',
      tag: TAG,
      summary: 'What a credit bureau was asked about the borrower, and what it answered',
      access: SEEING,
      params: applicationParams,
      replies: { 200: enquiriesView },
      read: async (db, { user, params }) => {
        await visibleApplication(deps, db, { user, id: params.id });
        const asked = await deps.assessments.enquiries(db, params.id);
        return { status: 200, body: { items: asked.map(asEnquiry) } };
      },
    }),
  ];
}

function offeredRoutes(deps: OfferRouteDeps): readonly Route[] {
  const { acceptances } = deps;
  return [
    route({
      method: 'get',
      path: '/v1/applications/{id}/offers',
      tag: TAG,
      summary: 'Offers by term, with total cost and APR, and until when each holds',
      access: SEEING,
      params: applicationParams,
      replies: { 200: offersView },
      read: async (db, { user, params }) => {
        await visibleApplication(deps, db, { user, id: params.id });
        const offers = await acceptances.listOffers(db, params.id);
        return { status: 200, body: { items: offers.map(asOffer) } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/applications/{id}/offers/{offerId}/accept',
      tag: TAG,
      summary: 'Accept an offer: the loan is listed for lenders',
      access: ACTING,
      idempotent: true,
      params: offerParams,
      replies: { 200: applicationView },
      write: async (tx, { user, params }) => {
        await actableApplication(deps, tx, { user, id: params.id });
        const listed = await acceptances.accept(tx, params.id, params.offerId);
        return { status: 200, body: asApplication(listed) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/applications/{id}/offers/{offerId}/renewal',
      tag: TAG,
      summary: 'Accept an offer for a loan that repays another one of the borrower',
      description: 'What is lent pays the old loan off first; the borrower is paid out the rest.',
      access: ACTING,
      idempotent: true,
      params: offerParams,
      body: renewalBody,
      replies: { 200: applicationView },
      write: async (tx, { user, params: { id, offerId }, body: { loanId } }) => {
        await actableApplication(deps, tx, { user, id });
        const listed = await acceptances.acceptAsRenewal(tx, id, { offerId, renews: loanId });
        return { status: 200, body: asApplication(listed) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/applications/{id}/offers/{offerId}/auction',
      tag: TAG,
      summary: 'Accept an offer as the most the loan may cost: lenders bid for a lower rate',
      access: ACTING,
      idempotent: true,
      params: offerParams,
      replies: { 200: applicationView },
      write: async (tx, { user, params }) => {
        await actableApplication(deps, tx, { user, id: params.id });
        const listed = await acceptances.acceptForAuction(tx, params.id, params.offerId);
        return { status: 200, body: asApplication(listed) };
      },
    }),
  ];
}

function assessmentRoutes(deps: OfferRouteDeps): readonly Route[] {
  const { assessments } = deps;
  return [
    route({
      method: 'get',
      path: '/v1/applications/{id}/assessments',
      tag: TAG,
      summary: 'What an application was judged by: facts, findings, effects of rules',
      access: { roles: OVERSEERS },
      params: applicationParams,
      replies: { 200: assessmentsView },
      read: async (db, { user, params }) => {
        await visibleApplication(deps, db, { user, id: params.id });
        const items = await assessments.list(db, params.id);
        return {
          status: 200,
          body: { items: items.map(asAssessment) },
        };
      },
    }),
    route({
      method: 'get',
      path: '/v1/applications/{id}/reasons',
      tag: TAG,
      summary: 'Why an application was declined or referred, as far as its borrower may know',
      access: SEEING,
      params: applicationParams,
      replies: { 200: reasonsView },
      read: async (db, { user, params }) => {
        const { application } = await visibleApplication(deps, db, { user, id: params.id });
        const [last] = (await assessments.list(db, params.id)).slice(-1);
        const findings = last?.findings ?? [];
        const reasons = isOverseer(user)
          ? findings.map(({ rule }) => rule)
          : toldToBorrower(findings);
        return { status: 200, body: { status: application.status, reasons } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/applications/{id}/resolve',
      tag: TAG,
      summary: 'Decide an application that was referred to a person',
      access: { roles: ['compliance'] },
      params: applicationParams,
      body: resolveBody,
      replies: { 200: applicationView },
      write: async (tx, { params, body }) => {
        const resolved = await assessments.resolve(tx, params.id, body);
        return { status: 200, body: asApplication(resolved) };
      },
    }),
  ];
}

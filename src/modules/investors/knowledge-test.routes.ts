import { route, type Route } from '../../platform/http';
import { ROLES } from '../../platform/auth';
import { visibleInvestor } from './access.service';
import {
  asAttempt,
  asKnowledgeTest,
  attemptBody,
  attemptView,
  knowledgeTestView,
} from './classification.schema';
import type { InvestorService } from './investor.service';
import type { KnowledgeTestService } from './knowledge-test.service';
import { asInvestor, investorParams, investorView, lossSimulationBody } from './schema';

export interface KnowledgeTestRouteDeps {
  readonly investors: InvestorService;
  readonly knowledgeTests: KnowledgeTestService;
}

const TAG = 'Investors';
const OWN = { roles: ['investor'] } as const;

export function knowledgeTestRoutes(deps: KnowledgeTestRouteDeps): readonly Route[] {
  return [...testRoutes(deps), ...afterwardsRoutes(deps)];
}

function testRoutes({ investors, knowledgeTests }: KnowledgeTestRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/knowledge-test',
      tag: TAG,
      summary: 'The questions of the knowledge test, in English and Chinese, without the answers',
      access: { roles: ROLES },
      replies: { 200: knowledgeTestView },
      read: async (db) => ({ status: 200, body: asKnowledgeTest(knowledgeTests.bankOf(db)) }),
    }),
    route({
      method: 'post',
      path: '/v1/investors/{id}/knowledge-test',
      tag: TAG,
      summary: 'Hand in the knowledge test, or refuse to take it',
      description:
        'Whoever fails or refuses is not barred, but has to acknowledge a warning. After three ' +
        'failures in a row the test may be taken again a day later.',
      access: OWN,
      params: investorParams,
      body: attemptBody,
      replies: { 201: attemptView },
      write: async (tx, { user, params, body }) => {
        await visibleInvestor(investors, tx, { user, id: params.id });
        const { bank, version, answers } = body;
        const marked = await knowledgeTests.take(tx, params.id, { bank, version, answers });
        return { status: 201, body: asAttempt(marked) };
      },
    }),
  ];
}

function afterwardsRoutes({ investors, knowledgeTests }: KnowledgeTestRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/investors/{id}/warning-acknowledgement',
      tag: TAG,
      summary: 'Acknowledge the warning that follows a failed or refused knowledge test',
      access: OWN,
      params: investorParams,
      replies: { 200: investorView },
      write: async (tx, { user, params }) => {
        await visibleInvestor(investors, tx, { user, id: params.id });
        const investor = await knowledgeTests.acknowledgeWarning(tx, params.id);
        const details = await investors.detailsOf(tx, [params.id]);
        return { status: 200, body: asInvestor(investor, details.get(params.id)) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/investors/{id}/loss-simulation',
      tag: TAG,
      summary: 'Share the result of a simulation of the ability to bear loss',
      description:
        'Only the result and the time are kept. The figures it was made of must not reach the ' +
        'operator (Delegated Regulation (EU) 2022/2114, Article 12): compute it in the browser, ' +
        'or with the calculator, which stores nothing.',
      access: OWN,
      params: investorParams,
      body: lossSimulationBody,
      replies: { 200: investorView },
      write: async (tx, { user, params, body }) => {
        await visibleInvestor(investors, tx, { user, id: params.id });
        const { abilityToBearLoss } = body;
        const investor = await knowledgeTests.recordSimulation(tx, params.id, abilityToBearLoss);
        const details = await investors.detailsOf(tx, [params.id]);
        return { status: 200, body: asInvestor(investor, details.get(params.id)) };
      },
    }),
  ];
}

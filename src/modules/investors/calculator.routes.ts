import type { Clock } from '../../kernel/clock';
import { route, type Route } from '../../platform/http';
import { tierOf, type Rulebooks } from '../rulebooks';
import { asFinding, tierCalculatorBody, tierCalculatorView } from './classification.schema';
import { requireCurrency } from './classification';
import { simulateLoss } from './loss-simulation';
import { simulateLossBody, simulateLossView } from './schema';

export interface CalculatorRouteDeps {
  readonly clock: Clock;
  readonly rulebooks: Rulebooks;
}

const TAG = 'Calculators';

export function calculatorRoutes({ clock, rulebooks }: CalculatorRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/calculators/investor-tier',
      tag: TAG,
      summary: 'Which tier some evidence reaches under a rulebook, and by which criteria',
      description: 'The same function that classifies investors. Nothing is stored.',
      access: 'public',
      body: tierCalculatorBody,
      replies: { 200: tierCalculatorView },
      run: async ({ body }) => {
        const rulebook = rulebooks.get(body.rulebookId);
        requireCurrency(body.evidence, rulebook.currency);
        const { kind, evidence, at = clock.now() } = body;
        const { tier, expiresAt, findings } = tierOf(rulebook, { at, kind, evidence });
        const title = rulebook.definition.tiers.find(({ id }) => id === tier)?.title;
        const rulebookId = rulebook.id;
        return {
          status: 200,
          body: { rulebookId, tier, title, expiresAt, findings: findings.map(asFinding) },
        };
      },
    }),
    route({
      method: 'post',
      path: '/v1/calculators/loss-simulation',
      tag: TAG,
      summary: 'What a non-sophisticated investor can bear to lose',
      description: 'Nothing is stored, and nothing that is sent is logged.',
      access: 'public',
      body: simulateLossBody,
      replies: { 200: simulateLossView },
      run: async ({ body }) => ({
        status: 200,
        body: {
          ...simulateLoss(body),
          citation: 'Delegated Regulation (EU) 2022/2114, Articles 7 to 10',
        },
      }),
    }),
  ];
}

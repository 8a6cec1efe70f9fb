import { z } from 'zod';
import { moneyInput, moneyView, rateView, route, type Route } from '../../platform/http';
import { affordability, type IncomeCheck } from './affordability';
import { applicationProblem } from './errors';
import { verdictOf } from './finding';
import type { ApplicationPolicy } from './policy';

export interface CalculatorRouteDeps {
  readonly applicationPolicies: readonly ApplicationPolicy[];
}

const affordabilityBody = z.strictObject({
  policy: z.string().max(60).default('consumer'),
  income: moneyInput.meta({ description: 'A month.' }),
  confirmedIncome: moneyInput.optional().meta({
    description: 'What a provider found of it; left out, nobody confirmed it.',
  }),
  housing: moneyInput,
  loans: moneyInput,
  other: moneyInput,
  dependants: z.int().min(0).max(30).default(0),
  instalment: moneyInput.meta({ description: 'Of the new loan, a month.' }),
});

const affordabilityView = z.object({
  policy: z.string(),
  verdict: z.enum(['pass', 'refer', 'decline']),
  income: moneyView,
  livingCosts: moneyView,
  commitments: moneyView,
  disposable: moneyView,
  debtToIncome: rateView.optional(),
  findings: z
    .array(z.object({ rule: z.string(), outcome: z.string(), message: z.string() }))
    .readonly(),
});

/** What the engine computes, anybody may check without an account. */
export function calculatorRoutes({ applicationPolicies }: CalculatorRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/calculators/affordability',
      tag: 'Calculators',
      summary: 'What is left to a borrower each month with a loan, and what a policy makes of it',
      access: 'public',
      body: affordabilityBody,
      replies: { 200: affordabilityView },
      run: async ({ body }) => {
        const policy = applicationPolicies.find(({ id }) => id === body.policy);
        if (policy === undefined) throw applicationProblem('policy-not-found');
        const { income, confirmedIncome, housing, loans, other, dependants, instalment } = body;
        const check: IncomeCheck =
          confirmedIncome === undefined
            ? { outcome: 'unconfirmed', reference: 'calculator' }
            : { outcome: 'confirmed', monthly: confirmedIncome, reference: 'calculator' };
        const form = {
          income: { monthly: income, source: 'other' as const },
          commitments: { housing, loans, other, dependants },
        };
        const found = affordability(form, { check, instalment }, policy.affordability);
        const { instalment: _, ...figures } = found;
        const verdict = verdictOf(found.findings);
        return {
          status: 200,
          body: { ...figures, policy: `${policy.id}/${policy.version}`, verdict },
        };
      },
    }),
  ];
}

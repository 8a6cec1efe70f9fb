import type { z } from 'zod';
import { roundRate } from '../../kernel/rate';
import { route, type Route } from '../../platform/http';
import {
  creditPriceBody,
  creditPriceView,
  expectedLossBody,
  expectedLossView,
} from './calculator.schema';
import { lifetimePd } from './decision';
import { expectedLoss, exposuresOf, interestBearing } from './expected-loss';
import { yearlyCost } from './offer';
import { priceLoan } from './price';

const TAG = 'Calculators';

/** What the engine reckons of credit, for anybody to check. */
export function creditCalculatorRoutes(): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/calculators/credit-price',
      tag: TAG,
      summary: 'The price of a loan: base, expected loss, cost and margin, under a ceiling',
      description:
        'The rate at which what lenders expect to get, discounted at base, cost and margin, is worth ' +
        'what they lend. The same function that prices loans. Nothing is stored.',
      access: 'public',
      body: creditPriceBody,
      replies: { 200: creditPriceView },
      run: async ({ body }) => ({ status: 200, body: pricedAs(body) }),
    }),
    route({
      method: 'post',
      path: '/v1/calculators/expected-loss',
      tag: TAG,
      summary: 'The loss to be expected of a loan under IFRS 9, by stage and scenario',
      description:
        'Over 12 months in stage 1, over the life of the loan in stage 2, of what is owed now in ' +
        'stage 3. The same function that impairs loans. Nothing is stored.',
      access: 'public',
      body: expectedLossBody,
      replies: { 200: expectedLossView },
      run: async ({ body }) => ({ status: 200, body: impairedAs(body) }),
    }),
  ];
}

function pricedAs(body: z.output<typeof creditPriceBody>): z.input<typeof creditPriceView> {
  const { pd, severity, recoveryMonths, originationFee: fee, ceiling } = body;
  const price = priceLoan({
    ...body,
    risk: { pd, severity, recoveryMonths },
    ceiling: ceiling && { ...ceiling, rule: 'cost-ceiling' },
    aprAt: (nominalRate) => yearlyCost({ ...body, nominalRate, fee }),
  });
  return {
    status: price.status,
    rate: price.rate,
    exactRate: price.status === 'priced' ? price.exactRate : undefined,
    apr: price.apr,
    parts: price.parts,
    lifetimePd: lifetimePd({ pd }, body.termMonths),
    findings: [...price.findings],
  };
}

function impairedAs(body: z.output<typeof expectedLossBody>): z.input<typeof expectedLossView> {
  const { outstanding } = body;
  const scheduled = exposuresOf(body);
  // Who has failed owes what is outstanding now; what would have fallen due later is no exposure.
  const exposures = body.stage === 3 ? [{ dueOn: body.on, owed: outstanding }] : scheduled;
  const loss = expectedLoss({ ...body, exposures });
  const share = loss.amount.toDecimal().div(outstanding.toDecimal());
  return {
    stage: loss.stage,
    horizon: loss.horizon,
    amount: loss.amount,
    coverage: roundRate(share, 8, 'half-even'),
    interestBearing: interestBearing(outstanding, loss),
    exposures: [...exposures],
    scenarios: [...loss.scenarios],
  };
}

import request from 'supertest';
import { creditCalculatorRoutes } from '../../src/modules/credit/calculator.routes';
import { smallApp } from '../support/small-app';

const api = smallApp(creditCalculatorRoutes(), { strictReplies: true });

function post(path: string, body: object): request.Test {
  return request(api.app).post(`/v1/calculators/${path}`).send(body);
}

const LOAN = {
  currency: 'EUR',
  termMonths: 36,
  pd: [{ months: 12, pd: '0.04' }],
  severity: '0.6',
  recoveryMonths: 12,
  base: '0.03',
  servicingCost: '0.01',
  margin: '0.02',
  originationFee: '0.02',
};

describe('POST /v1/calculators/credit-price', () => {
  it('shows what the rate pays for', async () => {
    const { body } = await post('credit-price', LOAN).expect(200);
    expect(body).toMatchObject({ status: 'priced', findings: [] });
    const { base, expectedLoss, cost, margin, rounding } = body.parts as Record<string, string>;
    expect({ base, cost, margin }).toEqual({ base: '0.03', cost: '0.01', margin: '0.02' });
    const whole = [base, expectedLoss, cost, margin, rounding].map(Number);
    expect(whole.reduce((sum, part) => sum + part, 0)).toBeCloseTo(Number(body.rate), 12);
    expect(Number(body.apr)).toBeGreaterThan(Number(body.rate));
    expect(Number(body.lifetimePd)).toBeCloseTo(1 - 0.96 ** 3, 10);
  });

  it('refuses under a ceiling with a finding, or cuts the margin', async () => {
    const ceiling = { measure: 'apr', limit: '0.1', citation: 'Article 26' };
    const refused = await post('credit-price', { ...LOAN, ceiling }).expect(200);
    expect(refused.body).toMatchObject({
      status: 'refused',
      findings: [{ rule: 'cost-ceiling', citation: 'Article 26', limit: '0.1' }],
    });
    const cut = await post('credit-price', { ...LOAN, ceiling, whenBound: 'cut-margin' });
    expect(cut.body.status).toBe('priced');
    expect(cut.body.findings.map((each: { rule: string }) => each.rule)).toEqual([
      'cost-ceiling',
      'margin-cut',
    ]);
    expect(Number(cut.body.apr)).toBeLessThanOrEqual(0.1);
  });

  it.each([
    { field: '/pd', changes: { pd: [] } },
    {
      field: '/pd',
      changes: {
        pd: [
          { months: 24, pd: '0.1' },
          { months: 12, pd: '0.2' },
        ],
      },
    },
    { field: '/pd/0/pd', changes: { pd: [{ months: 12, pd: '1.1' }] } },
    { field: '/pd/0/months', changes: { pd: [{ months: 18, pd: '0.1' }] } },
    { field: '/severity', changes: { severity: '-0.1' } },
    { field: '/termMonths', changes: { termMonths: 361 } },
    { field: '/rateStep', changes: { rateStep: '0' } },
    { field: '/originationFee', changes: { originationFee: '1' } },
    { field: '/base', changes: { base: 'ten' } },
    { field: '', changes: { surprise: true } },
  ])('refuses nonsense in $field', async ({ field, changes }) => {
    const { body } = await post('credit-price', { ...LOAN, ...changes }).expect(400);
    expect(JSON.stringify(body)).toContain(field);
  });
});

describe('POST /v1/calculators/expected-loss', () => {
  const money = (amount: string): object => ({ amount, currency: 'EUR' });
  const YEAR = {
    on: '2025-01-01',
    stage: 1,
    outstanding: money('10000.00'),
    instalments: [{ dueOn: '2026-01-01', principal: money('10000.00'), interest: money('500.00') }],
    pd: [{ months: 12, pd: '0.02' }],
    severity: '0.45',
    effectiveRate: '0.05',
  };

  it('is PD x LGD x EAD discounted for one period', async () => {
    const { body } = await post('expected-loss', YEAR).expect(200);
    // 0.02 x 0.45 x 10,500 / 1.05
    expect(body).toMatchObject({
      stage: 1,
      horizon: 'twelve-months',
      amount: { amount: '90.00', currency: 'EUR' },
      coverage: '0.009',
      interestBearing: { amount: '10000.00' },
      exposures: [{ dueOn: '2026-01-01', owed: { amount: '10500.00' } }],
      scenarios: [{ id: 'only', weight: '1' }],
    });
  });

  it('takes scenarios whose weights sum to one', async () => {
    const scenario = { weight: '0.5', severityFactor: '1' };
    const scenarios = [
      { ...scenario, id: 'calm', hazardFactor: '1' },
      { ...scenario, id: 'storm', hazardFactor: '2' },
    ];
    const { body } = await post('expected-loss', { ...YEAR, scenarios }).expect(200);
    // (0.02 + 0.0396) / 2 x 0.45 x 10,500 / 1.05
    expect(body.amount.amount).toBe('134.10');
    const unfair = [{ ...scenarios[0], weight: '0.4' }, scenarios[1]];
    await post('expected-loss', { ...YEAR, scenarios: unfair }).expect(400);
  });

  it('bears interest on what is left in stage 3', async () => {
    const { body } = await post('expected-loss', { ...YEAR, stage: 3 }).expect(200);
    expect(body).toMatchObject({
      horizon: 'lifetime',
      amount: { amount: '4500.00' },
      interestBearing: { amount: '5500.00' },
      exposures: [{ dueOn: '2025-01-01', owed: { amount: '10000.00' } }],
    });
  });

  it('refuses a schedule that does not repay the loan, or fell due', async () => {
    const short = { ...YEAR, outstanding: money('10000.01') };
    const { body } = await post('expected-loss', short).expect(400);
    expect(body.code).toBe('credit.malformed-exposure');
    await post('expected-loss', { ...YEAR, on: '2026-01-01' }).expect(400);
  });
});

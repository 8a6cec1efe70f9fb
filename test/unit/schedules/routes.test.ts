import { join } from 'node:path';
import request from 'supertest';
import { scheduleRoutes } from '../../../src/modules/schedules';
import { loadCalendars } from '../../../src/platform/calendars';
import { smallApp } from '../../support/small-app';

const calendars = loadCalendars(join(process.cwd(), 'compliance/calendars'));
const { app } = smallApp(scheduleRoutes({ calendars }));
const calculate = (name: string, body: object) =>
  request(app).post(`/v1/calculators/${name}`).send(body);
const eur = (amount: string) => ({ amount, currency: 'EUR' });
const usd = (amount: string) => ({ amount, currency: 'USD' });

const annuity = {
  principal: eur('1000.00'),
  rate: '0.12',
  startOn: '2025-01-31',
  instalments: 3,
};

describe('the calculator of loan schedules', () => {
  it('answers with instalments, totals, cost and rates', async () => {
    const { status, body } = await calculate('loan-schedule', annuity);
    expect(status).toBe(200);
    expect(body.instalments).toHaveLength(3);
    expect(body.instalments[2]).toMatchObject({
      no: 3,
      dueOn: '2025-04-30',
      principal: eur('336.66'),
      interest: eur('3.37'),
      total: eur('340.03'),
      balance: eur('0.00'),
    });
    expect(body.cost.cost).toEqual(eur('20.07'));
    expect(Number(body.aprEu)).toBeCloseTo(0.1268, 3);
    expect(Number(body.aprUsRegZ)).toBeCloseTo(0.12, 3);
  });

  it('moves due dates to working days, and keeps the agreed ones for the rates', async () => {
    const businessDays = { rule: 'modified-following', calendar: 'target' };
    const moved = await calculate('loan-schedule', {
      ...annuity,
      startOn: '2025-01-01',
      businessDays,
    });
    const plain = await calculate('loan-schedule', { ...annuity, startOn: '2025-01-01' });
    // 1 February and 1 March 2025 are Saturdays.
    expect(moved.body.instalments.map(({ dueOn }: { dueOn: string }) => dueOn)).toEqual([
      '2025-02-03',
      '2025-03-03',
      '2025-04-01',
    ]);
    expect(moved.body.aprEu).toBe(plain.body.aprEu);
    expect(moved.body.eir).not.toBe(plain.body.eir);
  });

  it('takes an agreed instalment, its day, and the rounding of others', async () => {
    const { status, body } = await calculate('loan-schedule', {
      principal: eur('12000.00'),
      rate: '0.24',
      startOn: '2025-01-10',
      instalments: 5,
      dueDay: 31,
      dayCount: '30e/360',
      repayment: { kind: 'annuity', instalment: eur('3200.00') },
      interestRounding: 'half-up',
    });
    expect(status).toBe(200);
    expect(body.instalments.map(({ dueOn }: { dueOn: string }) => dueOn)).toEqual([
      '2025-02-28',
      '2025-03-31',
      '2025-04-30',
      '2025-05-31',
    ]);
    // From the 10th of January to the 28th of February there are 48 days of months of thirty.
    expect(body.instalments[0]).toMatchObject({ interest: eur('384.00'), total: eur('3200.00') });
    expect(body.instalments[3]).toMatchObject({ balance: eur('0.00'), deferred: eur('0.00') });
  });

  it('repays in advance, with interest by days', async () => {
    const { body } = await calculate('loan-schedule', {
      ...annuity,
      firstDueOn: annuity.startOn,
      dayCount: 'act/365f',
    });
    expect(body.instalments[0]).toMatchObject({ dueOn: '2025-01-31', interest: eur('0.00') });
    expect(body.instalments[1]).toMatchObject({ from: '2025-01-31', dueOn: '2025-02-28' });
  });

  it('points at the field that is wrong', async () => {
    const wrong = { ...annuity, repayment: { kind: 'annuity', instalment: eur('-1.00') } };
    const { body } = await calculate('loan-schedule', wrong);
    expect(JSON.stringify(body)).toContain('/repayment/instalment');
  });

  it.each([
    { name: 'neither a number nor a maturity', change: { instalments: undefined }, status: 400 },
    { name: 'both', change: { maturityOn: '2025-06-01' }, status: 400 },
    { name: 'a stub without a maturity', change: { stub: 'long-first' }, status: 400 },
    {
      name: 'a float for money',
      change: { principal: { amount: 1000, currency: 'EUR' } },
      status: 400,
    },
    { name: 'an unknown field', change: { colour: 'red' }, status: 400 },
    { name: 'a negative rate', change: { rate: '-0.01' }, status: 400 },
    { name: 'a date out of mind', change: { startOn: '0001-01-01' }, status: 400 },
    { name: 'too many instalments', change: { instalments: 1831 }, status: 400 },
    {
      name: 'a term beyond a century',
      change: { instalments: 1200, frequency: { unit: 'month', every: 24 } },
      status: 400,
    },
    {
      name: 'an instalment that would not pay its interest',
      change: { repayment: { kind: 'annuity', instalment: eur('9.99') } },
      status: 422,
    },
    { name: 'the 32nd of the month', change: { dueDay: 32 }, status: 400 },
    {
      name: 'more instalments up to a maturity than may be asked for by number',
      change: { instalments: undefined, maturityOn: '2035-01-31', frequency: { unit: 'day' } },
      status: 400,
    },
    {
      name: 'a calendar that is not there',
      change: { businessDays: { rule: 'following', calendar: 'moon' } },
      status: 404,
    },
    {
      name: 'a residual in another currency',
      change: { repayment: { kind: 'balloon', residual: usd('10.00') } },
      status: 400,
    },
  ])('refuses $name', async ({ change, status }) => {
    const reply = await calculate('loan-schedule', { ...annuity, ...change });
    expect(reply.status).toBe(status);
    expect(reply.type).toBe('application/problem+json');
  });
});

describe('the calculator of annual percentage rates', () => {
  const credit = {
    advances: [{ on: '1978-05-23', amount: usd('10000.00') }],
    payments: [
      {
        on: '1978-10-01',
        amount: usd('385.00'),
        times: 40,
        frequency: { unit: 'month', every: 3 },
      },
    ],
  };

  it('shows the unit period of Regulation Z', async () => {
    const { body } = await calculate('apr', { ...credit, method: 'us-reg-z' });
    expect(body).toMatchObject({
      unitPeriod: '3 months',
      unitPeriodsAYear: '4',
      cost: usd('5400.00'),
      citation: '12 CFR Part 1026, Appendix J',
    });
    expect(body.apr).toMatch(/^0\.0897/);
  });

  it('answers with the rate of the Union alone for its method', async () => {
    const { body } = await calculate('apr', { ...credit, method: 'eu' });
    expect(body).not.toHaveProperty('unitPeriod');
    expect(Number(body.apr)).toBeCloseTo(0.0926, 3);
  });

  it('says so where even the highest rate is not dear enough', async () => {
    const payments = [{ on: '1978-05-24', amount: usd('20000.00') }];
    const reply = await calculate('apr', { ...credit, payments, method: 'eu' });
    expect([reply.status, reply.body.code]).toEqual([422, 'schedules.no-rate']);
  });

  it('refuses more flows than can be solved while others wait', async () => {
    const payments = [
      { on: '1979-01-01', amount: usd('1.00'), times: 1000 },
      { on: '1979-01-02', amount: usd('1.00'), times: 1000 },
    ];
    expect((await calculate('apr', { ...credit, payments, method: 'eu' })).status).toBe(400);
  });
});

describe('the calculators of returns and of days', () => {
  const flows = [
    { on: '2025-01-01', amount: eur('-100.00') },
    { on: '2026-01-01', amount: eur('230.00') },
    { on: '2027-01-01', amount: eur('-132.00') },
  ];

  it('names the rates when there are several, and takes the nearest to one that is given', async () => {
    const torn = await calculate('xirr', { flows });
    expect([torn.status, torn.body.code]).toEqual([422, 'schedules.several-rates']);
    expect(torn.body.detail).toContain('0.1, 0.2');
    const near = await calculate('xirr', { flows, near: '0.25', discountRate: '0.1' });
    expect(near.body).toEqual({ rate: '0.2', isOnly: false, netPresentValue: eur('0.00') });
  });

  it('counts days by a convention', async () => {
    const { body } = await calculate('day-count', {
      convention: 'act/act-icma',
      from: '2002-08-15',
      to: '2003-07-15',
      frequency: { unit: 'month', every: 6 },
      anchorOn: '2003-07-15',
    });
    expect(body).toEqual({ convention: 'act/act-icma', days: 334, fraction: '0.915760869565217' });
    const longYear = {
      convention: 'act/365l',
      from: '2011-12-28',
      to: '2012-01-28',
      frequency: { unit: 'month', every: 6 },
      periodEndOn: '2012-06-28',
    };
    expect((await calculate('day-count', longYear)).body).toMatchObject({
      days: 31,
      fraction: '0.084699453551913',
    });
    const same = { convention: 'act/365f', from: '2025-01-01', to: '2025-01-01' };
    expect((await calculate('day-count', same)).body).toMatchObject({ days: 0, fraction: '0' });
  });
});

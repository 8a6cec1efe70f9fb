import type { WorkingDays } from '../../kernel/working-days';
import { must } from '../../kernel/assert';
import { Money } from '../../kernel/money';
import { calendarNamed } from '../../platform/calendars';
import { route, type Route } from '../../platform/http';
import { apr, unitPeriodApr, type AprMethod } from './apr';
import { costOf, ratesOf } from './cost';
import { countedDays, yearFraction } from './day-count';
import { expanded, type CreditFlows, type DatedAmount } from './flow';
import { buildSchedule } from './schedule';
import {
  aprBody,
  aprView,
  dayCountBody,
  dayCountView,
  loanScheduleBody,
  loanScheduleView,
  xirrBody,
  xirrView,
  type LoanScheduleBody,
} from './schema';
import type { ScheduleTerms, Timing } from './terms';
import { unitPeriodText } from './unit-period';
import { hasOneRate, npv, xirr } from './xirr';

export interface ScheduleRouteDeps {
  readonly calendars: ReadonlyMap<string, WorkingDays>;
}

const TAG = 'Calculators';
const NOTHING_KEPT = 'Nothing is stored, and nothing that is sent is logged.';

/** The loan calculators: anybody may recompute what a contract says. */
export function scheduleRoutes({ calendars }: ScheduleRouteDeps): readonly Route[] {
  return [loanSchedule(calendars), aprCalculator(), xirrCalculator(), dayCount()];
}

function loanSchedule(calendars: ScheduleRouteDeps['calendars']): Route {
  return route({
    method: 'post',
    path: '/v1/calculators/loan-schedule',
    tag: TAG,
    summary: 'Every instalment of a loan, with its cost and its annual percentage rates',
    description: `The same function that plans real loans. ${NOTHING_KEPT}`,
    access: 'public',
    body: loanScheduleBody,
    replies: { 200: loanScheduleView },
    run: async ({ body }) => {
      const schedule = buildSchedule(asTerms(body, calendars));
      const rates = ratesOf(schedule, body.aprInterval);
      const { currency: _, startOn: __, ...shown } = schedule;
      return { status: 200, body: { ...shown, cost: costOf(schedule), ...rates } };
    },
  });
}

function aprCalculator(): Route {
  return route({
    method: 'post',
    path: '/v1/calculators/apr',
    tag: TAG,
    summary: 'The annual percentage rate of a credit, as the law of a place computes it',
    description: NOTHING_KEPT,
    access: 'public',
    body: aprBody,
    replies: { 200: aprView },
    run: async ({ body }) => {
      const { method, interval } = body;
      const flows = {
        advances: body.advances.flatMap(expanded),
        payments: body.payments.flatMap(expanded),
      };
      return {
        status: 200,
        body: {
          method,
          ...(method === 'eu' ? { apr: apr(flows, method, interval) } : byUnitPeriods(flows)),
          ...moneyOf(flows),
          citation: CITATIONS[method],
        },
      };
    },
  });
}

const CITATIONS: Record<AprMethod, string> = {
  eu: 'Directive 2008/48/EC, Annex I, Part I',
  'us-reg-z': '12 CFR Part 1026, Appendix J',
};

function byUnitPeriods(flows: CreditFlows) {
  const { unitPeriod, ...rates } = unitPeriodApr(flows);
  return { ...rates, unitPeriod: unitPeriodText(unitPeriod) };
}

function moneyOf({ advances, payments }: CreditFlows) {
  const received = sumOf(advances);
  const payable = sumOf(payments);
  return { received, payable, cost: payable.minus(received) };
}

function sumOf(flows: readonly DatedAmount[]): Money {
  const amounts = flows.map(({ amount }) => amount);
  return Money.sum(amounts, must(amounts[0], 'a flow').currency);
}

function xirrCalculator(): Route {
  return route({
    method: 'post',
    path: '/v1/calculators/xirr',
    tag: TAG,
    summary: 'The internal rate of return of dated flows, and their value at a rate',
    description: NOTHING_KEPT,
    access: 'public',
    body: xirrBody,
    replies: { 200: xirrView },
    run: async ({ body }) => {
      const flows = body.flows.flatMap(expanded);
      const { near, discountRate } = body;
      const netPresentValue = discountRate === undefined ? undefined : npv(flows, discountRate);
      return {
        status: 200,
        body: { rate: xirr(flows, near), isOnly: hasOneRate(flows), netPresentValue },
      };
    },
  });
}

/** Beyond this many decimals a fraction of a year says nothing about money. */
const FRACTION_DIGITS = 15;

function dayCount(): Route {
  return route({
    method: 'post',
    path: '/v1/calculators/day-count',
    tag: TAG,
    summary: 'The days between two dates, and their fraction of a year, by a convention',
    description: NOTHING_KEPT,
    access: 'public',
    body: dayCountBody,
    replies: { 200: dayCountView },
    run: async ({ body: { convention, from, to, ...context } }) => {
      const fraction = yearFraction(convention, { from, to }, context);
      const days = countedDays(convention, { from, to }, context);
      return {
        status: 200,
        body: { convention, days, fraction: fraction.toDecimalPlaces(FRACTION_DIGITS) },
      };
    },
  });
}

function asTerms(body: LoanScheduleBody, calendars: ScheduleRouteDeps['calendars']): ScheduleTerms {
  const { businessDays, startOn, frequency, firstDueOn, lastDueOn, endOfMonth, dueDay } = body;
  const adjustment = businessDays && {
    rule: businessDays.rule,
    calendar: calendarNamed(calendars, businessDays.calendar),
    interest: businessDays.interest,
  };
  const until = untilOf(body);
  const dates = { startOn, firstDueOn, lastDueOn, endOfMonth, dueDay };
  return { ...body, timing: { ...dates, frequency, until, adjustment } };
}

function untilOf({ instalments, maturityOn, stub, repayment }: LoanScheduleBody): Timing['until'] {
  if (maturityOn !== undefined) return { maturityOn, stub: stub ?? 'short-last' };
  if (repayment.kind === 'irregular') return { instalments: repayment.instalments.length };
  return { instalments: must(instalments, 'a number of instalments') };
}

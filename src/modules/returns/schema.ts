import { z } from 'zod';
import { CURRENCIES, type Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import { rateText } from '../../kernel/rate';
import {
  dateInput,
  dateView,
  idInput,
  idView,
  instantInput,
  instantView,
  moneyView,
  rateView,
} from '../../platform/http';
import { defaultRate, windowsBefore, type DefaultRate, type ObservedLoan } from './default-rate';
import { UNDEFINED_REASONS, type Figure } from './figure';
import { FORMULAS, keyOf, TERMS } from './formula';
import { FIGURE_DIGITS } from './quotient';
import type { Part, Reckoning } from './reckoning';
import type { ReturnsQuery, ReturnsRequest, Whose } from './request';
import { GROUPINGS } from './tally';

const query = {
  currency: z.enum(CURRENCIES).optional(),
  'as-of': dateInput.optional().meta({ description: 'The last day that counts; today if absent.' }),
  'known-at': instantInput.optional().meta({
    description:
      'Only what was recorded by then. With the as-of day it makes a figure that was told once come out again.',
  }),
};

export const returnsQuery = z.strictObject({
  ...query,
  by: z.enum(GROUPINGS).prefault('vintage'),
});
export const bookQuery = z.strictObject({ ...query, by: z.enum(GROUPINGS).prefault('grade') });
export const investorParams = z.strictObject({ id: idInput('inv') });

export function queryOf(whose: Whose, asked: z.output<typeof returnsQuery>): ReturnsQuery {
  const { by, currency, 'as-of': asOf, 'known-at': knownAt } = asked;
  return { whose, by, currency, asOf, knownAt };
}

const wholeNumber = z.string().meta({ examples: ['123456'] });

const figureView = z.object({
  formula: z.string().meta({ examples: ['net-annual-return/1'] }),
  value: z
    .string()
    .nullable()
    .meta({ examples: ['0.081234'] }),
  reason: z.enum(UNDEFINED_REASONS).optional(),
  numerator: wholeNumber.optional(),
  denominator: wholeNumber.optional(),
});

const partView = z.object({
  group: z.string().optional(),
  stakes: z.int(),
  loans: z.int(),
  defaulted: z.int(),
  income: z.object({
    interest: moneyView,
    lateFees: moneyView,
    gains: moneyView,
    fees: moneyView,
    losses: moneyView,
    recoveries: moneyView,
  }),
  carrying: moneyView,
  doubtful: moneyView,
  waiting: moneyView,
  figures: z.array(figureView),
});

export const returnsView = z.object({
  whose: z.union([
    z.object({ kind: z.literal('investor'), investorId: idView('inv') }),
    z.object({ kind: z.literal('book') }),
  ]),
  by: z.enum(GROUPINGS),
  currency: z.enum(CURRENCIES),
  asOf: dateView,
  knownAt: instantView,
  seenOn: dateView.optional(),
  whole: partView,
  groups: z.array(partView),
});

export function asReturns(
  request: ReturnsRequest,
  { whole, groups }: Reckoning,
): z.input<typeof returnsView> {
  const { whose, by, currency, asOf, knownAt, seenOn } = request;
  return {
    whose,
    by,
    currency,
    asOf,
    knownAt,
    seenOn,
    whole: asPart(whole, currency),
    groups: groups.map((group) => asPart(group, currency)),
  };
}

function asPart(
  { group, stakes, loans, defaulted, amounts, figures }: Part,
  currency: Currency,
): z.input<typeof partView> {
  const money = (minor: bigint): Money => Money.ofMinor(minor, currency);
  return {
    group,
    stakes,
    loans,
    defaulted,
    income: {
      interest: money(amounts.interest),
      lateFees: money(amounts.late),
      gains: money(amounts.gains),
      fees: money(amounts.fees),
      losses: money(amounts.losses),
      recoveries: money(amounts.recoveries),
    },
    carrying: money(amounts.carrying),
    doubtful: money(amounts.doubtful),
    waiting: money(amounts.waiting),
    figures: figures.map(asFigure),
  };
}

function asFigure({ formula, value, reason, numerator, denominator }: Figure) {
  return {
    formula,
    value: value === undefined ? null : rateText(value, FIGURE_DIGITS),
    reason,
    numerator: numerator?.toString(),
    denominator: denominator?.toString(),
  };
}

const textView = z.object({ en: z.string(), zh: z.string() });

export const formulasView = z.object({
  terms: z.array(textView),
  formulas: z.array(
    z.object({
      key: z.string().meta({ examples: ['net-annual-return/1'] }),
      id: z.string(),
      version: z.int(),
      title: textView,
      definition: textView,
      rounding: textView,
      undefined: textView,
      source: textView,
    }),
  ),
});

export function asFormulas(): z.input<typeof formulasView> {
  return {
    terms: [...TERMS],
    formulas: FORMULAS.map((formula) => ({ key: keyOf(formula), ...formula })),
  };
}

const MOST_LOANS = 5000;
const MOST_DATES = 600;

const observedLoan = z.strictObject({
  category: z.string().trim().min(1).max(40),
  originatedOn: dateInput,
  endedOn: dateInput.optional(),
  paymentsDueOn: z.array(dateInput).max(MOST_DATES),
  defaults: z
    .array(z.strictObject({ from: dateInput, until: dateInput.optional() }))
    .max(MOST_DATES)
    .prefault([]),
});

export const defaultRateBody = z.strictObject({
  until: dateInput.meta({ description: 'The day after the last window of twelve months.' }),
  loans: z.array(observedLoan).min(1).max(MOST_LOANS),
});

const defaultRateOfView = z.object({
  rate: rateView.optional(),
  windows: z.array(
    z.object({
      from: dateView,
      until: dateView,
      numerator: z.int(),
      denominator: z.int(),
      rate: rateView.optional(),
    }),
  ),
});

export const defaultRateView = z.object({
  ...defaultRateOfView.shape,
  byCategory: z.array(z.object({ category: z.string(), ...defaultRateOfView.shape })),
  citation: z.string(),
});

const CITATION = 'Delegated Regulation (EU) 2022/2115, article 2';

/** All loans and each category over the same windows. */
export function asDefaultRate({
  until,
  loans,
}: z.output<typeof defaultRateBody>): z.input<typeof defaultRateView> {
  const windows = windowsBefore(until, loans);
  const categories = [...new Set(loans.map(({ category }) => category))].toSorted();
  const rateOf = (some: readonly ObservedLoan[]) => writable(defaultRate(some, windows));
  return {
    ...rateOf(loans),
    byCategory: categories.map((category) => ({
      category,
      ...rateOf(loans.filter((loan) => loan.category === category)),
    })),
    citation: CITATION,
  };
}

function writable({ rate, windows }: DefaultRate): z.input<typeof defaultRateOfView> {
  return { rate, windows: [...windows] };
}

import { z } from 'zod';
import { idView, instantView, rateInput, rateView, textInput } from '../../platform/http';
import { INSTALLATION } from '../../platform/auth';
import { operatorCodeInput } from '../identity';
import { rate, rateText, type Rate } from '../../kernel/rate';
import type { Overview, Reading } from './alert.service';
import type { KeptAlert, SetThreshold } from './alert.store';
import { INDICATORS, LEVELS } from './indicator';
import { asOperator, countInput, operatorParams, operatorView } from './schema';

const both = z.object({ en: z.string(), zh: z.string() });
const indicatorId = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  .max(60)
  .meta({ examples: INDICATORS.map(({ id }) => id) });

export const thresholdParams = z.strictObject({ indicator: indicatorId });
export const thresholdBody = z.strictObject({
  operator: operatorCodeInput
    .optional()
    .meta({ description: 'For this one; absent, for every operator you supervise.' }),
  amber: rateInput.optional(),
  red: rateInput.optional().meta({ description: 'Left out, as amber, it never warns.' }),
  margin: rateInput
    .refine((value: Rate) => !value.isNegative(), { error: 'This must not be negative.' })
    .default(rate('0'))
    .meta({ description: 'How far below a threshold it must fall to warn no longer.' }),
});

export const alertParams = operatorParams.extend({ number: countInput });
export const acknowledgementBody = z.strictObject({ note: textInput(2000).optional() });

export const thresholdView = z.object({
  indicator: z.string(),
  operator: z.string().optional(),
  amber: rateView.optional(),
  red: rateView.optional(),
  margin: rateView,
  setAt: instantView,
});

const readingView = z.object({
  indicator: z.string(),
  title: both,
  value: z.string().optional(),
  amber: rateView.optional(),
  red: rateView.optional(),
  margin: rateView,
  level: z.enum(LEVELS),
});

export const overviewView = operatorView.extend({
  report: idView('rpt').optional().meta({ description: 'What the indicators are read from.' }),
  indicators: z.array(readingView).readonly(),
});

export const alertView = z.object({
  alertNo: z.string(),
  operator: z.string().optional(),
  indicator: z.string(),
  level: z.enum(LEVELS).meta({ description: '`green`: it warns no longer.' }),
  value: z.string().optional(),
  threshold: z.string().optional(),
  report: idView('rpt'),
  raisedAt: instantView,
  acknowledged: z
    .object({ by: idView('usr'), at: instantView, note: z.string().optional() })
    .optional(),
});

/** The code of an operator, for what is known by its number. */
export type CodeOf = (operatorId: number) => string | undefined;

export function asOverview({ operator, run, readings }: Overview): z.input<typeof overviewView> {
  return { ...asOperator(operator), report: run?.id, indicators: readings.map(asReading) };
}

export function asThreshold(set: SetThreshold, codeOf: CodeOf): z.input<typeof thresholdView> {
  const { indicator, operatorId, amber, red, margin, setAt } = set;
  const operator = operatorId === INSTALLATION ? undefined : codeOf(operatorId);
  return { indicator, operator, amber, red, margin, setAt };
}

export function asAlert(alert: KeptAlert, codeOf: CodeOf): z.input<typeof alertView> {
  const { alertNo, operatorId, authorityId: _, runId, ...rest } = alert;
  return {
    ...rest,
    alertNo: alertNo.toString(),
    operator: codeOf(operatorId),
    report: runId,
  };
}

function asReading({ indicator, value, ...rest }: Reading): z.input<typeof readingView> {
  const { id, title } = indicator;
  return { indicator: id, title, value: value && rateText(value), ...rest };
}

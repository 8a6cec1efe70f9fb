import { z } from 'zod';
import { rate, type Rate } from '../../kernel/rate';
import {
  dateInput,
  dateView,
  idInput,
  idView,
  instantView,
  lineInput,
  rateInput,
  rateView,
  textInput,
} from '../../platform/http';
import { operatorCodeInput } from '../identity';
import type { Draw } from './draw';
import { STEPS, type Inspection, type Step } from './inspection';

const slug = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);
const part = rateInput.refine((value: Rate) => value.gt(0) && value.lt(rate('1')), {
  error: 'This must lie between 0 and 1.',
});
const id = idInput('isp');
const point = z
  .string()
  .regex(/^[1-9]\d{0,5}$/, { error: 'This is not the number of a point.' })
  .transform(Number);

export const inspectionParams = z.strictObject({ code: operatorCodeInput, id });
export const pointParams = inspectionParams.extend({ point });
export const caseParams = inspectionParams.extend({ number: point });
export const ownInspectionParams = z.strictObject({ id });
export const ownPointParams = ownInspectionParams.extend({ point });

export const openBody = z.strictObject({
  commitment: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: 'This is no SHA-256 in hexadecimal.' })
    .meta({ description: 'SHA-256 of a nonce that you keep to yourself until the draw.' }),
  template: slug.meta({ examples: ['platform-risk-daily'] }),
  figure: slug.meta({
    description: 'Its rows are what is drawn from.',
    examples: ['loans-outstanding'],
  }),
  stratumBy: z
    .string()
    .max(60)
    .regex(/^[a-z][a-z0-9_]*$/)
    .optional()
    .meta({ description: 'A column of those rows.', examples: ['grade'] }),
  detectionRate: part.meta({ description: 'The part of wrong cases that should be noticed.' }),
  confidence: part,
  roster: z
    .array(lineInput(100))
    .min(1)
    .max(500)
    .refine((names) => new Set(names).size === names.length, { error: 'A name stands twice.' })
    .meta({ description: 'Names, or numbers of service: they are published with the draw.' }),
  inspectors: z.int().min(1).max(500),
});

export const drawBody = z.strictObject({ nonce: z.string().min(16).max(500) });
export const pointBody = z.strictObject({
  kind: z.enum(['question', 'finding']),
  caseKey: z.string().min(1).max(500).optional(),
  text: textInput(10_000),
  dueOn: dateInput,
});
export const reopenBody = z.strictObject({ text: textInput(10_000), dueOn: dateInput });
export const draftBody = z.strictObject({ text: textInput(10_000) });

const stepView = z.object({
  pointNo: z.int(),
  stepNo: z.int(),
  step: z.enum(STEPS),
  caseKey: z.string().optional(),
  text: z.string().optional(),
  dueOn: dateView.optional(),
  actor: z.string(),
  happenedAt: instantView,
});

const withdrawalView = z.object({
  withdrawnAt: instantView,
  reason: z.string(),
  runId: idView('rpt').optional().meta({ description: 'What it would have been drawn from.' }),
});

export const withdrawBody = z.strictObject({ reason: textInput(2000) });
export const resultBody = z.strictObject({
  text: textInput(10_000).meta({ description: 'For everybody: it names nobody.' }),
});
export const resultView = z.object({ text: z.string(), publishedAt: instantView });

export const inspectionView = z.object({
  id: idView('isp'),
  authorityId: idView('aut'),
  openedBy: z.string(),
  openedAt: instantView,
  commitment: z.string(),
  template: z.string(),
  figure: z.string(),
  stratumBy: z.string().optional(),
  detectionRate: rateView,
  confidence: rateView,
  roster: z.array(z.string()).readonly(),
  inspectors: z.int(),
  report: idView('rpt').optional(),
  drawnAt: instantView.optional(),
  withdrawn: withdrawalView.optional(),
});

export const inspectionDetailView = inspectionView.extend({ steps: z.array(stepView).readonly() });

export const drawnView = z.object({
  seed: z.string(),
  population: z.int(),
  sampleSize: z.int(),
  inspectors: z.array(z.string()).readonly(),
  drawn: z
    .array(z.object({ key: z.string(), stratum: z.string(), inspector: z.string() }))
    .readonly(),
});

export function asDrawn(draw: Draw): z.input<typeof drawnView> {
  const { seed, population, sampleSize, inspectors, drawn } = draw;
  return { seed, population: population.length, sampleSize, inspectors, drawn };
}

export const stepsView = z.object({ steps: z.array(stepView).readonly() });

export function asInspection(inspection: Inspection): z.input<typeof inspectionView> {
  const { terms, drawn, ...rest } = inspection;
  return { ...rest, ...terms, report: drawn?.runId, drawnAt: drawn?.drawnAt };
}

export function asInspectionDetail(
  inspection: Inspection,
  steps: readonly Step[],
): z.input<typeof inspectionDetailView> {
  return { ...asInspection(inspection), steps };
}

import { z } from 'zod';
import { idInput, idView, instantView, rateView } from '../../platform/http';
import type { RegisteredInspection } from '../supervision';
import { operatorParams } from './schema';

export const drawParams = operatorParams.extend({ id: idInput('isp') });

export const registeredView = z.object({
  id: idView('isp'),
  authority: z.string(),
  state: z.enum(['open', 'drawn', 'withdrawn']),
  openedAt: instantView,
  commitment: z.string(),
  template: z.string(),
  figure: z.string(),
  detectionRate: rateView,
  confidence: rateView,
  reportSha256: z.string().optional(),
  drawnAt: instantView.optional(),
  population: z.int().optional(),
  sampleSize: z.int().optional(),
  draw: z.string().optional().meta({ description: 'All it takes to compute the draw again.' }),
  withdrawnAt: instantView.optional(),
  reason: z.string().optional(),
  isDrawKnown: z
    .boolean()
    .optional()
    .meta({ description: 'Whether the draw could have been known when it was withdrawn.' }),
  findings: z.int(),
  rectified: z.int(),
  results: z.array(z.object({ text: z.string(), publishedAt: instantView })).readonly(),
});

export function asRegistered(
  operator: string,
  { inspection, title: _, ...rest }: RegisteredInspection,
): z.input<typeof registeredView> {
  const { id, openedAt, commitment, terms, drawn, withdrawn } = inspection;
  const { template, figure, detectionRate, confidence } = terms;
  const base = { id, openedAt, commitment, template, figure, detectionRate, confidence, ...rest };
  if (withdrawn !== undefined) {
    const { withdrawnAt, reason, runId } = withdrawn;
    return { ...base, state: 'withdrawn', withdrawnAt, reason, isDrawKnown: runId !== undefined };
  }
  if (drawn === undefined) return { ...base, state: 'open' };
  const { runId: _run, ...known } = drawn;
  const draw = `/public/${operator}/inspections/${id}/draw.json`;
  return { ...base, state: 'drawn', ...known, draw };
}

import { z } from 'zod';
import { idInput, idView, instantView, textInput } from '../../platform/http';
import { operatorCodeInput } from '../identity';
import type { OpenedSubject, SubjectId } from './ports';
import type { SeenSubject } from './subject.service';
import { UNMASK_REASONS, type Unmasking } from './subject';

const subjectInput: z.ZodType<SubjectId, SubjectId> = z.union([idInput('inv'), idInput('iss')]);

export const subjectParams = z.strictObject({ code: operatorCodeInput, id: subjectInput });

const SHORTEST_MINUTES = 5;
const LONGEST_MINUTES = 480;
export const unmaskBody = z.strictObject({
  operator: operatorCodeInput,
  subject: subjectInput,
  reasonCode: z.enum(UNMASK_REASONS),
  reason: textInput(2000),
  minutes: z.int().min(SHORTEST_MINUTES).max(LONGEST_MINUTES).default(60),
});

export const subjectView = z.object({
  id: z.string(),
  kind: z.enum(['natural', 'legal']),
  country: z.string(),
  status: z.string(),
  verification: z.string(),
  name: z
    .string()
    .optional()
    .meta({ description: 'Of companies; of people while you have leave to see it.' }),
  identityKind: z.string(),
  identityNumber: z
    .string()
    .meta({ description: 'Masked, unless you have leave to see all of it.' }),
  unmaskedUntil: instantView.optional(),
});

export const unmaskingView = z.object({
  id: idView('unm'),
  operator: z.string().optional(),
  subject: z.string(),
  authorityId: idView('aut'),
  userId: idView('usr'),
  reasonCode: z.enum(UNMASK_REASONS),
  reason: z.string(),
  grantedAt: instantView,
  expiresAt: instantView,
});

export function asSubject(
  { subject, unmasking }: SeenSubject,
  opened: OpenedSubject | undefined,
): z.input<typeof subjectView> {
  const { identityMasked, ...rest } = subject;
  return {
    ...rest,
    name: opened?.name ?? rest.name,
    identityNumber: opened?.identityNumber ?? identityMasked,
    unmaskedUntil: unmasking?.expiresAt,
  };
}

export function asUnmasking(
  unmasking: Unmasking,
  codeOf: (operatorId: number) => string | undefined,
): z.input<typeof unmaskingView> {
  const { operatorId, ...rest } = unmasking;
  return { ...rest, operator: codeOf(operatorId) };
}

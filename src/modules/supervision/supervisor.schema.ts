import { z } from 'zod';
import {
  idInput,
  idView,
  instantInput,
  instantView,
  lineInput,
  pageQuery,
} from '../../platform/http';
import {
  countryInput,
  emailInput,
  OPERATOR_LINES,
  operatorCodeInput,
  passwordInput,
} from '../identity';
import type { Authority, Supervisor } from './remit';

export const authorityBody = z.strictObject({ name: lineInput(200), jurisdiction: countryInput });
export const authorityParams = z.strictObject({ id: idInput('aut') });
export const supervisorParams = z.strictObject({ id: idInput('usr') });
export { pageQuery };

export const remitBody = z.strictObject({
  jurisdictions: z.array(countryInput).min(1).max(50),
  lines: z.array(z.enum(OPERATOR_LINES)).min(1).max(OPERATOR_LINES.length),
  operators: z
    .array(operatorCodeInput)
    .min(1)
    .max(1000)
    .optional()
    .meta({ description: 'These only; absent, all of those jurisdictions and lines.' }),
  expiresAt: instantInput,
});

export const inviteBody = remitBody.extend({ email: emailInput, password: passwordInput });

export const authorityView = z.object({
  id: idView('aut'),
  name: z.string(),
  jurisdiction: z.string(),
  createdAt: instantView,
});

export const supervisorView = z.object({
  userId: idView('usr'),
  authorityId: idView('aut'),
  jurisdictions: z.array(z.string()).readonly(),
  lines: z.array(z.enum(OPERATOR_LINES)).readonly(),
  operatorIds: z.array(z.int()).readonly().optional(),
  expiresAt: instantView,
  endedAt: instantView.optional(),
});

export function asAuthority(authority: Authority): z.input<typeof authorityView> {
  return authority;
}

export function asSupervisor(supervisor: Supervisor): z.input<typeof supervisorView> {
  const { userId, authorityId, remit, expiresAt, endedAt } = supervisor;
  return { userId, authorityId, ...remit, expiresAt, endedAt };
}

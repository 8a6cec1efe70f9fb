import { z } from 'zod';
import type { AuthenticatedUser } from '../../platform/auth';
import { instantView, lineInput } from '../../platform/http';
import { CASE_STATUSES, type VerificationCase } from './verification-case';

export const resolveVerificationBody = z.strictObject({
  outcome: z.enum(['verified', 'rejected']),
  note: lineInput(500),
});

/** What is shown of a case beside its id and that of the file. */
export const caseFields = {
  status: z.enum(CASE_STATUSES),
  requestedAt: instantView,
  provider: z.string().optional(),
  reference: z.string().optional(),
  evidenceSha256: z.string().optional(),
  reasons: z.array(z.string()).readonly(),
  decidedAt: instantView.optional(),
  validUntil: instantView.optional(),
};

/**
 * Who asked and who decided is the operator's own affair. That a list was met is told to its staff and
 * supervisors alone: a suspicion begins with it, of which no client may learn.
 */
export function asCaseFields(shown: VerificationCase, { roles }: AuthenticatedUser) {
  const isClient = roles.includes('investor') || roles.includes('issuer');
  const {
    subjectId: _subjectId,
    subjectVersion: _subjectVersion,
    requestedBy: _requestedBy,
    decidedBy: _decidedBy,
    reasons,
    ...fields
  } = shown;
  const told = isClient ? reasons.filter((reason) => !reason.endsWith('watch-list')) : reasons;
  return { ...fields, reasons: told };
}

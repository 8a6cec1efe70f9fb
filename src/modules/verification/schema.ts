import { z } from 'zod';
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

/** Who asked and who decided is the operator's own affair. */
export function asCaseFields(shown: VerificationCase) {
  const {
    subjectId: _subjectId,
    subjectVersion: _subjectVersion,
    requestedBy: _requestedBy,
    decidedBy: _decidedBy,
    ...fields
  } = shown;
  return fields;
}

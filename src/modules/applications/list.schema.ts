import { z } from 'zod';
import {
  dateInput,
  dateView,
  idInput,
  idView,
  instantInput,
  instantView,
  lineInput,
  page,
  pageQueryWith,
  textInput,
} from '../../platform/http';
import { identityClaimInput, PARTY_KINDS } from '../identity';
import { APPEAL_STATUSES, type Appeal } from './appeal';
import { ENTRY_STATUSES, LIST_COLOURS, LIST_EFFECTS, type ListEntry } from './credit-list';
import { REPORT_PARTS, type ReportGrant } from './credit-report';

export const entryParams = z.strictObject({ id: idInput('lst') });
export const appealParams = z.strictObject({ id: idInput('apl') });
export const grantParams = z.strictObject({ id: idInput('grt') });

export const entryBody = z.strictObject({
  colour: z.enum(LIST_COLOURS),
  subject: z.union([
    z.strictObject({ kind: z.enum(PARTY_KINDS), identity: identityClaimInput }),
    z.strictObject({ name: lineInput(200), bornOn: dateInput }),
  ]),
  issuingBody: lineInput(200).meta({ description: 'Who put the subject on the list.' }),
  basis: lineInput(500).meta({ description: 'Document and paragraph it rests on.' }),
  effects: z.array(z.enum(LIST_EFFECTS)).min(1).max(LIST_EFFECTS.length),
  startsOn: dateInput,
  endsOn: dateInput.meta({ description: 'The first day on which it has no effect any more.' }),
});

export const entryDecisionBody = z.strictObject({ verdict: z.enum(['in-force', 'refused']) });
export const liftBody = z.strictObject({ reason: textInput(2000) });
export const appealBody = z.strictObject({ grounds: textInput(8000) });
export const examineBody = z.strictObject({ recommended: z.enum(['uphold', 'dismiss']) });
export const judgeBody = z.strictObject({
  verdict: z.enum(['upheld', 'dismissed']),
  note: textInput(8000),
});

export const entriesQuery = pageQueryWith({
  colour: z.enum(LIST_COLOURS).optional(),
  status: z.enum(ENTRY_STATUSES).optional(),
});

export const entryView = z.object({
  id: idView('lst'),
  colour: z.enum(LIST_COLOURS),
  subject: z.string().meta({ description: 'Masked.' }),
  issuingBody: z.string(),
  basis: z.string(),
  effects: z.array(z.enum(LIST_EFFECTS)).readonly(),
  startsOn: dateView,
  endsOn: dateView,
  status: z.enum(ENTRY_STATUSES),
  proposedAt: instantView,
  decidedAt: instantView.optional(),
  endedAt: instantView.optional(),
  endedBecause: z.string().optional(),
});

export const appealView = z.object({
  id: idView('apl'),
  entryId: idView('lst'),
  grounds: z.string(),
  filedAt: instantView,
  status: z.enum(APPEAL_STATUSES),
  recommended: z.enum(['uphold', 'dismiss']).optional(),
  examinedAt: instantView.optional(),
  decidedAt: instantView.optional(),
  note: z.string().optional(),
});

export const entryDetailView = entryView.extend({ appeals: z.array(appealView).readonly() });
export const entriesView = page(entryView);
export const ownEntriesView = z.object({ items: z.array(entryDetailView).readonly() });

export function asEntry(entry: ListEntry) {
  const { partyId: _, subjectShown, proposedBy: __, decidedBy: ___, ...shown } = entry;
  return { ...shown, subject: subjectShown };
}

export function asAppeal(appeal: Appeal) {
  const { filedBy: _, examinedBy: __, decidedBy: ___, ...shown } = appeal;
  return shown;
}

export const grantBody = z.strictObject({
  issuerId: idInput('iss').meta({ description: 'Of whom the report tells.' }),
  recipient: lineInput(200),
  purpose: lineInput(500),
  parts: z.array(z.enum(REPORT_PARTS)).min(1).max(REPORT_PARTS.length),
  expiresAt: instantInput,
});

export const grantView = z.object({
  id: idView('grt'),
  issuerId: idView('iss'),
  recipient: z.string(),
  purpose: z.string(),
  parts: z.array(z.enum(REPORT_PARTS)).readonly(),
  grantedAt: instantView,
  expiresAt: instantView,
  revokedAt: instantView.optional(),
});
export const grantsView = page(grantView);
export const newGrantView = grantView.extend({
  token: z.string().meta({ description: 'Fetches the report. Shown once.' }),
});

export const issuedView = z.object({
  items: z
    .array(
      z.object({
        id: idView('crp'),
        grantId: idView('grt'),
        sha256: z.string(),
        keyId: z.string(),
        issuedAt: instantView,
      }),
    )
    .readonly(),
});

export const redeemParams = z.strictObject({ operator: z.string().max(60) });
export const redeemBody = z.strictObject({ token: z.string().min(20).max(200) });

export const reportView = z.object({
  id: idView('crp'),
  sha256: z.string(),
  keyId: z.string(),
  issuedAt: instantView,
  content: z.unknown(),
  jws: z.string().meta({ description: 'The report, signed: Ed25519, as RFC 7515 and 8037 say.' }),
});

export const verifyBody = z.strictObject({ jws: z.string().max(500_000) });
export const verifiedView = z.object({ isValid: z.literal(true), content: z.unknown() });

export function asGrant(grant: ReportGrant) {
  const { partyId: _, grantedBy: __, ...shown } = grant;
  return shown;
}

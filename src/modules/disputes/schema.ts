import { z } from 'zod';
import {
  booleanQuery,
  documentInput,
  idInput,
  idView,
  instantView,
  integerQuery,
  lineInput,
  moneyView,
  page,
  pageQueryWith,
  positiveMoneyInput,
  textInput,
} from '../../platform/http';
import { CHANNELS, COMPLAINT_STATUSES, OUTCOMES, TOPICS, type Complaint } from './complaint';
import type { DisputeHold, OutcomeProposal } from './outcome';
import { DUTIES, type ComplaintPolicy, type Deadline } from './policy';
import type { ComplaintStep } from './store';

const partyInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('investor'), id: idInput('inv') }),
  z.strictObject({ kind: z.literal('issuer'), id: idInput('iss') }),
]);

const subjectInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('offering'), id: idInput('off') }),
  z.strictObject({ kind: z.literal('subscription'), id: idInput('sub') }),
  z.strictObject({ kind: z.literal('loan'), id: idInput('lon') }),
  z.strictObject({ kind: z.literal('deposit'), id: idInput('dep') }),
  z.strictObject({ kind: z.literal('withdrawal'), id: idInput('wdr') }),
  z.strictObject({ kind: z.literal('other') }),
]);

export const complaintParams = z.strictObject({ id: idInput('cpl') });
export const documentParams = z.strictObject({ id: idInput('cpl'), documentId: idInput('doc') });

export const ownComplaintBody = z.strictObject({
  as: z.enum(['investor', 'issuer']).optional().meta({
    description: 'As which of the caller’s files, where there are two.',
  }),
  subject: subjectInput,
  topic: z.enum(TOPICS),
  text: textInput(8000),
});

export const takenInBody = z.strictObject({
  complainant: partyInput,
  respondent: partyInput.optional(),
  subject: subjectInput,
  topic: z.enum(TOPICS),
  text: textInput(8000),
  channel: z.enum(CHANNELS),
});

export const respondentBody = z.strictObject({ respondent: partyInput });
export const answerBody = z.strictObject({ text: textInput(20_000) });
export const messageBody = z.strictObject({ text: textInput(8000) });
export const reasonBody = z.strictObject({ reason: lineInput(500) });
export const escalateBody = z.strictObject({
  channel: z.enum(CHANNELS),
  note: lineInput(500).meta({ description: 'Why, or the file number there.' }),
});
export const holdBody = z.strictObject({
  side: z.enum(['complainant', 'respondent']).meta({ description: 'Whose cash is held.' }),
  amount: positiveMoneyInput,
});
export const outcomeBody = z.strictObject({
  outcome: z.enum(OUTCOMES),
  grounds: textInput(8000).meta({
    description: 'What it rests on: the terms, the agreement of both sides, an award, a judgment.',
  }),
  award: positiveMoneyInput.optional().meta({
    description: 'What the other side gets of the money held; the rest is free again.',
  }),
});
export const decisionBody = z.strictObject({ verdict: z.enum(['confirmed', 'refused']) });
export const documentBody = z.strictObject(documentInput);

export const complaintsQuery = pageQueryWith({
  status: z.enum(COMPLAINT_STATUSES).optional(),
  channel: z.enum(CHANNELS).optional(),
  topic: z.enum(TOPICS).optional(),
  late: booleanQuery.optional(),
});
export const messagesQuery = z.strictObject({
  limit: integerQuery({ min: 1, max: 100 }).prefault('25'),
  after: integerQuery({ min: 0, max: 999_999_999 }).prefault('0'),
});

const partyView = z.object({ kind: z.enum(['investor', 'issuer']), id: z.string() });
const SIDES = ['complainant', 'respondent', 'operator'] as const;

export const complaintView = z.object({
  id: idView('cpl'),
  complainant: partyView,
  respondent: partyView.optional(),
  subject: z.object({ kind: z.string(), id: z.string().optional() }),
  topic: z.enum(TOPICS),
  text: z.string(),
  channel: z.enum(CHANNELS),
  status: z.enum(COMPLAINT_STATUSES),
  filedAt: instantView,
  endedAt: instantView.optional(),
});

export const holdView = z.object({
  side: z.enum(['complainant', 'respondent']),
  amount: moneyView,
  status: z.enum(['placed', 'released', 'captured']),
  captured: moneyView.optional(),
  entryNo: z.string().optional(),
  placedAt: instantView,
  endedAt: instantView.optional(),
});

export const outcomeView = z.object({
  no: z.int(),
  outcome: z.enum(OUTCOMES),
  grounds: z.string(),
  award: moneyView.optional(),
  proposedBy: z.string(),
  proposedAt: instantView,
  verdict: z.enum(['confirmed', 'refused']).optional(),
  decidedBy: z.string().optional(),
  decidedAt: instantView.optional(),
});

const deadlineView = z.object({
  duty: z.enum(DUTIES),
  channel: z.enum(CHANNELS),
  dueAt: instantView,
  citation: z.string(),
  doneAt: instantView.optional(),
  missedAt: instantView.optional(),
});

const stepView = z.object({
  status: z.enum(COMPLAINT_STATUSES),
  channel: z.enum(CHANNELS),
  note: z.string().optional(),
  at: instantView,
});

const redressView = z.object({ en: z.string(), zh: z.string() });

export const complaintDetailView = complaintView.extend({
  deadlines: z.array(deadlineView).readonly(),
  steps: z.array(stepView).readonly(),
  holds: z.array(holdView).readonly(),
  outcomes: z.array(outcomeView).readonly(),
  redress: redressView,
});

export const complaintsView = page(complaintView);

export const messageView = z.object({
  no: z.int(),
  side: z.enum(SIDES),
  kind: z.enum(['message', 'answer']),
  text: z.string(),
  at: instantView,
});
export const messagesView = page(messageView);

export const documentView = z.object({
  id: idView('doc'),
  side: z.enum(SIDES),
  title: z.string(),
  contentType: z.string(),
  sha256: z.string(),
  sizeBytes: z.int(),
  uploadedAt: instantView,
});
export const documentsView = z.object({ items: z.array(documentView).readonly() });

export const proceduresView = z.object({
  policy: z.string(),
  duties: z
    .array(
      z.object({
        duty: z.enum(DUTIES),
        channels: z.array(z.enum(CHANNELS)).readonly(),
        within: z.object({ count: z.int(), unit: z.string() }),
        citation: z.string(),
        verification: z.string(),
      }),
    )
    .readonly(),
  redress: redressView,
});

export function asComplaint({ filedBy: _, ...shown }: Complaint): z.input<typeof complaintView> {
  return shown;
}

export function asHold(hold: DisputeHold): z.input<typeof holdView> {
  const { side, amount, status, captured, entryNo, placedAt, endedAt } = hold;
  return { side, amount, status, captured, entryNo: entryNo?.toString(), placedAt, endedAt };
}

export function asOutcome({ complaintId: _, ...shown }: OutcomeProposal) {
  return shown;
}

/** Everything about a complaint. To its sides an outcome shows once it is decided. */
export function asDetail(
  complaint: Complaint,
  more: {
    readonly deadlines: readonly Deadline[];
    readonly steps: readonly ComplaintStep[];
    readonly holds: readonly DisputeHold[];
    readonly outcomes: readonly OutcomeProposal[];
    readonly policy: ComplaintPolicy;
    readonly isStaff: boolean;
  },
): z.input<typeof complaintDetailView> {
  const outcomes = more.outcomes.filter(({ verdict }) => more.isStaff || verdict === 'confirmed');
  return {
    ...asComplaint(complaint),
    deadlines: more.deadlines,
    steps: more.steps.map(({ no: _, by: __, ...shown }) => shown),
    holds: more.holds.map(asHold),
    outcomes: outcomes.map(asOutcome),
    redress: more.policy.redress,
  };
}

export function asProcedures({ id, version, duties, redress }: ComplaintPolicy) {
  return { policy: `${id}/${version}`, duties, redress };
}

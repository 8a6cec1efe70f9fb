import { z } from 'zod';
import {
  dateView,
  idInput,
  idView,
  instantView,
  moneyView,
  positiveMoneyInput,
  rateInput,
  rateView,
  textInput,
} from '../../platform/http';
import type { Viewer } from './caller.service';
import type { PlannedRow } from './replan';
import type { RestructuringPreview } from './restructuring.service';
import type { VoteCount } from './restructuring.store';
import {
  ARREARS_RULES,
  HOLIDAY_KINDS,
  RESTRUCTURING_STATUSES,
  type Restructuring,
} from './restructuring';
import { loanParams } from './schema';

export const restructuringParams = loanParams.extend({ restructuringId: idInput('rst') });

const holidayInput = z.strictObject({
  instalments: z.int().min(1).max(60),
  of: z.enum(HOLIDAY_KINDS),
});

export const termsBody = z.strictObject({
  extraMonths: z.int().min(1).max(240).optional(),
  instalment: positiveMoneyInput
    .optional()
    .meta({ description: 'The most an instalment is to be; the term follows from it.' }),
  rate: rateInput
    .refine((rate) => !rate.isNegative() && rate.lessThanOrEqualTo(1), {
      error: 'The rate must lie between 0 and 1.',
    })
    .optional(),
  holiday: holidayInput.optional(),
  arrears: z.enum(ARREARS_RULES).default('kept').meta({
    description: 'What was missed stays overdue, is spread, or bears interest from now on.',
  }),
});
export const proposalBody = z.strictObject({ terms: termsBody, reason: textInput(2000) });
export const voteBody = z.strictObject({ isInFavour: z.boolean() });

const rowView = z.object({
  no: z.int(),
  from: dateView,
  dueOn: dateView,
  earnedOn: dateView.optional().meta({
    description: 'Of interest that was put off: the day by which it was earned.',
  }),
  principal: moneyView,
  interest: moneyView,
  fees: moneyView,
});
const sumView = z.object({
  principal: moneyView,
  interest: moneyView,
  fees: moneyView,
  total: moneyView,
  presentValue: moneyView,
  lastDueOn: dateView,
});
export const previewView = z.object({
  on: dateView,
  oldRows: z.array(rowView).readonly(),
  newRows: z.array(rowView).readonly(),
  before: sumView,
  after: sumView,
  loss: moneyView.meta({ description: 'Present value that lenders lose; negative is a gain.' }),
  notes: z
    .array(
      z.object({
        noteNo: z.int(),
        holderId: z.string(),
        principal: moneyView,
        loss: moneyView,
      }),
    )
    .readonly()
    .meta({ description: 'Staff see every note, a lender its own, the borrower none.' }),
});

export const restructuringView = z.object({
  id: idView('rst'),
  terms: z.object({
    extraMonths: z.int().optional(),
    instalment: moneyView.optional(),
    rate: rateView.optional(),
    holiday: z.object({ instalments: z.int(), of: z.enum(HOLIDAY_KINDS) }).optional(),
    arrears: z.enum(ARREARS_RULES),
  }),
  reason: z.string(),
  status: z.enum(RESTRUCTURING_STATUSES),
  proposedAt: instantView,
  proposedBy: z.string(),
  decidedAt: instantView.optional(),
  decidedBy: z.string().optional(),
  voteUntil: dateView.optional(),
  inForce: z
    .object({
      on: dateView,
      beforeVersion: z.int(),
      afterVersion: z.int(),
      loss: moneyView,
    })
    .optional(),
});
export const restructuringsView = z.object({ items: z.array(restructuringView).readonly() });
export const restructuringFileView = restructuringView.extend({
  votes: z.object({ inFavour: moneyView, against: moneyView }),
  preview: previewView.optional().meta({ description: 'While it is open: as if it were today.' }),
});

export function asRestructuring({ loanNo: _, ...restructuring }: Restructuring) {
  return restructuring;
}

/** Whoever looks sees what concerns them. */
export function asPreview({ notes, ...preview }: RestructuringPreview, viewer: Viewer) {
  const isSeen = (holderId: string): boolean =>
    viewer.as === 'staff' || (viewer.as === 'lender' && viewer.investorId === holderId);
  return {
    ...preview,
    oldRows: preview.oldRows.map(asRow),
    newRows: preview.newRows.map(asRow),
    notes: notes
      .filter(({ holder }) => isSeen(holder.id))
      .map(({ holder, ...note }) => ({ ...note, holderId: holder.id })),
  };
}

export function asRestructuringFile(
  restructuring: Restructuring,
  beside: {
    readonly votes: VoteCount;
    readonly preview: RestructuringPreview | undefined;
    readonly viewer: Viewer;
  },
) {
  const { votes, preview, viewer } = beside;
  return {
    ...asRestructuring(restructuring),
    votes,
    preview: preview && asPreview(preview, viewer),
  };
}

function asRow({ no, from, dueOn, earnedOn, principal, interest, fees }: PlannedRow) {
  return { no, from, dueOn, earnedOn, principal, interest, fees };
}

import { z } from 'zod';
import { instantView, route, textInput, type Route } from '../../platform/http';
import type { LoanListing } from './loan-listing.service';
import { LOAN_REVIEWERS, type ReviewPolicy } from './review-policy';

const TAG = 'Offerings';
const PATH = '/v1/offering-review-policy';

const policyView = z.object({
  reviewedBy: z.enum(LOAN_REVIEWERS),
  note: z.string().optional(),
  setBy: z.string().optional(),
  setAt: instantView.optional(),
});

const policyBody = z.strictObject({
  reviewedBy: z.enum(LOAN_REVIEWERS).meta({
    description: 'Whether a person signs every loan off, or the credit decision it rests on.',
  }),
  note: textInput(1000).meta({ description: 'Why; it stands in every review made under it.' }),
});

/** Who reviews the offerings of loans. */
export function reviewPolicyRoutes({
  listing,
}: {
  readonly listing: LoanListing;
}): readonly Route[] {
  return [
    route({
      method: 'get',
      path: PATH,
      tag: TAG,
      summary: 'Who reviews the offerings of loans: a person, or the credit decision',
      access: { roles: ['compliance', 'operations', 'admin', 'regulator'] },
      replies: { 200: policyView },
      read: async (db) => ({ status: 200, body: asPolicy(await listing.policy(db)) }),
    }),
    route({
      method: 'put',
      path: PATH,
      tag: TAG,
      summary: 'Say who reviews the offerings of loans from now on',
      description:
        'A decision that a person set aside never stands for a review: that loan waits for one. ' +
        'What was reviewed before keeps its review.',
      access: { roles: ['compliance', 'admin'] },
      body: policyBody,
      replies: { 200: policyView },
      write: async (tx, { body }) => ({
        status: 200,
        body: asPolicy(await listing.setPolicy(tx, body)),
      }),
    }),
  ];
}

/** Until the operator has said otherwise, a person reviews. */
function asPolicy(policy: ReviewPolicy | undefined): z.input<typeof policyView> {
  return policy ?? { reviewedBy: 'person' };
}

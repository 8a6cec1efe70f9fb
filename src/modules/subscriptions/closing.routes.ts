import { route, type Route } from '../../platform/http';
import { isStaff, type OfferingViewing } from '../offerings';
import {
  asClosing,
  asGiven,
  asPreview,
  closingParams,
  closingView,
  previewQuery,
  previewView,
  settleBody,
} from './closing.schema';
import type { ClosingService } from './closing.service';
import { subscriptionProblem } from './errors';
import type { PreviewService } from './preview.service';

export interface ClosingRouteDeps {
  readonly closings: ClosingService;
  readonly previews: PreviewService;
  readonly viewing: OfferingViewing;
}

const TAG = 'Closing';
const INVOLVED = {
  roles: ['issuer', 'operations', 'compliance', 'admin', 'regulator'],
} as const;

/** An allocation of fifty thousand subscriptions, each with its id and units. */
const LARGEST_ALLOCATION = 5_000_000;

export function closingRoutes({ closings, previews, viewing }: ClosingRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/offerings/{id}/allocation',
      tag: TAG,
      summary: 'Dry run of the allocation by every method, on the orders as they stand',
      access: INVOLVED,
      params: closingParams,
      query: previewQuery,
      replies: { 200: previewView },
      read: async (db, { params, query, user }) => {
        await viewing.requireManaged(db, params.id, user);
        const preview = await previews.preview(db, params.id);
        return { status: 200, body: asPreview(preview, isStaff(user) ? query : undefined) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/offerings/{id}/settle',
      tag: TAG,
      summary: 'Settle or fail a closed offering, all of it or nothing',
      description:
        'Offerings with an automatic method are settled by the clock as soon as every condition ' +
        'is met; this does it now. A discretionary allocation must be given here.',
      access: { roles: ['operations', 'admin'] },
      idempotent: true,
      params: closingParams,
      bodyLimit: LARGEST_ALLOCATION,
      body: settleBody,
      replies: { 200: closingView },
      write: async (tx, { params, body }) => {
        const closing = await closings.settle(tx, params.id, asGiven(body.allocations));
        return { status: 200, body: asClosing(closing) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/offerings/{id}/closing',
      tag: TAG,
      summary: 'How a closed offering ended: what was raised, the fee, who was served',
      access: INVOLVED,
      params: closingParams,
      replies: { 200: closingView },
      read: async (db, { params, user }) => {
        await viewing.requireManaged(db, params.id, user);
        const closing = await closings.findClosing(db, params.id);
        if (!closing) throw subscriptionProblem('closing-not-found');
        return { status: 200, body: asClosing(closing) };
      },
    }),
  ];
}

import type { Id, NewId } from '../../kernel/id';
import { must } from '../../kernel/assert';
import { Problem } from '../../kernel/problem';
import type { AuthenticatedUser } from '../../platform/auth';
import type { Db } from '../../platform/db';
import { pageOf, route, type Route } from '../../platform/http';
import type { Log } from '../../platform/log';
import { subscriptionProblem } from './errors';
import type { Opened } from './opened';
import type { Order } from './order';
import { asUuid, requestKeyOf, uuidOf } from './request-key';
import {
  asOpened,
  asRefusal,
  asSubscription,
  bulkBody,
  bulkView,
  openedView,
  subscribeBody,
  subscriptionParams,
  subscriptionQuery,
  subscriptionsView,
  subscriptionView,
  type OrderBody,
} from './schema';
import type { SubscriptionService } from './service';
import type { Subscription } from './subscription';

export interface SubscriptionRouteDeps {
  readonly newId: NewId;
  readonly subscriptions: SubscriptionService;
  readonly log: Pick<Log, 'error'>;
  /**
   * The investor's file of a user, if there is one. Does not change, so it may be remembered.
   * Looked up in the transaction that is given, if any.
   */
  readonly investorOf: (user: AuthenticatedUser, db?: Db) => Promise<Id<'inv'> | undefined>;
}

const STAFF = ['compliance', 'operations', 'admin'] as const;

export function subscriptionRoutes(deps: SubscriptionRouteDeps): readonly Route[] {
  return [subscribe(deps), subscribeInBulk(deps), ...readings(deps), ...decisions(deps)];
}

function subscribe(deps: SubscriptionRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/subscriptions',
    tag: 'Subscriptions',
    summary: 'Subscribe to an offering',
    description:
      'Holds the cost of the whole shares the amount buys; nothing is moved before the offering ' +
      'closes. Answers with what is left of each cap. A retry with the same key gets the same ' +
      'answer; a refusal leaves nothing behind, so its key may be used again.',
    access: { roles: ['investor'] },
    idempotent: true,
    body: subscribeBody,
    replies: { 201: openedView },
    run: async ({ body, user, fingerprint, idempotencyKey }) => {
      const investorId = await requireInvestor(deps, user);
      const opened = await deps.subscriptions.subscribe(
        orderOf(body, {
          user,
          id: deps.newId('sub'),
          investorId,
          requestKey: requestKeyOf(user.id, must(idempotencyKey, 'the Idempotency-Key')),
          requestHash: asUuid(fingerprint),
        }),
      );
      return { status: 201, headers: headersOf(opened), body: asOpened(opened) };
    },
  });
}

function subscribeInBulk(deps: SubscriptionRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/subscriptions/bulk',
    tag: 'Subscriptions',
    summary: 'Place many orders at once',
    description:
      'For staff who enter orders on behalf of investors. Each order is decided as if it came ' +
      'alone, in the order given, with its own key and its own answer.',
    access: { roles: ['operations', 'admin'] },
    bodyLimit: 2_000_000,
    body: bulkBody,
    replies: { 200: bulkView },
    run: async ({ body, user, requestId }) => {
      const settled = await Promise.allSettled(
        body.orders.map((item) =>
          deps.subscriptions.subscribe(
            orderOf(item, {
              user,
              id: deps.newId('sub'),
              investorId: item.investorId,
              requestKey: requestKeyOf(user.id, item.idempotencyKey),
              requestHash: uuidOf('order', JSON.stringify(item)),
            }),
          ),
        ),
      );
      for (const result of settled) {
        if (result.status === 'fulfilled' || result.reason instanceof Problem) continue;
        deps.log.error('An order of a bulk call failed', { requestId, error: result.reason });
      }
      const results = settled.map((result, position) => ({
        idempotencyKey: must(body.orders[position], 'the order').idempotencyKey,
        ...(result.status === 'fulfilled'
          ? { subscription: asOpened(result.value) }
          : { problem: asRefusal(result.reason) }),
      }));
      const accepted = settled.filter((result) => result.status === 'fulfilled').length;
      return { status: 200, body: { accepted, refused: settled.length - accepted, results } };
    },
  });
}

function readings(deps: SubscriptionRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/subscriptions',
      tag: 'Subscriptions',
      summary: 'List subscriptions: an investor their own, staff all',
      access: { roles: ['investor', ...STAFF] },
      query: subscriptionQuery,
      replies: { 200: subscriptionsView },
      read: async (db, { query, user }) => {
        const { limit } = query;
        const own = isStaff(user) ? query.investorId : await requireInvestor(deps, user, db);
        const filter = { ...query, investorId: own, limit: limit + 1 };
        const rows = await deps.subscriptions.list(db, filter);
        const { items, next } = pageOf(rows, limit, (row) => row.id);
        return { status: 200, body: { items: items.map(asSubscription), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/subscriptions/{id}',
      tag: 'Subscriptions',
      summary: 'Read one subscription',
      access: { roles: ['investor', ...STAFF] },
      params: subscriptionParams,
      replies: { 200: subscriptionView },
      read: async (db, { params, user }) => ({
        status: 200,
        body: asSubscription(await visible(deps, { db, id: params.id, user })),
      }),
    }),
  ];
}

function decisions(deps: SubscriptionRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/subscriptions/{id}/revoke',
      tag: 'Subscriptions',
      summary: 'Take a subscription back within its reflection period',
      access: { roles: ['investor'] },
      idempotent: true,
      params: subscriptionParams,
      replies: { 200: subscriptionView },
      write: async (tx, { params, user }) => {
        await visible(deps, { db: tx, id: params.id, user });
        const revoked = await deps.subscriptions.revoke(tx, params.id);
        return { status: 200, body: asSubscription(revoked) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/subscriptions/{id}/reconfirm',
      tag: 'Subscriptions',
      summary: 'Stand by a subscription after a material change of the offering',
      access: { roles: ['investor'] },
      idempotent: true,
      params: subscriptionParams,
      replies: { 200: subscriptionView },
      write: async (tx, { params, user }) => {
        await visible(deps, { db: tx, id: params.id, user });
        const reconfirmed = await deps.subscriptions.reconfirm(tx, params.id);
        return { status: 200, body: asSubscription(reconfirmed) };
      },
    }),
  ];
}

/** The subscription, if it is the caller's own or the caller is staff; otherwise it is not there. */
async function visible(
  deps: SubscriptionRouteDeps,
  { db, id, user }: { readonly db: Db; readonly id: Id<'sub'>; readonly user: AuthenticatedUser },
): Promise<Subscription> {
  const subscription = await deps.subscriptions.get(db, id);
  if (isStaff(user)) return subscription;
  if (subscription.investorId !== (await deps.investorOf(user, db))) {
    throw subscriptionProblem('not-found');
  }
  return subscription;
}

async function requireInvestor(
  deps: SubscriptionRouteDeps,
  user: AuthenticatedUser,
  db?: Db,
): Promise<Id<'inv'>> {
  const investorId = await deps.investorOf(user, db);
  if (investorId === undefined) throw subscriptionProblem('investor-not-found');
  return investorId;
}

function isStaff(user: AuthenticatedUser): boolean {
  return STAFF.some((role) => user.roles.includes(role));
}

function orderOf(
  { offeringId, amount, documents, acknowledged }: OrderBody,
  given: Pick<Order, 'id' | 'investorId' | 'requestKey' | 'requestHash'> & {
    readonly user: AuthenticatedUser;
  },
): Order {
  const { user, ...rest } = given;
  return {
    ...rest,
    operatorId: user.operatorId,
    actorId: user.id,
    offeringId,
    requested: amount,
    documents,
    acknowledged,
  };
}

function headersOf(opened: Opened): Record<string, string> {
  return {
    Location: `/v1/subscriptions/${opened.subscription.id}`,
    ...(opened.isReplay ? { 'Idempotency-Replayed': 'true' } : {}),
  };
}

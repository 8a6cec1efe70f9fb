import { z } from 'zod';
import type { Id } from '../../kernel/id';
import type { AuthenticatedUser } from '../../platform/auth';
import type { Db } from '../../platform/db';
import {
  idView,
  instantView,
  moneyView,
  page,
  pageOf,
  pageQueryWith,
  rateView,
  route,
  type Route,
} from '../../platform/http';
import { subscriptionProblem } from './errors';
import type { Order } from './order';
import type { Quote, QuoteService } from './quote.service';
import { listRefusals } from './refusal.queries';
import type { DecisionReplay } from './replay.service';
import { capLeftView, subscribeBody, subscriptionParams, type OrderBody } from './schema';

export interface EvidenceRouteDeps {
  readonly quotes: QuoteService;
  readonly replays: DecisionReplay;
  readonly investorOf: (user: AuthenticatedUser, db?: Db) => Promise<Id<'inv'> | undefined>;
}

const TAG = 'Subscriptions';
const OVERSEERS = { roles: ['compliance', 'operations', 'admin', 'regulator'] } as const;

const findingView = z.object({
  rule: z.string(),
  citation: z.string(),
  message: z.string(),
  rulebook: z.string().optional(),
  effectiveFrom: z.string().optional(),
  limit: z.string().optional(),
  observed: z.string().optional(),
  left: z.string().optional(),
  currency: z.string().optional(),
});

const quoteView = z.object({
  units: z.string(),
  amount: moneyView.meta({ description: 'What the whole shares or units would cost.' }),
  residue: moneyView.meta({
    description: 'What would not be taken, since shares and units are whole.',
  }),
  available: moneyView,
  room: moneyView.meta({ description: 'What the offering still takes orders for.' }),
  caps: z.array(capLeftView),
  revocableUntil: instantView,
  loan: z
    .object({
      rate: rateView.meta({ description: 'Nominal, a year.' }),
      expectedReturn: rateView.meta({ description: 'A year, after expected losses.' }),
      share: rateView.meta({ description: 'Part of the whole loan.' }),
    })
    .optional(),
});

const decisionView = z.object({
  allowed: z.boolean(),
  at: instantView,
  rulebook: z.object({
    id: z.string(),
    contentHash: z.string(),
    effectiveFrom: z.string().optional(),
  }),
  findings: z.array(findingView),
  facts: z.record(z.string(), z.unknown()),
  offeringVersion: z.int(),
  profileVersion: z.int(),
});

const refusalView = z.object({
  refusalNo: z.string(),
  offeringId: idView('off'),
  investorId: idView('inv'),
  amount: moneyView,
  code: z.string(),
  findings: z.array(findingView),
  refusedAt: instantView,
});

/** What an order would come to, why one was allowed, and which the law refused. */
export function evidenceRoutes(deps: EvidenceRouteDeps): readonly Route[] {
  return [quoteRoute(deps), decisionRoute(deps), refusalsRoute()];
}

function quoteRoute({ quotes, investorOf }: EvidenceRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/subscriptions/quote',
    tag: TAG,
    summary: 'What an order would come to if it were placed now',
    description:
      'Shares, cost, residue, what is left of each cap, and until when it could be revoked. ' +
      'Answers with the refusal the order would meet. Reserves nothing.',
    access: { roles: ['investor'] },
    body: subscribeBody,
    replies: { 200: quoteView },
    read: async (db, { body, user }) => {
      const investorId = await investorOf(user, db);
      if (investorId === undefined) throw subscriptionProblem('investor-not-found');
      const quote = await quotes.quote(db, unplaced(body, user, investorId));
      return { status: 200, body: asQuote(quote) };
    },
  });
}

function decisionRoute({ replays }: EvidenceRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/subscriptions/{id}/decision',
    tag: TAG,
    summary: 'Take the decision behind a subscription again, from what was stored with it',
    access: OVERSEERS,
    params: subscriptionParams,
    replies: { 200: decisionView },
    read: async (db, { params }) => {
      const { decision, facts, offeringVersion, profileVersion } = await replays.replay(
        db,
        params.id,
      );
      const { allowed, at, rulebook } = decision;
      const findings = [...decision.findings];
      return {
        status: 200,
        body: { allowed, at, rulebook, findings, facts, offeringVersion, profileVersion },
      };
    },
  });
}

function refusalsRoute(): Route {
  return route({
    method: 'get',
    path: '/v1/refusals',
    tag: TAG,
    summary: 'Orders that the law refused, with every finding, newest first',
    access: OVERSEERS,
    query: pageQueryWith({ rule: z.string().min(1).max(80).optional() }),
    replies: { 200: page(refusalView) },
    read: async (db, { query }) => {
      const rows = await listRefusals(db, { ...query, limit: query.limit + 1 });
      const { items, next } = pageOf(rows, query.limit, (row) => row.refusalNo.toString());
      const views = items.map((row) => ({
        ...row,
        refusalNo: row.refusalNo.toString(),
        findings: [...row.findings],
      }));
      return { status: 200, body: { items: views, next } };
    },
  });
}

function asQuote({ ticket, caps, ...rest }: Quote): z.input<typeof quoteView> {
  return {
    ...rest,
    units: ticket.units.toString(),
    amount: ticket.cost,
    residue: ticket.residue,
    caps: [...caps],
  };
}

/** The order as it would be placed; its keys stand for nothing. */
function unplaced(body: OrderBody, user: AuthenticatedUser, investorId: Id<'inv'>): Order {
  return {
    operatorId: user.operatorId,
    id: `sub_${'0'.repeat(26)}`,
    investorId,
    offeringId: body.offeringId,
    requested: body.amount,
    acknowledged: body.acknowledged,
    documents: body.documents,
    requestKey: '',
    requestHash: '',
    actorId: user.id,
  };
}

import type { Id } from '../../kernel/id';
import type { AuthenticatedUser } from '../../platform/auth';
import type { Db } from '../../platform/db';
import { page, pageOf, route, type Route } from '../../platform/http';
import type { CashService } from './cash.service';
import { callerOf, ownInvestor } from './caller.service';
import type { DepositService } from './deposit.service';
import { paymentProblem } from './errors';
import type { PartyFiles } from './party-files';
import {
  asDeposit,
  asCash,
  depositBody,
  depositParams,
  depositsQuery,
  depositView,
  cashView,
} from './schema';

export interface DepositRouteDeps {
  readonly deposits: DepositService;
  readonly cash: CashService;
  readonly files: PartyFiles<Db>;
}

const TAG = 'Payments';
const READERS = {
  roles: ['investor', 'operations', 'compliance', 'admin', 'regulator'],
} as const;

export function depositRoutes(deps: DepositRouteDeps): readonly Route[] {
  return [requestRoute(deps), ...readRoutes(deps), cashRoute(deps)];
}

function requestRoute({ deposits, files }: DepositRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/deposits',
    tag: TAG,
    summary: 'Ask for client money to be paid in',
    description:
      'A direct debit is drawn by the custodian; for a bank transfer the answer holds the ' +
      'reference that the payer writes on it. Nothing is available before it has arrived.',
    access: { roles: ['investor', 'operations'] },
    idempotent: true,
    body: depositBody,
    replies: { 201: depositView },
    write: async (tx, { user, body }) => {
      const { amount, method } = body;
      const investorId = await depositor(tx, { user, named: body.investorId, files });
      const deposit = await deposits.request(tx, { investorId, amount, method });
      return {
        status: 201,
        body: asDeposit(deposit),
        headers: { location: `/v1/deposits/${deposit.id}` },
      };
    },
  });
}

function readRoutes({ deposits, files }: DepositRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/deposits',
      tag: TAG,
      summary: 'List deposits, newest first: one’s own, or for staff everybody’s',
      access: READERS,
      query: depositsQuery,
      replies: { 200: page(depositView) },
      read: async (db, { user, query }) => {
        const caller = await callerOf(db, user, files);
        const investorId = caller.seesAll ? query.investorId : await ownInvestor(db, user, files);
        const found = await deposits.list(db, { ...query, investorId });
        const { items, next } = pageOf(found, query.limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(asDeposit), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/deposits/{id}',
      tag: TAG,
      summary: 'One deposit',
      access: READERS,
      params: depositParams,
      replies: { 200: depositView },
      read: async (db, { user, params }) => {
        const deposit = await deposits.get(db, params.id);
        const caller = await callerOf(db, user, files);
        if (!caller.seesAll && caller.investorId !== deposit.investorId) {
          throw paymentProblem('deposit-not-found');
        }
        return { status: 200, body: asDeposit(deposit) };
      },
    }),
  ];
}

function cashRoute({ cash, files }: DepositRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/cash',
    tag: TAG,
    summary: 'What one has here: available, reserved and on its way',
    access: { roles: ['investor'] },
    replies: { 200: cashView },
    read: async (db, { user }) => {
      const investorId = await ownInvestor(db, user, files);
      return { status: 200, body: asCash(await cash.list(db, investorId)) };
    },
  });
}

/** Staff say for whom; investors deposit for themselves, whatever they name. */
async function depositor(
  db: Db,
  request: {
    readonly user: AuthenticatedUser;
    readonly named: Id<'inv'> | undefined;
    readonly files: PartyFiles<Db>;
  },
): Promise<Id<'inv'>> {
  const { user, named, files } = request;
  if (user.roles.includes('operations') && named) return named;
  const own = await ownInvestor(db, user, files);
  if (named && named !== own) throw paymentProblem('not-your-file');
  return own;
}

import type { AuthenticatedUser } from '../../platform/auth';
import type { Db } from '../../platform/db';
import { page, pageOf, route, type Route } from '../../platform/http';
import { callerOf, filesOf, ownInvestor, ownIssuer } from './caller.service';
import { paymentProblem } from './errors';
import type { PartyFiles } from './party-files';
import type { ReferenceService } from './reference.service';
import {
  asWithdrawal,
  createdWithdrawal,
  feeSweepView,
  withdrawalBody,
  withdrawalParams,
  withdrawalsQuery,
  withdrawalView,
} from './schema';
import type { Withdrawal } from './withdrawal';
import type { WithdrawalService } from './withdrawal.service';

export interface WithdrawalRouteDeps {
  readonly withdrawals: WithdrawalService;
  readonly files: PartyFiles<Db>;
  readonly references: Pick<ReferenceService, 'get'>;
}

const TAG = 'Payments';
const READERS = {
  roles: ['investor', 'issuer', 'operations', 'compliance', 'admin', 'regulator'],
} as const;

export function withdrawalRoutes(deps: WithdrawalRouteDeps): readonly Route[] {
  return [...requestRoutes(deps), cancelRoute(deps), ...readRoutes(deps)];
}

function requestRoutes({ withdrawals, files }: WithdrawalRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/withdrawals',
      tag: TAG,
      summary:
        'Ask for own cash, or an issuer’s proceeds, to be paid to a bank account of one’s own',
      access: { roles: ['investor', 'issuer'] },
      idempotent: true,
      body: withdrawalBody,
      replies: { 201: withdrawalView },
      write: async (tx, { user, body: { kind, ...order } }) => {
        if (kind === 'issuer-proceeds') {
          const issuerId = await ownIssuer(tx, user, files);
          return createdWithdrawal(await withdrawals.payProceeds(tx, { ...order, issuerId }));
        }
        const investorId = await ownInvestor(tx, user, files);
        return createdWithdrawal(await withdrawals.request(tx, { ...order, investorId }));
      },
    }),
    route({
      method: 'post',
      path: '/v1/fee-sweeps',
      tag: TAG,
      summary: 'Send earned fees from the clients’ account to the operator’s own bank, by kind',
      access: { roles: ['operations'] },
      idempotent: true,
      replies: { 201: feeSweepView },
      write: async (tx) => {
        const items = (await withdrawals.sweepFees(tx)).map(asWithdrawal);
        return { status: 201, body: { items } };
      },
    }),
  ];
}

function cancelRoute({ withdrawals, files, references }: WithdrawalRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/withdrawals/{id}/cancel',
    tag: TAG,
    summary: 'Take a withdrawal back before it goes to the custodian',
    access: { roles: ['investor', 'issuer', 'operations'] },
    params: withdrawalParams,
    replies: { 200: withdrawalView },
    write: async (tx, { user, params }) => {
      const withdrawal = await withdrawals.get(tx, params.id);
      await requireVisible(tx, { withdrawal, user, files, references });
      return { status: 200, body: asWithdrawal(await withdrawals.cancel(tx, params.id)) };
    },
  });
}

function readRoutes({ withdrawals, files, references }: WithdrawalRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/withdrawals',
      tag: TAG,
      summary: 'List withdrawals, newest first: one’s own, or for staff everybody’s',
      access: READERS,
      query: withdrawalsQuery,
      replies: { 200: page(withdrawalView) },
      read: async (db, { user, query }) => {
        const caller = await callerOf(db, user, files);
        const { limit, after, status } = query;
        const whose = caller.seesAll
          ? { investorId: query.investorId, issuerId: query.issuerId }
          : user.roles.includes('investor')
            ? { investorId: await ownInvestor(db, user, files) }
            : await ownAsIssuer(db, user, files);
        const found = await withdrawals.list(db, { limit, after, status, ...whose });
        const { items, next } = pageOf(found, limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(asWithdrawal), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/withdrawals/{id}',
      tag: TAG,
      summary: 'One withdrawal',
      access: READERS,
      params: withdrawalParams,
      replies: { 200: withdrawalView },
      read: async (db, { user, params }) => {
        const withdrawal = await withdrawals.get(db, params.id);
        await requireVisible(db, { withdrawal, user, files, references });
        return { status: 200, body: asWithdrawal(withdrawal) };
      },
    }),
  ];
}

/** What an issuer raised, and what it is sent back as a borrower. */
async function ownAsIssuer(db: Db, user: AuthenticatedUser, files: PartyFiles<Db>) {
  const issuerId = await ownIssuer(db, user, files);
  return { issuerId, partyId: (await files.getIssuer(db, issuerId)).partyId };
}

/** Somebody else's withdrawal is not there at all. */
async function requireVisible(
  db: Db,
  request: {
    readonly withdrawal: Withdrawal;
    readonly user: AuthenticatedUser;
    readonly files: PartyFiles<Db>;
    readonly references: Pick<ReferenceService, 'get'>;
  },
): Promise<void> {
  const { withdrawal, user, files, references } = request;
  const caller = await callerOf(db, user, files);
  if (caller.seesAll) return;
  const isPaidBack = async (reference: string): Promise<boolean> => {
    const { partyId } = await references.get(db, reference);
    return (await filesOf(db, caller, files)).some((own) => own.partyId === partyId);
  };
  const { investorId, issuerId, ownerReference } = withdrawal;
  const isOwn =
    (investorId !== undefined && investorId === caller.investorId) ||
    (issuerId !== undefined && issuerId === caller.issuerId) ||
    (ownerReference !== undefined && (await isPaidBack(ownerReference)));
  if (!isOwn) throw paymentProblem('withdrawal-not-found');
}

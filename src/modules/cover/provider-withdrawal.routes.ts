import { z } from 'zod';
import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import { idInput, positiveMoneyInput, route, type Route } from '../../platform/http';
import {
  asBankAccount,
  bankAccountBody,
  bankAccountView,
  createdWithdrawal,
  withdrawalView,
} from '../payments';
import type { ProviderWithdrawals } from './provider-withdrawal.service';
import type { Provider } from './provider';
import type { ProviderService } from './provider.service';
import { providerParams } from './schema';

export interface ProviderWithdrawalRouteDeps {
  readonly providers: ProviderService;
  readonly providerWithdrawals: ProviderWithdrawals;
}

const OPERATIONS = { roles: ['operations'] } as const;
const OVERSEERS = { roles: ['operations', 'compliance', 'admin', 'regulator'] } as const;

const withdrawalBody = z.strictObject({
  amount: positiveMoneyInput,
  bankAccountId: idInput('bac'),
});
const accountsView = z.object({ items: z.array(bankAccountView).readonly() });

/** A kind of provider, by the path it stands under. */
interface Shelf {
  readonly path: 'guarantors' | 'provision-funds';
  readonly tag: string;
  readonly get: (db: Db, id: Id<'cov'>) => Promise<Provider>;
}

/** How a guarantor, or the keeper of a fund, comes by its money again. */
export function providerWithdrawalRoutes({
  providers,
  providerWithdrawals,
}: ProviderWithdrawalRouteDeps): readonly Route[] {
  const shelves: readonly Shelf[] = [
    {
      path: 'guarantors',
      tag: 'Guarantors',
      get: (db, id) => providers.getGuarantor(db, id),
    },
    {
      path: 'provision-funds',
      tag: 'Provision funds',
      get: (db, id) => providers.getFund(db, id),
    },
  ];
  return shelves.flatMap((shelf) => [
    ...accountRoutes(shelf, providerWithdrawals),
    withdrawalRoute(shelf, providerWithdrawals),
  ]);
}

function accountRoutes(
  { path, tag, get }: Shelf,
  withdrawals: ProviderWithdrawals,
): readonly Route[] {
  return [
    route({
      method: 'get',
      path: `/v1/${path}/{id}/bank-accounts`,
      tag,
      summary: 'The accounts its money may be paid out to',
      access: OVERSEERS,
      params: providerParams,
      replies: { 200: accountsView },
      read: async (db, { params }) => {
        const items = await withdrawals.listAccounts(db, await get(db, params.id));
        return { status: 200, body: { items: items.map(asBankAccount) } };
      },
    }),
    route({
      method: 'post',
      path: `/v1/${path}/{id}/bank-accounts`,
      tag,
      summary: 'Register a bank account held in its own name',
      access: OPERATIONS,
      params: providerParams,
      body: bankAccountBody,
      replies: { 201: bankAccountView },
      write: async (tx, { params, body }) => {
        await get(tx, params.id);
        const account = await withdrawals.registerAccount(tx, params.id, body);
        return { status: 201, body: asBankAccount(account) };
      },
    }),
  ];
}

function withdrawalRoute({ path, tag, get }: Shelf, withdrawals: ProviderWithdrawals): Route {
  return route({
    method: 'post',
    path: `/v1/${path}/{id}/withdrawals`,
    tag,
    summary: 'Pay out, to its own bank account, what no claim asks for',
    description: 'A fund is suspended first, which is for compliance.',
    access: OPERATIONS,
    idempotent: true,
    params: providerParams,
    body: withdrawalBody,
    replies: { 201: withdrawalView },
    write: async (tx, { params, body }) => {
      await get(tx, params.id);
      return createdWithdrawal(await withdrawals.pay(tx, params.id, body));
    },
  });
}

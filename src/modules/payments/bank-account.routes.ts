import { z } from 'zod';
import type { Db } from '../../platform/db';
import { route, type Route } from '../../platform/http';
import type { BankAccountService } from './bank-account.service';
import { ownFile } from './caller.service';
import type { PartyFiles } from './party-files';
import {
  asBankAccount,
  bankAccountBody,
  bankAccountParams,
  bankAccountView,
  verdictBody,
} from './schema';

export interface BankAccountRouteDeps {
  readonly bankAccounts: BankAccountService;
  readonly files: PartyFiles<Db>;
}

const TAG = 'Bank accounts';
const OWNERS = { roles: ['investor', 'issuer'] } as const;

export function bankAccountRoutes(deps: BankAccountRouteDeps): readonly Route[] {
  return [...ownRoutes(deps), decideRoute(deps)];
}

function ownRoutes({ bankAccounts, files }: BankAccountRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/bank-accounts',
      tag: TAG,
      summary: 'Register a bank account held in one’s own name',
      access: OWNERS,
      body: bankAccountBody,
      replies: { 201: bankAccountView },
      write: async (tx, { user, body }) => {
        const { partyId, name } = await ownFile(tx, user, files);
        const account = await bankAccounts.register(tx, { ...body, partyId, holder: name });
        return { status: 201, body: asBankAccount(account) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/bank-accounts',
      tag: TAG,
      summary: 'List one’s own bank accounts',
      access: OWNERS,
      replies: { 200: z.object({ items: z.array(bankAccountView).readonly() }) },
      read: async (db, { user }) => {
        const { partyId } = await ownFile(db, user, files);
        const items = await bankAccounts.listOfParty(db, partyId);
        return { status: 200, body: { items: items.map(asBankAccount) } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/bank-accounts/{id}/close',
      tag: TAG,
      summary: 'Take a bank account out of use',
      access: OWNERS,
      params: bankAccountParams,
      replies: { 200: bankAccountView },
      write: async (tx, { user, params }) => {
        const { partyId } = await ownFile(tx, user, files);
        const account = await bankAccounts.close(tx, params.id, partyId);
        return { status: 200, body: asBankAccount(account) };
      },
    }),
  ];
}

function decideRoute({ bankAccounts }: BankAccountRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/bank-accounts/{id}/decide',
    tag: TAG,
    summary: 'Decide on a bank account by hand, on a document the party showed',
    description: 'Not for whoever registered it.',
    access: { roles: ['compliance', 'operations'] },
    params: bankAccountParams,
    body: verdictBody,
    replies: { 200: bankAccountView },
    write: async (tx, { params, body }) => {
      const account = await bankAccounts.decide(tx, params.id, body);
      return { status: 200, body: asBankAccount(account) };
    },
  });
}

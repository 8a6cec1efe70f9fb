import type { Db } from '../../platform/db';
import { route, type Route } from '../../platform/http';
import { createdWithdrawal, withdrawalView, type PartyFiles } from '../payments';
import { accountQuery, accountView, asAccount, surplusBody } from './arrival.schema';
import type { LoanArrivals } from './arrival.service';
import { ownLoan } from './caller.service';
import type { LoanDebits } from './debit.service';
import { loanParams } from './schema';

export interface ArrivalRouteDeps {
  readonly loanArrivals: LoanArrivals;
  readonly loanDebits: LoanDebits;
  readonly files: PartyFiles<Db>;
}

/** How a borrower's money comes to a loan, and back. */
export function arrivalRoutes({
  loanArrivals,
  loanDebits,
  files,
}: ArrivalRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/loans/{id}/account',
      tag: 'Loans',
      summary:
        'What lies on the account of a loan, how to pay in, and what is drawn or was refused',
      access: { roles: ['issuer', 'operations', 'compliance', 'admin', 'regulator'] },
      params: loanParams,
      query: accountQuery,
      replies: { 200: accountView },
      read: async (db, { user, params, query }) => {
        const { loan } = await ownLoan(db, { user, files }, params.id);
        const account = await loanArrivals.account(db, loan);
        const debits = await loanDebits.list(db, loan, query.limit);
        return { status: 200, body: asAccount(account, debits) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/loans/{id}/return-surplus',
      tag: 'Loans',
      summary: 'Send a borrower back what lies on the account of a loan that has ended',
      description:
        'Happens by itself when a loan ends; this is for what no bank account was known for then, and ' +
        'for what the bank sent back.',
      access: { roles: ['issuer', 'operations'] },
      idempotent: true,
      params: loanParams,
      body: surplusBody,
      replies: { 201: withdrawalView },
      write: async (tx, { user, params, body }) => {
        await ownLoan(tx, { user, files }, params.id);
        return createdWithdrawal(
          await loanArrivals.returnSurplus(tx, params.id, body.bankAccountId),
        );
      },
    }),
  ];
}

import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Audit } from '../../platform/audit';
import type { Database } from '../../platform/db';
import { pageOf, route, type Route } from '../../platform/http';
import { runChecks } from '../../platform/integrity';
import { ledgerProblem } from './errors';
import { ledgerChecks } from './integrity';
import {
  balanceAsOf,
  findAccountByNo,
  findPostedEntry,
  listAccounts,
  listEntries,
  listPostings,
} from './queries';
import {
  accountCursor,
  accountParams,
  accountView,
  accountsPage,
  accountsQuery,
  asAccount,
  asEntry,
  asIntegrity,
  asStatementLine,
  entriesPage,
  entriesQuery,
  entryParams,
  entryView,
  integrityView,
  postingsQuery,
  readAccountCursor,
  reverseBody,
  statementPage,
} from './schema';
import type { LedgerService } from './service';

export interface LedgerRouteDeps {
  readonly clock: Clock;
  readonly database: Database;
  readonly audit: Audit;
  readonly ledger: LedgerService;
}

const TAG = 'Ledger';
/** Who may look into an operator's books. Investors see their own cash, elsewhere. */
const READERS = { roles: ['operations', 'compliance', 'admin', 'regulator'] } as const;

export function ledgerRoutes(deps: LedgerRouteDeps): readonly Route[] {
  return [...accountRoutes(), ...entryRoutes(), reverseRoute(deps), integrityRoute(deps)];
}

function accountRoutes(): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/ledger/accounts',
      tag: TAG,
      summary: 'The accounts of the books, in order of their paths',
      access: READERS,
      query: accountsQuery,
      replies: { 200: accountsPage },
      read: async (db, { query: { under, limit, after } }) => {
        const accounts = await listAccounts(db, {
          under,
          limit: limit + 1,
          after: readAccountCursor(after),
        });
        const { items, next } = pageOf(accounts, limit, accountCursor);
        return { status: 200, body: { items: items.map(asAccount), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/ledger/accounts/{accountNo}',
      tag: TAG,
      summary: 'One account: balance, what is held of it, what is available',
      access: READERS,
      params: accountParams,
      replies: { 200: accountView },
      read: async (db, { params }) => {
        const account = await findAccountByNo(db, params.accountNo);
        if (!account) throw ledgerProblem('account-not-found');
        return { status: 200, body: asAccount(account) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/ledger/accounts/{accountNo}/postings',
      tag: TAG,
      summary: "An account's postings with the running balance, the latest first",
      access: READERS,
      params: accountParams,
      query: postingsQuery,
      replies: { 200: statementPage },
      read: async (db, { params, query: { at, limit, after } }) => {
        const account = await findAccountByNo(db, params.accountNo);
        if (!account) throw ledgerProblem('account-not-found');
        const balance = at === undefined ? account.balance : await balanceAsOf(db, account, at);
        const lines = await listPostings(db, params.accountNo, { at, limit: limit + 1, after });
        const { items, next } = pageOf(lines, limit, (line) => line.accountSeq.toString());
        return { status: 200, body: { items: items.map(asStatementLine), next, balance } };
      },
    }),
  ];
}

function entryRoutes(): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/ledger/entries',
      tag: TAG,
      summary: 'Journal entries with their postings, the latest first',
      access: READERS,
      query: entriesQuery,
      replies: { 200: entriesPage },
      read: async (db, { query: { limit, ...filters } }) => {
        const entries = await listEntries(db, {
          ...filters,
          order: 'latest first',
          limit: limit + 1,
        });
        const { items, next } = pageOf(entries, limit, (entry) => entry.entryNo.toString());
        return { status: 200, body: { items: items.map(asEntry), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/ledger/entries/{entryNo}',
      tag: TAG,
      summary: 'One journal entry',
      access: READERS,
      params: entryParams,
      replies: { 200: entryView },
      read: async (db, { params }) => {
        const entry = await findPostedEntry(db, params.entryNo);
        if (!entry) throw ledgerProblem('entry-not-found');
        return { status: 200, body: asEntry(entry) };
      },
    }),
  ];
}

function reverseRoute({ ledger, audit }: LedgerRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/ledger/entries/{entryNo}/reverse',
    tag: TAG,
    summary: 'Take an entry back by its mirror image',
    description:
      'For a mistake in the books. It moves money back and changes nothing else: what an offering, ' +
      'a subscription or a payment did is undone where it was done.',
    access: { roles: ['operations'] },
    idempotent: true,
    params: entryParams,
    body: reverseBody,
    replies: { 201: entryView },
    write: async (tx, { params, body }) => {
      const entryNo = await ledger.reverse(tx, params.entryNo, body.reason);
      await audit.record(tx, {
        action: 'ledger.entry-reversed',
        subject: params.entryNo.toString(),
        details: { reversal: entryNo.toString(), reason: body.reason },
      });
      const entry = must(await findPostedEntry(tx, entryNo), 'the reversal');
      const headers = { Location: `/v1/ledger/entries/${entryNo}` };
      return { status: 201, headers, body: asEntry(entry) };
    },
  });
}

function integrityRoute({ clock, database }: LedgerRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/ledger/integrity',
    tag: TAG,
    summary: 'Whether the books are sound, checked now from the rows themselves',
    access: READERS,
    // It reads every posting there is.
    rateLimit: { action: 'ledger.integrity', limit: 6, windowSeconds: 60 },
    replies: { 200: integrityView },
    run: async ({ operatorId }) => {
      const results = await runChecks(database, ledgerChecks, [operatorId]);
      return { status: 200, body: asIntegrity(results, clock.now()) };
    },
  });
}

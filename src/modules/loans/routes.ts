import type { Id } from '../../kernel/id';
import type { AuthenticatedUser } from '../../platform/auth';
import type { Db, Tx } from '../../platform/db';
import { pageOf, route, type Route } from '../../platform/http';
import type { PartyFiles } from '../payments';
import type { LoanCancellation } from './cancellation.service';
import { ownLoan, seesAll, visibleLoan } from './caller.service';
import type { LoanDisbursals } from './disbursal.service';
import { loanProblem } from './errors';
import type { Loan } from './loan';
import type { NoteService } from './note.service';
import * as queries from './queries';
import {
  agreementView,
  asAgreement,
  asDistribution,
  asLoan,
  asLoanFile,
  asLoanNote,
  asNote,
  asPayment,
  asSchedule,
  cancelBody,
  disburseBody,
  distributionsQuery,
  distributionsView,
  loanFileView,
  loanNotesView,
  loanParams,
  loansQuery,
  loansView,
  loanView,
  notesQuery,
  notesView,
  numberedQuery,
  paymentsView,
  scheduleQuery,
  scheduleView,
  signBody,
} from './schema';
import type { LoanService } from './service';

export interface LoanRouteDeps {
  readonly loans: LoanService;
  readonly loanDisbursals: LoanDisbursals;
  readonly loanCancellation: LoanCancellation;
  readonly loanNotes: NoteService;
  readonly files: PartyFiles<Db>;
}

const TAG = 'Loans';
const STAFF = ['operations', 'compliance', 'admin', 'regulator'] as const;
const PARTIES = { roles: ['investor', 'issuer', ...STAFF] } as const;

export function loanRoutes(deps: LoanRouteDeps): readonly Route[] {
  return [
    ...listRoutes(deps),
    ...fileRoutes(deps),
    ...historyRoutes(deps),
    ...noteRoutes(deps),
    ...stepRoutes(deps),
  ];
}

function listRoutes({ loans, files }: LoanRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/loans',
      tag: TAG,
      summary: 'List loans, newest first: a borrower its own, staff all',
      access: { roles: ['issuer', ...STAFF] },
      query: loansQuery,
      replies: { 200: loansView },
      read: async (db, { user, query }) => {
        const issuerId = seesAll(user) ? query.issuerId : await ownIssuer(db, user, files);
        const rows = await loans.list(db, { ...query, issuerId });
        const { items, next } = pageOf(rows, query.limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(asLoan), next } };
      },
    }),
  ];
}

function fileRoutes({ loans, loanDisbursals, files }: LoanRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/loans/{id}',
      tag: TAG,
      summary: 'One loan: what is owed next, and how to pay it',
      access: PARTIES,
      params: loanParams,
      replies: { 200: loanFileView },
      read: async (db, { user, params }) => {
        const { loan, viewer } = await visibleLoan(db, { user, files }, params.id);
        const file = {
          viewer,
          instalments: (await loans.schedule(db, loan)).instalments,
          charges: await queries.listCharges(db, loan),
          disbursals: await loanDisbursals.list(db, loan),
        };
        return { status: 200, body: asLoanFile(loan, file) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/loans/{id}/agreement',
      tag: TAG,
      summary: 'The text that is signed, or was, in both languages',
      access: PARTIES,
      params: loanParams,
      replies: { 200: agreementView },
      read: async (db, { user, params }) => {
        const { loan } = await visibleLoan(db, { user, files }, params.id);
        return { status: 200, body: asAgreement(await loans.agreement(db, loan)) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/loans/{id}/schedule',
      tag: TAG,
      summary: 'What falls due when, and what has been paid of it; earlier schedules by version',
      access: PARTIES,
      params: loanParams,
      query: scheduleQuery,
      replies: { 200: scheduleView },
      read: async (db, { user, params, query }) => {
        const { loan } = await visibleLoan(db, { user, files }, params.id);
        const schedule = await loans.schedule(db, loan, query.version);
        return { status: 200, body: asSchedule(schedule) };
      },
    }),
  ];
}

function historyRoutes({ loanNotes, files }: LoanRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/loans/{id}/payments',
      tag: TAG,
      summary: 'Payments on a loan, newest first, by what they were for',
      access: PARTIES,
      params: loanParams,
      query: numberedQuery,
      replies: { 200: paymentsView },
      read: async (db, { user, params, query }) => {
        const { loan } = await visibleLoan(db, { user, files }, params.id);
        const rows = await queries.listPayments(db, loan, query);
        const { items, next } = pageOf(rows, query.limit, ({ paymentNo }) => String(paymentNo));
        return { status: 200, body: { items: items.map(asPayment), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/loans/{id}/notes',
      tag: TAG,
      summary: 'Who holds which part: masked for its borrower, their own for a lender',
      access: PARTIES,
      params: loanParams,
      query: numberedQuery,
      replies: { 200: loanNotesView },
      read: async (db, { user, params, query }) => {
        const { loan, viewer } = await visibleLoan(db, { user, files }, params.id);
        const { loanNo } = loan;
        const rows = await loanNotes.list(db, {
          loanNo,
          holderId: viewer.as === 'lender' ? viewer.investorId : undefined,
          after: { loanNo, noteNo: query.after ?? 0 },
          limit: query.limit,
        });
        const { items, next } = pageOf(rows, query.limit, ({ noteNo }) => String(noteNo));
        return { status: 200, body: { items: items.map((one) => asLoanNote(one, viewer)), next } };
      },
    }),
  ];
}

function noteRoutes({ files }: LoanRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/notes',
      tag: TAG,
      summary: 'The caller’s own notes, and what each has brought',
      access: { roles: ['investor'] },
      query: notesQuery,
      replies: { 200: notesView },
      read: async (db, { user, query }) => {
        const { limit, open, after } = query;
        const holderId = await ownInvestor(db, user, files);
        const [loanId, noteNo] = after?.split('/') ?? [];
        const rows = await queries.listNoteStandings(db, {
          holderId,
          isOpen: open,
          limit,
          after:
            loanId === undefined
              ? undefined
              : { loanId: loanId as Id<'lon'>, noteNo: Number(noteNo) },
        });
        const { items, next } = pageOf(rows, limit, (row) => `${row.loanId}/${row.noteNo}`);
        return { status: 200, body: { items: items.map(asNote), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/loans/{id}/distributions',
      tag: TAG,
      summary: 'What the caller’s own notes of a loan received of each payment',
      access: { roles: ['investor'] },
      params: loanParams,
      query: distributionsQuery,
      replies: { 200: distributionsView },
      read: async (db, { user, params, query }) => {
        const { loan } = await visibleLoan(db, { user, files }, params.id);
        const holderId = await ownInvestor(db, user, files);
        const [noteNo, paymentNo] = query.after?.split('/').map(Number) ?? [];
        const rows = await queries.listDistributions(db, loan, {
          holderId,
          limit: query.limit,
          after: { noteNo: noteNo ?? 0, paymentNo: paymentNo ?? 0 },
        });
        const { items, next } = pageOf(
          rows,
          query.limit,
          (row) => `${row.noteNo}/${row.paymentNo}`,
        );
        return { status: 200, body: { items: items.map(asDistribution), next } };
      },
    }),
  ];
}

function stepRoutes(deps: LoanRouteDeps): readonly Route[] {
  const { loans, loanDisbursals, loanCancellation, files } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/loans/{id}/sign',
      tag: TAG,
      summary: 'Sign the agreement by its hash: as its borrower, or for the operator',
      access: { roles: ['issuer', 'operations', 'compliance'] },
      idempotent: 'if-keyed',
      params: loanParams,
      body: signBody,
      replies: { 200: loanView },
      write: async (tx, { user, params, body: { textSha256 } }) => {
        const { viewer } = await ownLoan(tx, { user, files }, params.id);
        const side = viewer.as === 'borrower' ? 'borrower' : 'operator';
        return reply(await loans.sign(tx, params.id, { side, textSha256 }));
      },
    }),
    route({
      method: 'post',
      path: '/v1/loans/{id}/disburse',
      tag: TAG,
      summary: 'Tell the custodian to pay a signed loan out; the bank’s answer begins it',
      access: { roles: ['operations'] },
      idempotent: true,
      params: loanParams,
      body: disburseBody,
      replies: { 200: loanView },
      write: async (tx: Tx, { params, body }) =>
        reply(await loanDisbursals.instruct(tx, params.id, body.bankAccountId)),
    }),
    route({
      method: 'post',
      path: '/v1/loans/{id}/cancel',
      tag: TAG,
      summary: 'Cancel a loan before it is paid out: its lenders get everything back',
      access: { roles: ['issuer', 'operations'] },
      idempotent: true,
      params: loanParams,
      body: cancelBody,
      replies: { 200: loanView },
      write: async (tx, { user, params, body }) => {
        await ownLoan(tx, { user, files }, params.id);
        return reply(await loanCancellation.cancel(tx, params.id, body.reason));
      },
    }),
  ];
}

function reply(loan: Loan) {
  return { status: 200, body: asLoan(loan) } as const;
}

/** @throws Problem `loans.not-a-borrower`. */
async function ownIssuer(
  db: Db,
  user: AuthenticatedUser,
  files: PartyFiles<Db>,
): Promise<Id<'iss'>> {
  const own = await files.findIssuerOf(db, user.id);
  if (own === undefined) throw loanProblem('not-a-borrower');
  return own;
}

/** @throws Problem `loans.not-a-lender`. */
async function ownInvestor(
  db: Db,
  user: AuthenticatedUser,
  files: PartyFiles<Db>,
): Promise<Id<'inv'>> {
  const own = await files.findInvestorOf(db, user.id);
  if (own === undefined) throw loanProblem('not-a-lender');
  return own;
}

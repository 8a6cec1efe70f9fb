import type { Db } from '../../platform/db';
import { route, type Route } from '../../platform/http';
import type { PartyFiles } from '../payments';
import { ownLoan } from './caller.service';
import type { EarlyRepayment } from './early-repayment.service';
import * as wire from './payment.schema';
import type { PaymentService } from './payment.service';
import type { PaymentReversal } from './reversal.service';
import { loanParams } from './schema';

export interface LoanPaymentRouteDeps {
  readonly loanPayments: PaymentService;
  readonly loanEarlyRepayments: EarlyRepayment;
  readonly loanReversals: PaymentReversal;
  readonly files: PartyFiles<Db>;
}

const TAG = 'Loans';
const PAYERS = ['issuer', 'operations'] as const;

/** Paying a loan: where money would go, what settles it, and taking a payment back. */
export function loanPaymentRoutes(deps: LoanPaymentRouteDeps): readonly Route[] {
  const { loanPayments, loanEarlyRepayments, loanReversals, files } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/loans/{id}/payment-preview',
      tag: TAG,
      summary: 'Where an amount would go if it were paid on a day; nothing is paid',
      access: { roles: [...PAYERS, 'compliance', 'admin', 'regulator'] },
      params: loanParams,
      body: wire.previewBody,
      replies: { 200: wire.previewView },
      read: async (db, { user, params, body }) => {
        await ownLoan(db, { user, files }, params.id);
        const preview = await loanPayments.preview(db, { loanId: params.id, ...body });
        return { status: 200, body: wire.asPreview(preview) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/loans/{id}/payoff-quotes',
      tag: TAG,
      summary: 'What settles the loan, told so that it holds until a day',
      access: { roles: PAYERS },
      idempotent: 'if-keyed',
      params: loanParams,
      body: wire.quoteBody,
      replies: { 201: wire.quoteView },
      write: async (tx, { user, params, body }) => {
        await ownLoan(tx, { user, files }, params.id);
        const quote = await loanEarlyRepayments.quote(tx, { loanId: params.id, ...body });
        return { status: 201, body: wire.asQuote(quote) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/loans/{id}/early-repayments',
      tag: TAG,
      summary: 'Repay all by a quote, or a part, out of what lies on the account of the loan',
      access: { roles: PAYERS },
      idempotent: true,
      params: loanParams,
      body: wire.earlyRepaymentBody,
      replies: { 200: wire.paidView },
      write: async (tx, { user, params: { id: loanId }, body }) => {
        await ownLoan(tx, { user, files }, loanId);
        const draft =
          'quoteId' in body
            ? await loanEarlyRepayments.settle(tx, { loanId, quoteId: body.quoteId })
            : await loanEarlyRepayments.repayPart(tx, { loanId, amount: body.amount });
        return { status: 200, body: wire.asPaid(draft) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/loans/{id}/payments/{no}/reverse',
      tag: TAG,
      summary: 'Take a payment back exactly; what it brought lies on the account of the loan again',
      access: { roles: ['operations'] },
      idempotent: true,
      params: wire.reversalParams,
      body: wire.reversalBody,
      replies: { 200: wire.unwoundView },
      write: async (tx, { params: { id: loanId, no: paymentNo }, body: { reason } }) => {
        const unwound = await loanReversals.reverse(tx, { loanId, paymentNo, reason });
        return { status: 200, body: wire.asUnwound(unwound) };
      },
    }),
  ];
}

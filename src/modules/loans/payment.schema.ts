import { z } from 'zod';
import {
  dateInput,
  dateView,
  idInput,
  idView,
  lineInput,
  moneyView,
  positiveMoneyInput,
} from '../../platform/http';
import { PORTIONS, type OwedFor } from './owed';
import type { PaymentDraft } from './payment';
import type { PaymentPreview } from './payment.service';
import type { PayoffQuote } from './payoff.store';
import type { Unwound } from './reversal.service';
import { SURPLUS_RULES } from './waterfall';

export const previewBody = z.strictObject({
  amount: positiveMoneyInput,
  on: dateInput.meta({ description: 'The day on which it would be paid.' }),
});
export const quoteBody = z.strictObject({
  on: dateInput.meta({ description: 'The day until which the quote is to hold.' }),
});
export const earlyRepaymentBody = z.union([
  z.strictObject({ quoteId: idInput('qte').meta({ description: 'Repays all, by this quote.' }) }),
  z.strictObject({ amount: positiveMoneyInput.meta({ description: 'Repays a part.' }) }),
]);
export const reversalParams = z.strictObject({
  id: idInput('lon'),
  no: z.coerce.number().int().min(1).max(999_999),
});
export const reversalBody = z.strictObject({ reason: lineInput(60) });

const partView = z.object({
  instalmentNo: z.int().optional(),
  chargeNo: z.int().optional(),
  portion: z.enum(PORTIONS),
  amount: moneyView,
});

export const previewView = z.object({
  amount: moneyView,
  parts: z
    .array(
      partView.extend({ dueOn: dateView, timeliness: z.enum(['past-due', 'due', 'in-advance']) }),
    )
    .readonly(),
  surplus: moneyView,
  surplusGoes: z.enum([...SURPLUS_RULES, 'send-back']),
});

export const quoteView = z.object({
  id: idView('qte'),
  validTo: dateView,
  principal: moneyView,
  dueInterest: moneyView,
  accruedInterest: moneyView.meta({ description: 'Of the running period, up to the day.' }),
  fees: moneyView,
  charges: moneyView,
  earlyFee: moneyView.meta({ description: 'What repaying early costs.' }),
  saved: moneyView.meta({ description: 'Interest of the schedule that will not be owed.' }),
  total: moneyView,
});

export const paidView = z.object({
  paymentNo: z.int(),
  amount: moneyView,
  parts: z.array(partView).readonly(),
});

export const unwoundView = z.object({
  paymentNos: z.array(z.int()).readonly(),
  amount: moneyView.meta({ description: 'What lies on the account of the loan again.' }),
});

export function asPreview({ parts, ...preview }: PaymentPreview) {
  return {
    ...preview,
    parts: parts.map(({ of, ...part }) => ({ ...part, ...place(of) })),
  };
}

export function asQuote({ id, on, ...quote }: PayoffQuote) {
  const { principal, dueInterest, accruedInterest, fees, charges, earlyFee, saved, total } = quote;
  const amounts = { principal, dueInterest, accruedInterest, fees, charges, earlyFee };
  return { id, validTo: on, ...amounts, saved, total };
}

export function asPaid({ paymentNo, amount, parts }: PaymentDraft) {
  return {
    paymentNo,
    amount,
    parts: parts.map(({ of, ...part }) => ({ ...part, ...place(of) })),
  };
}

export function asUnwound({ paymentNos, amount }: Unwound) {
  return { paymentNos, amount };
}

function place(of: OwedFor) {
  return 'chargeNo' in of ? { chargeNo: of.chargeNo } : { instalmentNo: of.instalmentNo };
}

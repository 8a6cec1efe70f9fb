import { z } from 'zod';
import {
  dateView,
  idInput,
  idView,
  instantView,
  integerQuery,
  moneyView,
} from '../../platform/http';
import { COLLECTION_STATUSES } from '../payments';
import type { LoanAccount } from './arrival.service';
import { instalmentOf } from './debit';
import type { LoanDebit } from './debit.service';

export const accountQuery = z.strictObject({
  limit: integerQuery({ min: 1, max: 100 })
    .default(20)
    .meta({ description: 'How many debits are shown.' }),
});

export const surplusBody = z.strictObject({
  bankAccountId: idInput('bac')
    .optional()
    .meta({ description: 'One’s own; by default the one that the loan was paid out to.' }),
});

const debitView = z.object({
  id: idView('col'),
  instalment: z
    .object({ version: z.int(), no: z.int() })
    .optional()
    .meta({ description: 'Of which schedule; absent where something else is drawn.' }),
  dueOn: dateView,
  amount: moneyView,
  status: z.enum(COLLECTION_STATUSES),
  requestedAt: instantView,
  executedAt: instantView.optional(),
  reasonCode: z.string().optional(),
  retryOn: dateView
    .optional()
    .meta({ description: 'The day from which it is drawn again, after a refusal.' }),
});

export const accountView = z.object({
  available: moneyView.meta({ description: 'Paid in, and not used for anything yet.' }),
  reference: z
    .string()
    .optional()
    .meta({ description: 'What to write on a transfer; absent when nothing is to come any more.' }),
  debitMandate: z.object({ bankAccountId: idView('bac'), givenAt: instantView }).optional(),
  debits: z.array(debitView).readonly(),
});

export function asAccount(
  { available, reference, debitMandate }: LoanAccount,
  debits: readonly LoanDebit[],
) {
  return {
    available,
    reference,
    ...(debitMandate && {
      debitMandate: {
        bankAccountId: debitMandate.bankAccountId,
        givenAt: debitMandate.givenAt,
      },
    }),
    debits: debits.map(asDebit),
  };
}

function asDebit(debit: LoanDebit) {
  const { id, dueOn, amount, status, requestedAt, executedAt, reasonCode, retryOn } = debit;
  const asked = { id, dueOn, amount, status, requestedAt, executedAt, reasonCode, retryOn };
  return { ...asked, instalment: instalmentOf(debit.source) };
}

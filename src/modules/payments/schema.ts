import { z } from 'zod';
import type { Currency } from '../../kernel/currency';
import {
  idInput,
  idView,
  instantView,
  lineInput,
  moneyView,
  pageQueryWith,
  positiveMoneyInput,
} from '../../platform/http';
import { FEE_KINDS } from '../ledger';
import { BANK_ACCOUNT_STATUSES, type BankAccount } from './bank-account';
import { asOwner, ownerView, referenceInput } from './collection.schema';
import { DEPOSIT_METHODS, DEPOSIT_STATUSES, type Deposit } from './deposit';
import { TRANSFER_STATUSES, type Transfer } from './transfer';
import type { InvestorCash } from './cash.service';
import { WITHDRAWAL_KINDS, WITHDRAWAL_STATUSES, type Withdrawal } from './withdrawal';

export const depositParams = z.strictObject({ id: idInput('dep') });
export const withdrawalParams = z.strictObject({ id: idInput('wdr') });
export const transferParams = z.strictObject({ id: idInput('trf') });
export const bankAccountParams = z.strictObject({ id: idInput('bac') });

export const depositBody = z.strictObject({
  amount: positiveMoneyInput,
  method: z.enum(DEPOSIT_METHODS).default('direct-debit'),
  investorId: idInput('inv').optional().meta({ description: 'Whose deposit; only for staff.' }),
});
export const depositsQuery = pageQueryWith({
  investorId: idInput('inv').optional(),
  status: z.enum(DEPOSIT_STATUSES).optional(),
});
export const withdrawalBody = z.strictObject({
  amount: positiveMoneyInput,
  bankAccountId: idInput('bac'),
  kind: z
    .enum(['investor-cash', 'issuer-proceeds'])
    .default('investor-cash')
    .meta({ description: 'An investor’s own cash, or what settled offerings raised.' }),
});
export const withdrawalsQuery = pageQueryWith({
  investorId: idInput('inv').optional(),
  issuerId: idInput('iss').optional(),
  status: z.enum(WITHDRAWAL_STATUSES).optional(),
});
export const transfersQuery = pageQueryWith({ status: z.enum(TRANSFER_STATUSES).optional() });
/** To an investor, or to the owner of a standing reference. */
export const proposalBody = z.union([
  z.strictObject({ investorId: idInput('inv'), note: lineInput(500) }),
  z.strictObject({ reference: referenceInput, note: lineInput(500) }),
]);
export const bankAccountBody = z.strictObject({
  scheme: z.enum(['iban', 'account-reference']),
  account: lineInput(60).meta({ examples: ['DE89 3704 0044 0532 0130 00'] }),
});
export const verdictBody = z.discriminatedUnion('verdict', [
  z.strictObject({ verdict: z.literal('verified') }),
  z.strictObject({ verdict: z.literal('rejected'), reason: lineInput(200) }),
]);
export const sandboxTransferBody = z.strictObject({
  amount: positiveMoneyInput,
  reference: z.string().max(140).default(''),
  payer: z.strictObject({ name: lineInput(140), account: lineInput(60) }),
});

export const depositView = z.object({
  id: idView('dep'),
  investorId: idView('inv'),
  method: z.enum(DEPOSIT_METHODS),
  amount: moneyView,
  reference: z.string().meta({ description: 'What the payer writes on a bank transfer.' }),
  status: z.enum(DEPOSIT_STATUSES),
  instructedAt: instantView,
  expiresAt: instantView,
  received: moneyView.optional(),
  resolvedAt: instantView.optional(),
  reasonCode: z.string().optional(),
  entryNo: z.string().optional(),
});

export const withdrawalView = z.object({
  id: idView('wdr'),
  kind: z.enum(WITHDRAWAL_KINDS),
  investorId: idView('inv').optional(),
  issuerId: idView('iss').optional(),
  owner: ownerView.optional(),
  feeKind: z.enum(FEE_KINDS).optional(),
  bankAccountId: idView('bac').optional(),
  amount: moneyView,
  status: z.enum(WITHDRAWAL_STATUSES),
  requestedAt: instantView,
  instructedAt: instantView.optional(),
  executedAt: instantView.optional(),
  resolvedAt: instantView.optional(),
  reasonCode: z.string().optional(),
  entryNo: z.string().optional(),
});

export const feeSweepView = z.object({ items: z.array(withdrawalView).readonly() });

export const transferView = z.object({
  id: idView('trf'),
  custodianRef: z.string(),
  amount: moneyView,
  reference: z.string(),
  payer: z.object({ name: z.string(), account: z.string() }),
  receivedAt: instantView,
  status: z.enum(TRANSFER_STATUSES),
  depositId: idView('dep').optional(),
  matchedReference: z.string().optional(),
  suggestedDepositId: idView('dep').optional(),
  suggestedReference: z.string().optional(),
  proposal: z
    .object({
      investorId: idView('inv').optional(),
      reference: z.string().optional(),
      by: z.string(),
      at: instantView,
      note: z.string(),
    })
    .optional(),
  assignedBy: z.string().optional(),
  assignedAt: instantView.optional(),
});

export const bankAccountView = z.object({
  id: idView('bac'),
  scheme: z.enum(['iban', 'account-reference']),
  masked: z.string(),
  status: z.enum(BANK_ACCOUNT_STATUSES),
  reason: z.string().optional(),
  requestedAt: instantView,
  decidedAt: instantView.optional(),
});

export const cashView = z.object({
  accounts: z
    .array(
      z.object({
        currency: z.string(),
        balance: moneyView,
        available: moneyView.meta({ description: 'What may be subscribed or withdrawn.' }),
        reserved: moneyView,
        pendingDeposits: moneyView,
        pendingWithdrawals: moneyView.meta({ description: 'Part of what is reserved.' }),
      }),
    )
    .readonly(),
});

export const sandboxTransferView = z.object({ custodianRef: z.string() });

export function asDeposit(deposit: Deposit): z.input<typeof depositView> {
  return {
    id: deposit.id,
    investorId: deposit.investorId,
    method: deposit.method,
    amount: deposit.amount,
    reference: deposit.reference,
    status: deposit.status,
    instructedAt: deposit.instructedAt,
    expiresAt: deposit.expiresAt,
    received: deposit.received,
    resolvedAt: deposit.resolvedAt,
    reasonCode: deposit.reasonCode,
    entryNo: deposit.entryNo?.toString(),
  };
}

export function asWithdrawal(withdrawal: Withdrawal): z.input<typeof withdrawalView> {
  return {
    id: withdrawal.id,
    kind: withdrawal.kind,
    investorId: withdrawal.investorId,
    issuerId: withdrawal.issuerId,
    owner: withdrawal.owner && asOwner(withdrawal.owner),
    feeKind: withdrawal.feeKind,
    bankAccountId: withdrawal.bankAccountId,
    amount: withdrawal.amount,
    status: withdrawal.status,
    requestedAt: withdrawal.requestedAt,
    instructedAt: withdrawal.instructedAt,
    executedAt: withdrawal.executedAt,
    resolvedAt: withdrawal.resolvedAt,
    reasonCode: withdrawal.reasonCode,
    entryNo: withdrawal.entryNo?.toString(),
  };
}

/** The reply to who asked for one. */
export function createdWithdrawal(withdrawal: Withdrawal) {
  return {
    status: 201,
    body: asWithdrawal(withdrawal),
    headers: { location: `/v1/withdrawals/${withdrawal.id}` },
  } as const;
}

export function asTransfer(transfer: Transfer): z.input<typeof transferView> {
  return {
    id: transfer.id,
    custodianRef: transfer.custodianRef,
    amount: transfer.amount,
    reference: transfer.reference,
    payer: transfer.payer,
    receivedAt: transfer.receivedAt,
    status: transfer.status,
    depositId: transfer.depositId,
    matchedReference: transfer.matchedReference,
    suggestedDepositId: transfer.suggestedDepositId,
    suggestedReference: transfer.suggestedReference,
    proposal: transfer.proposal,
    assignedBy: transfer.assignedBy,
    assignedAt: transfer.assignedAt,
  };
}

export function asBankAccount(account: BankAccount): z.input<typeof bankAccountView> {
  return {
    id: account.id,
    scheme: account.scheme,
    masked: account.masked,
    status: account.status,
    reason: account.reason,
    requestedAt: account.requestedAt,
    decidedAt: account.decidedAt,
  };
}

export function asCash(accounts: readonly InvestorCash[]): z.input<typeof cashView> {
  return {
    accounts: accounts.map((account) => ({
      ...account,
      currency: account.balance.currency satisfies Currency,
    })),
  };
}

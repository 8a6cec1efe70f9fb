import { z } from 'zod';
import {
  dateInput,
  dateView,
  idInput,
  idView,
  instantView,
  lineInput,
  moneyInput,
  moneyView,
  pageQueryWith,
  positiveMoneyInput,
  rateView,
} from '../../platform/http';
import { CLAIM_STATUSES, type Claim, type Compensation } from './claim';
import { collateralView, asCollateral } from './collateral.schema';
import { FEE_PAYERS, REVIEWS, type Contract } from './contract';
import type { LoanCover, ShownContract } from './loan-cover.service';
import { GUARANTOR_KINDS } from './provider';
import { BASES } from './risk-sharing';
import {
  asStrength,
  bilingualView,
  levelView,
  sha256Input,
  shareInput,
  shareView,
  strengthView,
} from './schema';

export const contractBody = z
  .strictObject({
    providerId: idInput('cov'),
    share: shareInput,
    basis: z.enum(BASES),
    triggerDays: z.int().min(1).max(365),
    validFrom: dateInput,
    validTo: dateInput,
    documentSha256: sha256Input,
    fee: moneyInput,
    feePayer: z.enum(FEE_PAYERS),
    review: z.enum(REVIEWS),
  })
  .refine(({ validFrom, validTo }) => validFrom <= validTo, {
    path: ['validTo'],
    error: 'The cover ends before it begins.',
  })
  .transform(({ share, ...rest }) => ({ ...rest, sharePpm: share }));

export const contractParams = z.strictObject({
  id: idInput('lon'),
  no: z
    .string()
    .regex(/^[1-9]\d{0,5}$/)
    .transform(Number),
});
export const reasonBody = z.strictObject({ reason: lineInput(500) });

export const contractView = z.object({
  no: z.int(),
  loanId: idView('lon'),
  providerId: idView('cov'),
  share: shareView,
  basis: z.enum(BASES),
  triggerDays: z.int(),
  validFrom: dateView,
  validTo: dateView,
  documentSha256: z.string(),
  fee: moneyView,
  feePayer: z.enum(FEE_PAYERS),
  review: z.enum(REVIEWS),
  status: z.enum(['active', 'fulfilled', 'ended']),
  madeBy: z.string(),
  madeAt: instantView,
  endedAt: instantView.optional(),
});

export function asContract(contract: Contract): z.input<typeof contractView> {
  const { loanNo: _no, sharePpm, ...shown } = contract;
  return { ...shown, share: sharePpm };
}

export const claimParams = z.strictObject({ id: idInput('clm') });
export const claimsQuery = pageQueryWith({
  status: z.enum(CLAIM_STATUSES).optional(),
  providerId: idInput('cov').optional(),
});
export const acceptBody = z.strictObject({
  granted: positiveMoneyInput.optional(),
  reason: lineInput(500).optional(),
});

const owedView = z.object({ principal: moneyView, interest: moneyView });

export const claimView = z.object({
  id: idView('clm'),
  loanId: idView('lon'),
  providerId: idView('cov'),
  contractNo: z.int().optional(),
  madeOn: dateView,
  daysPastDue: z.int(),
  owed: owedView,
  claimed: moneyView,
  granted: moneyView.optional(),
  paid: moneyView,
  status: z.enum(CLAIM_STATUSES),
  reviewedBy: z.string().optional(),
  reviewedAt: instantView.optional(),
  reason: z.string().optional(),
  endedAt: instantView.optional(),
});

export function asClaim({ loanNo: _no, ...shown }: Claim): z.input<typeof claimView> {
  return shown;
}

const compensationView = z.object({
  claimId: idView('clm'),
  no: z.int(),
  providerId: idView('cov'),
  paidOn: dateView,
  principal: moneyView,
  interest: moneyView,
  /** The payment of the loan, and the note the provider holds for it. */
  paymentNo: z.int(),
  noteNo: z.int(),
});

export const loanCoverView = z.object({
  loanId: idView('lon'),
  outstanding: moneyView,
  contracts: z
    .array(
      contractView.extend({
        provider: z.object({
          name: z.string(),
          kind: z.enum(GUARANTOR_KINDS),
          strength: strengthView,
        }),
      }),
    )
    .readonly(),
  /** What of a loss lenders bear themselves. */
  ownShare: shareView,
  claims: z.array(claimView).readonly(),
  compensations: z.array(compensationView).readonly(),
  collateral: z.array(collateralView).readonly(),
  loanToValue: z
    .object({ value: moneyView, ratio: rateView.optional(), level: levelView })
    .optional(),
  provisionFund: z.object({ id: idView('cov'), warning: bilingualView }).optional(),
});

export function asLoanCover(cover: LoanCover): z.input<typeof loanCoverView> {
  const { loan, contracts, claims, compensations, collateral } = cover;
  return {
    loanId: loan.id,
    outstanding: loan.outstanding,
    contracts: contracts.map(asShownContract),
    ownShare: cover.ownPpm,
    claims: claims.map(asClaim),
    compensations: compensations.map(asCompensation),
    collateral: collateral.map((item) => asCollateral(item)),
    loanToValue: collateral.length > 0 ? cover.loanToValue : undefined,
    provisionFund: cover.fund,
  };
}

function asShownContract({ contract, guarantor, standing, level }: ShownContract) {
  const { name, kind } = guarantor;
  return {
    ...asContract(contract),
    provider: { name, kind, strength: asStrength(standing, level) },
  };
}

function asCompensation(paid: Compensation): z.input<typeof compensationView> {
  const { loanNo: _no, paidAt: _at, entryNo: _entry, ...shown } = paid;
  return shown;
}

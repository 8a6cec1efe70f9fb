import { z } from 'zod';
import { CURRENCIES } from '../../kernel/currency';
import { rate, type Rate } from '../../kernel/rate';
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
  textInput,
} from '../../platform/http';
import { identityClaimInput } from '../identity';
import { LEVELS, strengthLevel, type CoverPolicy, type Level } from './policy';
import { GUARANTOR_KINDS, PROVIDER_STATUSES, RELATIONS } from './provider';
import type { StandingGuarantor } from './provider.service';
import { shareRate, WHOLE_PPM } from './risk-sharing';

export const sha256Input = z
  .string()
  .regex(/^[0-9a-f]{64}$/, { error: 'A SHA-256 is 64 hex digits.' });

/** A share above zero and at most one, to a millionth: `0.8`. */
export const shareInput = z
  .string()
  .regex(/^(0\.\d{1,6}|1(\.0{1,6})?)$/, {
    error: 'A share is a decimal from 0.000001 to 1 with at most six digits.',
  })
  .transform((text) => rate(text).times(WHOLE_PPM).toNumber())
  .refine((share) => share > 0, { error: 'A share is above zero.' })
  .meta({ examples: ['0.8'] });

export const shareView = z
  .int()
  .transform((ppm): Rate => shareRate(ppm))
  .pipe(rateView);

export const bilingualInput = z.strictObject({ en: textInput(4000), zh: textInput(4000) });
export const bilingualView = z.object({ en: z.string(), zh: z.string() });
export const levelView = z.enum(LEVELS);

export const providerParams = z.strictObject({ id: idInput('cov') });
export const loanParams = z.strictObject({ id: idInput('lon') });

const capacityInput = z.strictObject({
  amount: moneyInput,
  statedOn: dateInput,
  documentSha256: sha256Input,
});

export const guarantorBody = z.strictObject({
  kind: z.enum(GUARANTOR_KINDS),
  name: lineInput(),
  identity: identityClaimInput,
  licence: lineInput(100).optional(),
  relation: z.enum(['independent', 'related']),
  limit: positiveMoneyInput,
  capacity: capacityInput,
});

export const restateBody = z.strictObject({ limit: positiveMoneyInput, capacity: capacityInput });

export const providersQuery = pageQueryWith({ status: z.enum(PROVIDER_STATUSES).optional() });

const approvalShape = {
  status: z.enum(PROVIDER_STATUSES),
  proposedBy: z.string(),
  proposedAt: instantView,
  approvedBy: z.string().optional(),
  approvedAt: instantView.optional(),
};

export const providerHead = {
  id: idView('cov'),
  name: z.string(),
  currency: z.enum(CURRENCIES),
  /** What is written on a transfer to it. */
  reference: z.string(),
  ...approvalShape,
};

export const strengthView = z
  .object({
    contracts: z.int(),
    exposure: moneyView,
    openClaims: moneyView,
    cash: moneyView,
    capacity: moneyView,
    ratio: rateView.optional(),
    level: levelView,
  })
  .meta({
    description:
      'How well it could pay at this moment: its cash here with its stated capacity, divided by its ' +
      'shares of all that is outstanding under its contracts; rounded down.',
  });

export const guarantorView = z.object({
  ...providerHead,
  kind: z.enum(GUARANTOR_KINDS),
  licence: z.string().optional(),
  relation: z.enum(RELATIONS),
  limit: moneyView,
  capacity: z.object({ amount: moneyView, statedOn: dateView, documentSha256: z.string() }),
  strength: strengthView,
});

export function asStrength(
  standing: StandingGuarantor['standing'],
  level: Level,
): z.input<typeof strengthView> {
  return { ...standing, level };
}

export function asGuarantor(
  { guarantor, standing }: StandingGuarantor,
  policy: CoverPolicy,
): z.input<typeof guarantorView> {
  const { accountNo: _account, partyId: _party, ...shown } = guarantor;
  return { ...shown, strength: asStrength(standing, strengthLevel(standing.ratio, policy)) };
}

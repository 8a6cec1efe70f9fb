import { z } from 'zod';
import { CURRENCIES } from '../../kernel/currency';
import {
  dateInput,
  dateView,
  lineInput,
  moneyInput,
  moneyView,
  rateInput,
  rateView,
} from '../../platform/http';
import {
  FEE_RATE_DIGITS,
  OPERATOR_IDENTITY_KINDS,
  OPERATOR_LINES,
  OPERATOR_STATUSES,
  type Blocker,
  type Operator,
} from './operator';
import { countryInput, emailInput, operatorCodeInput, passwordInput } from './schema';

const licence = z.strictObject({
  number: lineInput(100),
  authority: lineInput(200),
  validFrom: dateInput,
  validTo: dateInput.optional(),
});
const custodian = z.strictObject({ name: lineInput(200), accountReference: lineInput(100) });
const feeTerms = z.strictObject({
  successFeeRate: rateInput
    .refine((value) => !value.isNegative() && value.lessThan(1), {
      error: 'The rate is a fraction from 0 to below 1.',
    })
    .refine((value) => value.decimalPlaces() <= FEE_RATE_DIGITS, {
      error: `The rate has at most ${FEE_RATE_DIGITS} digits after the point.`,
    }),
  minimumFee: moneyInput.optional(),
});
const timeZone = z
  .string()
  .max(64)
  .refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone) || zone === 'UTC', {
    error: 'This is not an IANA time zone.',
  })
  .meta({ examples: ['Europe/Berlin'] });

export const operatorCodeParams = z.strictObject({ code: operatorCodeInput });

export const createOperatorBody = z
  .strictObject({
    code: operatorCodeInput,
    legalName: lineInput(200),
    line: z.enum(OPERATOR_LINES),
    jurisdiction: countryInput,
    rulebookId: operatorCodeInput,
    identityKind: z.enum(OPERATOR_IDENTITY_KINDS),
    identityNumber: lineInput(40),
    licence: licence.optional(),
    custodian: custodian.optional(),
    homeCurrency: z.enum(CURRENCIES),
    timeZone,
    calendar: lineInput(40),
    feeTerms,
  })
  .refine(
    (body) =>
      body.feeTerms.minimumFee === undefined ||
      body.feeTerms.minimumFee.currency === body.homeCurrency,
    { path: ['feeTerms', 'minimumFee'], error: 'The minimum fee is in the home currency.' },
  );

export const updateOperatorBody = z.strictObject({
  legalName: lineInput(200).optional(),
  licence: licence.optional(),
  custodian: custodian.optional(),
  calendar: lineInput(40).optional(),
  feeTerms: feeTerms.optional(),
});

export const operatorStatusBody = z.strictObject({ status: z.enum(OPERATOR_STATUSES) });
export const createAdminBody = z.strictObject({ email: emailInput, password: passwordInput });

const licenceView = z.object({
  number: z.string(),
  authority: z.string(),
  validFrom: dateView,
  validTo: dateView.optional(),
});

/** What everyone may know of an operator. */
export const operatorView = z.object({
  id: z.int(),
  code: z.string(),
  legalName: z.string(),
  line: z.enum(OPERATOR_LINES),
  jurisdiction: z.string(),
  rulebookId: z.string(),
  identityKind: z.enum(OPERATOR_IDENTITY_KINDS),
  identityNumber: z.string(),
  licence: licenceView.optional(),
  custodian: z.object({ name: z.string() }).optional(),
  homeCurrency: z.enum(CURRENCIES),
  timeZone: z.string(),
  status: z.enum(OPERATOR_STATUSES),
});

/** What those who run it see besides. */
export const operatorDetailView = operatorView.extend({
  custodian: z.object({ name: z.string(), accountReference: z.string() }).optional(),
  calendar: z.string(),
  feeTerms: z.object({ successFeeRate: rateView, minimumFee: moneyView.optional() }),
  goLiveBlockers: z.array(z.object({ code: z.string(), message: z.string() })).readonly(),
});

export function asOperator(operator: Operator): z.input<typeof operatorView> {
  return {
    id: operator.id,
    code: operator.code,
    legalName: operator.legalName,
    line: operator.line,
    jurisdiction: operator.jurisdiction,
    rulebookId: operator.rulebookId,
    identityKind: operator.identityKind,
    identityNumber: operator.identityNumber,
    licence: operator.licence,
    custodian: operator.custodian && { name: operator.custodian.name },
    homeCurrency: operator.homeCurrency,
    timeZone: operator.timeZone,
    status: operator.status,
  };
}

export function asOperatorDetail(
  operator: Operator,
  goLiveBlockers: readonly Blocker[],
): z.input<typeof operatorDetailView> {
  const { custodian: keeper, calendar, feeTerms: fees } = operator;
  return { ...asOperator(operator), custodian: keeper, calendar, feeTerms: fees, goLiveBlockers };
}

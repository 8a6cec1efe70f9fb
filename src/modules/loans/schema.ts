import { z } from 'zod';
import {
  dateView,
  idInput,
  idView,
  instantView,
  integerQuery,
  booleanQuery,
  lineInput,
  moneyView,
  page,
  pageQuery,
  pageQueryWith,
  rateView,
} from '../../platform/http';
import type { Viewer } from './caller.service';
import type { Disbursal } from './disbursal.store';
import { unpaidOf, type LoanInstalment } from './instalment';
import { LOAN_STATUSES, type Loan } from './loan';
import type { Note } from './note';
import { PAYMENT_KINDS } from './payment';
import type { ChargeRecord, DistributionRecord, NoteStanding, PaymentRecord } from './queries';
import type { Agreement, LoanSchedule } from './service';
import { hashesOf, SIGNING_SIDES } from './signature';

export const loanParams = z.strictObject({ id: idInput('lon') });
export const loansQuery = pageQueryWith({
  issuerId: idInput('iss').optional(),
  status: z.enum(LOAN_STATUSES).optional(),
});
const numberCursor = integerQuery({ min: 1, max: 999_999_999 }).optional();
export const numberedQuery = pageQuery.extend({ after: numberCursor });
export const scheduleQuery = z.strictObject({
  version: integerQuery({ min: 1, max: 999_999 })
    .optional()
    .meta({ description: 'An earlier schedule; the one in force when absent.' }),
});

const placeCursor = (pattern: RegExp) =>
  z.string().regex(pattern, { error: 'This is not the `next` of a page.' }).optional();

export const notesQuery = pageQuery.extend({
  after: placeCursor(/^lon_[0-7][0-9A-HJKMNP-TV-Z]{25}\/\d{1,9}$/),
  open: booleanQuery.optional().meta({ description: 'Only notes that something is left of.' }),
});
export const distributionsQuery = pageQuery.extend({ after: placeCursor(/^\d{1,9}\/\d{1,9}$/) });

export const signBody = z.strictObject({
  textSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: 'A SHA-256 is 64 hex digits.' })
    .meta({ description: 'Of the agreement that was read, in either language, as UTF-8.' }),
});
export const disburseBody = z.strictObject({
  bankAccountId: idInput('bac').meta({ description: 'A verified account of the borrower.' }),
});
export const cancelBody = z.strictObject({ reason: lineInput(200) });

export const loanView = z.object({
  id: idView('lon'),
  offeringId: idView('off'),
  issuerId: idView('iss'),
  title: z.string(),
  status: z.enum(LOAN_STATUSES),
  principal: moneyView,
  outstanding: moneyView,
  rate: rateView.meta({ description: 'Nominal interest a year.' }),
  apr: rateView,
  termMonths: z.int(),
  repayment: z.string(),
  grade: z.string(),
  purpose: z.string(),
  security: z.string(),
  originationFee: moneyView,
  isFeeWithheld: z.boolean(),
  policy: z.string().meta({ description: 'The servicing policy and its version: in-p2p/1.' }),
  agreedAt: instantView,
  signBy: instantView,
  disbursedOn: dateView.optional(),
  maturesOn: dateView.optional(),
  nextDueOn: dateView.optional(),
  defaultedOn: dateView.optional(),
  writtenOffOn: dateView.optional(),
  forborneFrom: dateView.optional(),
  endedAt: instantView.optional(),
});
export const loansView = page(loanView);

const disbursalView = z.object({
  attempt: z.int(),
  withdrawalId: idView('wdr'),
  amount: moneyView,
  status: z.enum(['instructed', 'confirmed', 'rejected']),
  instructedAt: instantView,
  resolvedAt: instantView.optional(),
  reasonCode: z.string().optional(),
});
const chargeView = z.object({
  no: z.int(),
  kind: z.enum(['late-fee', 'costs', 'origination', 'prepayment']),
  dueOn: dateView,
  amount: moneyView,
  paid: moneyView,
  waived: moneyView,
});
export const loanFileView = loanView.extend({
  nextDue: z
    .object({ dueOn: dateView, amount: moneyView })
    .optional()
    .meta({ description: 'What is unpaid of the earliest instalment.' }),
  howToPay: z.object({ reference: z.string() }).optional().meta({
    description:
      'What the borrower writes on every transfer; not shown to lenders, nor once it has ended.',
  }),
  charges: z.array(chargeView).readonly(),
  disbursals: z.array(disbursalView).readonly().optional(),
});

export const agreementView = z.object({
  text: z.object({ en: z.string(), zh: z.string() }),
  textSha256: z.object({ en: z.string(), zh: z.string() }),
  isCountersigned: z.boolean().meta({ description: 'Whether the operator must sign too.' }),
  signatures: z
    .array(z.object({ side: z.enum(SIGNING_SIDES), textSha256: z.string(), signedAt: instantView }))
    .readonly(),
});

export const scheduleView = z.object({
  version: z.int(),
  versions: z
    .array(
      z.object({ version: z.int(), reason: z.string(), fromOn: dateView, madeAt: instantView }),
    )
    .readonly(),
  instalments: z
    .array(
      z.object({
        no: z.int(),
        fromOn: dateView.meta({ description: 'The day from which its interest runs.' }),
        dueOn: dateView,
        principal: moneyView,
        interest: moneyView,
        fees: moneyView,
        paidPrincipal: moneyView,
        paidInterest: moneyView,
        paidFees: moneyView,
        unpaid: moneyView,
        paidOn: dateView.optional(),
        isSuperseded: z.boolean(),
      }),
    )
    .readonly(),
});

export const paymentsView = page(
  z.object({
    no: z.int(),
    kind: z.enum(PAYMENT_KINDS),
    paidOn: dateView,
    recordedAt: instantView,
    amount: moneyView,
    costs: moneyView,
    lateFees: moneyView,
    fees: moneyView,
    interest: moneyView,
    principal: moneyView,
    entryNo: z.string(),
    reversesPaymentNo: z.int().optional(),
  }),
);

export const loanNotesView = page(
  z.object({
    no: z.int(),
    holderKind: z.enum(['investor', 'guarantor']),
    holder: z.string().meta({ description: 'The holder’s id; masked for a borrower.' }),
    units: z.string(),
    outstanding: moneyView,
    cost: moneyView.optional().meta({ description: 'Not told to a borrower.' }),
    openedOn: dateView,
    closedOn: dateView.optional(),
  }),
);

export const notesView = page(
  z.object({
    loanId: idView('lon'),
    no: z.int(),
    title: z.string(),
    grade: z.string(),
    rate: rateView,
    loanStatus: z.enum(LOAN_STATUSES),
    units: z.string(),
    cost: moneyView,
    outstanding: moneyView,
    nextDueOn: dateView.optional(),
    openedOn: dateView,
    closedOn: dateView.optional(),
    principalReceived: moneyView,
    interestReceived: moneyView,
    lateFeesReceived: moneyView,
    servicingFees: moneyView,
  }),
);

export const distributionsView = page(
  z.object({
    noteNo: z.int(),
    paymentNo: z.int(),
    kind: z.enum(PAYMENT_KINDS),
    paidOn: dateView,
    principal: moneyView,
    interest: moneyView,
    lateFees: moneyView,
    servicingFee: moneyView,
  }),
);

export function asLoan(loan: Loan) {
  return { ...agreedPart(loan), ...standingPart(loan) };
}

function agreedPart({ id, offeringId, issuerId, principal, terms, policy, ...loan }: Loan) {
  return {
    id,
    offeringId,
    issuerId,
    title: terms.title,
    principal,
    rate: terms.rate,
    apr: terms.apr,
    termMonths: terms.termMonths,
    repayment: terms.repayment,
    grade: terms.grade,
    purpose: terms.purpose,
    security: terms.security,
    originationFee: terms.originationFee,
    isFeeWithheld: terms.isFeeWithheld,
    policy: `${policy.id}/${policy.version}`,
    agreedAt: loan.agreedAt,
    signBy: loan.signBy,
  };
}

function standingPart(loan: Loan) {
  return {
    status: loan.status,
    outstanding: loan.outstanding,
    disbursedOn: loan.disbursedOn,
    maturesOn: loan.maturesOn,
    nextDueOn: loan.nextDueOn,
    defaultedOn: loan.defaultedOn,
    writtenOffOn: loan.writtenOffOn,
    forborneFrom: loan.forborneFrom,
    endedAt: loan.endedAt,
  };
}

export function asLoanFile(
  loan: Loan,
  file: {
    readonly viewer: Viewer;
    readonly instalments: readonly LoanInstalment[];
    readonly charges: readonly ChargeRecord[];
    readonly disbursals: readonly Disbursal[];
  },
) {
  const { viewer, instalments, charges, disbursals } = file;
  const next = instalments.find((each) => !each.isSuperseded && unpaidOf(each).isPositive);
  const isParty = viewer.as !== 'lender';
  return {
    ...asLoan(loan),
    charges,
    ...(next && { nextDue: { dueOn: next.dueOn, amount: unpaidOf(next) } }),
    ...(isParty && {
      ...(loan.endedAt === undefined && { howToPay: { reference: loan.reference } }),
      disbursals: disbursals.map(asDisbursal),
    }),
  };
}

function asDisbursal(disbursal: Disbursal) {
  const { attempt, withdrawalId, amount, status, instructedAt, resolvedAt, reasonCode } = disbursal;
  return { attempt, withdrawalId, amount, status, instructedAt, resolvedAt, reasonCode };
}

export function asAgreement({ text, signatures, isCountersigned }: Agreement) {
  return {
    text,
    textSha256: hashesOf(text),
    isCountersigned,
    signatures: signatures.map(({ side, textSha256, signedAt }) => ({
      side,
      textSha256,
      signedAt,
    })),
  };
}

export function asSchedule({ version, versions, instalments }: LoanSchedule) {
  return {
    version,
    versions: versions.map(({ version: no, reason, fromOn, madeAt }) => ({
      version: no,
      reason,
      fromOn,
      madeAt,
    })),
    instalments: instalments.map(asInstalment),
  };
}

function asInstalment(instalment: LoanInstalment) {
  const { loanNo: _, version: __, ...shown } = instalment;
  return { ...shown, unpaid: unpaidOf(instalment) };
}

export function asPayment({ paymentNo, late, entryNo, ...payment }: PaymentRecord) {
  return { ...payment, no: paymentNo, lateFees: late, entryNo: entryNo.toString() };
}

/** A borrower must know how many hold what of its loan, not who they are, or what they paid. */
export function asLoanNote({ noteNo, holder, units, principal, cost, ...note }: Note, to: Viewer) {
  const isBorrower = to.as === 'borrower';
  return {
    no: noteNo,
    holderKind: holder.kind,
    holder: isBorrower ? `${holder.id.slice(0, 4)}…${holder.id.slice(-4)}` : holder.id,
    units: units.toString(),
    outstanding: principal,
    ...(isBorrower ? {} : { cost }),
    openedOn: note.openedOn,
    closedOn: note.closedOn,
  };
}

export function asNote({ noteNo, units, ...note }: NoteStanding) {
  return { ...note, no: noteNo, units: units.toString() };
}

export function asDistribution({ late, servicing, ...distribution }: DistributionRecord) {
  return { ...distribution, lateFees: late, servicingFee: servicing };
}

import { z } from 'zod';
import {
  dateInput,
  dateView,
  documentInput,
  idInput,
  idView,
  instantView,
  lineInput,
  moneyInput,
  moneyView,
  page,
  pageQueryWith,
  positiveMoneyInput,
  rateView,
  textInput,
} from '../../platform/http';
import { APPLICATION_STATUSES, type Application } from './application';
import type { Assessment } from './assessment';
import { ENQUIRY_KINDS, hashOfFile, type CreditEnquiry } from './bureau-file';
import type { PricedTenor } from './offer-maker.service';
import { DOCUMENT_KINDS } from './document';
import {
  INCOME_SOURCES,
  LOAN_PURPOSES,
  REPAYMENTS,
  type ApplicationForm,
  type Contact,
} from './form';
import { OFFER_STATUSES, type Offer } from './offer';
import { CONSENT_KINDS } from './submission';
import type { FilledApplication } from './service';

export const applicationParams = z.strictObject({ id: idInput('app') });
export const documentParams = z.strictObject({ id: idInput('app'), documentId: idInput('doc') });
export const offerParams = z.strictObject({ id: idInput('app'), offerId: idInput('ofr') });
export const renewalBody = z.strictObject({
  loanId: idInput('lon').meta({ description: 'The running loan that the new one repays.' }),
});

const factName = z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,59}$/);
const factValue = z.union([lineInput(120), z.number().min(-1e15).max(1e15)]);
const MOST_FACTS = 100;

const formInput = z.strictObject({
  amount: positiveMoneyInput.optional(),
  termMonths: z.int().min(1).max(480).optional(),
  purpose: z.enum(LOAN_PURPOSES).optional(),
  repayment: z.enum(REPAYMENTS).optional(),
  project: textInput(4000).optional().meta({ description: 'What the money is for.' }),
  projectReference: lineInput(120).optional().meta({
    description: 'Number of a contract, plot or invoice: the same project is financed once.',
  }),
  income: z
    .strictObject({
      monthly: moneyInput,
      source: z.enum(INCOME_SOURCES),
      since: dateInput.optional(),
    })
    .optional(),
  commitments: z
    .strictObject({
      housing: moneyInput,
      loans: moneyInput,
      other: moneyInput,
      dependants: z.int().min(0).max(30),
    })
    .optional(),
  creditFacts: z
    .record(factName, factValue)
    .refine((facts) => Object.keys(facts).length <= MOST_FACTS, 'There are too many facts.')
    .optional()
    .meta({ description: 'Facts a scorecard may use, by the names of its variables.' }),
});

const contactInput = z.strictObject({
  phone: lineInput(40).optional(),
  bankAccount: lineInput(64).optional(),
  address: lineInput(300).optional(),
  employer: lineInput(200).optional(),
  device: lineInput(200)
    .optional()
    .meta({ description: 'What the browser or telephone calls itself.' }),
});

const saved = {
  form: formInput.default({}).transform((form): ApplicationForm => form),
  contact: contactInput.default({}).transform((contact): Contact => contact),
};

export const openBody = z.strictObject({
  issuerId: idInput('iss').meta({ description: 'The borrower.' }),
  externalId: lineInput(80).optional(),
  ...saved,
});

const basedOn = z.int().min(1).meta({ description: 'The version that was seen.' });

export const saveBody = z.strictObject({ basedOn, ...saved });

export const submitBody = z.strictObject({
  basedOn,
  consents: z
    .array(
      z.strictObject({
        kind: z.enum(CONSENT_KINDS),
        textSha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .max(10),
  declarations: z.strictObject({
    unpaidElsewhere: moneyInput.meta({
      description: 'Still owed on loans of all other platforms.',
    }),
    isForOnLending: z.boolean(),
    isLawfulPurpose: z.boolean(),
    isTrueAndComplete: z.boolean(),
    keepsLegalLimits: z.boolean(),
    isRelatedToOperator: z.boolean(),
  }),
});

export const enquiryBody = z.strictObject({
  consentSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .meta({ description: 'SHA-256 of the text in which the borrower consents, as it was shown.' }),
});

export const reasonBody = z.strictObject({ reason: textInput(2000) });
export const resolveBody = z.strictObject({
  outcome: z.enum(['approve', 'decline']),
  note: textInput(4000),
});

export const documentBody = z.strictObject({
  kind: z.enum(DOCUMENT_KINDS),
  ...documentInput,
});

export const applicationsQuery = pageQueryWith({
  status: z.enum(APPLICATION_STATUSES).optional(),
  priority: z.enum(['normal', 'green']).optional(),
});

export const applicationView = z.object({
  id: idView('app'),
  issuerId: idView('iss'),
  externalId: z.string().optional(),
  source: z.string(),
  status: z.enum(APPLICATION_STATUSES),
  version: z.int(),
  priority: z.string(),
  decisionId: idView('cdn').optional(),
  offeringId: idView('off').optional(),
  createdAt: instantView,
  updatedAt: instantView,
  submittedAt: instantView.optional(),
});

/** Members whose shape is their author's: facts, parts of a price. */
const jsonView = z.record(z.string(), z.unknown());

const formView = z.object({
  amount: moneyView.optional(),
  termMonths: z.int().optional(),
  purpose: z.string().optional(),
  repayment: z.string().optional(),
  project: z.string().optional(),
  projectReference: z.string().optional(),
  income: z
    .object({ monthly: moneyView, source: z.string(), since: dateView.optional() })
    .optional(),
  commitments: z
    .object({ housing: moneyView, loans: moneyView, other: moneyView, dependants: z.int() })
    .optional(),
  creditFacts: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});

const contactView = z.object({
  phone: z.string().optional(),
  bankAccount: z.string().optional(),
  address: z.string().optional(),
  employer: z.string().optional(),
  device: z.string().optional(),
});

export const gapView = z.object({ code: z.string(), field: z.string(), message: z.string() });

export const applicationDetailView = applicationView.extend({
  form: formView,
  contact: contactView,
  linkedBorrowers: z.int().optional().meta({
    description: 'How many other borrowers are linked with this one; for staff alone.',
  }),
});

export const applicationsView = page(applicationView);

export const gapsView = z.object({ isComplete: z.boolean(), gaps: z.array(gapView).readonly() });

export const documentView = z.object({
  id: idView('doc'),
  kind: z.enum(DOCUMENT_KINDS),
  title: z.string(),
  sha256: z.string(),
  contentType: z.string(),
  sizeBytes: z.int(),
  uploadedAt: instantView,
});
export const documentsView = z.object({ items: z.array(documentView).readonly() });

export const historyView = z.object({
  transitions: z
    .array(
      z.object({
        from: z.string().optional(),
        to: z.string(),
        reason: z.string(),
        happenedAt: instantView,
      }),
    )
    .readonly(),
  versions: z
    .array(
      z.object({
        version: z.int(),
        changed: z.array(z.string()).readonly(),
        recordedAt: instantView,
        recordedBy: z.string(),
      }),
    )
    .readonly(),
});

const quoteShape = {
  termMonths: z.int(),
  repayment: z.enum(REPAYMENTS),
  amount: moneyView,
  rate: rateView,
  apr: rateView,
  fee: moneyView,
  instalment: moneyView,
  interest: moneyView,
  totalCost: moneyView.meta({ description: 'Interest and fee.' }),
  totalPayable: moneyView,
  grade: z.string(),
};

export const quotesView = z.object({
  isBinding: z.literal(false),
  items: z
    .array(
      z.object({
        ...quoteShape,
        isAffordable: z.boolean(),
        disposable: moneyView.meta({ description: 'Left a month with this loan.' }),
        parts: z.record(z.string(), z.string()).optional(),
      }),
    )
    .readonly(),
});

export const enquiryView = z.object({
  id: idView('enq'),
  version: z.int().meta({ description: 'Of the form that stood when it was asked.' }),
  kind: z.enum(ENQUIRY_KINDS),
  provider: z.string(),
  outcome: z.enum(['found', 'thin']),
  reference: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  instalments: moneyView.optional(),
  answerSha256: z.string(),
  consentSha256: z.string(),
  askedAt: instantView,
});
export const enquiriesView = z.object({ items: z.array(enquiryView).readonly() });

export const offerView = z.object({
  ...quoteShape,
  id: idView('ofr'),
  decisionId: idView('cdn'),
  details: jsonView,
  madeAt: instantView,
  validUntil: instantView,
  status: z.enum(OFFER_STATUSES),
  acceptedAt: instantView.optional(),
});
export const offersView = z.object({ items: z.array(offerView).readonly() });

const policyFindingView = z.object({
  rule: z.string(),
  outcome: z.enum(['note', 'refer', 'decline']),
  message: z.string(),
});

export const assessmentsView = z.object({
  items: z
    .array(
      z.object({
        id: idView('asm'),
        version: z.int(),
        policyId: z.string(),
        policyHash: z.string(),
        facts: jsonView,
        findings: z.array(policyFindingView).readonly(),
        effects: z.array(jsonView).readonly(),
        verdict: z.enum(['pass', 'refer', 'decline']),
        decisionId: idView('cdn').optional(),
        assessedAt: instantView,
        assessedBy: z.string(),
      }),
    )
    .readonly(),
});

export const reasonsView = z.object({
  status: z.enum(APPLICATION_STATUSES),
  reasons: z.array(z.string()).readonly(),
});

export function asApplication(application: Application) {
  const { partyId: _, linkedCount: __, ...shown } = application;
  return shown;
}

export function asDetail({ application, form, contact }: FilledApplication, isStaff: boolean) {
  return {
    ...asApplication(application),
    form,
    contact,
    ...(isStaff ? { linkedBorrowers: application.linkedCount } : {}),
  };
}

export function asAssessment({ facts, effects, ...assessment }: Assessment) {
  return { ...assessment, facts: known(facts), effects: effects.map((effect) => known(effect)) };
}

/** Members that are undefined left out. */
function known(members: object): Record<string, unknown> {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}

export function asQuote({ quote, credit, burden, verdict }: PricedTenor) {
  const { feeRate: _, ...shown } = quote;
  const { grade, parts } = credit;
  return {
    ...shown,
    grade,
    isAffordable: verdict !== 'decline',
    disposable: burden.disposable,
    ...(parts === undefined ? {} : { parts }),
  };
}

export function asEnquiry({ file, ...enquiry }: CreditEnquiry) {
  return { ...enquiry, ...file, answerSha256: hashOfFile(file) };
}

export function asOffer(offer: Offer) {
  const { acceptedBy: _, feeRate: __, details, ...shown } = offer;
  return { ...shown, details: known(details) };
}

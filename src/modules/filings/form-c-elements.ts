import type { CalendarDate } from '../../kernel/calendar-date';
import type { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';

/**
 * Every element of the Form C family, said once: the parser, the writer and the TypeScript type of
 * a filing all follow from this table.
 *
 * Source: real filings on EDGAR and the column names of the SEC's Form C data sets. The schema is
 * not public, so an element that is not listed here is reported as unread rather than refused.
 */

export const FORM_C_NAMESPACE = 'http://www.sec.gov/edgar/formc';
export const COMMON_NAMESPACE = 'http://www.sec.gov/edgar/common';

/** Submission types that are read. An amendment of a report has the content of the report. */
export const FORM_C_TYPES = ['C', 'C/A', 'C-U', 'C-AR', 'C-AR/A', 'C-TR'] as const;
export type FormCType = (typeof FORM_C_TYPES)[number];

/** What the text of each kind of leaf becomes. */
export interface LeafValues {
  readonly text: string;
  readonly 'submission-type': FormCType;
  /** US dollars with two decimals. */
  readonly money: Money;
  /** US dollars per security with five decimals. */
  readonly price: Rate;
  /** A number of people or securities, kept as filed: `42` and `42.00` both occur. */
  readonly count: string;
  /** MM-DD-YYYY in the filing. */
  readonly date: CalendarDate;
  readonly 'yes-no': 'Y' | 'N';
}

export type LeafKind = keyof LeafValues;

export interface LeafSpec {
  readonly leaf: LeafKind;
  readonly isRepeated?: true;
  /** Whether the element is in the namespace that all EDGAR forms share. */
  readonly isCommon?: true;
}

export interface GroupSpec {
  readonly group: Readonly<Record<string, LeafSpec | GroupSpec>>;
  readonly isRepeated?: true;
}

/** An element that is there but empty: `<legalStatusOtherDesc/>`. */
export type Empty = '';

type ModelOfOne<Spec> = Spec extends { readonly leaf: infer Kind extends LeafKind }
  ? LeafValues[Kind] | Empty
  : Spec extends { readonly group: infer Children }
    ? { readonly [Name in keyof Children]?: ModelOf<Children[Name]> }
    : never;

/** The type of what a table of elements describes. */
export type ModelOf<Spec> = Spec extends { readonly isRepeated: true }
  ? readonly ModelOfOne<Spec>[]
  : ModelOfOne<Spec>;

const text = { leaf: 'text' } as const;
const money = { leaf: 'money' } as const;
const date = { leaf: 'date' } as const;
const common = { leaf: 'text', isCommon: true } as const;

const legalStatus = {
  group: {
    legalStatusForm: text,
    legalStatusOtherDesc: text,
    jurisdictionOrganization: text,
    dateIncorporation: date,
  },
} as const;

const address = {
  group: {
    street1: common,
    street2: common,
    city: common,
    stateOrCountry: common,
    zipCode: common,
  },
} as const;

const headerData = {
  group: {
    submissionType: { leaf: 'submission-type' },
    filerInfo: {
      group: {
        filer: {
          group: {
            filerCredentials: { group: { filerCik: text, filerCcc: text } },
            fileNumber: text,
          },
        },
        period: date,
        liveTestFlag: text,
        flags: {
          group: {
            confirmingCopyFlag: text,
            returnCopyFlag: text,
            overrideInternetFlag: text,
          },
        },
      },
    },
  },
} as const;

const issuerInformation = {
  group: {
    isAmendment: text,
    natureOfAmendment: text,
    progressUpdate: text,
    issuerInfo: {
      group: {
        nameOfIssuer: text,
        legalStatus,
        issuerAddress: address,
        issuerWebsite: text,
      },
    },
    isCoIssuer: { leaf: 'yes-no' },
    coIssuers: {
      group: {
        coIssuerInfo: {
          group: {
            isEdgarFiler: text,
            coIssuerCik: text,
            nameOfCoIssuer: text,
            coIssuerLegalStatus: legalStatus,
            coIssuerAddress: address,
            coIssuerWebsite: text,
          },
          isRepeated: true,
        },
      },
    },
    companyName: text,
    commissionCik: text,
    commissionFileNumber: text,
    crdNumber: text,
  },
} as const;

const offeringInformation = {
  group: {
    compensationAmount: text,
    financialInterest: text,
    securityOfferedType: text,
    securityOfferedOtherDesc: text,
    noOfSecurityOffered: { leaf: 'count' },
    price: { leaf: 'price' },
    priceDeterminationMethod: text,
    offeringAmount: money,
    overSubscriptionAccepted: { leaf: 'yes-no' },
    overSubscriptionAllocationType: text,
    descOverSubscription: text,
    maximumOfferingAmount: money,
    deadlineDate: date,
  },
} as const;

const annualReportDisclosureRequirements = {
  group: {
    currentEmployees: { leaf: 'count' },
    totalAssetMostRecentFiscalYear: money,
    totalAssetPriorFiscalYear: money,
    cashEquiMostRecentFiscalYear: money,
    cashEquiPriorFiscalYear: money,
    actReceivedMostRecentFiscalYear: money,
    actReceivedPriorFiscalYear: money,
    shortTermDebtMostRecentFiscalYear: money,
    shortTermDebtPriorFiscalYear: money,
    longTermDebtMostRecentFiscalYear: money,
    longTermDebtPriorFiscalYear: money,
    revenueMostRecentFiscalYear: money,
    revenuePriorFiscalYear: money,
    costGoodsSoldMostRecentFiscalYear: money,
    costGoodsSoldPriorFiscalYear: money,
    taxPaidMostRecentFiscalYear: money,
    taxPaidPriorFiscalYear: money,
    netIncomeMostRecentFiscalYear: money,
    netIncomePriorFiscalYear: money,
    issueJurisdictionSecuritiesOffering: { leaf: 'text', isRepeated: true },
  },
} as const;

const signatureInfo = {
  group: {
    issuerSignature: { group: { issuer: text, issuerSignature: text, issuerTitle: text } },
    signaturePersons: {
      group: {
        signaturePerson: {
          group: { personSignature: text, personTitle: text, signatureDate: date },
          isRepeated: true,
        },
      },
    },
  },
} as const;

export const FORM_C = {
  group: {
    headerData,
    formData: {
      group: {
        issuerInformation,
        offeringInformation,
        annualReportDisclosureRequirements,
        signatureInfo,
      },
    },
  },
} as const satisfies GroupSpec;

export type FormCContent = ModelOf<typeof FORM_C>;
export type OfferingInformation = ModelOf<typeof offeringInformation>;
export type AnnualReportFigures = ModelOf<typeof annualReportDisclosureRequirements>;
export type IssuerInformation = ModelOf<typeof issuerInformation>;
export type FormCAddress = ModelOf<typeof address>;

const ISSUER = '/formData/issuerInformation';
const OFFERING = '/formData/offeringInformation';

const ALWAYS = [
  '/headerData/submissionType',
  '/headerData/filerInfo/filer/filerCredentials/filerCik',
  `${ISSUER}/issuerInfo/nameOfIssuer`,
  `${ISSUER}/issuerInfo/legalStatus/legalStatusForm`,
  `${ISSUER}/issuerInfo/legalStatus/jurisdictionOrganization`,
];

const OFFERED = [
  `${OFFERING}/securityOfferedType`,
  `${OFFERING}/offeringAmount`,
  `${OFFERING}/overSubscriptionAccepted`,
  `${OFFERING}/deadlineDate`,
];

/** Pointers of what a filing of each type must hold for anything to be made of it. */
export const REQUIRED: Readonly<Record<FormCType, readonly string[]>> = {
  C: [...ALWAYS, ...OFFERED],
  'C/A': [...ALWAYS, ...OFFERED],
  'C-U': [...ALWAYS, `${ISSUER}/progressUpdate`],
  'C-AR': [...ALWAYS, '/headerData/filerInfo/period'],
  'C-AR/A': [...ALWAYS, '/headerData/filerInfo/period'],
  'C-TR': ALWAYS,
};

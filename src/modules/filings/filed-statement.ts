import type { CalendarDate } from '../../kernel/calendar-date';
import type { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';
import type { FormCType } from './form-c-elements';

export interface FiledAddress {
  readonly street1?: string;
  readonly street2?: string;
  readonly city?: string;
  /** EDGAR's code: a state of the US, or a letter and a digit for another country. */
  readonly stateOrCountry?: string;
  readonly postalCode?: string;
}

/** An organisation as a filing describes it. */
export interface FiledOrganisation {
  readonly name: string;
  readonly legalForm?: string;
  /** EDGAR's code of the state or country in which it is organised. */
  readonly jurisdiction?: string;
  readonly incorporatedOn?: CalendarDate;
  readonly address: FiledAddress;
  /** As filed: often without a scheme. */
  readonly website?: string;
  /** EDGAR's Central Index Key, ten digits. */
  readonly cik?: string;
}

export interface FiledIntermediary {
  readonly name: string;
  readonly cik?: string;
  readonly fileNumber?: string;
  readonly crdNumber?: string;
}

/** How subscriptions beyond the target are filled. */
export type FiledAllocationMethod = 'first-come' | 'pro-rata' | 'discretionary';

export interface FiledOffering {
  readonly kind: 'equity' | 'loan';
  /** The type, or the filer's own words where the type is Other. */
  readonly securityDescription: string;
  readonly numberOfSecurities?: Rate;
  /** US dollars per security. */
  readonly price?: Rate;
  readonly priceMethod?: string;
  readonly target: Money;
  /** The target again where the filing states no maximum. */
  readonly maximum: Money;
  readonly deadline: CalendarDate;
  readonly isOversubscriptionAccepted: boolean;
  /** Absent where the filing states none. */
  readonly allocationMethod?: FiledAllocationMethod;
  readonly allocationNote?: string;
  readonly feeDescription?: string;
  /** What else the intermediary has or gets in the issuer. */
  readonly intermediaryInterest?: string;
}

/** The figures of one financial year. */
export interface FiledYear {
  readonly totalAssets?: Money;
  readonly cash?: Money;
  readonly receivables?: Money;
  readonly shortTermDebt?: Money;
  readonly longTermDebt?: Money;
  readonly revenue?: Money;
  readonly costOfGoodsSold?: Money;
  readonly taxPaid?: Money;
  readonly netIncome?: Money;
}

export interface FiledFigures {
  readonly employees?: Rate;
  readonly currentYear: FiledYear;
  readonly priorYear: FiledYear;
}

export interface FiledSignature {
  readonly name: string;
  readonly title?: string;
  readonly signedOn?: CalendarDate;
}

/** What a filing says, in the words of the engine. */
export interface FiledStatement {
  readonly submissionType: FormCType;
  /** A test submission is not a filing. */
  readonly isTest: boolean;
  /** The Commission's number of the offering, `020-33261`: joins an update to what it updates. */
  readonly fileNumber?: string;
  readonly issuer: FiledOrganisation;
  readonly coIssuers: readonly FiledOrganisation[];
  readonly intermediary?: FiledIntermediary;
  readonly offering?: FiledOffering;
  readonly figures?: FiledFigures;
  /** EDGAR's codes of the states in which the securities are offered. */
  readonly offeredIn: readonly string[];
  /** C-U: `50% and 100% of Target Reached`. */
  readonly progressUpdate?: string;
  /** C/A: what changed, in the filer's words. */
  readonly amendment?: string;
  /** C-AR: the end of the financial year reported on. */
  readonly fiscalPeriodEnd?: CalendarDate;
  readonly signatures: readonly FiledSignature[];
  /** The last day on which anybody signed. */
  readonly signedOn?: CalendarDate;
  /** What does not fit together. None of it makes the filing unreadable. */
  readonly findings: readonly FilingFinding[];
}

/** `notice`: worth knowing. `warning`: somebody should decide before the filing is relied on. */
export interface FilingFinding {
  readonly code: FilingFindingCode;
  readonly severity: 'notice' | 'warning';
  readonly message: string;
  /** Where in the filing. */
  readonly pointer: string;
}

export type FilingFindingCode =
  | 'test-filing'
  | 'unread-element'
  | 'placeholder-text'
  | 'issuer-signs-under-another-name'
  | 'incorporated-after-signature'
  | 'deadline-before-signature'
  | 'maximum-below-target'
  | 'maximum-without-oversubscription'
  | 'oversubscription-without-maximum'
  | 'number-and-price-give-another-amount'
  | 'number-and-price-give-the-maximum'
  | 'target-not-whole-securities'
  | 'price-missing'
  | 'kind-unclear'
  | 'cash-above-total-assets'
  | 'intermediary-missing'
  | 'unsigned';

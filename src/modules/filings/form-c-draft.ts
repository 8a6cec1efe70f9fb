import { dateIn, type CalendarDate } from '../../kernel/calendar-date';
import { Money } from '../../kernel/money';
import { rateText } from '../../kernel/rate';
import type { Figures, FinancialYear, Issuer, Person } from '../issuers';
import { sharePrice, unitsFor, type OfferingTerms } from '../offerings';
import { edgarCodeOf, everyState } from './edgar-place';
import { filingProblem } from './errors';
import { oneLine } from './filed-text';
import type { FormC } from './form-c';
import {
  FORM_C,
  type AnnualReportFigures,
  type FormCContent,
  type FormCType,
  type GroupSpec,
  type IssuerInformation,
  type OfferingInformation,
} from './form-c-elements';

/** What a form is made of. */
export interface FormCFacts {
  readonly type: 'C' | 'C-U' | 'C-AR';
  /** The latest Form C or C/A on file of the offering: what it says of issuer and intermediary stays. */
  readonly base?: FormC | undefined;
  readonly issuer: Issuer;
  /** EDGAR's number of the issuer. */
  readonly cik: string;
  readonly people: readonly Person[];
  readonly intermediary: { readonly name: string; readonly licence?: string | undefined };
  readonly terms: OfferingTerms;
  readonly timeZone: string;
  /** Financial years, the newest first. */
  readonly years: readonly FinancialYear[];
  /** The day on which the issuer put its name to it. */
  readonly signedOn?: CalendarDate | undefined;
  /** C-U: the Commission's number of the offering. */
  readonly fileNumber?: string | undefined;
  /** C-U: `50% of Target Reached`. */
  readonly progressUpdate?: string | undefined;
}

/**
 * A filing of the Form C family as the engine would file it. An offering that came by a filing comes
 * out as it was filed; where its terms have changed since, as an amendment that names what changed.
 *
 * @throws Problem `filings.not-handed-in`, `filings.figures-missing`, `filings.place-without-code`.
 */
export function draftFormC(facts: FormCFacts): FormC {
  const { base, type } = facts;
  const changed = base === undefined ? [] : changedTerms(facts, base);
  if (type === 'C' && base !== undefined && changed.length === 0) return base;
  const submissionType: FormCType = type === 'C' && base !== undefined ? 'C/A' : type;
  const offering = type === 'C-AR' ? {} : { offeringInformation: offeringOf(facts, changed) };
  const content = {
    headerData: headerOf(facts, submissionType),
    formData: {
      issuerInformation: issuerOf(facts, changed),
      ...offering,
      annualReportDisclosureRequirements: disclosureOf(facts),
      signatureInfo: signaturesOf(facts),
    },
  };
  return { ...(inOrder(content, FORM_C) as FormCContent), submissionType, unread: [] };
}

/** Keys in the order of the form: what is laid over a filing must not stand behind it. */
function inOrder(value: unknown, spec: GroupSpec): unknown {
  const given = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(spec.group).flatMap(([name, child]) => {
      const found = given[name];
      if (found === undefined) return [];
      return [[name, 'group' in child && !child.isRepeated ? inOrder(found, child) : found]];
    }),
  );
}

function headerOf(facts: FormCFacts, submissionType: FormCType) {
  const { fileNumber, type, cik } = facts;
  const newest = type === 'C-AR' ? facts.years[0] : undefined;
  return {
    submissionType,
    filerInfo: {
      filer: {
        // EDGAR publishes filings with this in place of the code, which is never known here.
        filerCredentials: { filerCik: cik.padStart(10, '0'), filerCcc: 'XXXXXXXX' },
        ...(fileNumber === undefined ? {} : { fileNumber }),
      },
      ...(newest === undefined ? {} : { period: newest.fiscalYearEndsOn }),
      liveTestFlag: 'LIVE',
      flags: {
        confirmingCopyFlag: 'false',
        returnCopyFlag: 'false',
        overrideInternetFlag: 'false',
      },
    },
  };
}

const LEGAL_FORMS: Readonly<Record<Issuer['legalForm'], string>> = {
  company: 'Corporation',
  'limited-liability-company': 'Limited Liability Company',
  'limited-partnership': 'Limited Partnership',
  person: 'Person',
  other: 'Other',
};

function issuerOf(facts: FormCFacts, changed: readonly string[]): IssuerInformation {
  const { base, type, progressUpdate, intermediary } = facts;
  const filed = base?.formData?.issuerInformation;
  const { isAmendment: _, natureOfAmendment: __, ...known } = filed ?? newIssuer(facts);
  const { companyName, commissionCik, commissionFileNumber, crdNumber, ...alone } = known;
  const named = {
    companyName: companyName ?? intermediary.name,
    commissionCik,
    commissionFileNumber: commissionFileNumber ?? fileNumberOf(intermediary.licence),
    crdNumber,
  };
  return {
    ...alone,
    ...(type === 'C' && changed.length > 0
      ? { isAmendment: 'true', natureOfAmendment: `Changed: ${changed.join(', ')}.` }
      : {}),
    ...(progressUpdate === undefined ? {} : { progressUpdate }),
    ...(type === 'C-AR' ? {} : withoutAbsent(named)),
  };
}

function newIssuer({ issuer }: FormCFacts): IssuerInformation {
  const { legalForm, legalFormName, incorporatedOn, website, address } = issuer;
  return {
    issuerInfo: {
      nameOfIssuer: issuer.legalName,
      legalStatus: {
        legalStatusForm: LEGAL_FORMS[legalForm],
        ...(legalForm === 'other' ? { legalStatusOtherDesc: legalFormName ?? '' } : {}),
        jurisdictionOrganization: requireCode(issuer.jurisdiction),
        ...(incorporatedOn === undefined ? {} : { dateIncorporation: incorporatedOn }),
      },
      ...(address === undefined ? {} : { issuerAddress: addressOf(address) }),
      ...(website === undefined ? {} : { issuerWebsite: website }),
    },
    isCoIssuer: 'N',
  };
}

const STREET_LENGTH = 40;

/** A street that is longer than its field goes on in the second one, from a comma or a blank. */
function addressOf(address: NonNullable<Issuer['address']>) {
  const { street, city, region, postalCode, country } = address;
  const comma = street.lastIndexOf(', ', STREET_LENGTH);
  const cut = comma > 0 ? comma : street.lastIndexOf(' ', STREET_LENGTH);
  const [street1, street2] =
    street.length <= STREET_LENGTH || cut <= 0
      ? [street]
      : [street.slice(0, cut), street.slice(cut).replace(/^,? /, '')];
  return {
    street1,
    ...(street2 === undefined ? {} : { street2 }),
    city,
    stateOrCountry: requireCode(region === undefined ? country : `${country}-${region}`),
    zipCode: postalCode ?? '',
  };
}

function requireCode(jurisdiction: string): string {
  const code = edgarCodeOf(jurisdiction);
  if (code !== undefined) return code;
  throw filingProblem('place-without-code', { detail: `EDGAR has no code of ${jurisdiction}.` });
}

/** A funding portal is registered under the Commission's number of it: `007-00129`. */
function fileNumberOf(licence: string | undefined): string | undefined {
  return licence !== undefined && /^\d{3}-\d{5}$/.test(licence) ? licence : undefined;
}

/** What of the offering is not as the filing says, each in a word. */
function changedTerms({ terms, timeZone }: FormCFacts, base: FormC): readonly string[] {
  const filed = base.formData?.offeringInformation ?? {};
  const numbers = numbersOf(terms, timeZone);
  const maximum = filed.maximumOfferingAmount || filed.offeringAmount;
  const isKept: Readonly<Record<string, boolean>> = {
    price: !filed.price || numbers.price.equals(filed.price),
    target: !filed.offeringAmount || numbers.offeringAmount.equals(filed.offeringAmount),
    maximum: !maximum || terms.maximum.equals(maximum) || filed.overSubscriptionAccepted === 'N',
    deadline: filed.deadlineDate === numbers.deadlineDate,
  };
  return Object.keys(isKept).filter((name) => isKept[name] === false);
}

function numbersOf(terms: OfferingTerms, timeZone: string) {
  const { price, currency, target, maximum, closesAt } = terms;
  const isMore = maximum.isMoreThan(target);
  return {
    noOfSecurityOffered: String(unitsFor(sharePrice({ price, currency }), target)),
    price,
    offeringAmount: target,
    overSubscriptionAccepted: isMore ? ('Y' as const) : ('N' as const),
    ...(isMore ? { maximumOfferingAmount: maximum } : {}),
    // The last day on which orders are taken, where the deadline is its end.
    deadlineDate: dateIn(timeZone, new Date(closesAt.getTime() - 1)),
  };
}

const ALLOCATION: Readonly<Record<OfferingTerms['allocation']['method'], string>> = {
  'first-come': 'First-come, first-served basis',
  'pro-rata': 'Pro-rata basis',
  discretionary: 'Other',
};

function offeringOf(facts: FormCFacts, changed: readonly string[]): OfferingInformation {
  const { terms, timeZone, base } = facts;
  const filed = base?.formData?.offeringInformation;
  if (filed !== undefined && changed.length === 0) return filed;
  const numbers = numbersOf(terms, timeZone);
  if (filed !== undefined) return { ...filed, ...numbers };
  const { method } = terms.allocation;
  const fee = terms.feeRate.times(100);
  return {
    compensationAmount: `${rateText(fee, fee.decimalPlaces())} percent of the amount raised, when the offering settles.`,
    ...securityOf(terms),
    ...numbers,
    ...(numbers.overSubscriptionAccepted === 'N'
      ? {}
      : { overSubscriptionAllocationType: ALLOCATION[method] }),
    ...(method === 'discretionary' && numbers.overSubscriptionAccepted === 'Y'
      ? { descOverSubscription: 'At the discretion of the issuer.' }
      : {}),
  };
}

function securityOf({ instrument }: OfferingTerms): OfferingInformation {
  if (instrument.kind === 'loan-note') return { securityOfferedType: 'Debt' };
  const { className } = instrument;
  if (/\bpreferred\b/i.test(className)) return { securityOfferedType: 'Preferred Stock' };
  if (/\b(common|ordinary)\b/i.test(className)) return { securityOfferedType: 'Common Stock' };
  return { securityOfferedType: 'Other', securityOfferedOtherDesc: className };
}

const FIGURES: readonly (readonly [keyof Figures, string])[] = [
  ['totalAssets', 'totalAsset'],
  ['cash', 'cashEqui'],
  ['receivables', 'actReceived'],
  ['shortTermDebt', 'shortTermDebt'],
  ['longTermDebt', 'longTermDebt'],
  ['revenue', 'revenue'],
  ['costOfGoods', 'costGoodsSold'],
  ['taxesPaid', 'taxPaid'],
  ['netIncome', 'netIncome'],
];

/** The years as filed before, or as they are on record; a year before there was one is zero. */
function disclosureOf({ base, type, years }: FormCFacts): AnnualReportFigures {
  const filed = base?.formData?.annualReportDisclosureRequirements;
  if (type !== 'C-AR' && filed !== undefined) return filed;
  const [newest, prior] = years;
  if (newest === undefined) throw filingProblem('figures-missing');
  requireFigures([newest, ...(prior === undefined ? [] : [prior])]);
  const zero = Money.zero(newest.currency);
  const amounts = FIGURES.flatMap(([name, element]) => [
    [`${element}MostRecentFiscalYear`, newest.figures[name]],
    [`${element}PriorFiscalYear`, prior?.figures[name] ?? zero],
  ]);
  return {
    ...(newest.employees === undefined ? {} : { currentEmployees: String(newest.employees) }),
    ...(Object.fromEntries(amounts) as AnnualReportFigures),
    ...(type === 'C-AR' ? {} : { issueJurisdictionSecuritiesOffering: everyState() }),
  };
}

function requireFigures(years: readonly FinancialYear[]): void {
  const missing = years.flatMap(({ fiscalYearEndsOn, figures }) =>
    FIGURES.filter(([name]) => figures[name] === undefined).map(
      ([name]) => `${name} of the year to ${fiscalYearEndsOn}`,
    ),
  );
  if (missing.length > 0) {
    throw filingProblem('figures-missing', { detail: `Missing: ${missing.join(', ')}.` });
  }
}

/** Whoever acts for the issuer, as of the day on which it handed the offering in. */
function signaturesOf({ base, signedOn, people, issuer }: FormCFacts) {
  const filed = base?.formData?.signatureInfo;
  if (signedOn === undefined) {
    if (filed !== undefined) return filed;
    throw filingProblem('not-handed-in');
  }
  const signers = people
    .filter(({ roles }) => roles.includes('officer') || roles.includes('director'))
    .map((person) => ({
      personSignature: oneLine(person.name, 255),
      personTitle: person.title ?? titleOf(person),
      signatureDate: signedOn,
    }));
  const [first] = signers;
  if (first === undefined)
    throw filingProblem('not-handed-in', { detail: 'Nobody on file acts for the issuer.' });
  return {
    issuerSignature: {
      issuer: issuer.legalName,
      issuerSignature: first.personSignature,
      issuerTitle: first.personTitle,
    },
    signaturePersons: { signaturePerson: signers },
  };
}

function titleOf({ roles }: Person): string {
  return roles.includes('officer') ? 'Officer' : 'Director';
}

function withoutAbsent<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

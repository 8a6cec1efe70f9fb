import { rate } from '../../kernel/rate';
import type { FormC } from './form-c';
import type {
  AnnualReportFigures,
  Empty,
  FormCAddress,
  IssuerInformation,
  OfferingInformation,
} from './form-c-elements';
import type {
  FiledAddress,
  FiledAllocationMethod,
  FiledFigures,
  FiledIntermediary,
  FiledOffering,
  FiledStatement,
  FiledOrganisation,
  FiledSignature,
  FiledYear,
} from './filed-statement';
import { findInconsistencies } from './form-c-findings';

/**
 * Says what a filing means in the engine's words. Pure: nothing is looked up, and what the filing
 * does not say stays absent.
 */
export function interpretFormC(formC: FormC): FiledStatement {
  const statement = {
    ...fromHeader(formC),
    ...fromIssuerInformation(formC),
    ...fromSections(formC),
    ...fromSignatures(formC),
  };
  return { ...statement, findings: findInconsistencies(statement, formC) };
}

function fromHeader({ submissionType, headerData }: FormC) {
  const filerInfo = headerData?.filerInfo;
  return {
    submissionType,
    isTest: trimmed(filerInfo?.liveTestFlag)?.toUpperCase() === 'TEST',
    ...optional('fileNumber', trimmed(filerInfo?.filer?.fileNumber)),
    ...optional('fiscalPeriodEnd', filled(filerInfo?.period)),
  };
}

function fromIssuerInformation({ headerData, formData }: FormC) {
  const information = formData?.issuerInformation ?? {};
  const cik = headerData?.filerInfo?.filer?.filerCredentials?.filerCik;
  return {
    issuer: issuerOf(information, trimmed(cik)),
    coIssuers: coIssuersOf(information),
    ...optional('intermediary', intermediaryOf(information)),
    ...optional('progressUpdate', trimmed(information.progressUpdate)),
    ...optional('amendment', trimmed(information.natureOfAmendment)),
  };
}

function fromSections({ formData }: FormC) {
  const terms = formData?.offeringInformation;
  const disclosed = formData?.annualReportDisclosureRequirements;
  return {
    ...optional('offering', terms && interpretOffering(terms)),
    ...optional('figures', disclosed && interpretFigures(disclosed)),
    offeredIn: (disclosed?.issueJurisdictionSecuritiesOffering ?? []).flatMap(
      (code) => trimmed(code) ?? [],
    ),
  };
}

function fromSignatures({ formData }: FormC) {
  const persons = formData?.signatureInfo?.signaturePersons?.signaturePerson ?? [];
  const signatures: readonly FiledSignature[] = persons.map((person) => ({
    name: trimmed(person.personSignature) ?? '',
    ...optional('title', trimmed(person.personTitle)),
    ...optional('signedOn', filled(person.signatureDate)),
  }));
  const days = signatures.flatMap((signature) => signature.signedOn ?? []);
  return { signatures, ...optional('signedOn', days.toSorted().at(-1)) };
}

/** The value, unless the element is absent or empty. */
function filled<T>(value: T | Empty | undefined): T | undefined {
  return value === '' ? undefined : value;
}

function trimmed(text: string | undefined): string | undefined {
  return filled(text?.trim());
}

/** A property that is there only when it has a value. */
function optional<Name extends string, T>(
  name: Name,
  value: T | undefined,
): { readonly [N in Name]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: T };
}

type LegalStatus = NonNullable<NonNullable<IssuerInformation['issuerInfo']>['legalStatus']>;

interface FiledIdentity {
  readonly name: string | undefined;
  readonly legalStatus: LegalStatus | undefined;
  readonly address: FormCAddress | undefined;
  readonly website: string | undefined;
  readonly cik: string | undefined;
}

function issuerOf({ issuerInfo }: IssuerInformation, cik: string | undefined): FiledOrganisation {
  return organisation({
    name: issuerInfo?.nameOfIssuer,
    legalStatus: issuerInfo?.legalStatus,
    address: issuerInfo?.issuerAddress,
    website: issuerInfo?.issuerWebsite,
    cik,
  });
}

function coIssuersOf({ coIssuers }: IssuerInformation): readonly FiledOrganisation[] {
  return (coIssuers?.coIssuerInfo ?? []).map((info) =>
    organisation({
      name: info.nameOfCoIssuer,
      legalStatus: info.coIssuerLegalStatus,
      address: info.coIssuerAddress,
      website: info.coIssuerWebsite,
      cik: trimmed(info.coIssuerCik),
    }),
  );
}

function organisation({
  name,
  legalStatus,
  address,
  website,
  cik,
}: FiledIdentity): FiledOrganisation {
  return {
    name: trimmed(name) ?? '',
    ...optional('legalForm', legalFormOf(legalStatus)),
    ...optional('jurisdiction', trimmed(legalStatus?.jurisdictionOrganization)),
    ...optional('incorporatedOn', filled(legalStatus?.dateIncorporation)),
    address: addressOf(address ?? {}),
    ...optional('website', trimmed(website)),
    ...optional('cik', cik?.padStart(10, '0')),
  };
}

/** The form as filed, or the filer's own words where it is Other. */
function legalFormOf(legalStatus: LegalStatus | undefined): string | undefined {
  const form = trimmed(legalStatus?.legalStatusForm);
  return form === 'Other' ? (trimmed(legalStatus?.legalStatusOtherDesc) ?? form) : form;
}

function addressOf(address: FormCAddress): FiledAddress {
  return {
    ...optional('street1', trimmed(address.street1)),
    ...optional('street2', trimmed(address.street2)),
    ...optional('city', trimmed(address.city)),
    ...optional('stateOrCountry', trimmed(address.stateOrCountry)),
    ...optional('postalCode', trimmed(address.zipCode)),
  };
}

function intermediaryOf(information: IssuerInformation): FiledIntermediary | undefined {
  const name = trimmed(information.companyName);
  if (name === undefined) return undefined;
  return {
    name,
    ...optional('cik', trimmed(information.commissionCik)?.padStart(10, '0')),
    ...optional('fileNumber', trimmed(information.commissionFileNumber)),
    ...optional('crdNumber', trimmed(information.crdNumber)?.replace(/^0+(?=\d)/, '')),
  };
}

/** Undefined where the section is there without terms, as on some updates. */
function interpretOffering(filed: OfferingInformation): FiledOffering | undefined {
  const target = filled(filed.offeringAmount);
  const deadline = filled(filed.deadlineDate);
  const type = trimmed(filed.securityOfferedType);
  if (target === undefined || deadline === undefined || type === undefined) return undefined;
  const count = filled(filed.noOfSecurityOffered);
  const description = type === 'Other' ? trimmed(filed.securityOfferedOtherDesc) : undefined;
  return {
    kind: type === 'Debt' ? 'loan' : 'equity',
    securityDescription: description ?? type,
    ...optional('numberOfSecurities', count === undefined ? undefined : rate(count)),
    ...optional('price', filled(filed.price)),
    ...optional('priceMethod', trimmed(filed.priceDeterminationMethod)),
    target,
    maximum: filled(filed.maximumOfferingAmount) ?? target,
    deadline,
    isOversubscriptionAccepted: filed.overSubscriptionAccepted === 'Y',
    ...optional('allocationMethod', allocationMethodOf(filed)),
    ...optional('allocationNote', trimmed(filed.descOverSubscription)),
    ...optional('feeDescription', trimmed(filed.compensationAmount)),
    ...optional('intermediaryInterest', trimmed(filed.financialInterest)),
  };
}

/** The type as filed; where it is Other, whatever method the filer's words name, if any. */
function allocationMethodOf(filed: OfferingInformation): FiledAllocationMethod | undefined {
  const type = trimmed(filed.overSubscriptionAllocationType);
  if (type === undefined) return undefined;
  const words = `${type} ${filed.descOverSubscription ?? ''}`;
  if (/first[\s-]*come/i.test(words)) return 'first-come';
  return /pro[\s-]*rata/i.test(words) ? 'pro-rata' : 'discretionary';
}

function interpretFigures(filed: AnnualReportFigures): FiledFigures {
  const employees = filled(filed.currentEmployees);
  return {
    ...optional('employees', employees === undefined ? undefined : rate(employees)),
    currentYear: yearOf(filed, 'MostRecentFiscalYear'),
    priorYear: yearOf(filed, 'PriorFiscalYear'),
  };
}

function yearOf(
  filed: AnnualReportFigures,
  year: 'MostRecentFiscalYear' | 'PriorFiscalYear',
): FiledYear {
  return {
    ...optional('totalAssets', filled(filed[`totalAsset${year}`])),
    ...optional('cash', filled(filed[`cashEqui${year}`])),
    ...optional('receivables', filled(filed[`actReceived${year}`])),
    ...optional('shortTermDebt', filled(filed[`shortTermDebt${year}`])),
    ...optional('longTermDebt', filled(filed[`longTermDebt${year}`])),
    ...optional('revenue', filled(filed[`revenue${year}`])),
    ...optional('costOfGoodsSold', filled(filed[`costGoodsSold${year}`])),
    ...optional('taxPaid', filled(filed[`taxPaid${year}`])),
    ...optional('netIncome', filled(filed[`netIncome${year}`])),
  };
}

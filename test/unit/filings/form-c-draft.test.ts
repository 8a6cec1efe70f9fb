import { calendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import { parseFormC, writeFormC } from '../../../src/modules/filings';
import { draftFormC, type FormCFacts } from '../../../src/modules/filings/form-c-draft';
import type { FinancialYear, Issuer } from '../../../src/modules/issuers';
import { fixture } from '../../support/filings';
import { formCSchema, readXml } from '../../support/schemas';

const usd = (amount: string) => Money.parse(amount, 'USD');

const ISSUER: Issuer = {
  id: 'iss_1',
  operatorId: 1,
  partyId: 'pty_1',
  kind: 'legal',
  legalName: 'Tidewater Kelp & Grain, Inc.',
  legalForm: 'other',
  legalFormName: 'Cooperative',
  jurisdiction: 'CA-ON',
  country: 'CA',
  incorporatedOn: calendarDate('2021-04-29'),
  address: {
    street: '1200 Upper Middle Harbour Road West, Suite 14',
    city: 'Toronto',
    region: 'ON',
    postalCode: 'M5V 2T6',
    country: 'CA',
  },
  identityKind: 'us-cik',
  identityMasked: '******1234',
  status: 'active',
  verification: 'verified',
  peopleVersion: 1,
  screenedVersion: 1,
  createdAt: new Date('2024-01-01T00:00:00Z'),
};

const YEAR: FinancialYear = {
  issuerId: 'iss_1',
  fiscalYearEndsOn: calendarDate('2024-06-30'),
  currency: 'USD',
  assurance: 'reviewed',
  employees: 7,
  figures: Object.fromEntries(
    [
      ...['totalAssets', 'cash', 'receivables', 'shortTermDebt', 'longTermDebt', 'revenue'],
      ...['costOfGoods', 'taxesPaid', 'netIncome'],
    ].map((name) => [name, usd('1234.56')]),
  ),
  recordedBy: 'usr_1',
  recordedAt: new Date('2024-09-01T00:00:00Z'),
};

const FACTS: FormCFacts = {
  type: 'C',
  issuer: ISSUER,
  cik: '1234',
  people: [{ name: 'Mara Lindqvist', roles: ['officer'], title: 'Chief executive' }],
  intermediary: { name: 'Hudson Street Portal, LLC', licence: '007-00129' },
  terms: {
    title: 'Tidewater',
    summary: 'Shares',
    instrument: { kind: 'ordinary-shares', className: 'Class B units' },
    currency: 'USD',
    price: rate('2.5'),
    target: usd('50000.00'),
    maximum: usd('250000.00'),
    orderLimit: usd('250000.00'),
    minimumTicket: usd('100.00'),
    allocation: { method: 'discretionary' },
    closesAt: new Date('2025-03-01T05:00:00Z'),
    feeRate: rate('0.055'),
    isAllOrNothing: true,
  },
  timeZone: 'America/New_York',
  years: [YEAR],
  signedOn: calendarDate('2024-11-12'),
};

const faultsOf = (facts: Partial<FormCFacts>) =>
  formCSchema().validate(readXml(writeFormC(draftFormC({ ...FACTS, ...facts }))));

test.each([
  { what: 'a Form C of an offering drafted here', facts: {} },
  {
    what: 'an update of it',
    facts: { type: 'C-U', fileNumber: '020-33261', progressUpdate: '50% of Target Reached' },
  },
  { what: 'its annual report', facts: { type: 'C-AR' } },
  {
    what: 'an amendment of one that was filed',
    facts: { base: parseFormC(fixture('c-equity.xml')) },
  },
  {
    what: 'an update of one that was filed',
    facts: {
      base: parseFormC(fixture('c-equity.xml')),
      type: 'C-U',
      fileNumber: '020-33261',
      progressUpdate: '50% and 100% of Target Reached',
    },
  },
  {
    what: 'an annual report after one that was filed',
    facts: { base: parseFormC(fixture('c-equity.xml')), type: 'C-AR' },
  },
] as const)('$what is valid by the schema of the form', ({ facts }) => {
  expect(faultsOf(facts)).toEqual([]);
});

test('what is drafted here says what the engine holds', () => {
  const { headerData, formData } = draftFormC(FACTS);
  expect(headerData?.filerInfo?.filer?.filerCredentials?.filerCik).toBe('0000001234');
  expect(formData?.issuerInformation?.issuerInfo).toMatchObject({
    legalStatus: {
      legalStatusForm: 'Other',
      legalStatusOtherDesc: 'Cooperative',
      jurisdictionOrganization: 'A6',
    },
    issuerAddress: {
      street1: '1200 Upper Middle Harbour Road West',
      street2: 'Suite 14',
      stateOrCountry: 'A6',
    },
  });
  expect(formData?.offeringInformation).toMatchObject({
    compensationAmount: '5.5 percent of the amount raised, when the offering settles.',
    securityOfferedType: 'Other',
    securityOfferedOtherDesc: 'Class B units',
    noOfSecurityOffered: '20000',
    overSubscriptionAllocationType: 'Other',
    deadlineDate: '2025-02-28',
  });
  expect(String(formData?.annualReportDisclosureRequirements?.revenuePriorFiscalYear)).toBe(
    '0.00 USD',
  );
});

test.each([
  { what: 'nobody handed it in', facts: { signedOn: undefined }, code: 'filings.not-handed-in' },
  { what: 'nobody acts', facts: { people: [] }, code: 'filings.not-handed-in' },
  { what: 'no year is on record', facts: { years: [] }, code: 'filings.figures-missing' },
  {
    what: 'a figure is missing',
    facts: { years: [{ ...YEAR, figures: {} }] },
    code: 'filings.figures-missing',
  },
  {
    what: 'EDGAR does not know the place',
    facts: { issuer: { ...ISSUER, jurisdiction: 'XX' } },
    code: 'filings.place-without-code',
  },
])('no form is written where $what', ({ facts, code }) => {
  expect(() => draftFormC({ ...FACTS, ...facts })).toThrow(expect.objectContaining({ code }));
});

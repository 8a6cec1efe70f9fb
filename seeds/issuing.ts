import { addMonths, dateIn, type CalendarDate } from '../src/kernel/calendar-date';
import type { Id } from '../src/kernel/id';
import { rate } from '../src/kernel/rate';
import type { Assurance, Figures, LegalForm, SizeClass } from '../src/modules/issuers';
import type { CastCompany } from './cast';
import type { Office } from './office';
import { registerUser, sha256, type LogIn, type Staff } from './people';

export interface CompanyDraft {
  /** Absent: a company of that name from the cast. */
  readonly company?: CastCompany;
  readonly name: string;
  readonly mailbox?: string;
  readonly legalForm?: LegalForm;
  readonly sizeClass?: SizeClass;
  readonly externalId?: string;
  /** How far an accountant stands behind the figures; audited unless stated. */
  readonly assurance?: Assurance;
  /** How far the file has come: its identity established, or everything that an offering needs. */
  readonly until?: 'opened' | 'verified' | 'ready';
}

/** An issuer as the world knows it. */
export interface Company extends LogIn {
  readonly id: Id<'iss'>;
  readonly partyId: Id<'pty'>;
  readonly name: string;
}

/** What is checked about a company before it may offer anything. */
const CHECKLIST = [
  'registration',
  'ownership',
  'bad-actor',
  'financial-statements',
  'business-plan',
  'material-claims',
] as const;

/** The whole way of a company: log-in, file with its people, screening, figures, due diligence. */
export async function openIssuer(
  office: Office,
  draft: CompanyDraft,
  staff: Staff,
): Promise<Company> {
  const { issuers } = office.stage.services;
  const company = draft.company ?? office.stage.cast.company(office.land, draft.name);
  const logIn = await registerUser(office, draft.mailbox ?? company.handle, 'issuer');
  const file = fileOf(office, company, draft);
  const opened = await office.write(logIn, (tx) =>
    issuers.open(tx, { ...file, userId: logIn.userId }),
  );
  const issuer = { ...logIn, id: opened.id, partyId: opened.partyId, name: company.name };
  const { until = 'ready' } = draft;
  if (until !== 'opened') await screen(office, issuer);
  if (until === 'ready') {
    await recordYear(office, issuer, { assurance: draft.assurance ?? 'audited', staff });
    await settleDiligence(office, issuer, staff);
  }
  return issuer;
}

/** Has the company and everybody behind it checked by the provider. */
async function screen(office: Office, issuer: Company): Promise<void> {
  const { issuerVerifications, issuerVerificationRunner } = office.stage.services;
  const opened = await office.write(issuer, (tx) => issuerVerifications.request(tx, issuer.id));
  await issuerVerificationRunner.run(office.scope(), opened);
}

/** The issuer enters its last financial year; a compliance officer holds it against the papers. */
async function recordYear(
  office: Office,
  issuer: Company,
  { assurance, staff }: { readonly assurance: Assurance; readonly staff: Staff },
): Promise<void> {
  const { financials } = office.stage.services;
  const fiscalYearEndsOn = lastYearEnd(office);
  const { homeCurrency: currency } = office.operator;
  const employees = office.stage.cast.between(4, 60);
  const year = { fiscalYearEndsOn, currency, assurance, employees, figures: figuresOf(office) };
  await office.write(issuer, (tx) => financials.record(tx, issuer.id, year));
  await office.write(staff.compliance, (tx) => financials.verify(tx, issuer.id, fiscalYearEndsOn));
}

async function settleDiligence(office: Office, issuer: Company, staff: Staff): Promise<void> {
  const { dueDiligence } = office.stage.services;
  for (const item of CHECKLIST) {
    const evidenceSha256 = sha256(`${item} of ${issuer.name}`);
    const order = { item, outcome: 'satisfied', evidenceSha256 } as const;
    await office.write(staff.compliance, (tx) => dueDiligence.settle(tx, issuer.id, order));
  }
}

function fileOf(office: Office, company: CastCompany, draft: CompanyDraft) {
  const { cast } = office.stage;
  const { land } = office;
  const founder = cast.person(land);
  const partner = cast.person(land);
  return {
    kind: 'legal' as const,
    name: company.name,
    identity: company.identity,
    externalId: draft.externalId,
    legalForm: draft.legalForm ?? ('company' as const),
    jurisdiction: land === 'US' ? 'US-DE' : company.country,
    country: company.country,
    incorporatedOn: addMonths(lastYearEnd(office), -cast.between(14, 90)),
    address: {
      street: `${cast.between(1, 240)} Sandbox Street`,
      city: company.city,
      country: company.country,
    },
    website: `https://${company.handle}.example`,
    sizeClass: draft.sizeClass ?? ('small' as const),
    people: [
      {
        name: founder.name,
        roles: ['director', 'officer', 'beneficial-owner'] as const,
        title: 'Chief executive',
        bornOn: founder.bornOn,
        country: founder.country,
        shareRate: rate(`0.${cast.between(45, 60)}`),
      },
      {
        name: partner.name,
        roles: ['director', 'beneficial-owner'] as const,
        bornOn: partner.bornOn,
        country: partner.country,
        shareRate: rate(`0.${cast.between(20, 35)}`),
      },
    ],
  };
}

function figuresOf(office: Office): Figures {
  const { cast } = office.stage;
  const amount = (least: number, most: number) =>
    office.money(`${cast.between(least, most)}${cast.between(100, 999)}.00`);
  return {
    totalAssets: amount(180, 900),
    cash: amount(20, 120),
    receivables: amount(10, 60),
    shortTermDebt: amount(5, 40),
    longTermDebt: amount(10, 90),
    revenue: amount(150, 1400),
    costOfGoods: amount(80, 400),
    taxesPaid: amount(1, 20),
    netIncome: amount(1, 90).negated(),
  };
}

/** The last day of the calendar year before this one. */
function lastYearEnd(office: Office): CalendarDate {
  const today = dateIn(office.operator.timeZone, office.stage.now);
  return `${Number(today.slice(0, 4)) - 1}-12-31` as CalendarDate;
}

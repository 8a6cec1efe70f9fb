import type { Id } from '../src/kernel/id';
import type {
  Application,
  ApplicationForm,
  Contact,
  LoanPurpose,
} from '../src/modules/applications';
import type { CastPerson } from './cast';
import type { Company } from './issuing';
import type { Office } from './office';
import { registerUser, sha256 } from './people';

type CreditFacts = NonNullable<ApplicationForm['creditFacts']>;

/** What somebody asks to be lent; amounts are decimal, in the operator's currency. */
export interface LoanPlan {
  readonly amount: string;
  readonly months: number;
  readonly purpose: LoanPurpose;
  readonly project: string;
  readonly monthlyIncome: string;
  readonly housing?: string;
  /** What goes out for other loans every month. */
  readonly otherLoans?: string;
  /** Has the employer's register confirm, or not find, the income: see the offline provider. */
  readonly employer?: string;
  readonly facts?: CreditFacts;
  /** What is stated otherwise than made up: the telephone of somebody else. */
  readonly contact?: Contact;
  /** How far it comes: filled in, judged, or listed after the first offer was accepted. */
  readonly until?: 'draft' | 'judged' | 'listed';
}

export interface BorrowerDraft {
  readonly mailbox?: string | undefined;
  /** Somebody known already, as at another operator; from the cast when absent. */
  readonly person?: CastPerson | undefined;
}

/** A person who wants to borrow: a log-in, a file, an identity that was established. */
export async function openBorrower(
  office: Office,
  { mailbox, person = office.stage.cast.person(office.land) }: BorrowerDraft = {},
): Promise<Company> {
  const { issuers, issuerVerifications, issuerVerificationRunner } = office.stage.services;
  const logIn = await registerUser(office, mailbox ?? person.handle, 'issuer');
  const { name, bornOn, country } = person;
  const file = {
    userId: logIn.userId,
    kind: 'natural' as const,
    name,
    identity: person.identity,
    legalForm: 'person' as const,
    jurisdiction: country,
    country,
    // A borrower acts for nobody but themselves, and is old enough to.
    people: [{ name, bornOn, country, roles: ['beneficial-owner'] as const }],
  };
  const { id, partyId } = await office.write(logIn, (tx) => issuers.open(tx, file));
  const opened = await office.write(logIn, (tx) => issuerVerifications.request(tx, id));
  await issuerVerificationRunner.run(office.scope(), opened);
  return { ...logIn, id, partyId, name };
}

/** An application from its first field to wherever the plan leaves it. */
export async function applyForLoan(
  office: Office,
  borrower: Company,
  plan: LoanPlan,
): Promise<Application> {
  const { applications, applicationRunner } = office.stage.services;
  const id = await fillIn(office, borrower, plan);
  const { until = 'listed' } = plan;
  if (until !== 'draft') {
    await submitApplication(office, borrower, { id });
    await applicationRunner.run(office.scope(), id);
  }
  const judged = await office.read((db) => applications.get(db, id));
  if (until !== 'listed' || judged.application.status !== 'offered') return judged.application;
  return acceptFirst(office, borrower, id);
}

/** Takes the offer in the term that was asked for. */
async function acceptFirst(office: Office, borrower: Company, id: Id<'app'>): Promise<Application> {
  const { acceptances } = office.stage.services;
  const open = await office.read((db) => acceptances.listOffers(db, id));
  const [offer] = open.filter(({ status }) => status === 'open');
  if (!offer) throw new Error(`${borrower.name} should have an offer`);
  return office.write(borrower, (tx) => acceptances.accept(tx, id, offer.id));
}

async function fillIn(office: Office, borrower: Company, plan: LoanPlan): Promise<Id<'app'>> {
  const { applications } = office.stage.services;
  const zero = office.money('0.00');
  const form = {
    amount: office.money(plan.amount),
    termMonths: plan.months,
    purpose: plan.purpose,
    repayment: 'annuity' as const,
    project: plan.project,
    income: { monthly: office.money(plan.monthlyIncome), source: 'employment' as const },
    commitments: {
      housing: plan.housing === undefined ? zero : office.money(plan.housing),
      loans: plan.otherLoans === undefined ? zero : office.money(plan.otherLoans),
      other: zero,
      dependants: office.stage.cast.between(0, 2),
    },
    creditFacts: plan.facts ?? STEADY,
  };
  const contact = { ...contactOf(office, borrower, plan), ...plan.contact };
  const draft = { issuerId: borrower.id, source: 'borrower' as const, form, contact };
  const { application } = await office.write(borrower, (tx) => applications.open(tx, draft));
  await addPayslip(office, borrower, application.id);
  return application.id;
}

/** How a borrower is reached: nobody shares any of it with anybody. */
export function contactOf(
  office: Office,
  borrower: Company,
  { employer = 'Sandbox Works' }: Pick<LoanPlan, 'employer'> = {},
): Contact {
  return {
    phone: `+00${office.accountNumber().replaceAll(/\D/g, '')}`,
    bankAccount: office.accountNumber(),
    address: `${office.stage.cast.between(1, 240)} Sandbox Street, ${borrower.name}`,
    employer,
    device: `device of ${borrower.userId}`,
  };
}

export async function addPayslip(office: Office, borrower: Company, id: Id<'app'>): Promise<void> {
  const { applicationDocuments } = office.stage.services;
  await office.write(borrower, (tx) =>
    applicationDocuments.add(tx, id, {
      kind: 'payslip',
      title: 'Payslip of last month',
      contentType: 'text/plain',
      content: Buffer.from(`Payslip of ${borrower.name}. A document of the sandbox.`, 'utf8'),
    }),
  );
}

const CONSENTS = ['credit-check', 'data-processing', 'terms'] as const;

interface Handing {
  readonly id: Id<'app'>;
  /** All there are, unless a test leaves one out. */
  readonly consents?: readonly (typeof CONSENTS)[number][];
}

/** Hands an application in, with every consent and declaration. */
export async function submitApplication(
  office: Office,
  borrower: Company,
  { id, consents: kinds = CONSENTS }: Handing,
): Promise<void> {
  const { applications } = office.stage.services;
  const { application } = await office.read((db) => applications.get(db, id));
  const consents = kinds.map((kind) => ({
    kind,
    textSha256: sha256(`${kind} of ${office.operator.code}`),
  }));
  const declarations = {
    unpaidElsewhere: office.money('0.00'),
    isForOnLending: false,
    isLawfulPurpose: true,
    isTrueAndComplete: true,
    keepsLegalLimits: true,
    isRelatedToOperator: false,
  };
  const signed = { basedOn: application.version, consents, declarations };
  await office.write(borrower, (tx) => applications.submit(tx, id, signed));
}

/** What a credit bureau would say of somebody who has always paid. */
export const STEADY: CreditFacts = {
  employmentYears: 9,
  homeOwnership: 'MORTGAGE',
  mortgages: 2,
  instalmentLoans: 5,
  totalCreditLimit: 320_000,
  cardLimit: 42_000,
  cardCreditLeft: 21_000,
  cardUtilisation: 18,
  allUtilisation: 35,
  monthsSinceOldestRevolving: 240,
  monthsSinceNewestRevolving: 40,
};

/** And of somebody who has too much of it already. */
export const STRAINED: CreditFacts = {
  employmentYears: 1,
  homeOwnership: 'RENT',
  mortgages: 0,
  instalmentLoans: 1,
  totalCreditLimit: 9_000,
  cardLimit: 2_500,
  cardCreditLeft: 120,
  cardUtilisation: 94,
  allUtilisation: 96,
  monthsSinceOldestRevolving: 20,
  monthsSinceNewestRevolving: 1,
};

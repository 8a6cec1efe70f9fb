import { rateText, roundRate, type Rate } from '../../kernel/rate';
import type { FinancialYear, Issuer, Person } from '../issuers';
import {
  ALLOCATION_POLICIES,
  termsJson,
  type LoanNote,
  type Offering,
  type OfferingTerms,
} from '../offerings';

/** What is known of an offering, its owner and its operator when a sheet is drawn up. */
export interface KiisFacts {
  readonly operator: { readonly legalName: string; readonly identityNumber: string };
  readonly offering: Pick<Offering, 'id' | 'kind'>;
  readonly terms: OfferingTerms;
  readonly issuer: Pick<
    Issuer,
    'legalForm' | 'legalFormName' | 'jurisdiction' | 'incorporatedOn' | 'address' | 'website'
  >;
  readonly issuerName: string;
  readonly people: readonly Person[];
  /** Years that were verified, the newest first, three at most. */
  readonly years: readonly FinancialYear[];
  /** Offerings of the same owner that were settled here. */
  readonly completedOfferings: number;
  /** Where somebody may go who is not content with an answer. */
  readonly redress: string;
}

export interface Fact {
  readonly label: string;
  readonly value: string;
}

type Stating = (facts: KiisFacts) => readonly Fact[];

/** What the engine itself says at a point. A sheet is read without it: facts are whole sentences or values. */
const STATED: Readonly<Record<string, Stating>> = {
  identity: ({ issuer, issuerName, people }) => [
    fact('Project owner', issuerName),
    fact('Legal form', issuer.legalFormName ?? issuer.legalForm.replaceAll('-', ' ')),
    fact('Registered in', issuer.jurisdiction),
    ...given('Incorporated on', issuer.incorporatedOn),
    ...given('Address', issuer.address && addressLine(issuer.address)),
    ...given('Website', issuer.website),
    ...people.map((person) => fact(person.name, rolesOf(person))),
  ],
  figures: ({ years }) =>
    years.length === 0
      ? [fact('Figures', 'None that were verified are available.')]
      : years.flatMap(figuresOf),
  project: ({ terms }) => [fact(terms.title, terms.summary)],
  minimum: ({ terms, completedOfferings }) => [
    fact('Minimum target', `${terms.target}`),
    fact('Offers of the project owner completed here', `${completedOfferings}`),
  ],
  deadline: ({ terms }) => [fact('Deadline', instant(terms.closesAt))],
  shortfall: ({ terms }) => [
    fact(
      'Below the target',
      terms.isAllOrNothing
        ? 'Nothing is taken from anybody: what investors committed is released in full, free of charge.'
        : 'The project owner receives what was committed, although it is less than the target.',
    ),
  ],
  maximum: ({ terms }) => [fact('Maximum', `${terms.maximum}`)],
  securities: (facts) => [
    fact('Instrument', instrumentText(facts)),
    fact('Total amount', `${facts.terms.target} to ${facts.terms.maximum}`),
  ],
  price: ({ terms }) => [fact('Price of one', `${termsJson(terms).price} ${terms.currency}`)],
  oversubscription: ({ terms }) => [
    fact(
      'Above the maximum',
      terms.orderLimit.isMoreThan(terms.maximum)
        ? `Orders are taken up to ${terms.orderLimit}; what lies above the maximum is a waiting list.`
        : 'Not accepted.',
    ),
    fact('Allocation', ALLOCATION_POLICIES[terms.allocation.method]),
  ],
  'subscription-terms': ({ terms }) => [
    fact('Least to invest', `${terms.minimumTicket}`),
    ...given('Most to invest', terms.maximumTicket && `${terms.maximumTicket}`),
    fact(
      'Payment',
      'From money that lies with the custodian; it is set aside with the order, and taken when the offer settles.',
    ),
  ],
  custody: ({ operator }) => [
    fact('Delivery', `By entry in the register that ${operator.legalName} keeps, at settlement.`),
  ],
  'loan-terms': (facts) =>
    ofLoan(facts, (note) => [
      fact('Loan', `${facts.terms.target} to ${facts.terms.maximum}`),
      fact('Duration', `${note.termMonths} months`),
      fact('Purpose', note.purpose.replaceAll('-', ' ')),
      fact('Risk category', note.grade),
    ]),
  'loan-rate': (facts) =>
    ofLoan(facts, (note) => [
      fact(
        note.rateMode === 'fixed' ? 'Interest a year' : 'Interest a year, at most',
        percent(note.rate),
      ),
      fact('Expected to be lost, a year', percent(note.expectedLossRate)),
      fact('Cost to the borrower, a year', percent(note.apr)),
    ]),
  'loan-mitigation': (facts) => ofLoan(facts, ({ security }) => [fact('Security', security)]),
  'loan-schedule': (facts) =>
    ofLoan(facts, (note) => [
      fact('Repayment', REPAYMENTS[note.repayment]),
      fact('First due', note.firstDueOn ?? 'A month after the loan is paid out'),
    ]),
  complaints: ({ operator, redress }) => [
    fact('Complaints', `To ${operator.legalName}, free of charge, with its complaint form.`),
    fact('Not content with the answer', redress),
  ],
};

/** Points at which something stands without the issuer's words. */
export const STATED_POINTS: ReadonlySet<string> = new Set(Object.keys(STATED));

/** What is known at a point; nothing at one that is left to words. */
export function statedAt(pointId: string, facts: KiisFacts): readonly Fact[] {
  return STATED[pointId]?.(facts) ?? [];
}

/** What stands above the parts: of which offer the sheet is. */
export function overviewOf(facts: KiisFacts): readonly Fact[] {
  const { operator, offering, terms, issuerName } = facts;
  return [
    fact('Offer', offering.id),
    fact('Project owner and project', `${issuerName}: ${terms.title}`),
    fact('Type of offer and instrument', instrumentText(facts)),
    fact(
      terms.instrument.kind === 'loan-note' ? 'Target funds' : 'Target capital',
      `${terms.target}`,
    ),
    fact('Deadline', instant(terms.closesAt)),
    fact('Crowdfunding service provider', `${operator.legalName}, ${operator.identityNumber}`),
  ];
}

const REPAYMENTS: Readonly<Record<LoanNote['repayment'], string>> = {
  annuity: 'Monthly, principal and interest together in equal instalments',
  'equal-principal': 'Monthly, the principal in equal parts, with interest on what is left',
  'interest-only': 'Monthly interest; the principal at the end',
  bullet: 'Principal and interest at the end',
};

const FIGURE_NAMES = [
  ['revenue', 'Turnover'],
  ['netIncome', 'Net profit'],
  ['totalAssets', 'Total assets'],
  ['cash', 'Cash'],
  ['shortTermDebt', 'Debt within a year'],
  ['longTermDebt', 'Debt beyond a year'],
] as const;

function figuresOf({ fiscalYearEndsOn, assurance, figures }: FinancialYear): readonly Fact[] {
  const known = FIGURE_NAMES.flatMap(([name, label]) => {
    const figure = figures[name];
    return figure === undefined ? [] : [`${label} ${figure}`];
  });
  const assured = assurance === 'none' ? 'neither reviewed nor audited' : assurance;
  return [fact(`Year to ${fiscalYearEndsOn}`, `${known.join('; ')} (${assured})`)];
}

function rolesOf({ roles, title, shareRate }: Person): string {
  const held = shareRate === undefined ? [] : [`holds ${percent(shareRate)}`];
  const named = title === undefined ? [] : [title];
  return [...named, ...roles.map((role) => role.replaceAll('-', ' ')), ...held].join(', ');
}

/**
 * Shares of a private limited company are no transferable securities, but instruments admitted for
 * crowdfunding: Regulation (EU) 2020/1503, article 2(1)(n). The yearly report tells them apart likewise.
 */
function instrumentText({ terms: { instrument }, issuer }: KiisFacts): string {
  if (instrument.kind === 'loan-note') return 'Loan';
  const kind =
    issuer.legalForm === 'limited-liability-company'
      ? 'Instruments admitted for crowdfunding purposes'
      : 'Transferable securities';
  return `${kind}: shares of the class ${instrument.className}`;
}

function ofLoan(
  { terms: { instrument } }: KiisFacts,
  say: (note: LoanNote) => readonly Fact[],
): readonly Fact[] {
  return instrument.kind === 'loan-note' ? say(instrument) : [];
}

function addressLine(address: NonNullable<Issuer['address']>): string {
  const { street, postalCode, city, region, country } = address;
  return [street, [postalCode, city].filter(Boolean).join(' '), region, country]
    .filter(Boolean)
    .join(', ');
}

/** With two decimals, as the model asks of rates. */
function percent(value: Rate): string {
  return `${rateText(roundRate(value.times(100), 2, 'half-even'), 2)} %`;
}

function instant(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function given(label: string, value: string | undefined): readonly Fact[] {
  return value === undefined ? [] : [fact(label, value)];
}

function fact(label: string, value: string): Fact {
  return { label, value };
}

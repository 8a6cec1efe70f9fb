import type { Currency } from '../../kernel/currency';
import type { Finding } from '../../kernel/problem';
import type { DocumentKind } from './document';
import type { ApplicationForm, Contact } from './form';

/** Something an application still lacks before it can be handed in. */
export interface Gap {
  /** Stable word for programs: `income-missing`. */
  readonly code: string;
  /** The field, as the API spells it. */
  readonly field: string;
  readonly message: string;
}

/** What is looked at. */
export interface Filled {
  readonly form: ApplicationForm;
  readonly contact: Contact;
  readonly documents: readonly DocumentKind[];
}

/** What must be there; from the policy and the operator. */
export interface Wanted {
  readonly currency: Currency;
  readonly shortestMonths: number;
  readonly longestMonths: number;
  /** Kinds of document that the borrower's income calls for, of each group any one. */
  readonly documents: readonly (readonly DocumentKind[])[];
}

/** Every gap, first those of the form, in its order; none when it can be handed in. */
export function gapsOf(filled: Filled, wanted: Wanted): readonly Gap[] {
  return [
    ...formGaps(filled.form),
    ...limitGaps(filled.form, wanted),
    ...contactGaps(filled.contact),
    ...documentGaps(filled.documents, wanted),
  ];
}

const NEEDED: readonly (readonly [keyof ApplicationForm, string])[] = [
  ['amount', 'How much is asked for is missing.'],
  ['termMonths', 'For how many months is missing.'],
  ['purpose', 'What the money is for is missing.'],
  ['project', 'A description of the project is missing.'],
  ['income', 'The income is missing.'],
  ['commitments', 'What goes out every month is missing; it may be zero.'],
];

function formGaps(form: ApplicationForm): readonly Gap[] {
  return NEEDED.flatMap(([field, message]) =>
    form[field] === undefined ? [{ code: `${dashed(field)}-missing`, field, message }] : [],
  );
}

function limitGaps(form: ApplicationForm, wanted: Wanted): readonly Gap[] {
  const gaps: Gap[] = [];
  const { termMonths, amount } = form;
  const { shortestMonths, longestMonths } = wanted;
  if (termMonths !== undefined && (termMonths < shortestMonths || termMonths > longestMonths)) {
    const message = `Loans run for ${shortestMonths} to ${longestMonths} months.`;
    gaps.push({ code: 'term-out-of-range', field: 'termMonths', message });
  }
  if (amount !== undefined && !(amount.isPositive && amount.toDecimal().isInteger())) {
    const message = 'Loans are of whole units of the currency, above zero.';
    gaps.push({ code: 'amount-not-whole', field: 'amount', message });
  }
  return [...gaps, ...currencyGaps(form, wanted)];
}

function currencyGaps(
  { amount, income, commitments }: ApplicationForm,
  { currency }: Wanted,
): readonly Gap[] {
  const amounts = { amount, income: income?.monthly, commitments: commitments?.housing };
  return Object.entries(amounts).flatMap(([field, money]) =>
    money === undefined || money.currency === currency
      ? []
      : [
          {
            code: 'wrong-currency',
            field,
            message: `It is in ${money.currency}; loans here are in ${currency}.`,
          },
        ],
  );
}

function contactGaps(contact: Contact): readonly Gap[] {
  const needed = [
    ['phone', 'A telephone number is missing.'],
    ['bankAccount', 'The account the money is to go to is missing.'],
    ['address', 'The address is missing.'],
  ] as const;
  return needed.flatMap(([field, message]) =>
    contact[field] === undefined
      ? [{ code: `${dashed(field)}-missing`, field: `contact.${field}`, message }]
      : [],
  );
}

function documentGaps(kinds: readonly DocumentKind[], { documents }: Wanted): readonly Gap[] {
  return documents
    .filter((any) => !any.some((kind) => kinds.includes(kind)))
    .map((any) => ({
      code: 'document-missing',
      field: 'documents',
      message: `A document is missing: ${any.join(' or ')}.`,
    }));
}

function dashed(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Gaps as findings of a refusal; no law speaks here, only the operator's own policy. */
export function gapFindings(gaps: readonly Gap[], policyId: string): readonly Finding[] {
  return gaps.map(({ code, field, message }) => ({
    rule: code,
    citation: `policy ${policyId}: ${field}`,
    message,
  }));
}

import { canonicalJson } from '../../kernel/canonical-json';
import { asCurrency, type Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money, type MoneyWire } from '../../kernel/money';
import { rate, rateText, type Rate } from '../../kernel/rate';
import { matchingProblem } from './errors';

export const MANDATE_STATUSES = ['draft', 'active', 'paused', 'revoked', 'expired'] as const;

export type MandateStatus = (typeof MANDATE_STATUSES)[number];

/**
 * What a lender instructs: within these bounds money is lent without asking again.
 *
 * Source of the scope: Regulation (EU) 2020/1503, Article 6(1), for the parameters of a mandate;
 * Interim Measures for P2P lending (China, 2016), Article 25: nobody decides for a lender without
 * authorisation.
 */
export interface MandateTerms {
  readonly currency: Currency;
  /** The most that may be lent under the mandate at one time. */
  readonly budget: Money;
  /** What always stays in the cash account. */
  readonly keepUninvested: Money;
  /** The least of one part of a loan. */
  readonly ticket: Money;
  readonly maxPerLoan?: Money | undefined;
  readonly maxPerBorrower?: Money | undefined;
  /** The most of one loan as a share of cash and what is lent: `0.05`. */
  readonly maxShare?: Rate | undefined;
  /** Grades of the master scale: `A`. */
  readonly grades: readonly string[];
  readonly maxPerGrade: readonly { readonly grade: string; readonly most: Money }[];
  readonly leastTermMonths?: number | undefined;
  readonly mostTermMonths?: number | undefined;
  /** Nominal interest a year. */
  readonly minimumRate: Rate;
  readonly maximumRate?: Rate | undefined;
  /** What the lender hopes for after losses: stated, never promised. */
  readonly targetReturn?: Rate | undefined;
  /** Whether what was paid back may be lent again. */
  readonly reinvest: boolean;
  /** Each loan is only proposed, and lent to once the lender approves it. */
  readonly approvesEach: boolean;
  readonly expiresAt?: Date | undefined;
}

export interface Mandate {
  readonly id: Id<'mnd'>;
  readonly investorId: Id<'inv'>;
  readonly currency: Currency;
  readonly status: MandateStatus;
  /** The version in force; 0 before the first is signed. */
  readonly signedVersion: number;
  /** The newest version, which may still wait for its signature. */
  readonly latestVersion: number;
  readonly expiresAt?: Date | undefined;
  readonly createdAt: Date;
  readonly endedAt?: Date | undefined;
}

/** One version of the terms, and the hash of the text that is signed. */
export interface MandateVersion {
  readonly mandateId: Id<'mnd'>;
  readonly version: number;
  readonly terms: MandateTerms;
  readonly textSha256: string;
  readonly draftedBy: string;
  readonly draftedAt: Date;
}

export type MandateStep = 'sign' | 'pause' | 'resume' | 'revoke' | 'expire';

const STEPS: Readonly<
  Record<MandateStep, { readonly from: readonly MandateStatus[]; readonly to: MandateStatus }>
> = {
  sign: { from: ['draft', 'active', 'paused'], to: 'active' },
  pause: { from: ['active'], to: 'paused' },
  resume: { from: ['paused'], to: 'active' },
  revoke: { from: ['draft', 'active', 'paused'], to: 'revoked' },
  expire: { from: ['draft', 'active', 'paused'], to: 'expired' },
};

/** @throws Problem `matching.mandate-status` when the step does not fit where the mandate is. */
export function afterStep(mandate: Mandate, step: MandateStep, at: Date): Mandate {
  const { from, to } = STEPS[step];
  if (!from.includes(mandate.status)) {
    throw matchingProblem('mandate-status', {
      detail: `A mandate that is ${mandate.status} cannot be changed by ${step}.`,
    });
  }
  const isEnd = to === 'revoked' || to === 'expired';
  return { ...mandate, status: to, ...(isEnd ? { endedAt: at } : {}) };
}

export interface MandateFault {
  readonly code: string;
  readonly message: string;
}

/** Every way in which the terms contradict themselves; none when they make sense. */
export function mandateFaults(terms: MandateTerms, at: Date): readonly MandateFault[] {
  const currencies = currencyFaults(terms);
  return currencies.length > 0
    ? currencies
    : [
        ...amountFaults(terms),
        ...rangeFaults(terms),
        ...gradeFaults(terms),
        ...endFaults(terms, at),
      ];
}

function currencyFaults(terms: MandateTerms): readonly MandateFault[] {
  const { budget, keepUninvested, ticket, maxPerLoan, maxPerBorrower, maxPerGrade } = terms;
  const amounts = [budget, keepUninvested, ticket, maxPerLoan, maxPerBorrower];
  const all = [...amounts, ...maxPerGrade.map(({ most }) => most)];
  return all.every((amount) => amount === undefined || amount.currency === terms.currency)
    ? []
    : [{ code: 'mixed-currencies', message: `Every amount must be in ${terms.currency}.` }];
}

function amountFaults(terms: MandateTerms): readonly MandateFault[] {
  const { budget, ticket, maxPerLoan, maxPerBorrower, keepUninvested } = terms;
  const faults: MandateFault[] = [];
  if (!ticket.isPositive)
    faults.push({ code: 'ticket', message: 'The ticket must be above zero.' });
  if (ticket.isMoreThan(budget)) {
    const message = `The ticket of ${ticket} is above the budget of ${budget}.`;
    faults.push({ code: 'ticket-above-budget', message });
  }
  if (keepUninvested.isNegative) {
    faults.push({ code: 'keep-negative', message: 'What is kept back cannot be below zero.' });
  }
  for (const [name, most] of Object.entries({ maxPerLoan, maxPerBorrower })) {
    if (most && most.isLessThan(ticket)) {
      const message = `${name} of ${most} is below the ticket of ${ticket}.`;
      faults.push({ code: 'maximum-below-ticket', message });
    }
  }
  return faults;
}

function rangeFaults(terms: MandateTerms): readonly MandateFault[] {
  const { minimumRate, maximumRate, maxShare, leastTermMonths, mostTermMonths } = terms;
  const faults: MandateFault[] = [];
  if (minimumRate.isNegative() || (maximumRate && maximumRate.lessThan(minimumRate))) {
    faults.push({ code: 'rates', message: 'The rates must rise from the least to the most.' });
  }
  if (maxShare && (maxShare.lessThanOrEqualTo(0) || maxShare.greaterThan(1))) {
    faults.push({ code: 'share', message: 'A share lies above 0 and is at most 1.' });
  }
  if ((leastTermMonths ?? 0) > (mostTermMonths ?? Infinity)) {
    faults.push({ code: 'terms', message: 'The terms must rise from the least to the most.' });
  }
  return faults;
}

function gradeFaults({ grades, maxPerGrade }: MandateTerms): readonly MandateFault[] {
  const known = new Set(grades);
  if (grades.length === 0 || known.size < grades.length) {
    return [{ code: 'grades', message: 'Name at least one grade, each once.' }];
  }
  const limited = maxPerGrade.map(({ grade }) => grade);
  return limited.every((grade) => known.has(grade)) && new Set(limited).size === limited.length
    ? []
    : [{ code: 'grade-limits', message: 'Limit only grades that are wanted, each once.' }];
}

function endFaults({ expiresAt }: MandateTerms, at: Date): readonly MandateFault[] {
  return expiresAt && expiresAt <= at
    ? [{ code: 'expired', message: 'The mandate would have ended already.' }]
    : [];
}

/**
 * How many of the parameters of Regulation (EU) 2020/1503, Article 6(1) a mandate sets: rates,
 * terms, categories of risk, target return.
 */
export function parametersSet(terms: MandateTerms): number {
  const isRateSet = terms.minimumRate.greaterThan(0) || terms.maximumRate !== undefined;
  const isTermSet = terms.leastTermMonths !== undefined || terms.mostTermMonths !== undefined;
  return [isRateSet, isTermSet, terms.grades.length > 0, terms.targetReturn !== undefined].filter(
    Boolean,
  ).length;
}

type Json = Readonly<Record<string, unknown>>;

/** Terms as they are stored and hashed, in canonical form. */
export function mandateJson(terms: MandateTerms): Json {
  const rates = {
    minimumRate: rateText(terms.minimumRate),
    maximumRate: terms.maximumRate && rateText(terms.maximumRate),
    maxShare: terms.maxShare && rateText(terms.maxShare),
    targetReturn: terms.targetReturn && rateText(terms.targetReturn),
  };
  return JSON.parse(JSON.stringify({ ...terms, ...rates })) as Json;
}

/** Terms as they were stored. */
export function mandateTerms(json: Json): MandateTerms {
  const money = (name: string): Money => Money.fromWire(json[name] as MoneyWire);
  const maybeMoney = (name: string) => (json[name] === undefined ? undefined : money(name));
  const maybeRate = (name: string) =>
    json[name] === undefined ? undefined : rate(json[name] as string);
  const limits = json['maxPerGrade'] as readonly { grade: string; most: MoneyWire }[];
  const expiresAt = json['expiresAt'] as string | undefined;
  return {
    currency: asCurrency(json['currency'] as string),
    budget: money('budget'),
    keepUninvested: money('keepUninvested'),
    ticket: money('ticket'),
    maxPerLoan: maybeMoney('maxPerLoan'),
    maxPerBorrower: maybeMoney('maxPerBorrower'),
    maxShare: maybeRate('maxShare'),
    grades: json['grades'] as readonly string[],
    maxPerGrade: limits.map(({ grade, most }) => ({ grade, most: Money.fromWire(most) })),
    leastTermMonths: json['leastTermMonths'] as number | undefined,
    mostTermMonths: json['mostTermMonths'] as number | undefined,
    minimumRate: rate(json['minimumRate'] as string),
    maximumRate: maybeRate('maximumRate'),
    targetReturn: maybeRate('targetReturn'),
    reinvest: json['reinvest'] as boolean,
    approvesEach: json['approvesEach'] as boolean,
    expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
  };
}

/** The terms as one line that is the same for the same terms: what hashes are made of. */
export function mandateCanonical(terms: MandateTerms): string {
  return canonicalJson(mandateJson(terms) as Parameters<typeof canonicalJson>[0]);
}

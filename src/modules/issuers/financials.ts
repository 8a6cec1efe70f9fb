import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import { issuerProblem } from './errors';

/** How far somebody independent stands behind the figures, the least first. */
export const ASSURANCES = ['none', 'certified', 'reviewed', 'audited'] as const;
export type Assurance = (typeof ASSURANCES)[number];

/** The figures every filing asks for (Form C, and the KIIS in its annex). */
export const FIGURES = [
  'totalAssets',
  'cash',
  'receivables',
  'shortTermDebt',
  'longTermDebt',
  'revenue',
  'costOfGoods',
  'taxesPaid',
  'netIncome',
] as const;
export type Figure = (typeof FIGURES)[number];
export type Figures = { readonly [F in Figure]?: Money | undefined };

/** One financial year of an issuer. Net income may be negative; so may equity, which is not kept. */
export interface FinancialYear {
  readonly issuerId: Id<'iss'>;
  readonly fiscalYearEndsOn: CalendarDate;
  readonly currency: Currency;
  readonly assurance: Assurance;
  readonly employees?: number | undefined;
  readonly figures: Figures;
  readonly recordedBy: string;
  readonly recordedAt: Date;
  readonly verifiedBy?: string | undefined;
  readonly verifiedAt?: Date | undefined;
}

/** @throws Problem `issuers.mixed-currencies`. */
export function requireOneCurrency(figures: Figures, currency: Currency): void {
  for (const name of FIGURES) {
    const figure = figures[name];
    if (figure === undefined || figure.currency === currency) continue;
    throw issuerProblem('mixed-currencies', {
      detail: `${name} is in ${figure.currency}, the year in ${currency}.`,
      errors: [{ pointer: `#/figures/${name}`, detail: `It must be in ${currency}.` }],
    });
  }
}

/** @throws Problem `issuers.financials-verified`, `issuers.four-eyes`. */
export function verified(year: FinancialYear, by: string, at: Date): FinancialYear {
  if (year.verifiedAt !== undefined) throw issuerProblem('financials-verified');
  if (year.recordedBy === by) throw issuerProblem('four-eyes');
  return { ...year, verifiedBy: by, verifiedAt: at };
}

/** The assurance of the newest year that was verified; undefined when none was. */
export function currentAssurance(years: readonly FinancialYear[]): Assurance | undefined {
  return years
    .filter(({ verifiedAt }) => verifiedAt !== undefined)
    .toSorted((a, b) => (a.fiscalYearEndsOn < b.fiscalYearEndsOn ? 1 : -1))
    .at(0)?.assurance;
}

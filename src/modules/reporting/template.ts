import type { Operator } from '../identity';
import type { BothLanguages, FigureSpec } from './figure';

export const PERIODS = ['day', 'month', 'quarter', 'year'] as const;
export type PeriodKind = (typeof PERIODS)[number];

/** By when a report is due, counted from the last day of its period. */
export type DeadlineRule =
  | {
      readonly kind: 'working-days';
      /** A calendar of `compliance/calendars`, or `operator` for the operator's own. */
      readonly calendar: string;
      readonly count: number;
    }
  | { readonly kind: 'days'; readonly count: number }
  | { readonly kind: 'months'; readonly count: number };

export const FORMATS = ['json', 'csv', 'xlsx', 'pdf'] as const;
export type Format = (typeof FORMATS)[number];

/** A report as a regulator chose it: `compliance/reports/<id>/<version>.json`. */
export interface ReportTemplate {
  readonly id: string;
  readonly version: number;
  readonly title: BothLanguages;
  /** ISO 3166 country or `EU`; `any` for what every operator makes. */
  readonly jurisdiction: string;
  /** The rulebooks whose operators make it; all of the jurisdiction where left out. */
  readonly rulebooks?: readonly string[] | undefined;
  /** The pack whose row sets the figures are computed from. */
  readonly pack: string;
  readonly period: PeriodKind;
  readonly deadline: DeadlineRule;
  readonly citation: string;
  readonly figures: readonly FigureSpec[];
  /** Row sets that are shown row by row. */
  readonly tables: readonly string[];
  /** Figures that are drawn as bars too, where the report is printed. */
  readonly charts?: readonly string[] | undefined;
  readonly formats: readonly Format[];
}

/** Whether an operator makes the report. */
export function isMadeBy(
  operator: Pick<Operator, 'jurisdiction' | 'rulebookId'>,
  { jurisdiction, rulebooks }: Pick<ReportTemplate, 'jurisdiction' | 'rulebooks'>,
): boolean {
  if (rulebooks !== undefined) return rulebooks.includes(operator.rulebookId);
  return jurisdiction === 'any' || jurisdiction === operator.jurisdiction;
}

import { assert } from '../../kernel/assert';
import { cardFile, cardRules, predictByCard, windowOf, type CardFile } from './card-file';
import type { ApplicantMapping } from './mapping';
import { ks, rocAuc } from './metrics';
import { cardModel, crossValidate, performanceOf, type Performance } from './performance';
import { fitModel, type FittedModel } from './training';
import type { TrainingDescription } from './training-description';
import { rowsWhere, takeRows, type ColumnKind, type TrainingTable } from './training-table';

/** A card that was trained, with what a report of it draws. */
export interface TrainedCard {
  readonly card: CardFile;
  readonly model: FittedModel;
  readonly development: TrainingTable;
  /** Rows that the probabilities are of: none of them taught the fit that gave its probability. */
  readonly validation: TrainingTable;
  readonly validationPd: Float64Array;
}

/**
 * Trains the card of a description and validates it by the description's plan.
 *
 * Out of time, the card learns from the days before a day, and is judged on those from it. By
 * cross-validation, it learns from all rows, and the judgement is of the procedure: of fits that
 * each saw all folds but one.
 *
 * @throws AssertionError where the sample has one outcome only, or no rows on a side of the day.
 */
export function trainCard(
  table: TrainingTable,
  description: TrainingDescription,
  mapping: ApplicantMapping,
): TrainedCard {
  const { development, holdout } = partsOf(table, description);
  const { characteristics, options } = description;
  const model = fitModel(development, characteristics, options);
  const rules = cardRules(model, description, development);
  const validation = holdout ?? development;
  const { pd: validationPd, performance } = holdout
    ? judged(predictByCard(rules, holdout), holdout)
    : crossJudged(development, description);
  const card = cardFile(
    { rules, model, table: development },
    { description, mapping },
    {
      method: description.validation.method,
      window: windowOf(validation),
      validation: performance,
      development: performanceOf(predictByCard(rules, development), development.bad),
      benchmark: benchmarkOf(validation),
    },
  );
  return { card, model, development, validation, validationPd };
}

/** The kinds of the columns that a description asks of a table. */
export function kindsOf({
  characteristics,
}: TrainingDescription): Readonly<Record<string, ColumnKind>> {
  return Object.fromEntries(characteristics.map(({ variable, kind }) => [variable, kind]));
}

/** How somebody else's grade does on the same rows; grades are ranked by their names, A1 best. */
export function benchmarkOf(
  table: TrainingTable,
): { readonly auc: number; readonly ks: number } | undefined {
  if (table.benchmark.length === 0) return undefined;
  const ranks = new Map(
    [...new Set(table.benchmark)]
      .toSorted((a, b) => (a < b ? -1 : 1))
      .map((grade, rank) => [grade, rank]),
  );
  const scores = Float64Array.from(table.benchmark.map((grade) => ranks.get(grade)!));
  return { auc: rocAuc(scores, table.bad), ks: ks(scores, table.bad) };
}

/** The development sample, and the rows after it where validation is out of time. */
export function partsOf(
  table: TrainingTable,
  { validation }: TrainingDescription,
): { readonly development: TrainingTable; readonly holdout: TrainingTable | undefined } {
  if (validation.method === 'cross-validation') return { development: table, holdout: undefined };
  assert(table.days.length > 0, 'a sample without dates cannot be validated out of time');
  const isDevelopment = (row: number): boolean => table.days[row]! < validation.developUntil;
  const development = takeRows(table, rowsWhere(table, isDevelopment));
  const holdout = takeRows(
    table,
    rowsWhere(table, (row) => !isDevelopment(row)),
  );
  assert(
    development.rowCount > 0 && holdout.rowCount > 0,
    `there are no rows on one side of ${validation.developUntil}`,
  );
  return { development, holdout };
}

interface Judged {
  readonly pd: Float64Array;
  readonly performance: Performance;
}

function judged(pd: Float64Array, { bad }: TrainingTable): Judged {
  return { pd, performance: performanceOf(pd, bad) };
}

function crossJudged(
  table: TrainingTable,
  { validation, characteristics, options }: TrainingDescription,
): Judged {
  assert(validation.method === 'cross-validation', 'the plan has no folds');
  const { pd, pooled } = crossValidate(table, cardModel(characteristics, options), validation);
  return { pd, performance: pooled };
}

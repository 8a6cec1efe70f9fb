import { z } from 'zod';
import type { Json } from '../../kernel/canonical-json';
import { MONOTONE } from './binning';
import { hashOfCard, type CardFile } from './card-file';
import { CreditFileError } from './errors';
import { CELL_READINGS, type ApplicantMapping } from './mapping';
import { flawsOfCard } from './scorecard';
import { USUAL_OPTIONS } from './training';
import type { TrainingDescription } from './training-description';

/*
 * The form of the files in `compliance/scorecards` and `compliance/mappings`: cards, the
 * descriptions they are trained by, and how the columns of a file become variables.
 */

const id = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'ids are kebab-case');
const variable = z.string().regex(/^[a-z][A-Za-z0-9]{0,59}$/, 'variables are camelCase');
const version = z.int().min(1).max(9_999);
const bilingual = z.strictObject({ en: z.string().trim().min(3), zh: z.string().trim().min(2) });
const count = z.int().min(0);
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'days are YYYY-MM-DD');
const window = z.strictObject({ from: day, until: day });
const column = z.string().min(1);

const scaling = z.strictObject({
  points: z.number().min(-10_000).max(10_000),
  odds: z.number().positive(),
  pointsToDoubleOdds: z.number().positive(),
});

const reason = z.strictObject({
  code: z.string().regex(/^[A-Z]{1,4}\d{2,3}$/, 'a reason code is such as R01'),
  text: bilingual,
});

const bin = z.strictObject({
  from: z.number().optional(),
  below: z.number().optional(),
  levels: z.array(z.string()).min(1).optional(),
  is: z.enum(['missing', 'other']).optional(),
  rows: count,
  bad: count,
  woe: z.number(),
  points: z.int().min(0).max(10_000),
});

const performance = z.strictObject({
  rows: count,
  bad: count,
  auc: z.number(),
  gini: z.number(),
  ks: z.number(),
  brier: z.number(),
  calibration: z.strictObject({
    slope: z.number(),
    intercept: z.number(),
    meanPd: z.number(),
    badRate: z.number(),
  }),
});

const cardFile: z.ZodType<CardFile> = z.strictObject({
  id,
  version,
  title: bilingual,
  note: bilingual,
  scaling,
  baseScore: z.int(),
  characteristics: z
    .array(
      z.strictObject({
        variable,
        kind: z.enum(['numeric', 'categorical']),
        title: bilingual,
        reason,
        informationValue: z.number(),
        coefficient: z.number(),
        standardError: z.number(),
        bins: z.array(bin).min(2),
      }),
    )
    .min(1),
  training: z.strictObject({
    mapping: id,
    source: z.string().min(3),
    badDefinition: bilingual,
    window: window.optional(),
    rows: count,
    bad: count,
    ridge: z.number().min(0),
    shrinkage: z.number(),
    intercept: z.number(),
    excluded: z.array(
      z.strictObject({ variable, reason: z.string(), informationValue: z.number() }),
    ),
    leftOut: z.record(z.string(), z.string()),
    scoreBands: z.array(
      z.strictObject({
        from: z.number().optional(),
        below: z.number().optional(),
        rows: count,
        bad: count,
      }),
    ),
  }),
  performance: z.strictObject({
    method: z.enum(['out-of-time', 'cross-validation']),
    window: window.optional(),
    validation: performance,
    development: performance,
    benchmark: z.strictObject({ auc: z.number(), ks: z.number() }).optional(),
  }),
  contentHash: z.string().regex(/^[0-9a-f]{64}$/),
});

const share = z.number().min(0).max(1);

const trainingFile: z.ZodType<TrainingDescription> = z.strictObject({
  id,
  version,
  title: bilingual,
  note: bilingual,
  mapping: id,
  badDefinition: bilingual,
  validation: z.discriminatedUnion('method', [
    z.strictObject({ method: z.literal('out-of-time'), developUntil: day }),
    z.strictObject({
      method: z.literal('cross-validation'),
      folds: z.int().min(2).max(50),
      repeats: z.int().min(1).max(50),
    }),
  ]),
  scaling,
  options: z
    .strictObject({
      startingBins: z.int().min(2).max(200),
      minimumShare: share,
      priorCases: z.number().min(0),
      leastChiSquare: z.number().min(0),
      informationFloor: z.number().min(0),
      correlationCeiling: share,
      leastZ: z.number().min(0),
      ridges: z.array(z.number().positive()).min(1),
      innerFolds: z.int().min(2).max(20),
    })
    .partial()
    .transform((given) => ({ ...USUAL_OPTIONS, ...definedOf(given) })),
  characteristics: z
    .array(
      z.strictObject({
        variable,
        kind: z.enum(['numeric', 'categorical']),
        monotone: z.enum(MONOTONE).optional(),
        title: bilingual,
        reason,
      }),
    )
    .min(1),
});

const mappingFile: z.ZodType<ApplicantMapping> = z.strictObject({
  id,
  title: bilingual,
  source: z.string().min(3),
  csv: z.strictObject({
    delimiter: z.string().length(1).optional(),
    columns: z.array(column).min(1).optional(),
  }),
  variables: z.record(
    variable,
    z.strictObject({
      column,
      as: z.enum(CELL_READINGS),
      missing: z.array(z.string()).optional(),
      values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
    }),
  ),
  outcome: z
    .strictObject({ column, good: z.array(z.string()).min(1), bad: z.array(z.string()).min(1) })
    .optional(),
  date: z.strictObject({ column, form: z.enum(['YYYY-MM-DD', 'YYYY/M/D']) }).optional(),
  externalId: z.strictObject({ column }).optional(),
  benchmark: z.strictObject({ column }).optional(),
  leftOut: z.record(z.string(), z.string()),
});

/**
 * Reads a card.
 *
 * @param file named in the error.
 * @throws CreditFileError where the form, the bins or the content hash are wrong.
 */
export function readCardFile(content: Json, file: string): CardFile {
  const card = read(cardFile, content, file);
  const [flaw] = flawsOfCard(card);
  if (flaw !== undefined) throw new CreditFileError(file, 'characteristics', flaw);
  if (hashOfCard(card) !== card.contentHash) {
    throw new CreditFileError(file, 'contentHash', 'the card was changed after it was written');
  }
  return card;
}

/** @throws CreditFileError where the form is wrong. */
export function readTrainingDescription(content: Json, file: string): TrainingDescription {
  return read(trainingFile, content, file);
}

/** @throws CreditFileError where the form is wrong. */
export function readMapping(content: Json, file: string): ApplicantMapping {
  return read(mappingFile, content, file);
}

function read<T>(schema: z.ZodType<T>, content: Json, file: string): T {
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const place = first?.path.map(String).join('.') ?? '';
  throw new CreditFileError(file, place, first?.message ?? 'it is not valid');
}

function definedOf<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

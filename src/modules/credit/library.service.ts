import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { CalendarDate } from '../../kernel/calendar-date';
import type { Json } from '../../kernel/canonical-json';
import { contentHash } from './content-hash';
import { CreditFileError, creditProblem } from './errors';
import type { ImpairmentPolicy } from './expected-loss';
import type { MasterScale } from './grades';
import type { KeptModel, Model, ModelKind } from './model';
import { readImpairmentPolicy, readMasterScale, readPricingPolicy } from './policy-file.schema';
import { flawsOfPolicy, type PricingPolicy } from './pricing-policy';
import { readScorecard, type ScoringModel } from './scoring.service';

/** What each kind of model is once it is read. */
interface ModelValues {
  readonly scorecard: ScoringModel;
  readonly 'master-scale': MasterScale;
  readonly 'pricing-policy': PricingPolicy;
  readonly 'impairment-policy': ImpairmentPolicy;
}

const FOLDERS: Readonly<Record<ModelKind, string>> = {
  scorecard: 'scorecards',
  'master-scale': 'master-scales',
  'pricing-policy': 'pricing',
  'impairment-policy': 'impairment',
};

const KINDS = Object.keys(FOLDERS) as readonly ModelKind[];

/** What one decision is taken with. */
export interface DecidingModels {
  readonly scorecard: Model<ScoringModel>;
  readonly scale: Model<MasterScale>;
  readonly policy: Model<PricingPolicy>;
}

/** Every scorecard, scale and policy of the installation, read once, at start. */
export class ModelLibrary {
  private constructor(private readonly models: ReadonlyMap<string, Model<unknown>>) {}

  /**
   * Reads `<directory>/{scorecards,master-scales,pricing,impairment}/<id>/<version>.json`.
   *
   * @throws CreditFileError naming the file, the place and the reason. It stops the process.
   */
  static load(directory: string): ModelLibrary {
    const models = new Map<string, Model<unknown>>();
    for (const kind of KINDS) {
      for (const model of modelsIn(directory, kind)) models.set(keyOf(kind, model), model);
    }
    const library = new ModelLibrary(models);
    for (const policy of library.all('pricing-policy')) library.requireWhole(policy, directory);
    return library;
  }

  /** In order of kind, id and version. */
  list(): readonly Model<unknown>[] {
    return [...this.models.values()];
  }

  /** @throws Problem `credit.unknown-model`. */
  get<K extends ModelKind>(
    kind: K,
    wanted: { readonly id: string; readonly version: number },
  ): Model<ModelValues[K]> {
    const found = this.models.get(keyOf(kind, wanted));
    if (found) return found as Model<ModelValues[K]>;
    throw creditProblem('unknown-model', {
      detail: `There is no ${kind} ${wanted.id}/${wanted.version}.`,
    });
  }

  /**
   * The newest version of a pricing policy in force on a day, with its scale and scorecard.
   *
   * @throws Problem `credit.unknown-model`.
   */
  inForce(policyId: string, on: CalendarDate): DecidingModels {
    const policy = this.all('pricing-policy').findLast(
      ({ id, value: { effectiveFrom, effectiveTo } }) =>
        id === policyId && effectiveFrom <= on && (effectiveTo === undefined || on <= effectiveTo),
    );
    if (!policy) {
      throw creditProblem('unknown-model', {
        detail: `No pricing policy ${policyId} is in force on ${on}.`,
      });
    }
    return {
      policy,
      scorecard: this.get('scorecard', policy.value.scorecard),
      scale: this.get('master-scale', policy.value.masterScale),
    };
  }

  /**
   * The newest version of an impairment policy in force on a day.
   *
   * @throws Problem `credit.unknown-model`.
   */
  impairmentInForce(id: string, on: CalendarDate): Model<ImpairmentPolicy> {
    const found = this.all('impairment-policy').findLast(
      (policy) => policy.id === id && policy.value.effectiveFrom <= on,
    );
    if (found) return found;
    throw creditProblem('unknown-model', {
      detail: `No impairment policy ${id} is in force on ${on}.`,
    });
  }

  private all<K extends ModelKind>(kind: K): readonly Model<ModelValues[K]>[] {
    return this.list().filter(
      (model): model is Model<ModelValues[K]> => (model.kind as ModelKind) === kind,
    );
  }

  private requireWhole(policy: Model<PricingPolicy>, directory: string): void {
    const { scorecard, masterScale } = policy.value;
    const file = shortName(fileOf(directory, 'pricing-policy', policy));
    for (const [kind, wanted] of [
      ['scorecard', scorecard],
      ['master-scale', masterScale],
    ] as const) {
      if (!this.models.has(keyOf(kind, wanted))) {
        throw new CreditFileError(file, kind, `there is no ${wanted.id}/${wanted.version}`);
      }
    }
    const [flaw] = flawsOfPolicy(policy.value, this.get('master-scale', masterScale).value);
    if (flaw !== undefined) throw new CreditFileError(file, '', flaw);
  }
}

/**
 * A kept model as it was, though the file may have gone since.
 *
 * @throws CreditFileError when its content is not one the code understands any more.
 */
export function revive<K extends ModelKind>(kind: K, kept: KeptModel): Model<ModelValues[K]> {
  const value = READERS[kind](kept.content, `${kind} ${kept.id}/${kept.version}`);
  return { ...kept, kind, value };
}

const READERS: {
  readonly [K in ModelKind]: (content: Json, file: string) => ModelValues[K];
} = {
  scorecard: readScorecard,
  'master-scale': readMasterScale,
  'pricing-policy': readPricingPolicy,
  'impairment-policy': readImpairmentPolicy,
};

function modelsIn(directory: string, kind: ModelKind): readonly Model<unknown>[] {
  const folder = join(directory, FOLDERS[kind]);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted()
    .flatMap((id) =>
      readdirSync(join(folder, id))
        .flatMap((name) => /^(\d+)\.json$/.exec(name)?.slice(1) ?? [])
        .map(Number)
        .toSorted((a, b) => a - b)
        .map((version) => readModel(directory, kind, { id, version })),
    );
}

function readModel(
  directory: string,
  kind: ModelKind,
  { id, version }: { readonly id: string; readonly version: number },
): Model<unknown> {
  const file = fileOf(directory, kind, { id, version });
  const content = readJson(file);
  const named = content as { readonly id?: unknown; readonly version?: unknown };
  if (named.id !== id || named.version !== version) {
    throw new CreditFileError(shortName(file), 'id', 'folder and file are called otherwise');
  }
  const kept = { kind, id, version, contentHash: contentHash(content), content };
  return { ...kept, value: READERS[kind](content, shortName(file)) };
}

function fileOf(
  directory: string,
  kind: ModelKind,
  { id, version }: { readonly id: string; readonly version: number },
): string {
  return join(directory, FOLDERS[kind], id, `${version}.json`);
}

function readJson(file: string): Json {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Json;
  } catch (error) {
    throw new CreditFileError(shortName(file), '', String(error));
  }
}

function keyOf(kind: ModelKind, { id, version }: { readonly id: string; version: number }): string {
  return `${kind} ${id}/${version}`;
}

function shortName(file: string): string {
  return relative(process.cwd(), file);
}

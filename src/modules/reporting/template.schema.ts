import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { canonicalJson, type Json } from '../../kernel/canonical-json';
import { ReportTemplateError } from './errors';
import type { Pack } from './pack';
import { FORMATS, PERIODS, type ReportTemplate } from './template';
import { flawsOf } from './template-flaws';

const name = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);
const column = z.string().regex(/^[a-z]+(_[a-z0-9]+)*$/);
const both = z.strictObject({ en: z.string().min(1), zh: z.string().min(1) });

const condition = z.strictObject({
  column,
  is: z.enum(['over', 'at-least', 'at-most', 'equal', 'not-equal', 'one-of']),
  value: z.union([z.string(), z.int(), z.array(z.string()).min(1)]),
});

const text = {
  id: name,
  title: both,
  unit: z.enum(['count', 'money', 'rate']),
  formula: z.string().min(1),
  citation: z.string().min(1),
};

const figure = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('sum'),
    ...text,
    rows: name,
    sum: column.optional(),
    where: z.array(condition).optional(),
    by: z.array(column).optional(),
  }),
  z.strictObject({
    kind: z.literal('ratio'),
    ...text,
    numerator: name,
    denominator: name,
    digits: z.int().min(0).max(12),
  }),
]);

const deadline = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('working-days'),
    calendar: z.string().min(1),
    count: z.int().min(1).max(250),
  }),
  z.strictObject({ kind: z.literal('days'), count: z.int().min(1).max(366) }),
  z.strictObject({ kind: z.literal('months'), count: z.int().min(1).max(24) }),
]);

const templateFile: z.ZodType<ReportTemplate> = z.strictObject({
  id: name,
  version: z.int().min(1),
  title: both,
  jurisdiction: z.string().regex(/^(any|[A-Z]{2})$/),
  rulebooks: z.array(name).min(1).optional(),
  pack: name,
  period: z.enum(PERIODS),
  deadline,
  citation: z.string().min(1),
  figures: z.array(figure).min(1),
  tables: z.array(name),
  /** Figures that are drawn as bars too, where they are printed. */
  charts: z.array(name).optional(),
  formats: z.array(z.enum(FORMATS)).min(1),
});

/** A template with the hash of what it says and of the SQL that its figures are sums over. */
export interface KeptTemplate extends ReportTemplate {
  readonly hash: string;
}

/** The templates of the installation: every version, and which of them is the newest. */
export class ReportTemplates {
  constructor(private readonly all: readonly KeptTemplate[]) {}

  /** The newest version of each, in the order of their ids. */
  newest(): readonly KeptTemplate[] {
    const found = new Map<string, KeptTemplate>();
    for (const template of this.all) {
      const before = found.get(template.id);
      if (before === undefined || before.version < template.version) {
        found.set(template.id, template);
      }
    }
    return [...found.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  find(id: string, version: number): KeptTemplate | undefined {
    return this.all.find((each) => each.id === id && each.version === version);
  }
}

/**
 * Reads `<directory>/<id>/<version>.json`.
 *
 * @param known the packs that templates may be computed with, and the calendars that may be named.
 * @throws ReportTemplateError naming the file, the place in it and the reason. It stops the process.
 */
export function loadReportTemplates(
  directory: string,
  known: { readonly packs: readonly Pack[]; readonly calendars: ReadonlyMap<string, unknown> },
): ReportTemplates {
  if (!existsSync(directory))
    throw new ReportTemplateError(`${directory}: there is no such folder`);
  const templates = readdirSync(directory)
    .toSorted()
    .flatMap((id) =>
      readdirSync(join(directory, id))
        .toSorted()
        .filter((file) => file.endsWith('.json'))
        .map((file) => readTemplate(join(directory, id, file), `${id}/${file}`, known)),
    );
  return new ReportTemplates(templates);
}

function readTemplate(
  path: string,
  place: string,
  known: Parameters<typeof loadReportTemplates>[1],
): KeptTemplate {
  const json = parseJson(path);
  const parsed = templateFile.safeParse(json);
  if (!parsed.success) {
    const complaints = parsed.error.issues.map(
      ({ path: at, message }) => `${path}: ${at.join('.') || '(whole file)'}: ${message}`,
    );
    throw new ReportTemplateError(complaints.join('\n'), { cause: parsed.error });
  }
  const template = parsed.data;
  const flaws = [...flawsOf(template, known)];
  if (`${template.id}/${template.version}.json` !== place) {
    flaws.unshift(`id: ${template.id}, version ${template.version} is not where it stands`);
  }
  if (flaws.length > 0) {
    throw new ReportTemplateError(flaws.map((flaw) => `${path}: ${flaw}`).join('\n'));
  }
  return { ...template, hash: hashOf(json, template, known.packs) };
}

/** A newer program may read the same template by other SQL: then it is another hash. */
function hashOf(
  json: Json,
  { pack, figures, tables }: ReportTemplate,
  packs: readonly Pack[],
): string {
  const rowSets = packs.find(({ id }) => id === pack)?.rowSets ?? [];
  const used = new Set([
    ...tables,
    ...figures.flatMap((figure) => (figure.kind === 'sum' ? [figure.rows] : [])),
  ]);
  const sql = rowSets.filter(({ id }) => used.has(id)).map((rows) => [rows.id, rows.sql] as const);
  const text = canonicalJson({ template: json, rowSets: Object.fromEntries(sql) });
  return createHash('sha256').update(text).digest('hex');
}

function parseJson(path: string): Json {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Json;
  } catch (cause) {
    throw new ReportTemplateError(`${path}: is not readable JSON: ${String(cause)}`, { cause });
  }
}

import { z } from 'zod';
import {
  dateInput,
  dateView,
  idInput,
  idView,
  instantView,
  lineInput,
  pageQueryWith,
} from '../../platform/http';
import type { DrillRequest } from './content.service';
import { RUN_EVENTS, RUN_STATES, type Run, type RunEvent } from './run';
import type { Reproduction } from './service';
import type { FileEntry } from './store';
import { FORMATS, PERIODS } from './template';
import type { KeptTemplate } from './template.schema';

const both = z.object({ en: z.string(), zh: z.string() });

export const templateView = z.object({
  id: z.string().meta({ examples: ['platform-risk-daily'] }),
  version: z.int(),
  title: both,
  period: z.enum(PERIODS),
  citation: z.string(),
  formats: z.array(z.enum(FORMATS)).readonly(),
  figures: z
    .array(z.object({ id: z.string(), title: both, unit: z.string(), formula: z.string() }))
    .readonly(),
});

export const runView = z.object({
  id: idView('rpt'),
  template: z.string(),
  version: z.int(),
  from: dateView,
  to: dateView,
  dueOn: dateView,
  state: z.enum(RUN_STATES),
  supersedes: idView('rpt').optional(),
  reason: z.string().optional(),
  needsRestatementAt: instantView.optional(),
  lastFailure: z.string().optional(),
  knownAt: instantView.optional(),
  contentSha256: z.string().optional(),
  findings: z
    .array(
      z.object({
        rule: z.string(),
        message: z.string(),
        remedy: z.string().optional().meta({ description: 'What can be done about it.' }),
      }),
    )
    .readonly(),
});

const eventView = z.object({
  event: z.enum(RUN_EVENTS),
  actor: z.string(),
  file: z.string().optional(),
  sha256: z.string().optional(),
  happenedAt: instantView,
});

const fileEntryView = z.object({
  name: z.string(),
  mediaType: z.string(),
  size: z.int(),
  sha256: z.string(),
});

export const reportView = runView.extend({
  files: z.array(fileEntryView).readonly(),
  history: z.array(eventView).readonly(),
});

export const drilledView = z.object({
  key: z.string(),
  values: z.record(z.string(), z.string().nullable()),
});

export const reproductionView = z.object({
  contentSha256: z.string(),
  againSha256: z.string(),
  isEqual: z.boolean(),
  isSameDefinition: z.boolean().meta({
    description: 'Whether template and SQL are still those that the report was made with.',
  }),
});

export function asReproduction({
  contentHash,
  again,
  isEqual,
  isSameDefinition,
}: Reproduction): z.input<typeof reproductionView> {
  return { contentSha256: contentHash, againSha256: again, isEqual, isSameDefinition };
}

const figureId = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);

export const reportParams = z.strictObject({ id: idInput('rpt') });
export const fileParams = z.strictObject({
  id: idInput('rpt'),
  name: z
    .string()
    .max(100)
    .regex(/^[a-z0-9][a-z0-9.-]*$/),
});
export const figureParams = z.strictObject({ id: idInput('rpt'), figure: figureId });
export const reportsQuery = pageQueryWith({ template: figureId.optional() });
export const drillQuery = pageQueryWith({
  part: z.enum(['numerator', 'denominator']).optional(),
  cell: z
    .string()
    .max(500)
    .regex(/^[a-z_]+=[^,]+(,[a-z_]+=[^,]+)*$/)
    .optional()
    .meta({
      description: 'One cell of the figure, as its columns and values.',
      examples: ['currency=EUR,kind=loan'],
    }),
});
export const runBody = z.strictObject({
  template: figureId,
  day: dateInput.optional().meta({
    description: 'Any day of the period; absent, the last period that has ended.',
  }),
});
export const restateBody = z.strictObject({ reason: lineInput(500) });

export function drillRequest(
  figure: string,
  { part, cell, after = '', limit }: z.output<typeof drillQuery>,
): DrillRequest {
  const pairs = (cell?.split(',') ?? []).map((pair) => {
    const cut = pair.indexOf('=');
    return [pair.slice(0, cut), pair.slice(cut + 1)] as const;
  });
  return { figureId: figure, part, by: Object.fromEntries(pairs), after, limit };
}

export function asTemplate(template: KeptTemplate): z.input<typeof templateView> {
  const { id, version, title, period, citation, formats, figures } = template;
  return {
    id,
    version,
    title,
    period,
    citation,
    formats,
    figures: figures.map((figure) => ({
      id: figure.id,
      title: figure.title,
      unit: figure.unit,
      formula: figure.formula,
    })),
  };
}

export function asRun(run: Run): z.input<typeof runView> {
  return {
    id: run.id,
    template: run.templateId,
    version: run.templateVersion,
    from: run.period.from,
    to: run.period.to,
    dueOn: run.dueOn,
    state: run.state,
    supersedes: run.supersedes,
    reason: run.reason,
    needsRestatementAt: run.needsRestatementAt,
    lastFailure: run.lastFailure,
    knownAt: run.made?.knownAt,
    contentSha256: run.made?.contentHash,
    findings: run.made?.findings ?? [],
  };
}

export function asReport(of: {
  readonly run: Run;
  readonly files: readonly FileEntry[];
  readonly history: readonly RunEvent[];
}): z.input<typeof reportView> {
  return { ...asRun(of.run), files: of.files, history: of.history };
}

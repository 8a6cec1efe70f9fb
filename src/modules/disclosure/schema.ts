import { z } from 'zod';
import {
  dateView,
  idInput,
  idView,
  moneyView,
  pageQuery,
  pageQueryWith,
  type RateLimit,
  type ReplyHeaders,
} from '../../platform/http';
import { asCurrency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import type { Run } from '../reporting';
import type { OpenStatistics } from './open-data';
import type { Disclosure } from './publication';

export const TAG = 'Public disclosure';
export const READING: RateLimit = { action: 'disclosure.read', limit: 120, windowSeconds: 60 };
/** Each reads whole tables. */
export const DOWNLOADING: RateLimit = {
  action: 'disclosure.download',
  limit: 30,
  windowSeconds: 60,
};
/** It changes once a month; somebody who is told of a change sees it after minutes. */
export const KEPT: ReplyHeaders = { 'Cache-Control': 'public, max-age=300' };
/** What was published once is never changed. */
export const KEPT_LONG: ReplyHeaders = { 'Cache-Control': 'public, max-age=86400, immutable' };

const code = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);

export const operatorParams = z.strictObject({ operator: code });
export const reportParams = z.strictObject({ operator: code, id: idInput('rpt') });
export const pageQueryInput = pageQueryWith({ lang: z.enum(['en', 'zh']).default('en') });
export const archiveQuery = pageQuery;

const licenceView = z.object({
  number: z.string(),
  authority: z.string(),
  validFrom: dateView,
  validTo: dateView.optional(),
});

const publishedView = z.object({
  id: idView('rpt'),
  from: dateView,
  to: dateView,
  state: z.enum(['published', 'restated']),
  contentSha256: z.string(),
  supersedes: z.string().optional(),
  reason: z.string().optional(),
  content: z.string(),
  changes: z.string(),
});

const figureView = z.object({
  id: z.string(),
  formulaId: z.string(),
  title: z.object({ en: z.string(), zh: z.string() }).optional(),
  unit: z.enum(['count', 'money', 'rate']),
  cells: z
    .array(
      z.object({
        by: z.record(z.string(), z.string()),
        value: z.string().nullable(),
        numerator: z.string().optional(),
        denominator: z.string().optional(),
      }),
    )
    .readonly(),
});

export const disclosureView = z.object({
  operator: z.object({
    code: z.string(),
    legalName: z.string(),
    identityKind: z.string(),
    identityNumber: z.string(),
    line: z.string(),
    jurisdiction: z.string(),
    rulebook: z.string(),
    status: z.string(),
    licence: licenceView.optional(),
    custodian: z.string().optional(),
  }),
  latest: z.object({ report: publishedView, figures: z.array(figureView).readonly() }).optional(),
  archive: z.object({ items: z.array(publishedView).readonly(), next: z.string().optional() }),
  loanBook: z.string(),
  inspections: z.string(),
});

export const changesView = z.object({
  since: publishedView.optional(),
  fields: z
    .array(
      z.object({ field: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
    )
    .readonly(),
});

export const statisticsView = z.object({
  fewest: z.int().meta({ description: 'What fewer stand behind is withheld.' }),
  tables: z
    .array(
      z.object({
        month: z.string(),
        line: z.string(),
        currency: z.string(),
        cells: z
          .array(
            z.object({
              region: z.string(),
              industry: z.string(),
              isSuppressed: z.boolean(),
              deals: z.int().optional(),
              amount: moneyView.optional(),
            }),
          )
          .readonly(),
      }),
    )
    .readonly(),
});

export function asPublished(operator: string, run: Run): z.input<typeof publishedView> {
  const { id, period, supersedes, reason } = run;
  const at = `/public/${operator}/reports/${id}`;
  return {
    id,
    from: period.from,
    to: period.to,
    state: run.state === 'restated' ? 'restated' : 'published',
    contentSha256: run.made?.contentHash ?? '',
    supersedes,
    reason,
    content: at,
    changes: `${at}/changes`,
  };
}

export function asDisclosure(
  { operator, latest, titles }: Disclosure,
  archive: { readonly items: readonly Run[]; readonly next?: string | undefined },
): z.input<typeof disclosureView> {
  const { code: named, legalName, identityKind, identityNumber, line, jurisdiction } = operator;
  return {
    operator: {
      code: named,
      legalName,
      identityKind,
      identityNumber,
      line,
      jurisdiction,
      rulebook: operator.rulebookId,
      status: operator.status,
      licence: operator.licence,
      custodian: operator.custodian?.name,
    },
    latest: latest && {
      report: asPublished(named, latest.run),
      figures: latest.content.figures.map((figure) => ({
        ...figure,
        title: titles.get(figure.id),
      })),
    },
    archive: {
      items: archive.items.map((run) => asPublished(named, run)),
      next: archive.next,
    },
    loanBook: `/public/${named}/loan-book.csv`,
    inspections: `/public/${named}/inspections.json`,
  };
}

export function asStatistics(tables: readonly OpenStatistics[]) {
  return tables.map(({ currency, cells, ...table }) => ({
    ...table,
    currency,
    cells: cells.map((cell) => {
      const { region, industry } = cell;
      if (cell.isSuppressed) return { region, industry, isSuppressed: true };
      const amount = Money.ofMinor(cell.amountMinor, asCurrency(currency));
      return { region, industry, isSuppressed: false, deals: cell.deals, amount };
    }),
  }));
}

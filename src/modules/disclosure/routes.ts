import { fileView, pageOf, route, streamView, type Route } from '../../platform/http';
import { PAGE_POLICY } from './html';
import { disclosurePage } from './page';
import { registerRoutes, type RegisterRouteDeps } from './register.routes';
import * as schema from './schema';
import { DOWNLOADING, KEPT, KEPT_LONG, READING, TAG } from './schema';
import type { PublicDisclosure } from './service';
import { FEWEST } from './statistics';

export interface DisclosureRouteDeps extends RegisterRouteDeps {
  readonly publicDisclosure: PublicDisclosure;
}

/** What everybody may read, without a log-in. */
export function disclosureRoutes(deps: DisclosureRouteDeps): readonly Route[] {
  return [
    ...pageRoutes(deps),
    ...archiveRoutes(deps),
    ...bookRoutes(deps),
    ...openRoutes(deps),
    ...registerRoutes(deps),
  ];
}

function pageRoutes({ publicDisclosure, operators }: DisclosureRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/public/{operator}',
      tag: TAG,
      summary: 'The public page of an operator, in English or Chinese',
      access: 'public',
      rateLimit: READING,
      params: schema.operatorParams,
      query: schema.pageQueryInput,
      operator: ({ params }) => operators.findByCode(params.operator)?.id,
      replies: { 200: fileView('text/html; charset=utf-8') },
      read: async (db, { params, query: { lang: language, after, limit } }) => {
        const operator = operators.getByCode(params.operator);
        const found = await publicDisclosure.of(db, operator, { after, limit: limit + 1 });
        const { items: archive, next } = pageOf(found.archive, limit, ({ id }) => id);
        const headers = { ...KEPT, 'Content-Security-Policy': PAGE_POLICY };
        const body = disclosurePage({ ...found, archive, next, language });
        return { status: 200, headers, body };
      },
    }),
    route({
      method: 'get',
      path: '/public/{operator}.json',
      tag: TAG,
      summary: 'What an operator publishes of itself: licence, custodian, figures, reports',
      access: 'public',
      rateLimit: READING,
      params: schema.operatorParams,
      query: schema.archiveQuery,
      operator: ({ params }) => operators.findByCode(params.operator)?.id,
      replies: { 200: schema.disclosureView },
      read: async (db, { params, query: { after, limit } }) => {
        const operator = operators.getByCode(params.operator);
        const found = await publicDisclosure.of(db, operator, { after, limit: limit + 1 });
        const archive = pageOf(found.archive, limit, ({ id }) => id);
        return { status: 200, headers: KEPT, body: schema.asDisclosure(found, archive) };
      },
    }),
  ];
}

function archiveRoutes({ publicDisclosure, operators }: DisclosureRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/public/{operator}/reports/{id}',
      tag: TAG,
      summary: 'A published report, byte for byte as it was published',
      access: 'public',
      rateLimit: READING,
      params: schema.reportParams,
      operator: ({ params }) => operators.findByCode(params.operator)?.id,
      replies: { 200: fileView('application/json; charset=utf-8') },
      read: async (db, { params }) => {
        operators.getByCode(params.operator);
        const body = await publicDisclosure.report(db, params.id);
        return { status: 200, headers: KEPT_LONG, body };
      },
    }),
    route({
      method: 'get',
      path: '/public/{operator}/reports/{id}/changes',
      tag: TAG,
      summary: 'What a report says differently from the one before it, field by field',
      access: 'public',
      rateLimit: READING,
      params: schema.reportParams,
      operator: ({ params }) => operators.findByCode(params.operator)?.id,
      replies: { 200: schema.changesView },
      read: async (db, { params }) => {
        const { code } = operators.getByCode(params.operator);
        const { since, fields } = await publicDisclosure.changes(db, params.id);
        const body = { since: since && schema.asPublished(code, since), fields };
        return { status: 200, headers: KEPT_LONG, body };
      },
    }),
  ];
}

function bookRoutes({ publicDisclosure, operators }: DisclosureRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/public/{operator}/loan-book.csv',
      tag: TAG,
      summary: 'Every loan as of the last report, without its borrower',
      description:
        'Loans are named and ordered anew in each publication, amounts rounded to two digits, rates to percents. Of what at least five borrowers do not share, region, purpose, grade, term and amount are kept back, in this order, as far as it takes.',
      access: 'public',
      rateLimit: DOWNLOADING,
      params: schema.operatorParams,
      replies: { 200: streamView('text/csv; charset=utf-8') },
      run: async ({ params }) => {
        const operator = operators.getByCode(params.operator);
        const headers = {
          ...KEPT,
          'Content-Disposition': `attachment; filename="${operator.code}-loan-book.csv"`,
        };
        return { status: 200, headers, body: await publicDisclosure.loanBook(operator) };
      },
    }),
  ];
}

function openRoutes({ publicDisclosure }: DisclosureRouteDeps): readonly Route[] {
  const description =
    'By region, industry, line and month, with totals. What fewer than five stand behind is withheld, and as much more as it takes that it follows from no total.';
  return [
    route({
      method: 'get',
      path: '/open-data/statistics.json',
      tag: TAG,
      summary: 'What was raised and lent where, as open data',
      description,
      access: 'public',
      rateLimit: DOWNLOADING,
      replies: { 200: schema.statisticsView },
      run: async () => {
        const tables = schema.asStatistics(await publicDisclosure.statistics());
        return { status: 200, headers: KEPT, body: { fewest: FEWEST, tables } };
      },
    }),
    route({
      method: 'get',
      path: '/open-data/statistics.csv',
      tag: TAG,
      summary: 'The same as CSV; what is withheld has no numbers',
      description,
      access: 'public',
      rateLimit: DOWNLOADING,
      replies: { 200: fileView('text/csv; charset=utf-8') },
      run: async () => ({
        status: 200,
        headers: KEPT,
        body: await publicDisclosure.statisticsCsv(),
      }),
    }),
  ];
}

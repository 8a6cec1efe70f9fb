import { must } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import type { AuthenticatedUser } from '../../platform/auth';
import type { Database, Db, Scope } from '../../platform/db';
import { route, streamView, type RateLimit, type Route } from '../../platform/http';
import { isStaff } from '../identity';
import type { PartyFiles } from '../payments';
import { returnsProblem } from './errors';
import type { FileFormat, ReturnsExport } from './export.service';
import type { ReturnsQuery, Whose } from './request';
import {
  asDefaultRate,
  asFormulas,
  asReturns,
  bookQuery,
  defaultRateBody,
  defaultRateView,
  formulasView,
  investorParams,
  queryOf,
  returnsQuery,
  returnsView,
} from './schema';
import type { ReturnsService } from './service';

export interface ReturnsRouteDeps {
  readonly lenderReturns: ReturnsService;
  readonly returnsExport: ReturnsExport;
  readonly files: Pick<PartyFiles<Db>, 'findInvestorOf' | 'getInvestor'>;
  readonly database: Pick<Database, 'read'>;
}

const TAG = 'Returns';
const STAFF = ['operations', 'compliance', 'admin', 'regulator'] as const;
const LENDER = { roles: ['investor', ...STAFF] } as const;
const BOOK: Whose = { kind: 'book' };
/** Each one reads everything behind the figures. */
const EXPORTING: RateLimit = { action: 'returns.export', limit: 20, windowSeconds: 60 };
/** Thousands of loans with their due dates. */
const LARGEST_BODY = 4 * 1024 * 1024;

const FILES = [
  { format: 'json', path: 'export', type: 'application/json; charset=utf-8' },
  { format: 'csv', path: 'export.csv', type: 'text/csv; charset=utf-8' },
] as const;

export function returnsRoutes(deps: ReturnsRouteDeps): readonly Route[] {
  return [
    ...figureRoutes(deps),
    ...FILES.flatMap((file) => exportRoutes(deps, file)),
    ...openRoutes(),
  ];
}

function figureRoutes({ lenderReturns, files }: ReturnsRouteDeps): readonly Route[] {
  const answer = async (db: Db, query: ReturnsQuery) => {
    const request = await lenderReturns.requestOf(db, query);
    const reckoning = await lenderReturns.reckon(db, request);
    return { status: 200, body: asReturns(request, reckoning) } as const;
  };
  return [
    route({
      method: 'get',
      path: '/v1/investors/{id}/returns',
      tag: TAG,
      summary: 'What a lender’s loans returned, by formulas with versions',
      description: 'A lender asks about itself, staff about any.',
      access: LENDER,
      params: investorParams,
      query: returnsQuery,
      replies: { 200: returnsView },
      read: async (db, { user, params, query }) => {
        await requireOwn(files, db, { user, investorId: params.id });
        return answer(db, queryOf({ kind: 'investor', investorId: params.id }, query));
      },
    }),
    route({
      method: 'get',
      path: '/v1/returns',
      tag: TAG,
      summary: 'What all loans returned to lenders, by grade, vintage or term',
      access: { roles: STAFF },
      query: bookQuery,
      replies: { 200: returnsView },
      read: async (db, { query }) => answer(db, queryOf(BOOK, query)),
    }),
  ];
}

function exportRoutes(
  { lenderReturns, returnsExport, files, database }: ReturnsRouteDeps,
  { format, path, type }: { format: FileFormat; path: string; type: string },
): readonly Route[] {
  const description =
    'Its last line is the SHA-256 of all before it. The figures follow from the rest by the formulas it names.';
  const file = async (user: AuthenticatedUser, query: ReturnsQuery) => {
    const scope = scopeOf(user);
    const { whose } = query;
    const request = await database.read(scope, async (db) => {
      if (whose.kind === 'investor') {
        await requireOwn(files, db, { user, investorId: whose.investorId });
      }
      return lenderReturns.requestOf(db, query);
    });
    const body = returnsExport.file((work) => database.read(scope, work), request, format);
    const headers = {
      'Content-Disposition': `attachment; filename="returns-${request.asOf}.${format}"`,
    };
    return { status: 200, headers, body } as const;
  };
  return [
    route({
      method: 'get',
      path: `/v1/investors/{id}/returns/${path}`,
      tag: TAG,
      summary: `Every flow, balance and note behind a lender’s figures, as ${format.toUpperCase()}`,
      description,
      access: LENDER,
      rateLimit: EXPORTING,
      params: investorParams,
      query: returnsQuery,
      replies: { 200: streamView(type) },
      run: ({ user, params, query }) =>
        file(user, queryOf({ kind: 'investor', investorId: params.id }, query)),
    }),
    route({
      method: 'get',
      path: `/v1/returns/${path}`,
      tag: TAG,
      summary: `Every flow and balance behind the figures of all loans, as ${format.toUpperCase()}`,
      description,
      access: { roles: STAFF },
      rateLimit: EXPORTING,
      query: bookQuery,
      replies: { 200: streamView(type) },
      run: ({ user, query }) => file(user, queryOf(BOOK, query)),
    }),
  ];
}

function openRoutes(): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/returns/formulas',
      tag: TAG,
      summary: 'Every formula by which returns are computed, in both languages',
      access: 'public',
      replies: { 200: formulasView },
      run: async () => ({ status: 200, body: asFormulas() }),
    }),
    route({
      method: 'post',
      path: '/v1/calculators/default-rate',
      tag: 'Calculators',
      summary: 'The default rate of loans as the European rules for crowdfunding compute it',
      description:
        'Windows of twelve months that do not overlap, back to the first loan. Nothing is stored, and nothing that is sent is logged.',
      access: 'public',
      bodyLimit: LARGEST_BODY,
      body: defaultRateBody,
      replies: { 200: defaultRateView },
      run: async ({ body }) => ({ status: 200, body: asDefaultRate(body) }),
    }),
  ];
}

/** @throws Problem `returns.portfolio-not-found` for another's; for staff, where there is no file. */
async function requireOwn(
  files: ReturnsRouteDeps['files'],
  db: Db,
  { user, investorId }: { readonly user: AuthenticatedUser; readonly investorId: Id<'inv'> },
): Promise<void> {
  if (isStaff(user.roles) || user.roles.includes('regulator')) {
    await files.getInvestor(db, investorId);
    return;
  }
  const own = await files.findInvestorOf(db, user.id);
  if (own !== investorId) throw returnsProblem('portfolio-not-found');
}

function scopeOf({ id, operatorId }: AuthenticatedUser): Scope {
  return { operatorId: must(operatorId, 'the operator'), actor: { kind: 'user', id } };
}

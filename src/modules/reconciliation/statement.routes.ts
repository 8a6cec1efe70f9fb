import type { Clock } from '../../kernel/clock';
import { fileView, pageOf, route, type Route } from '../../platform/http';
import type { OperatorDirectory } from '../identity';
import type { Custodian } from '../payments';
import type { DayService } from './day.service';
import { sandboxStatement } from './sandbox.service';
import * as schema from './schema';
import type { StatementService } from './statement.service';

export interface StatementRouteDeps {
  readonly bankStatements: StatementService;
  readonly reconciliationDays: DayService;
  readonly clock: Clock;
  readonly operators: OperatorDirectory;
  /** Only where no live money is: its routes do not exist elsewhere. */
  readonly sandbox?: Custodian | undefined;
}

const TAG = 'Bank statements';
const TAKING = { roles: ['operations', 'compliance'] } as const;
const SEEING = { roles: ['operations', 'compliance', 'admin', 'regulator'] } as const;

/** A file of 2 MiB as JSON, where every quotation mark takes two characters. */
const STATEMENT_BODY = 4 * 1024 * 1024;

export function statementRoutes(deps: StatementRouteDeps): readonly Route[] {
  const { sandbox } = deps;
  return [
    ...keptRoutes(deps),
    takeRoute(deps),
    ...(sandbox ? [sandboxRoute({ ...deps, sandbox })] : []),
  ];
}

function takeRoute({ bankStatements, reconciliationDays }: StatementRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/bank-statements',
    tag: TAG,
    summary: 'Take a bank statement in, camt.053 or CSV, and match its lines with the books',
    description:
      'Whole or not at all: a statement that does not add up, does not follow on the one before, or ' +
      'has a line that is wrong is refused with the line. The same content again answers 200 and ' +
      'changes nothing.',
    access: TAKING,
    bodyLimit: STATEMENT_BODY,
    body: schema.statementBody,
    replies: { 200: schema.takenView, 201: schema.takenView },
    write: async (tx, { body }) => {
      const { statement, isNew, matched } = await bankStatements.take(tx, body);
      if (isNew) await reconciliationDays.redraft(tx);
      const view = { ...schema.asStatement(statement), matched };
      return { status: isNew ? 201 : 200, body: view };
    },
  });
}

function keptRoutes({ bankStatements }: StatementRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/bank-statements',
      tag: TAG,
      summary: 'Bank statements that were taken in, newest first',
      access: SEEING,
      query: schema.statementsQuery,
      replies: { 200: schema.statementsView },
      read: async (db, { query }) => {
        const found = await bankStatements.list(db, query);
        const { items, next } = pageOf(found, query.limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(schema.asStatement), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/bank-statements/{id}',
      tag: TAG,
      summary: 'A bank statement that was taken in',
      access: SEEING,
      params: schema.statementParams,
      replies: { 200: schema.statementView },
      read: async (db, { params }) => ({
        status: 200,
        body: schema.asStatement(await bankStatements.get(db, params.id)),
      }),
    }),
  ];
}

function sandboxRoute(deps: StatementRouteDeps & { readonly sandbox: Custodian }): Route {
  return route({
    method: 'get',
    path: '/v1/sandbox/bank-statements/{day}',
    tag: 'Sandbox',
    summary: 'The sandbox bank’s statement of a day, as camt.053',
    access: SEEING,
    params: schema.dayParams,
    query: schema.sandboxQuery,
    replies: { 200: fileView('application/xml') },
    run: async ({ operatorId, params: { day }, query: { from } }) => {
      const { xml, name } = await sandboxStatement(deps, operatorId, {
        from: from ?? day,
        to: day,
      });
      const headers = { 'Content-Disposition': `attachment; filename="${name}"` };
      return { status: 200, headers, body: xml };
    },
  });
}

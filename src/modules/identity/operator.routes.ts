import type { Clock } from '../../kernel/clock';
import type { AuthenticatedUser } from '../../platform/auth';
import type { Database, Tx } from '../../platform/db';
import { page, route, type Route } from '../../platform/http';
import type { LogInService } from './log-in.service';
import type { Operator } from './operator';
import type { OperatorDirectory } from './operator-directory.service';
import type { OperatorService } from './operator.service';
import {
  asOperator,
  asOperatorDetail,
  createAdminBody,
  createOperatorBody,
  operatorCodeParams,
  operatorDetailView,
  operatorStatusBody,
  operatorView,
  updateOperatorBody,
} from './operator.schema';
import { asUser, userView } from './schema';
import type { UserService } from './user.service';

export interface OperatorRouteDeps {
  readonly clock: Clock;
  readonly database: Database;
  readonly directory: OperatorDirectory;
  readonly operators: OperatorService;
  readonly users: UserService;
  readonly logIn: LogInService;
}

const TAG = 'Operators';
const PLATFORM = { roles: ['platform'] } as const;

export function operatorRoutes(deps: OperatorRouteDeps): readonly Route[] {
  return [...publicRoutes(deps), detailRoute(deps), ...platformRoutes(deps), adminRoute(deps)];
}

function publicRoutes({ directory }: OperatorRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/operators',
      tag: TAG,
      summary: 'The operators of this installation, with licence, line and rulebook',
      access: 'public',
      replies: { 200: page(operatorView) },
      run: async () => ({ status: 200, body: { items: directory.all().map(asOperator) } }),
    }),
    route({
      method: 'get',
      path: '/v1/operators/{code}',
      tag: TAG,
      summary: 'One operator',
      access: 'public',
      params: operatorCodeParams,
      replies: { 200: operatorView },
      run: async ({ params }) => ({
        status: 200,
        body: asOperator(directory.getByCode(params.code)),
      }),
    }),
  ];
}

function detailRoute({ directory, operators }: OperatorRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/operator',
    tag: TAG,
    summary: 'The own operator, with fees, custodian and what keeps it from going live',
    access: { roles: ['admin', 'compliance', 'operations', 'regulator', 'platform'] },
    replies: { 200: operatorDetailView },
    run: async ({ operatorId }) => {
      const operator = directory.get(operatorId);
      const blockers = operators.goLiveBlockers(operator);
      return { status: 200, body: asOperatorDetail(operator, blockers) };
    },
  });
}

function platformRoutes(deps: OperatorRouteDeps): readonly Route[] {
  const { operators, directory } = deps;
  return [
    route({
      method: 'post',
      path: '/v1/operators',
      tag: TAG,
      summary: 'Register an operator; it starts in sandbox',
      access: PLATFORM,
      body: createOperatorBody,
      replies: { 201: operatorDetailView },
      run: async ({ user, body }) => {
        const created = await changed(deps, user, (tx) => operators.create(tx, body));
        return { status: 201, body: asOperatorDetail(created, operators.goLiveBlockers(created)) };
      },
    }),
    route({
      method: 'patch',
      path: '/v1/operators/{code}',
      tag: TAG,
      summary: 'Change licence, custodian, fees or calendar of an operator',
      access: PLATFORM,
      params: operatorCodeParams,
      body: updateOperatorBody,
      replies: { 200: operatorDetailView },
      run: async ({ user, params, body }) => {
        const updated = await changed(deps, user, (tx) =>
          operators.update(tx, directory.getByCode(params.code).id, body),
        );
        return { status: 200, body: asOperatorDetail(updated, operators.goLiveBlockers(updated)) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/operators/{code}/status',
      tag: TAG,
      summary: 'Take an operator live, suspend it, let it resume, or wind it down',
      access: PLATFORM,
      params: operatorCodeParams,
      body: operatorStatusBody,
      replies: { 200: operatorDetailView },
      run: async ({ user, params, body }) => {
        const updated = await changed(deps, user, (tx) =>
          operators.changeStatus(tx, directory.getByCode(params.code).id, body.status),
        );
        return { status: 200, body: asOperatorDetail(updated, operators.goLiveBlockers(updated)) };
      },
    }),
  ];
}

/** An operator's users stand in its own scope, which a platform user's transaction does not see. */
function adminRoute({ database, directory, users, logIn }: OperatorRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/operators/{code}/admins',
    tag: TAG,
    summary: 'Make an administrator of an operator',
    access: PLATFORM,
    params: operatorCodeParams,
    body: createAdminBody,
    replies: { 201: userView },
    run: async ({ user, params, body }) => {
      const operator = directory.getByCode(params.code);
      const passwordHash = await logIn.hashNew(body.password, body.email);
      const scope = { operatorId: operator.id, actor: { kind: 'user', id: user.id } } as const;
      const created = await database.write(scope, (tx) =>
        users.create(tx, user.roles, { email: body.email, passwordHash, roles: ['admin'] }),
      );
      return { status: 201, body: asUser(created) };
    },
  });
}

/** Makes the change and, once it is committed, brings the directory up to date. */
async function changed(
  { database, operators }: OperatorRouteDeps,
  user: AuthenticatedUser,
  work: (tx: Tx) => Promise<Operator>,
): Promise<Operator> {
  const scope = { operatorId: user.operatorId, actor: { kind: 'user', id: user.id } } as const;
  const operator = await database.write(scope, work);
  await database.read(scope, (db) => operators.loadDirectory(db));
  return operator;
}

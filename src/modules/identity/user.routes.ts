import type { Clock } from '../../kernel/clock';
import type { Database } from '../../platform/db';
import { page, pageOf, route, type Route } from '../../platform/http';
import type { LogInService } from './log-in.service';
import {
  asUser,
  changeRolesBody,
  createUserBody,
  userParams,
  usersQuery,
  userView,
} from './schema';
import type { UserService } from './user.service';

export interface UserRouteDeps {
  readonly clock: Clock;
  readonly database: Database;
  readonly users: UserService;
  readonly logIn: LogInService;
}

const TAG = 'Users';
const ADMIN = { roles: ['admin'] } as const;

export function userRoutes(deps: UserRouteDeps): readonly Route[] {
  return [createRoute(deps), ...readRoutes(deps), ...rightsRoutes(deps)];
}

function createRoute({ database, users, logIn }: UserRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/users',
    tag: TAG,
    summary: 'Make a user of the operator',
    access: ADMIN,
    body: createUserBody,
    replies: { 201: userView },
    run: async ({ user, body }) => {
      const { email, roles } = body;
      const passwordHash = await logIn.hashNew(body.password, email);
      const scope = { operatorId: user.operatorId, actor: { kind: 'user', id: user.id } } as const;
      const created = await database.write(scope, (tx) =>
        users.create(tx, user.roles, { email, passwordHash, roles }),
      );
      return { status: 201, body: asUser(created) };
    },
  });
}

function readRoutes({ users }: UserRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/users',
      tag: TAG,
      summary: 'List the users of the operator, oldest first',
      access: { roles: ['admin', 'regulator'] },
      query: usersQuery,
      replies: { 200: page(userView) },
      read: async (db, { query }) => {
        const found = pageOf(await users.list(db, query), query.limit, ({ id }) => id);
        return { status: 200, body: { ...found, items: found.items.map(asUser) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/users/{id}',
      tag: TAG,
      summary: 'One user of the operator',
      access: { roles: ['admin', 'regulator'] },
      params: userParams,
      replies: { 200: userView },
      read: async (db, { params }) => ({
        status: 200,
        body: asUser(await users.get(db, params.id)),
      }),
    }),
  ];
}

function rightsRoutes({ users }: UserRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/users/{id}/suspend',
      tag: TAG,
      summary: 'Shut a user out at once, on every device',
      access: ADMIN,
      params: userParams,
      replies: { 200: userView },
      write: async (tx, { user, params }) => ({
        status: 200,
        body: asUser(await users.suspend(tx, user, params.id)),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/users/{id}/reinstate',
      tag: TAG,
      summary: 'Let a suspended user log in again',
      access: ADMIN,
      params: userParams,
      replies: { 200: userView },
      write: async (tx, { user, params }) => ({
        status: 200,
        body: asUser(await users.reinstate(tx, user, params.id)),
      }),
    }),
    route({
      method: 'put',
      path: '/v1/users/{id}/roles',
      tag: TAG,
      summary: 'Replace the roles of a user; ends their log-ins',
      access: ADMIN,
      params: userParams,
      body: changeRolesBody,
      replies: { 200: userView },
      write: async (tx, { user, params, body }) => ({
        status: 200,
        body: asUser(await users.changeRoles(tx, user, { id: params.id, roles: body.roles })),
      }),
    }),
  ];
}

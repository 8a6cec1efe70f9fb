import { INSTALLATION, type AuthenticatedUser } from '../../platform/auth';
import type { Database, Scope } from '../../platform/db';
import { noContent, page, pageOf, route, type Route } from '../../platform/http';
import type { LogInService } from '../identity';
import * as schema from './supervisor.schema';
import type { SupervisorService } from './supervisor.service';

export interface SupervisorRouteDeps {
  readonly supervisors: SupervisorService;
  readonly logIn: LogInService;
  readonly database: Pick<Database, 'read' | 'write'>;
}

const TAG = 'Supervisors';
const PLATFORM = { roles: ['platform'] } as const;

/** Authorities belong to the installation, and so do their users. */
export function supervisorRoutes(deps: SupervisorRouteDeps): readonly Route[] {
  return [...authorityRoutes(deps), ...accessRoutes(deps), renewalRoute(deps)];
}

function authorityRoutes({ database, supervisors }: SupervisorRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/supervision/authorities',
      tag: TAG,
      summary: 'Register an authority that supervises operators here',
      access: PLATFORM,
      idempotent: 'if-keyed',
      body: schema.authorityBody,
      replies: { 201: schema.authorityView },
      run: async ({ user, body, once }) =>
        database.write(scopeOf(user), (tx) =>
          once(tx, async () => ({
            status: 201,
            body: schema.asAuthority(await supervisors.register(tx, body)),
          })),
        ),
    }),
    route({
      method: 'get',
      path: '/v1/supervision/authorities',
      tag: TAG,
      summary: 'The authorities, oldest first',
      access: PLATFORM,
      query: schema.pageQuery,
      replies: { 200: page(schema.authorityView) },
      run: async ({ user, query }) => {
        const found = await database.read(scopeOf(user), (db) =>
          supervisors.authorities(db, query),
        );
        const { items, next } = pageOf(found, query.limit, ({ id }) => id);
        return { status: 200, body: { items: items.map(schema.asAuthority), next } };
      },
    }),
  ];
}

function accessRoutes({ database, supervisors, logIn }: SupervisorRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/supervision/authorities/{id}/supervisors',
      tag: TAG,
      summary: 'Let a user of an authority see certain operators, until a day',
      access: PLATFORM,
      idempotent: 'if-keyed',
      params: schema.authorityParams,
      body: schema.inviteBody,
      replies: { 201: schema.supervisorView },
      run: async ({ user, params, body, once }) => {
        const { password, ...rest } = body;
        const passwordHash = await logIn.hashNew(password, body.email);
        const invitation = { ...rest, passwordHash, authorityId: params.id };
        return database.write(scopeOf(user), (tx) =>
          once(tx, async () => ({
            status: 201,
            body: schema.asSupervisor(await supervisors.invite(tx, user.roles, invitation)),
          })),
        );
      },
    }),
    route({
      method: 'get',
      path: '/v1/supervision/authorities/{id}/supervisors',
      tag: TAG,
      summary: 'The users of an authority, and what each may see',
      access: PLATFORM,
      params: schema.authorityParams,
      query: schema.pageQuery,
      replies: { 200: page(schema.supervisorView) },
      run: async ({ user, params, query }) => {
        const of = { ...query, authorityId: params.id };
        const found = await database.read(scopeOf(user), (db) => supervisors.list(db, of));
        const { items, next } = pageOf(found, query.limit, ({ userId }) => userId);
        return { status: 200, body: { items: items.map(schema.asSupervisor), next } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/supervision/supervisors/{id}/end',
      tag: TAG,
      summary: 'Shut a supervisor out at once',
      access: PLATFORM,
      idempotent: 'if-keyed',
      params: schema.supervisorParams,
      replies: { 204: noContent },
      run: async ({ user, params, once }) =>
        database.write(scopeOf(user), (tx) =>
          once(tx, async () => {
            await supervisors.end(tx, params.id);
            return { status: 204 };
          }),
        ),
    }),
  ];
}

function renewalRoute({ database, supervisors }: SupervisorRouteDeps): Route {
  return route({
    method: 'put',
    path: '/v1/supervision/supervisors/{id}',
    tag: TAG,
    summary: 'Give a supervisor another remit or another end; lets it in again if it was shut out',
    access: PLATFORM,
    params: schema.supervisorParams,
    body: schema.remitBody,
    replies: { 200: schema.supervisorView },
    run: async ({ user, params, body }) => {
      const renewed = await database.write(scopeOf(user), (tx) =>
        supervisors.renew(tx, user, { ...body, userId: params.id }),
      );
      return { status: 200, body: schema.asSupervisor(renewed) };
    },
  });
}

function scopeOf({ id }: AuthenticatedUser): Scope {
  return { operatorId: INSTALLATION, actor: { kind: 'user', id } };
}

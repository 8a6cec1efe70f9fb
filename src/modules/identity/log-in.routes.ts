import type { Database } from '../../platform/db';
import { ROLES } from '../../platform/auth';
import { noContent, route, type RateLimit, type Route } from '../../platform/http';
import type { LogInService } from './log-in.service';
import type { OperatorDirectory } from './operator-directory.service';
import {
  asMe,
  asTokens,
  changePasswordBody,
  logInBody,
  meView,
  refreshBody,
  registerBody,
  tokensView,
} from './schema';
import type { SessionService } from './session.service';
import type { UserService } from './user.service';

export interface LogInRouteDeps {
  readonly database: Database;
  readonly directory: OperatorDirectory;
  readonly users: UserService;
  readonly sessions: SessionService;
  readonly logIn: LogInService;
}

const TAG = 'Log-in';
const ANYBODY = { roles: ROLES, ofInstallation: true } as const;
const GUESSING: RateLimit = {
  action: 'log-in',
  limit: 20,
  windowSeconds: 900,
  refusalsOnly: true,
};
const REFRESHING: RateLimit = { action: 'refresh', limit: 120, windowSeconds: 900 };
const JOINING: RateLimit = { action: 'register', limit: 20, windowSeconds: 3600 };

export function logInRoutes(deps: LogInRouteDeps): readonly Route[] {
  return [logInRoute(deps), refreshRoute(deps), registerRoute(deps), ...ownRoutes(deps)];
}

function logInRoute({ logIn }: LogInRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/auth/login',
    tag: TAG,
    summary: 'Log in at an operator, or as a supervisor at none',
    description:
      'The refusal is the same whether the operator, the e-mail or the password was wrong.',
    access: 'public',
    rateLimit: GUESSING,
    body: logInBody,
    replies: { 200: tokensView },
    run: async ({ body, userAgent }) => ({
      status: 200,
      body: asTokens(await logIn.logIn(body, userAgent)),
    }),
  });
}

function refreshRoute({ logIn }: LogInRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/auth/refresh',
    tag: TAG,
    summary: 'Exchange a refresh token for the next',
    description:
      'Each refresh token is good for one exchange. One that is used again ends the whole log-in, ' +
      'since somebody else holds it; only within ten seconds, from the same device, is the same ' +
      'answer given again.',
    access: 'public',
    rateLimit: REFRESHING,
    body: refreshBody,
    replies: { 200: tokensView },
    run: async ({ body, userAgent }) => ({
      status: 200,
      body: asTokens(await logIn.refresh(body.refreshToken, userAgent)),
    }),
  });
}

function registerRoute({ logIn }: LogInRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/auth/register',
    tag: TAG,
    summary: 'Register as an investor or an issuer',
    access: 'public',
    rateLimit: JOINING,
    body: registerBody,
    replies: { 201: tokensView },
    run: async ({ body, userAgent }) => ({
      status: 201,
      body: asTokens(await logIn.register(body, userAgent)),
    }),
  });
}

function ownRoutes({
  database,
  directory,
  users,
  sessions,
  logIn,
}: LogInRouteDeps): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/auth/logout',
      tag: TAG,
      summary: 'End this log-in',
      access: ANYBODY,
      replies: { 204: noContent },
      run: async ({ user }) => {
        const { sessionId } = user;
        if (sessionId !== undefined) {
          const actor = { kind: 'user', id: user.id } as const;
          await database.write({ operatorId: user.operatorId, actor }, (tx) =>
            sessions.logOut(tx, sessionId),
          );
        }
        return { status: 204 };
      },
    }),
    route({
      method: 'get',
      path: '/v1/me',
      tag: TAG,
      summary: 'The user who is logged in',
      access: ANYBODY,
      replies: { 200: meView },
      read: async (db, { user }) => ({
        status: 200,
        body: asMe(await users.get(db, user.id), directory.find(user.operatorId)),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/me/password',
      tag: TAG,
      summary: 'Change the own password; ends every log-in, on every device',
      access: ANYBODY,
      rateLimit: GUESSING,
      body: changePasswordBody,
      replies: { 204: noContent },
      run: async ({ user, body }) => {
        await logIn.changePassword(user, body);
        return { status: 204 };
      },
    }),
  ];
}

import request from 'supertest';
import { liveRoutes, openApiDocument, type Route } from '../../src/platform/http';
import { ROLES, type Role } from '../../src/platform/auth';
import { bearer, testApplication, type TestApplication } from '../support/application';

let application: TestApplication;

beforeAll(async () => {
  application = await testApplication();
});
afterAll(() => application.close());

/** A path with ids that exist nowhere. */
function samplePath(route: Route): string {
  return route.path.replaceAll(/\{(\w+)\}/g, '01AAAAAAAAAAAAAAAAAAAAAAAA');
}

function send(route: Route, headers: Record<string, string> = {}): request.Test {
  const agent = request(application.http);
  return agent[route.method](samplePath(route)).set(headers);
}

describe('the API document', () => {
  it('describes exactly what the live router answers', async () => {
    const { body: document } = await request(application.http).get('/openapi.json').expect(200);
    const documented = Object.entries(document.paths as Record<string, object>).flatMap(
      ([path, operations]) => Object.keys(operations).map((method) => `${method} ${path}`),
    );
    const live = liveRoutes(application.http).map(({ method, path }) => `${method} ${path}`);
    expect(documented.toSorted()).toEqual(live.toSorted());
    expect(document.openapi).toMatch(/^3\.1/);
  });

  it('names every operation once', () => {
    const document = openApiDocument(application.routes, {
      title: 'x',
      version: '1',
      description: 'x',
    }) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const ids = Object.values(document.paths).flatMap((operations) =>
      Object.values(operations).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is shown on a page that loads nothing from elsewhere', async () => {
    const page = await request(application.http).get('/docs').expect(200);
    expect(page.text).toContain('rapi-doc');
    expect(page.text).not.toMatch(/(src|href)="https?:/);
  });
});

describe('access', () => {
  it('is refused without a token, on every route that is not public', async () => {
    const closed = application.routes.filter(({ access }) => access !== 'public');
    expect(closed.length).toBeGreaterThan(50);
    for (const route of closed) {
      const { status, body } = await send(route);
      expect([`${route.method} ${route.path}`, status, body.code]).toEqual([
        `${route.method} ${route.path}`,
        401,
        'auth.missing-token',
      ]);
    }
  });

  it('is refused to every role that a route does not name', async () => {
    for (const route of application.routes) {
      if (route.access === 'public') continue;
      const { roles } = route.access;
      const strangers = ROLES.filter((role: Role) => !roles.includes(role));
      for (const role of strangers) {
        const { status } = await send(route, bearer(application, [role]));
        expect([`${role}: ${route.method} ${route.path}`, status]).toEqual([
          `${role}: ${route.method} ${route.path}`,
          403,
        ]);
      }
    }
  });

  it('asks for an Idempotency-Key wherever money is moved by a POST', () => {
    const moving = [
      '/v1/subscriptions',
      '/v1/subscriptions/{id}/revoke',
      '/v1/deposits',
      '/v1/withdrawals',
      '/v1/offerings/{id}/settle',
      '/v1/ledger/entries/{entryNo}/reverse',
    ];
    const keyed = application.routes.filter((route) => route.idempotent).map(({ path }) => path);
    expect(keyed).toEqual(expect.arrayContaining(moving));
  });
});

import request from 'supertest';
import { z } from 'zod';
import {
  booleanQuery,
  dateInput,
  idInput,
  instantView,
  integerQuery,
  liveRoutes,
  moneyInput,
  moneyView,
  noContent,
  openApiDocument,
  page,
  pageQueryWith,
  rateView,
  route,
} from '../../../src/platform/http';
import { smallApp } from '../../support/small-app';

const offering = z
  .object({ id: idInput('off'), target: moneyView, rate: rateView, openedAt: instantView })
  .meta({ id: 'Offering' });

const routes = [
  route({
    method: 'get',
    path: '/v1/offerings',
    tag: 'Offerings',
    summary: 'List offerings',
    access: 'public',
    query: pageQueryWith({
      live: booleanQuery.optional(),
      from: dateInput.optional(),
      year: integerQuery({ min: 2000, max: 2100 }),
    }),
    replies: { 200: page(offering) },
    run: async () => ({ status: 200, body: { items: [] } }),
  }),
  route({
    method: 'post',
    path: '/v1/offerings/{id}/orders',
    tag: 'Orders',
    summary: 'Order',
    access: { roles: ['investor'] },
    idempotent: true,
    rateLimit: { action: 'order', limit: 1, windowSeconds: 1 },
    params: z.strictObject({ id: idInput('off') }),
    body: z.strictObject({ amount: moneyInput, note: z.string().optional() }),
    replies: { 201: offering, 204: noContent },
    write: async () => ({ status: 204 }),
  }),
];

/** The document is plain JSON, looked into by path. */
type Json = { [key: string]: Json } & Json[] & string;

const meta = { title: 'T', version: '1', description: 'D' };
const document = JSON.parse(JSON.stringify(openApiDocument(routes, meta))) as Json;
const list = document['paths']!['/v1/offerings']!['get']!;
const order = document['paths']!['/v1/offerings/{id}/orders']!['post']!;

describe('the OpenAPI document', () => {
  it('is of version 3.1 and names each operation once', () => {
    expect(document['openapi']).toBe('3.1.0');
    expect(list['operationId']).toBe('getOfferings');
    expect(order['operationId']).toBe('postOfferingsByIdOrders');
  });

  it('shows parameters as they stand in the address', () => {
    expect(list['parameters']).toEqual([
      expect.objectContaining({
        name: 'live',
        in: 'query',
        required: false,
        schema: expect.objectContaining({ type: 'boolean' }),
      }),
      expect.objectContaining({
        name: 'from',
        schema: expect.objectContaining({ type: 'string', format: 'date' }),
      }),
      expect.objectContaining({
        name: 'year',
        required: true,
        schema: { type: 'integer', minimum: 2000, maximum: 2100 },
      }),
      expect.objectContaining({
        name: 'limit',
        required: false,
        schema: { type: 'integer', minimum: 1, maximum: 100, default: 25 },
      }),
      expect.objectContaining({ name: 'after', required: false }),
    ]);
    expect(order['parameters']).toEqual([
      expect.objectContaining({ name: 'id', in: 'path', required: true }),
      expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: true }),
    ]);
  });

  it('shows bodies and views as they stand on the wire, each named schema once', () => {
    const schemas = document['components']!['schemas']!;
    expect(Object.keys(schemas).toSorted()).toEqual(['Money', 'Offering', 'Problem']);
    expect(order['requestBody']).toMatchObject({
      required: true,
      content: {
        'application/json': {
          schema: {
            additionalProperties: false,
            required: ['amount'],
            properties: { amount: { $ref: '#/components/schemas/Money' } },
          },
        },
      },
    });
    expect(schemas['Offering']).toMatchObject({
      properties: {
        target: { $ref: '#/components/schemas/Money' },
        rate: { type: 'string' },
        openedAt: { type: 'string', format: 'date-time' },
      },
    });
    expect(order['responses']!['201']!['content']!['application/json']!['schema']).toEqual({
      $ref: '#/components/schemas/Offering',
    });
    expect(order['responses']!['204']!['content']).toBeUndefined();
  });

  it('tells who may call and how it is refused', () => {
    expect(list['security']).toEqual([]);
    expect(order['security']).toEqual([{ bearer: [] }]);
    expect(order['description']).toContain('Roles: investor.');
    expect(Object.keys(order['responses']!)).toEqual(
      expect.arrayContaining([
        '400',
        '401',
        '403',
        '404',
        '409',
        '413',
        '415',
        '422',
        '429',
        '503',
      ]),
    );
  });

  it('refers only to what it holds', () => {
    const text = JSON.stringify(document);
    for (const [, path = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = path.split('/').reduce<Json | undefined>((at, step) => at?.[step], document);
      expect({ path, target }).toEqual({ path, target: expect.any(Object) });
    }
    expect(text).not.toContain('$defs');
  });

  it('served by an app names the same routes as its live router', async () => {
    const { app } = smallApp(routes);
    const served = (await request(app).get('/openapi.json').expect(200)).body as {
      paths: Record<string, object>;
    };
    const documented = Object.entries(served.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    const live = liveRoutes(app).map(({ method, path }) => `${method} ${path}`);
    expect(documented.toSorted()).toEqual(live.toSorted());
  });

  it('can be browsed without loading anything from elsewhere', async () => {
    const { app } = smallApp(routes);
    const docs = await request(app).get('/docs').expect(200);
    expect(docs.text).toContain('spec-url="/openapi.json"');
    expect(docs.text).not.toMatch(/https?:/);
    expect(docs.headers['content-security-policy']).toContain("script-src 'self'");
    const script = await request(app).get('/docs/rapidoc.js').expect(200);
    expect(script.headers['content-type']).toContain('text/javascript');
  });
});

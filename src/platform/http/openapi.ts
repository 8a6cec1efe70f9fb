import { z } from 'zod';
import { STATUS_OF_KIND } from './problem-reply';
import { fileType } from './reply';
import type { Route } from './route';
import { pathParameters } from './route-table';

export interface ApiMeta {
  readonly title: string;
  readonly version: string;
  readonly description: string;
}

type Json = { [key: string]: unknown };

/** The API as OpenAPI 3.1, made of the very schemas that check its requests and replies. */
export function openApiDocument(routes: readonly Route[], meta: ApiMeta): Json {
  const schemas = new SchemaShelf();
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = (paths[route.path] ??= {});
    path[route.method] = operation(route, schemas);
  }
  return {
    openapi: '3.1.0',
    info: { ...meta, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { ...schemas.shared, Problem: PROBLEM },
      responses: problemResponses(),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

/** `get /v1/offerings/{id}` is `getOfferingsById` unless the route has its own name. */
export function operationId(route: Route): string {
  if (route.operationId !== undefined) return route.operationId;
  const words = route.path
    .replace(/^\/v\d+/, '')
    .replaceAll(/\{(\w+)\}/g, 'by-$1')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  return route.method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function operation(route: Route, schemas: SchemaShelf): Json {
  const isPublic = route.access === 'public';
  const body = route.body === undefined ? undefined : schemas.of(route.body, 'input');
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    description: describe(route),
    security: isPublic ? [] : [{ bearer: [] }],
    ...(route.access === 'public' ? {} : { 'x-roles': route.access.roles }),
    parameters: parameters(route, schemas),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: !route.body?.safeParse(undefined).success,
            content: { 'application/json': { schema: body } },
          },
        }),
    responses: { ...replies(route, schemas), ...problems(route) },
  };
}

function describe(route: Route): string | undefined {
  const roles = route.access === 'public' ? [] : [`Roles: ${route.access.roles.join(', ')}.`];
  return [route.description, ...roles].filter(Boolean).join('\n\n') || undefined;
}

function parameters(route: Route, schemas: SchemaShelf): readonly Json[] {
  const inPath = pathParameters(route.path);
  const path = properties(route.params, schemas);
  const query = properties(route.query, schemas);
  return [
    ...inPath.map((name) => ({ name, in: 'path', required: true, schema: path.schemas[name] })),
    ...Object.entries(query.schemas).map(([name, schema]) => ({
      name,
      in: 'query',
      required: query.required.includes(name),
      schema,
    })),
    ...(route.idempotent ? [{ ...IDEMPOTENCY_HEADER, required: route.idempotent === true }] : []),
  ];
}

function properties(
  schema: z.ZodType | undefined,
  schemas: SchemaShelf,
): { readonly schemas: Record<string, Json>; readonly required: readonly string[] } {
  if (schema === undefined) return { schemas: {}, required: [] };
  const json = schemas.of(schema, 'input');
  return {
    schemas: (json['properties'] ?? {}) as Record<string, Json>,
    required: (json['required'] ?? []) as readonly string[],
  };
}

function replies(route: Route, schemas: SchemaShelf): Json {
  const responses: Json = {};
  for (const [status, view] of Object.entries(route.replies)) {
    responses[status] = { description: view.meta()?.description ?? route.summary };
    const file = fileType(view);
    const schema =
      file === undefined ? schemas.of(view, 'output') : { type: 'string', format: 'binary' };
    // A view of nothing (204) has no content to describe.
    if (schema['not'] !== undefined || view instanceof z.ZodUndefined) continue;
    const type = file?.split(';')[0] ?? 'application/json';
    Object.assign(responses[status] as Json, { content: { [type]: { schema } } });
  }
  return responses;
}

function problems(route: Route): Json {
  const statuses = [400, 404, 405, 409, 422, 500, 503];
  if (route.access !== 'public') statuses.push(401, 403);
  else statuses.push(401);
  if (route.rateLimit !== undefined) statuses.push(429);
  if (route.method !== 'get' && route.method !== 'delete') statuses.push(413, 415);
  return Object.fromEntries(
    statuses
      .filter((status) => !(status in route.replies))
      .map((status) => [status, { $ref: `#/components/responses/Problem${status}` }]),
  );
}

const IDEMPOTENCY_HEADER = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'A key of your choosing, best a UUID. A repeated request with the same key has no second ' +
    'effect and is answered as the first was, with `Idempotency-Replayed: true`.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
};

const TEXT = { type: 'string' };

/** RFC 9457 with our extensions. */
const PROBLEM = {
  type: 'object',
  description: 'Problem details (RFC 9457). `code` is stable; `detail` is for people.',
  required: ['type', 'title', 'status', 'instance', 'code', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: TEXT,
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: TEXT,
    instance: { type: 'string', format: 'uri-reference' },
    code: TEXT,
    requestId: TEXT,
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: { pointer: { type: 'string', format: 'json-pointer' }, detail: TEXT },
      },
    },
    findings: {
      type: 'array',
      description: 'What each rule said, with its source in law.',
      items: {
        type: 'object',
        required: ['rule', 'citation', 'message'],
        properties: Object.fromEntries(
          [
            'rule',
            'citation',
            'message',
            'rulebook',
            'effectiveFrom',
            'limit',
            'observed',
            'left',
            'currency',
          ].map((name) => [name, TEXT]),
        ),
      },
    },
  },
};

const PROBLEM_TITLES: Readonly<Record<number, string>> = {
  405: 'The path does not take that method',
  500: 'Something went wrong on our side',
};

function problemResponses(): Json {
  const kinds = Object.entries(STATUS_OF_KIND).map(([kind, status]) => [status, kind] as const);
  const all = new Map<number, string>([
    ...kinds,
    ...Object.entries(PROBLEM_TITLES).map(([status, title]) => [Number(status), title] as const),
  ]);
  const content = {
    'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
  };
  return Object.fromEntries(
    [...all].map(([status, title]) => [
      `Problem${status}`,
      { description: `Refused: ${title}`, content },
    ]),
  );
}

/** JSON schemas of zod schemas; those that have an id are kept once and referred to. */
class SchemaShelf {
  readonly shared: Record<string, Json> = {};

  of(schema: z.ZodType, io: 'input' | 'output'): Json {
    const json = z.toJSONSchema(schema, {
      io,
      target: 'draft-2020-12',
      unrepresentable: 'any',
      override: ({ jsonSchema }) => tidy(jsonSchema as Json),
    }) as Json;
    const { $schema: _, $defs, id, ...rest } = json;
    const names = new Map<string, string>();
    for (const [name, definition] of Object.entries(($defs ?? {}) as Record<string, Json>)) {
      names.set(name, this.nameFor(name, definition, io));
    }
    for (const [name, definition] of Object.entries(($defs ?? {}) as Record<string, Json>)) {
      this.shared[names.get(name) ?? name] = refer(withoutId(definition), names);
    }
    const body = refer(rest, names);
    if (typeof id !== 'string') return body;
    const name = this.nameFor(id, body, io);
    this.shared[name] = body;
    return { $ref: `#/components/schemas/${name}` };
  }

  /** What is read and what is written may differ under one id (defaults, say): two names then. */
  private nameFor(id: string, definition: Json, io: 'input' | 'output'): string {
    const known = this.shared[id];
    if (known === undefined) return id;
    const isSame = JSON.stringify(known) === JSON.stringify(withoutId(definition));
    return isSame || io === 'output' ? id : `${id}Input`;
  }
}

function withoutId(schema: Json): Json {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== 'id'));
}

/** A whole number is checked as text in a query string, but what it is, is a number. */
function tidy(schema: Json): void {
  const { type, default: preset } = schema;
  if (type === 'integer' || type === 'boolean') delete schema['pattern'];
  if (type === 'integer' && typeof preset === 'string') schema['default'] = Number(preset);
  // What every integer of JSON keeps within says nothing, and ends up in examples.
  if (schema['minimum'] === Number.MIN_SAFE_INTEGER) delete schema['minimum'];
  if (schema['maximum'] === Number.MAX_SAFE_INTEGER) delete schema['maximum'];
  delete schema['contentType'];
  if (schema['enum'] === undefined) delete schema['enum'];
}

function refer(schema: Json, names: ReadonlyMap<string, string>): Json {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    if (key !== '$ref' || typeof value !== 'string') return value;
    const name = value.replace('#/$defs/', '');
    return `#/components/schemas/${names.get(name) ?? name}`;
  }) as Json;
}

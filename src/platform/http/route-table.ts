import { z } from 'zod';
import { assert } from '../../kernel/assert';
import type { DurationMeter, Metrics } from '../metrics';
import { DEFAULT_BODY_LIMIT } from './json-body';
import { fileType } from './reply';
import type { Method, Route } from './route';

const METHODS: readonly Method[] = ['get', 'post', 'put', 'patch', 'delete'];

/** A part that no schema was declared for must not be sent. */
const NOTHING = z.strictObject({});
const NO_BODY = z.strictObject({}).optional();

/** A route with everything worked out that does not depend on the request. */
export class MountedRoute {
  readonly roles: ReadonlySet<string> | undefined;
  readonly params: z.ZodType | undefined;
  readonly query: z.ZodType;
  readonly body: z.ZodType | undefined;
  readonly bodyLimit: number;
  private readonly meters = new Map<number, DurationMeter>();

  constructor(
    readonly route: Route,
    private readonly metrics: Metrics,
  ) {
    this.roles = route.access === 'public' ? undefined : new Set(route.access.roles);
    this.params = route.params;
    this.query = route.query ?? NOTHING;
    const takesBody = route.method !== 'get' && route.method !== 'delete';
    this.body = route.body ?? (takesBody ? NO_BODY : undefined);
    this.bodyLimit = route.bodyLimit ?? DEFAULT_BODY_LIMIT;
  }

  meter(status: number): DurationMeter {
    let meter = this.meters.get(status);
    if (meter === undefined) {
      const { method, path } = this.route;
      meter = this.metrics.requestMeter(method.toUpperCase(), path, status);
      this.meters.set(status, meter);
    }
    return meter;
  }
}

/** Routes by path, in the order in which a router must try them. */
export type RoutesByPath = ReadonlyMap<string, readonly Route[]>;

/**
 * Groups the table by path, so that `/offerings/mine` is tried before `/offerings/{id}`.
 *
 * @throws AssertionError for a route that is not whole: better no service than an open door.
 */
export function routesByPath(routes: readonly Route[]): RoutesByPath {
  const byPath = new Map<string, Route[]>();
  const names = new Set<string>();
  for (const route of routes) {
    checkRoute(route);
    const name = `${route.method} ${route.path.replaceAll(/\{\w+\}/g, '{}')}`;
    assert(!names.has(name), `two routes answer ${name}`);
    names.add(name);
    byPath.set(route.path, [...(byPath.get(route.path) ?? []), route]);
  }
  return new Map([...byPath].toSorted(([a], [b]) => (precedence(a) < precedence(b) ? -1 : 1)));
}

/**
 * Sorts literal segments before parameters, position by position, and a parameter that a suffix
 * follows, as in `/{operator}.json`, before one that would take the suffix for its own.
 */
function precedence(path: string): string {
  return path.replaceAll(/\{\w+\}(\.?)/g, (_, suffix) => `\uffff${suffix || '\uffff'}`);
}

export function pathParameters(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
}

function checkRoute(route: Route): void {
  const at = `the route ${route.method} ${route.path}`;
  assert(METHODS.includes(route.method), `${at} has no known method`);
  assert(/^(\/([\w.-]+|\{\w+\}(\.[a-z]+)?))+$/.test(route.path), `${at} has no well-formed path`);
  assert(route.access === 'public' || route.access?.roles?.length > 0, `${at} has no access`);
  assert(Object.keys(route.replies ?? {}).length > 0, `${at} declares no replies`);
  const handlers = [route.write, route.read, route.run].filter((handler) => handler !== undefined);
  assert(handlers.length === 1, `${at} must have one of write, read and run`);
  assert(route.method !== 'get' || route.write === undefined, `${at} writes on GET`);
  if (route.idempotent) checkIdempotent(route, at);
  checkParameters(route, at);
  for (const part of ['params', 'query', 'body'] as const) {
    const schema = route[part];
    if (schema !== undefined) checkStrict(schema, `${at}: ${part}`, new Set());
  }
}

function checkIdempotent(route: Route, at: string): void {
  assert(route.access !== 'public', `${at} keeps keys per user, so it cannot be public`);
  assert(route.read === undefined, `${at} only reads, so it needs no key`);
  const files = Object.values(route.replies).filter((view) => fileType(view) !== undefined);
  assert(files.length === 0, `${at} cannot keep a file as the reply of a key`);
}

function checkParameters(route: Route, at: string): void {
  const declared = route.params instanceof z.ZodObject ? Object.keys(route.params.shape) : [];
  assert(
    declared.toSorted().join() === pathParameters(route.path).toSorted().join(),
    `${at} must declare exactly the parameters of its path`,
  );
}

/** Finds objects, however deep, that would take fields nobody declared. */
function checkStrict(schema: z.core.$ZodType, at: string, seen: Set<z.core.$ZodType>): void {
  if (seen.has(schema)) return;
  seen.add(schema);
  const { def } = schema._zod;
  if (isDef(def, 'object')) {
    const catchall = (def as z.core.$ZodObjectDef).catchall?._zod.def.type;
    assert(catchall === 'never', `${at} has an object that takes unknown fields: z.strictObject`);
    for (const [name, field] of Object.entries((def as z.core.$ZodObjectDef).shape)) {
      checkStrict(field, `${at}/${name}`, seen);
    }
    return;
  }
  for (const part of partsOf(def)) checkStrict(part, at, seen);
}

function isDef(def: z.core.$ZodTypeDef, type: z.core.$ZodTypeDef['type']): boolean {
  return def.type === type;
}

/** The schemas inside one that see the client's input. */
function partsOf(def: z.core.$ZodTypeDef): readonly z.core.$ZodType[] {
  const inner = def as Partial<
    Record<'innerType' | 'element' | 'valueType' | 'in' | 'left' | 'right', z.core.$ZodType>
  > & {
    readonly options?: readonly z.core.$ZodType[];
    readonly items?: readonly z.core.$ZodType[];
    readonly getter?: () => z.core.$ZodType;
  };
  return [
    inner.innerType,
    inner.element,
    inner.valueType,
    inner.in,
    inner.left,
    inner.right,
    ...(inner.options ?? []),
    ...(inner.items ?? []),
    inner.getter?.(),
  ].filter((part) => part !== undefined);
}

import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { assert } from '../../kernel/assert';
import type { Reply, ReplyHeaders, Route } from './route';

/** A reply as it goes out: nothing left to compute. */
export interface Rendered {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly payload: string | Buffer | undefined;
  /** Instead of a payload: what is sent piece by piece as it is made. */
  readonly stream?: AsyncIterable<string>;
  readonly headers: ReplyHeaders;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const NO_HEADERS: ReplyHeaders = {};

/**
 * Passes a handler's answer through the view schema of its status. Fields the view does not name
 * never leave.
 *
 * @param isStrict also fails when the handler answered with such a field (for tests).
 * @throws Error when the handler did not keep to what its route declares: a bug.
 */
export function render(route: Route, reply: Reply, isStrict: boolean): Rendered {
  const view = route.replies[reply.status];
  const at = `${route.method} ${route.path}`;
  assert(view !== undefined, `${at} answered ${reply.status}, which it does not declare`);
  const viewed = view.safeParse(reply.body);
  if (!viewed.success) {
    throw new Error(`${at} answered what its view does not take: ${viewed.error.message}`);
  }
  const body: unknown = viewed.data;
  if (isStrict) refuseUndeclared(reply.body, body, `${at} ${reply.status}`);
  const headers = reply.headers ?? NO_HEADERS;
  const { status } = reply;
  if (body === undefined) return { status, contentType: undefined, payload: undefined, headers };
  const contentType = fileType(view);
  if (contentType !== undefined && isStream(body)) {
    return { status, contentType, payload: undefined, stream: body, headers };
  }
  if (contentType !== undefined) {
    return { status, contentType, payload: body as string | Buffer, headers };
  }
  return { status, contentType: JSON_TYPE, payload: jsonText(body), headers };
}

/** The media type of a `fileView`. */
export function fileType(view: Route['replies'][number]): string | undefined {
  const type = view.meta()?.['contentType'];
  return typeof type === 'string' ? type : undefined;
}

/** JSON, with bigints as strings wherever one is left. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // A replacer makes every reply pay for what almost none contains.
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, (_key, field: unknown) =>
      typeof field === 'bigint' ? field.toString() : field,
    );
  }
}

/** Sends `rendered` with the app's own headers (in lower case) under the reply's. */
export function send(response: ServerResponse, rendered: Rendered, own: OwnHeaders): void {
  const { status, payload } = rendered;
  const headers = headersOf(rendered, own);
  if (payload !== undefined) headers['content-length'] = Buffer.byteLength(payload);
  else if (status !== 204) headers['content-length'] = 0;
  response.writeHead(status, headers).end(payload);
}

/**
 * Sends what is made piece by piece, as fast as the client reads. Whatever breaks it off breaks off
 * the reply, so that no client takes a part for the whole.
 */
export async function sendStream(
  response: ServerResponse,
  rendered: Rendered & { readonly stream: AsyncIterable<string> },
  own: OwnHeaders,
): Promise<void> {
  response.writeHead(rendered.status, headersOf(rendered, own));
  try {
    await pipeline(Readable.from(rendered.stream), response);
  } catch (error) {
    // A client that hangs up half way is no fault.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

interface OwnHeaders {
  readonly requestId: string;
  readonly base: ReplyHeaders;
}

function headersOf(
  { contentType, headers: named }: Rendered,
  { requestId, base }: OwnHeaders,
): Record<string, string | number> {
  const headers: Record<string, string | number> = { ...base, 'x-request-id': requestId };
  if (contentType !== undefined) headers['content-type'] = contentType;
  for (const [name, value] of Object.entries(named)) headers[name.toLowerCase()] = value;
  return headers;
}

function isStream(body: unknown): body is AsyncIterable<string> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

function refuseUndeclared(value: unknown, wire: unknown, at: string): void {
  if (Array.isArray(value) && Array.isArray(wire)) {
    for (const [index, item] of value.entries()) refuseUndeclared(item, wire[index], `${at}/*`);
    return;
  }
  if (!isPlain(value) || !isPlain(wire)) return;
  for (const [key, field] of Object.entries(value)) {
    if (field === undefined) continue;
    assert(Object.hasOwn(wire, key), `${at} answered the undeclared field ${key}`);
    refuseUndeclared(field, wire[key], `${at}/${key}`);
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null)
  );
}

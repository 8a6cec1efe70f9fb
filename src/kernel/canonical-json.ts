import { assert } from './assert';

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * The one text of a JSON value: keys in order of their UTF-16 code units, no blanks, numbers and
 * strings as ECMAScript writes them (RFC 8785). Members that are undefined are left out.
 * @throws AssertionError on what JSON cannot hold: NaN, infinities, lone surrogates.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number') assert(Number.isFinite(value), 'JSON has no such number');
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonicalJson).join(',')}]`;
  const members = Object.entries(value as { readonly [key: string]: Json | undefined })
    .filter((member): member is [string, Json] => member[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${quoted(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

function quoted(text: string): string {
  assert(!/\p{Surrogate}/u.test(text), 'the text holds half a character');
  return JSON.stringify(text);
}

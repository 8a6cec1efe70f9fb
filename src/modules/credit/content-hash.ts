import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../../kernel/canonical-json';

/**
 * SHA-256 of a value's canonical text (RFC 8785), in hexadecimal: the layout of a file and the order
 * of its keys change nothing, any word of it does.
 */
export function contentHash(value: Json): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

import { isNativeError } from 'node:util/types';

/** The SQLSTATE of a database error, such as `23505`. Every one of them has a digit; EPIPE has none. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(error.code)
    ? error.code
    : undefined;
}

/** The name of the constraint a database error speaks of. */
export function constraintOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('constraint' in error)) return undefined;
  return typeof error.constraint === 'string' ? error.constraint : undefined;
}

/** What the operating system says of a server that is not there, or not there any more. */
const LOST = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
]);

/** The driver's own words for it, which come without a code. */
const LOST_SENTENCE =
  /^Connection (terminated|ended)|not queryable$|^timeout expired$|^Query read timeout$/;

/**
 * Whether the connection broke or none could be made: the server is away, or has no place left.
 * Of what was sent last it is then unknown whether it took effect.
 */
export function isConnectionLoss(error: unknown): boolean {
  const state = sqlState(error);
  // 08: connection exceptions; 57P0x: shut down, crashed, starting; 53300: too many connections.
  if (state !== undefined) return /^(08|57P0)|^53300$/.test(state);
  // Not instanceof: errors of Node's own libraries may come from another realm.
  if (!isNativeError(error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return (code !== undefined && LOST.has(code)) || LOST_SENTENCE.test(error.message);
}

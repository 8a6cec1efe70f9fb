import { StartupProblem, systemCode } from './startup-problem';

/** The address with its password hidden, for messages and logs. */
export function maskUrl(url: string): string {
  return url.replace(/^([a-z]+:\/\/[^:/?#@]*):.*@/i, '$1:***@');
}

interface Explanation {
  readonly reason: string;
  readonly remedy: string;
}

const CHECK_ADDRESS = 'Check host and port in DATABASE_URL and that PostgreSQL is running there.';
const CHECK_LOGIN = 'Check user and password in DATABASE_URL.';

/** By code of the system call or SQLSTATE. */
const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: { reason: 'nothing listens at that address', remedy: CHECK_ADDRESS },
  ENOENT: { reason: 'there is no such socket', remedy: CHECK_ADDRESS },
  ENOTFOUND: { reason: 'there is no host of that name', remedy: CHECK_ADDRESS },
  EAI_AGAIN: { reason: 'the name of the host could not be looked up', remedy: CHECK_ADDRESS },
  ETIMEDOUT: { reason: 'the host did not answer', remedy: CHECK_ADDRESS },
  EHOSTUNREACH: { reason: 'the host cannot be reached', remedy: CHECK_ADDRESS },
  ECONNRESET: { reason: 'the server hung up', remedy: CHECK_ADDRESS },
  '28P01': { reason: 'the password is wrong', remedy: CHECK_LOGIN },
  '28000': { reason: 'the server does not let this user in', remedy: CHECK_LOGIN },
  '3D000': {
    reason: 'there is no database of that name',
    remedy: 'Create it (CREATE DATABASE ...) or correct the name in DATABASE_URL.',
  },
  '53300': {
    reason: 'the server has no connection left',
    remedy: 'Raise its max_connections or lower POOL_SIZE.',
  },
  '57P03': {
    reason: 'the server is starting or shutting down',
    remedy: 'Try again in a moment.',
  },
  '42501': {
    reason: 'this user lacks a right',
    remedy: 'Use the owner of the database in DATABASE_URL.',
  },
};

/** One clear sentence for whoever set the address: what is wrong, what to do, no password. */
export function describeConnectionError(error: unknown, url: string): StartupProblem {
  const text = error instanceof Error ? error.message : String(error);
  const known = EXPLANATIONS[systemCode(error) ?? ''] ?? explainText(text);
  const { reason, remedy } = known ?? { reason: text, remedy: 'Check DATABASE_URL.' };
  return new StartupProblem(`Cannot use the database ${maskUrl(url)}: ${reason}.`, remedy, error);
}

/** Refusals that come without a code. */
function explainText(text: string): Explanation | undefined {
  if (/SASL|password must be a string/.test(text)) {
    return { reason: 'the password is missing or wrong', remedy: CHECK_LOGIN };
  }
  if (/does not support SSL/.test(text)) {
    return { reason: text, remedy: 'Remove sslmode from DATABASE_URL, or enable SSL there.' };
  }
  if (/Invalid URL|ERR_INVALID_URL/.test(text)) {
    return {
      reason: 'that is not an address',
      remedy: 'Write DATABASE_URL as postgres://user:password@host:5432/database.',
    };
  }
  return undefined;
}

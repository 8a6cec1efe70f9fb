import { isDate, isNativeError } from 'node:util/types';
import winston from 'winston';
import type { Clock } from '../kernel/clock';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogFields = Readonly<Record<string, unknown>>;

/** One request, as the access log tells it: nothing of what was sent, nobody's name. */
export interface AccessEntry {
  readonly requestId: string;
  readonly method: string;
  /** The route's template, not the path: a path may hold what a client mistyped into it. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  readonly userId: string | undefined;
}

/** Structured log, one JSON object a line. ERROR means that someone should be woken. */
export interface Log {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  access(entry: AccessEntry): void;
  /** Writes out what is still gathered. */
  flush(): void;
}

export interface LogOptions {
  readonly level: LogLevel | 'silent';
  readonly clock: Clock;
  readonly stream?: NodeJS.WritableStream;
}

export function createLog(options: LogOptions): Log {
  return new JsonLog(options);
}

/** Access lines are gathered this long: writing to a pipe blocks, so it is done rarely. */
const GATHER_MS = 50;

class JsonLog implements Log {
  private readonly logger: winston.Logger;
  private readonly stream: NodeJS.WritableStream;
  private readonly logsAccess: boolean;
  private gathered = '';
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: LogOptions) {
    this.stream = options.stream ?? process.stdout;
    this.logsAccess = options.level === 'info' || options.level === 'debug';
    const line = winston.format.printf(({ level, message, fields }) =>
      JSON.stringify({
        at: options.clock.now(),
        level,
        message: masked(String(message)),
        ...(redacted(fields) as object | undefined),
      }),
    );
    this.logger = winston.createLogger({
      level: options.level === 'silent' ? 'error' : options.level,
      silent: options.level === 'silent',
      format: line,
      transports: [new winston.transports.Stream({ stream: this.stream, eol: '\n' })],
    });
  }

  error(message: string, fields?: LogFields): void {
    this.logger.error(message, { fields });
  }

  warn(message: string, fields?: LogFields): void {
    this.logger.warn(message, { fields });
  }

  info(message: string, fields?: LogFields): void {
    this.logger.info(message, { fields });
  }

  debug(message: string, fields?: LogFields): void {
    this.logger.debug(message, { fields });
  }

  access(entry: AccessEntry): void {
    if (!this.logsAccess) return;
    this.gathered += accessLine(entry, this.options.clock.now());
    this.timer ??= setTimeout(() => this.flush(), GATHER_MS).unref();
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.gathered === '') return;
    this.stream.write(this.gathered);
    this.gathered = '';
  }
}

/** Written by hand, since it is the one line every request costs; no value in it needs escaping. */
function accessLine(entry: AccessEntry, at: Date): string {
  const user = entry.userId === undefined ? '' : `,"userId":"${entry.userId}"`;
  const ms = Math.trunc(entry.durationMs * 10) / 10;
  return (
    `{"at":"${at.toISOString()}","level":"info","message":"request","requestId":"${entry.requestId}",` +
    `"method":"${entry.method}","route":"${entry.route}","status":${entry.status},"ms":${ms}${user}}\n`
  );
}

/** Keys whose values say who someone is, or let someone in. Compared in lower case, without _ and -. */
const SECRET_KEY =
  /password|passphrase|secret|token|authorization|cookie|apikey|privatekey|identitynumber|nationalid|passport|taxid|email|mail$|phone|iban|accountnumber|address|birth|(^|first|last|full|given|family|legal|display|holder|owner|sur|user|nick|maiden)name$/;

/** What gives itself away by its shape, wherever it stands. */
const SECRET_TEXT: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[token]'],
  [/\b(Bearer|Basic) [\w.~+/=-]+/gi, '$1 [redacted]'],
  [/[^\s@"'<>()=,;:]{1,64}@[^\s@"'<>()=,;:]{1,255}\.[a-z]{2,}/gi, '[email]'],
  [/\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b/g, '[account]'],
  [/\b\d{17}[\dXx]\b/g, '[number]'],
  [/(:\/\/[^\s:/@]*):[^\s@/]+@/g, '$1:[redacted]@'],
];

const DEEPEST = 6;
const MOST_ITEMS = 50;
const LONGEST_TEXT = 8_000;

/** A copy of `value` fit for a log: nothing secret, nothing personal, nothing without end. */
export function redacted(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return redactedAtom(value);
  if (isDate(value)) return value;
  if (depth >= DEEPEST) return '[deeper]';
  if (isNativeError(value)) return redactedError(value, depth);
  if (Buffer.isBuffer(value)) return `[${value.length} bytes]`;
  if (Array.isArray(value)) {
    return value.slice(0, MOST_ITEMS).map((item) => redacted(item, depth + 1));
  }
  return redactedFields(value, depth);
}

function redactedAtom(value: unknown): unknown {
  if (typeof value === 'string') return masked(value);
  if (typeof value === 'bigint') return value.toString();
  return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
}

function redactedFields(value: object, depth: number): object {
  const copy: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value).slice(0, MOST_ITEMS)) {
    const isSecret = SECRET_KEY.test(key.toLowerCase().replaceAll(/[_-]/g, ''));
    copy[key] = isSecret && field !== undefined ? '[redacted]' : redacted(field, depth + 1);
  }
  return copy;
}

/** Named parts only: the driver hangs whole rows (`detail`, `parameters`) on its errors. */
function redactedError(error: Error, depth: number): object {
  const { code, constraint, table } = error as Error & Record<string, unknown>;
  return {
    type: error.name,
    message: masked(error.message),
    ...redactedFields({ code, constraint, table }, depth),
    stack: masked(error.stack ?? ''),
    ...(error.cause === undefined ? {} : { cause: redacted(error.cause, depth + 1) }),
  };
}

function masked(text: string): string {
  let result = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
  for (const [pattern, replacement] of SECRET_TEXT) result = result.replace(pattern, replacement);
  return result;
}

import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { StartupProblem, diskProblem } from './platform/db/startup-problem';

/** `sandbox`: virtual clock, simulated bank, no real money. `live`: the real thing. */
export type Mode = 'sandbox' | 'live';

export interface Config {
  readonly mode: Mode;
  /** Without it, the PostgreSQL that comes along is started. */
  readonly databaseUrl: string | undefined;
  /** A read replica that reports are computed on; without it, the database itself. */
  readonly reportsDatabaseUrl: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Absolute; holds the embedded database, generated keys and stored documents. */
  readonly dataDirectory: string;
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug';
  /** Signs access tokens. */
  readonly jwtSecret: string;
  /** 32 bytes; encrypts identity numbers at rest. */
  readonly encryptionKey: Buffer;
  /** 32 bytes; keys the hash by which a party is known once for the whole installation. */
  readonly identityHashKey: Buffer;
  /** 32 bytes; signs the documents that leave the installation (Ed25519). */
  readonly signingKey: Buffer;
  /** PEM of the key and certificates that printed reports are sealed with; else one of our own. */
  readonly sealFile: string | undefined;
  /** Public keys that signed before it, oldest last: what they signed stays verifiable. */
  readonly formerSigningKeys: readonly string[];
  /** How many proxies in front of us are to be believed about the client's address. */
  readonly trustProxy: number;
  /** How many lanes apply subscriptions side by side, each on a connection of its own. */
  readonly subscriptionLanes: number;
  readonly poolSize: number;
  /** The schema of goAML as the authority of the operator's country issued it. */
  readonly goamlSchema?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const count = (least: number, most: number, otherwise: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`)
    .default(otherwise);

const key = z
  .string()
  .regex(/^[0-9a-f]{64}$/i, 'must be 32 bytes as 64 hexadecimal digits (openssl rand -hex 32)');

const address = z
  .string()
  .regex(/^postgres(ql)?:\/\//, 'must look like postgres://user:password@host:5432/database')
  // It would overrule the role under which every session has to work.
  .refine((url) => !/[?&]options=/.test(url), 'must not carry "options"');

/** Ed25519 public keys in base64url. */
const PUBLIC_KEYS = /^[\w-]{43}(,[\w-]{43})*$/;

const environment = z.object({
  MODE: z.enum(['sandbox', 'live'], 'must be sandbox or live').default('sandbox'),
  DATABASE_URL: address.optional(),
  REPORTS_DATABASE_URL: address.optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: count(0, 65_535, 8080),
  DATA_DIRECTORY: z.string().default('.data'),
  LOG_LEVEL: z
    .enum(['error', 'warn', 'info', 'debug'], 'must be error, warn, info or debug')
    .default('info'),
  JWT_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  ENCRYPTION_KEY: key.optional(),
  IDENTITY_HASH_KEY: key.optional(),
  SIGNING_KEY: key.optional(),
  SEAL_FILE: z.string().optional(),
  FORMER_SIGNING_KEYS: z
    .string()
    .regex(PUBLIC_KEYS, 'must be values of x from GET /v1/keys, with commas between them')
    .transform((text) => text.split(','))
    .default([]),
  TRUST_PROXY: count(0, 10, 0),
  SUBSCRIPTION_LANES: count(1, 32, 4),
  POOL_SIZE: count(2, 180, 20),
  GOAML_SCHEMA: z.string().optional(),
});

type Parsed = z.infer<typeof environment>;
type SecretName = 'JWT_SECRET' | 'ENCRYPTION_KEY' | 'IDENTITY_HASH_KEY' | 'SIGNING_KEY';

/**
 * Reads the settings, all from the environment; no `.env` file is read.
 * @throws StartupProblem naming every setting that is wrong, or a secret that is missing.
 */
export function loadConfig(env: Environment = process.env): Config {
  const parsed = parse(env);
  const dataDirectory = resolve(parsed.DATA_DIRECTORY);
  const secret = (name: SecretName): string => parsed[name] ?? keptSecret(name, parsed);
  return {
    mode: parsed.MODE,
    databaseUrl: parsed.DATABASE_URL,
    reportsDatabaseUrl: parsed.REPORTS_DATABASE_URL,
    host: parsed.HOST,
    port: parsed.PORT,
    dataDirectory,
    logLevel: parsed.LOG_LEVEL,
    jwtSecret: secret('JWT_SECRET'),
    encryptionKey: Buffer.from(secret('ENCRYPTION_KEY'), 'hex'),
    identityHashKey: Buffer.from(secret('IDENTITY_HASH_KEY'), 'hex'),
    signingKey: Buffer.from(secret('SIGNING_KEY'), 'hex'),
    sealFile: parsed.SEAL_FILE,
    formerSigningKeys: parsed.FORMER_SIGNING_KEYS,
    trustProxy: parsed.TRUST_PROXY,
    subscriptionLanes: parsed.SUBSCRIPTION_LANES,
    poolSize: parsed.POOL_SIZE,
    goamlSchema: parsed.GOAML_SCHEMA,
  };
}

/** DATABASE_URL alone, for tools that need no more. @throws StartupProblem when it is not set. */
export function databaseUrl(env: Environment = process.env): string {
  const url = parse(env).DATABASE_URL;
  if (url !== undefined) return url;
  throw new StartupProblem('DATABASE_URL is not set.', 'Set it to the database to work on.');
}

function parse(env: Environment): Parsed {
  // An empty setting is one that was not made: compose files and shells leave many.
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const result = environment.safeParse(given);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  throw new StartupProblem(
    `The settings are wrong: ${lines.join('; ')}.`,
    'Correct them in the environment.',
  );
}

/**
 * A secret made at the first start and kept where only this user reads it. Live installations must
 * bring their own: a key that lies beside the data it protects protects nothing.
 */
function keptSecret(name: SecretName, { MODE, DATA_DIRECTORY }: Parsed): string {
  if (MODE === 'live') {
    throw new StartupProblem(
      `${name} is not set.`,
      'In live mode it is required; make one with "openssl rand -hex 32" and keep it in a vault.',
    );
  }
  const folder = resolve(DATA_DIRECTORY, 'secrets');
  const file = join(folder, name.toLowerCase().replaceAll('_', '-'));
  try {
    // The folder above stays open to the database's own user, who has to pass through it.
    mkdirSync(resolve(DATA_DIRECTORY), { recursive: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    try {
      // `wx`: of two processes that start together one writes and both read the same.
      writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    chmodSync(file, 0o600);
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw diskProblem(error, folder);
  }
}

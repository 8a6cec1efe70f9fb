import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseUrl, loadConfig } from '../../../src/config';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'yunchou-config-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (env: Record<string, string> = {}) => loadConfig({ DATA_DIRECTORY: folder, ...env });

const SECRETS = {
  JWT_SECRET: 'x'.repeat(32),
  ENCRYPTION_KEY: 'ab'.repeat(32),
  IDENTITY_HASH_KEY: 'cd'.repeat(32),
  SIGNING_KEY: 'ef'.repeat(32),
};

it('needs nothing in a sandbox', () => {
  expect(load()).toMatchObject({
    mode: 'sandbox',
    databaseUrl: undefined,
    host: '127.0.0.1',
    port: 8080,
    dataDirectory: folder,
    logLevel: 'info',
    trustProxy: 0,
  });
});

it('makes secrets once, keeps them apart, and lets nobody else read them', () => {
  const first = load();
  expect(load()).toEqual(first);
  expect(first.encryptionKey).toHaveLength(32);
  expect(first.encryptionKey).not.toEqual(first.identityHashKey);
  const file = join(folder, 'secrets', 'jwt-secret');
  expect(readFileSync(file, 'utf8').trim()).toBe(first.jwtSecret);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700);
});

it('takes what is given, and treats an empty setting as one that was not made', () => {
  const config = load({ PORT: '0', MODE: 'live', LOG_LEVEL: ' ', POOL_SIZE: '7', ...SECRETS });
  expect(config).toMatchObject({ port: 0, mode: 'live', logLevel: 'info', poolSize: 7 });
  expect(config.jwtSecret).toBe(SECRETS.JWT_SECRET);
});

it.each([
  { env: { PORT: '80000' }, message: 'PORT must be from 0 to 65535' },
  { env: { PORT: '80a' }, message: 'PORT must be a whole number' },
  { env: { MODE: 'test' }, message: 'MODE must be sandbox or live' },
  { env: { LOG_LEVEL: 'loud' }, message: 'LOG_LEVEL must be error, warn, info or debug' },
  { env: { DATABASE_URL: 'mysql://x' }, message: 'DATABASE_URL must look like postgres://' },
  { env: { DATABASE_URL: 'postgres://h/d?options=-c' }, message: 'must not carry "options"' },
  { env: { JWT_SECRET: 'short' }, message: 'JWT_SECRET must have at least 32 characters' },
  { env: { ENCRYPTION_KEY: 'zz' }, message: 'ENCRYPTION_KEY must be 32 bytes' },
  { env: { FORMER_SIGNING_KEYS: 'abc' }, message: 'FORMER_SIGNING_KEYS must be values of x' },
  { env: { MODE: 'live', ...SECRETS, ENCRYPTION_KEY: '' }, message: 'ENCRYPTION_KEY is not set' },
  { env: { DATA_DIRECTORY: '/dev/null/x' }, message: 'part of that path is a file' },
])('$env is refused: $message', ({ env, message }) => {
  expect(() => load(env as unknown as Record<string, string>)).toThrow(message);
});

it('names everything that is wrong at once', () => {
  expect(() => load({ PORT: 'x', MODE: 'y' })).toThrow(/MODE.*; PORT|PORT.*; MODE/);
});

it('the address of the database is asked for where it is needed', () => {
  expect(databaseUrl({ DATABASE_URL: 'postgres://h/d' })).toBe('postgres://h/d');
  expect(() => databaseUrl({})).toThrow('DATABASE_URL is not set');
});

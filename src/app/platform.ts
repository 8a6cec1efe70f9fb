import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config';
import { OffsetClock, systemClock, type Clock } from '../kernel/clock';
import { idMaker, type NewId } from '../kernel/id';
import type { WorkingDays } from '../kernel/working-days';
import { Audit } from '../platform/audit';
import { AccessTokens, DocumentSigner, Passwords, RefreshTokens } from '../platform/auth';
import { loadCalendars } from '../platform/calendars';
import { Database } from '../platform/db';
import { APPLICATION_ROLE, REGULATOR_ROLE } from '../platform/db/migrate';
import { StartupProblem } from '../platform/db/startup-problem';
import { BlindIndex, FieldCipher } from '../platform/field-cipher';
import { createLog, type Log } from '../platform/log';
import { Metrics } from '../platform/metrics';
import { Outbox } from '../platform/outbox';
import { Seal } from '../platform/pdf';

/** What a caller may have its own way with: tests, seeds and the demo bring a clock. */
export interface PlatformOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  /** The time everything goes by; by default the machine's, which the sandbox can move ahead. */
  readonly clock?: Clock;
  readonly log?: Log;
  /** Cheap hashing is for seeds and tests alone. */
  readonly passwordProfile?: 'owasp' | 'cheap';
  /** Commits do not wait for the disk. Only for seeds, which are made again when cut short. */
  readonly isHasty?: boolean;
  /** Whether the server of the database is one that this program has started. */
  readonly isEmbedded?: boolean;
}

/** The machinery every service stands on. */
export interface Platform {
  readonly config: Config;
  readonly clock: Clock;
  /** The clock the sandbox may move; absent where the caller brought its own. */
  readonly sandboxClock: OffsetClock | undefined;
  readonly newId: NewId;
  readonly database: Database;
  /** As supervisors read: a role that writes nothing and sees no sealed column. */
  readonly supervisedDatabase: Database;
  /** Where reports are computed beside those who trade: a replica, or sessions that give way. */
  readonly replica: Database | undefined;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly passwords: Passwords;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly cipher: FieldCipher;
  readonly identityIndex: BlindIndex;
  readonly signer: DocumentSigner;
  readonly seal: Seal;
  readonly calendars: ReadonlyMap<string, WorkingDays>;
}

/** Where the numbers a regulator chose lie; beside the program, wherever it was started from. */
export const COMPLIANCE = join(projectRoot(), 'compliance');

export function openPlatform(options: PlatformOptions): Platform {
  const { config, databaseUrl } = options;
  const sandboxClock =
    options.clock === undefined && config.mode === 'sandbox'
      ? new OffsetClock(systemClock)
      : undefined;
  const clock = options.clock ?? sandboxClock ?? systemClock;
  const secret = Buffer.from(config.jwtSecret, 'utf8');
  return {
    config,
    clock,
    sandboxClock,
    newId: idMaker(clock),
    database: new Database({
      url: databaseUrl,
      poolSize: config.poolSize,
      role: APPLICATION_ROLE,
      isHasty: options.isHasty ?? false,
    }),
    supervisedDatabase: new Database({
      url: databaseUrl,
      poolSize: Math.min(config.poolSize, MOST_SUPERVISED),
      role: REGULATOR_ROLE,
      applicationName: 'yunchou-supervision',
    }),
    replica: replicaOf(options),
    log: options.log ?? createLog({ level: config.logLevel, clock: systemClock }),
    metrics: new Metrics({ withProcess: true }),
    audit: new Audit({ clock }),
    outbox: new Outbox({ clock }),
    passwords: new Passwords(options.passwordProfile),
    // The machine's clock: moving the sandbox's time must not log people out.
    accessTokens: accessTokens(config),
    refreshTokens: new RefreshTokens(derived(secret, 'refresh')),
    cipher: new FieldCipher([{ id: 'k1', secret: config.encryptionKey }]),
    identityIndex: new BlindIndex(config.identityHashKey),
    signer: new DocumentSigner(config.signingKey, config.formerSigningKeys),
    seal: sealOf(config),
    calendars: loadCalendars(join(COMPLIANCE, 'calendars')),
  };
}

/** @throws StartupProblem where the file holds no seal. */
function sealOf({ sealFile, signingKey }: Config): Seal {
  if (sealFile === undefined) return Seal.ofSeed(signingKey);
  try {
    return Seal.ofPem(readFileSync(sealFile, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupProblem(
      `The seal in ${sealFile} cannot be used: ${reason}.`,
      'SEAL_FILE names a PEM file with a private key (RSA, or EC on P-256) and its certificates.',
    );
  }
}

/** Reports are made one at a time, and take as long as they take. */
function replicaOf({
  config,
  databaseUrl,
  isEmbedded = false,
}: PlatformOptions): Database | undefined {
  const { reportsDatabaseUrl } = config;
  const url = reportsDatabaseUrl ?? (isEmbedded ? databaseUrl : undefined);
  if (url === undefined) return undefined;
  return new Database({
    url,
    poolSize: 2,
    role: APPLICATION_ROLE,
    statementTimeoutMs: 0,
    applicationName: 'yunchou-reports',
    givesWay: reportsDatabaseUrl === undefined,
  });
}

/** Supervisors compute reports; that must not take the connections of who trades. */
const MOST_SUPERVISED = 4;

/** Issues and checks the tokens of an installation with this secret. */
export function accessTokens({ jwtSecret }: Pick<Config, 'jwtSecret'>): AccessTokens {
  return new AccessTokens({
    clock: systemClock,
    keys: [{ kid: 'k1', secret: derived(Buffer.from(jwtSecret, 'utf8'), 'access') }],
    issuer: 'yunchou',
    audience: 'yunchou-api',
  });
}

/** One configured secret serves several purposes without any of them revealing another's key. */
function derived(secret: Buffer, purpose: string): Buffer {
  return createHmac('sha256', secret).update(purpose).digest();
}

/** The folder of package.json: this file runs from `src` under the tests and from `dist` else. */
function projectRoot(): string {
  const above = join(__dirname, '..', '..');
  return above.endsWith('dist') ? join(above, '..') : above;
}

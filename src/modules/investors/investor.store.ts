import { must } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import { constraintOf, type Db, type Tx } from '../../platform/db';
import { operatorIdOf, type PartyNumberKind } from '../identity';
import type { InvestorKind } from '../rulebooks';
import { investorProblem } from './errors';
import type { VerificationState } from '../verification';
import type { Investor, InvestorStatus } from './investor';
import { investorFacts, writeFacts, type ProfileVersion } from './profile';

const COLUMNS = `i.operator_id, i.id, i.party_id, i.user_id, i.kind, i.status, i.verification,
  i.verification_expires_at, i.tier, i.tier_expires_at, i.profile_version, i.country,
  i.identity_kind, i.identity_masked, i.created_at`;

/** Name and date of birth as they lie in the table. */
export interface SealedDetails {
  readonly id: Id<'inv'>;
  readonly nameEncrypted: string;
  readonly bornOnEncrypted?: string | undefined;
}

/** @throws Problem `investors.already-registered`, `investors.user-has-file`. */
export async function insertInvestor(
  tx: Tx,
  investor: Investor,
  details: Omit<SealedDetails, 'id'>,
): Promise<void> {
  try {
    await tx.execute(
      `INSERT INTO investors (operator_id, id, party_id, user_id, kind, status, verification, tier,
         profile_version, name_encrypted, born_on_encrypted, country, identity_kind,
         identity_masked, created_at)
       VALUES (:operatorId, :id, :partyId, :userId, :kind, :status, :verification, :tier,
         :profileVersion, :nameEncrypted, :bornOnEncrypted, :country, :identityKind,
         :identityMasked, :createdAt)`,
      {
        operatorId: investor.operatorId,
        id: investor.id,
        partyId: investor.partyId,
        userId: investor.userId,
        kind: investor.kind,
        status: investor.status,
        verification: investor.verification,
        tier: investor.tier,
        profileVersion: investor.profileVersion,
        nameEncrypted: details.nameEncrypted,
        bornOnEncrypted: details.bornOnEncrypted,
        country: investor.country,
        identityKind: investor.identityKind,
        identityMasked: investor.identityMasked,
        createdAt: investor.createdAt,
      },
    );
  } catch (error) {
    const constraint = constraintOf(error);
    if (constraint === 'investors_one_per_party') throw investorProblem('already-registered');
    if (constraint === 'investors_one_per_user') throw investorProblem('user-has-file');
    throw error;
  }
}

export async function updateInvestor(tx: Tx, investor: Investor): Promise<void> {
  await tx.execute(
    `UPDATE investors SET status = :status, verification = :verification,
       verification_expires_at = :verificationExpiresAt, tier = :tier,
       tier_expires_at = :tierExpiresAt, profile_version = :profileVersion
     WHERE operator_id = :operatorId AND id = :id`,
    {
      operatorId: investor.operatorId,
      id: investor.id,
      status: investor.status,
      verification: investor.verification,
      verificationExpiresAt: investor.verificationExpiresAt,
      tier: investor.tier,
      tierExpiresAt: investor.tierExpiresAt,
      profileVersion: investor.profileVersion,
    },
  );
}

export async function findInvestor(db: Db, id: Id<'inv'>): Promise<Investor | undefined> {
  const rows = await db.query<InvestorRow>(
    `SELECT ${COLUMNS} FROM investors i WHERE i.operator_id = :operatorId AND i.id = :id`,
    { operatorId: operatorIdOf(db), id },
  );
  return rows[0] && fromRow(rows[0]);
}

export async function findInvestorByUser(db: Db, userId: Id<'usr'>): Promise<Investor | undefined> {
  const rows = await db.query<InvestorRow>(
    `SELECT ${COLUMNS} FROM investors i
     WHERE i.operator_id = :operatorId AND i.user_id = :userId`,
    { operatorId: operatorIdOf(db), userId },
  );
  return rows[0] && fromRow(rows[0]);
}

export async function findInvestorByParty(
  db: Db,
  partyId: Id<'pty'>,
): Promise<Investor | undefined> {
  const rows = await db.query<InvestorRow>(
    `SELECT ${COLUMNS} FROM investors i
     WHERE i.operator_id = :operatorId AND i.party_id = :partyId`,
    { operatorId: operatorIdOf(db), partyId },
  );
  return rows[0] && fromRow(rows[0]);
}

/** @throws Problem `investors.not-found`. */
export async function getInvestorAndLock(tx: Tx, id: Id<'inv'>): Promise<Investor> {
  const rows = await tx.query<InvestorRow>(
    `SELECT ${COLUMNS} FROM investors i
     WHERE i.operator_id = :operatorId AND i.id = :id FOR UPDATE`,
    { operatorId: operatorIdOf(tx), id },
  );
  if (!rows[0]) throw investorProblem('not-found');
  return fromRow(rows[0]);
}

export interface InvestorQuery {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly status?: InvestorStatus | undefined;
  readonly verification?: VerificationState | undefined;
  readonly tier?: string | undefined;
}

/** By id, which is by age; one more than `limit`, so that the caller sees whether more follow. */
export async function listInvestors(db: Db, query: InvestorQuery): Promise<readonly Investor[]> {
  const rows = await db.query<InvestorRow>(
    `SELECT ${COLUMNS} FROM investors i
     WHERE i.operator_id = :operatorId AND i.id > :after
       AND (:status::text IS NULL OR i.status = :status)
       AND (:verification::text IS NULL OR i.verification = :verification)
       AND (:tier::text IS NULL OR i.tier = :tier)
     ORDER BY i.id LIMIT :limit`,
    {
      operatorId: operatorIdOf(db),
      after: query.after ?? '',
      status: query.status,
      verification: query.verification,
      tier: query.tier,
      limit: query.limit + 1,
    },
  );
  return rows.map(fromRow);
}

/** Investors with a tier or a verification that ended by `now`, locked; those in use are left. */
export async function listLapsedAndLock(
  tx: Tx,
  now: Date,
  limit: number,
): Promise<readonly Investor[]> {
  const rows = await tx.query<InvestorRow>(
    `SELECT ${COLUMNS} FROM investors i
     WHERE i.operator_id = :operatorId
       AND (i.tier_expires_at <= :now OR i.verification_expires_at <= :now)
     ORDER BY i.id LIMIT :limit FOR UPDATE SKIP LOCKED`,
    { operatorId: operatorIdOf(tx), now, limit },
  );
  return rows.map(fromRow);
}

export async function listSealedDetails(
  db: Db,
  ids: readonly Id<'inv'>[],
): Promise<readonly SealedDetails[]> {
  const rows = await db.query<DetailsRow>(
    `SELECT i.id, i.name_encrypted, i.born_on_encrypted FROM investors i
     WHERE i.operator_id = :operatorId AND i.id = ANY (:ids)`,
    { operatorId: operatorIdOf(db), ids },
  );
  return rows.map((row) => ({
    id: row.id,
    nameEncrypted: row.name_encrypted,
    bornOnEncrypted: row.born_on_encrypted ?? undefined,
  }));
}

export async function insertProfile(tx: Tx, profile: ProfileVersion): Promise<void> {
  await tx.execute(
    `INSERT INTO investor_profiles (operator_id, investor_id, version, facts, reason, recorded_by,
       recorded_at)
     VALUES (:operatorId, :investorId, :version, :facts, :reason, :recordedBy, :recordedAt)`,
    {
      operatorId: operatorIdOf(tx),
      investorId: profile.investorId,
      version: profile.version,
      facts: writeFacts(profile.facts),
      reason: profile.reason,
      recordedBy: tx.scope.actor.id,
      recordedAt: profile.recordedAt,
    },
  );
}

export async function getProfile(
  db: Db,
  investorId: Id<'inv'>,
  version: number,
): Promise<ProfileVersion> {
  const rows = await db.query<ProfileRow>(
    `SELECT p.investor_id, p.version, p.facts, p.reason, p.recorded_at FROM investor_profiles p
     WHERE p.operator_id = :operatorId AND p.investor_id = :investorId AND p.version = :version`,
    { operatorId: operatorIdOf(db), investorId, version },
  );
  return profileFromRow(must(rows[0], `version ${version} of the profile of ${investorId}`));
}

/** The newest versions first. */
export async function listProfiles(
  db: Db,
  investorId: Id<'inv'>,
  { limit, before }: { readonly limit: number; readonly before?: number | undefined },
): Promise<readonly ProfileVersion[]> {
  const rows = await db.query<ProfileRow>(
    `SELECT p.investor_id, p.version, p.facts, p.reason, p.recorded_at FROM investor_profiles p
     WHERE p.operator_id = :operatorId AND p.investor_id = :investorId
       AND (:before::int IS NULL OR p.version < :before)
     ORDER BY p.version DESC LIMIT :limit`,
    { operatorId: operatorIdOf(db), investorId, before, limit: limit + 1 },
  );
  return rows.map(profileFromRow);
}

interface InvestorRow {
  readonly operator_id: number;
  readonly id: Id<'inv'>;
  readonly party_id: Id<'pty'>;
  readonly user_id: Id<'usr'> | null;
  readonly kind: InvestorKind;
  readonly status: InvestorStatus;
  readonly verification: VerificationState;
  readonly verification_expires_at: Date | null;
  readonly tier: string;
  readonly tier_expires_at: Date | null;
  readonly profile_version: number;
  readonly country: string;
  readonly identity_kind: PartyNumberKind;
  readonly identity_masked: string;
  readonly created_at: Date;
}

interface DetailsRow {
  readonly id: Id<'inv'>;
  readonly name_encrypted: string;
  readonly born_on_encrypted: string | null;
}

interface ProfileRow {
  readonly investor_id: Id<'inv'>;
  readonly version: number;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly recorded_at: Date;
}

function fromRow(row: InvestorRow): Investor {
  return {
    id: row.id,
    operatorId: row.operator_id,
    partyId: row.party_id,
    userId: row.user_id ?? undefined,
    kind: row.kind,
    status: row.status,
    verification: row.verification,
    verificationExpiresAt: row.verification_expires_at ?? undefined,
    tier: row.tier,
    tierExpiresAt: row.tier_expires_at ?? undefined,
    profileVersion: row.profile_version,
    country: row.country,
    identityKind: row.identity_kind,
    identityMasked: row.identity_masked,
    createdAt: row.created_at,
  };
}

function profileFromRow(row: ProfileRow): ProfileVersion {
  return {
    investorId: row.investor_id,
    version: row.version,
    facts: investorFacts(row.facts),
    reason: row.reason,
    recordedAt: row.recorded_at,
  };
}

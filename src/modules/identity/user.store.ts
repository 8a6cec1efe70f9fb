import type { Id } from '../../kernel/id';
import type { Role } from '../../platform/auth';
import { constraintOf, type Db, type Tx } from '../../platform/db';
import { identityProblem } from './errors';
import type { User, UserStatus } from './user';

const COLUMNS = `u.operator_id, u.id, u.email, u.roles, u.party_id, u.status, u.token_version,
  u.created_at`;

/** A user with what proves the password. Never leaves the service. */
export interface Credentials {
  readonly user: User;
  readonly passwordHash: string;
}

/** @throws Problem `identity.email-taken`. */
export async function insertUser(tx: Tx, { user, passwordHash }: Credentials): Promise<void> {
  try {
    await tx.execute(
      `INSERT INTO identity_users (operator_id, id, email, password_hash, roles, party_id, status,
         token_version, created_at)
       VALUES (:operatorId, :id, :email, :passwordHash, :roles, :partyId, :status, :tokenVersion,
         :createdAt)`,
      {
        operatorId: user.operatorId,
        id: user.id,
        email: user.email,
        passwordHash,
        roles: user.roles,
        partyId: user.partyId,
        status: user.status,
        tokenVersion: user.tokenVersion,
        createdAt: user.createdAt,
      },
    );
  } catch (error) {
    if (constraintOf(error) === 'identity_users_email') throw identityProblem('email-taken');
    throw error;
  }
}

export async function findCredentialsByEmail(
  db: Db,
  operatorId: number,
  email: string,
): Promise<Credentials | undefined> {
  const rows = await db.query<CredentialsRow>(
    `SELECT ${COLUMNS}, u.password_hash FROM identity_users u
     WHERE u.operator_id = :operatorId AND u.email = :email`,
    { operatorId, email },
  );
  return rows[0] && { user: fromRow(rows[0]), passwordHash: rows[0].password_hash };
}

/** @throws Problem `identity.user-not-found`. */
export async function getCredentials(db: Db, id: Id<'usr'>): Promise<Credentials> {
  const rows = await db.query<CredentialsRow>(
    `SELECT ${COLUMNS}, u.password_hash FROM identity_users u
     WHERE u.operator_id = :operatorId AND u.id = :id`,
    { operatorId: db.scope.operatorId, id },
  );
  if (!rows[0]) throw identityProblem('user-not-found');
  return { user: fromRow(rows[0]), passwordHash: rows[0].password_hash };
}

export async function findUser(db: Db, id: Id<'usr'>): Promise<User | undefined> {
  const rows = await db.query<UserRow>(
    `SELECT ${COLUMNS} FROM identity_users u WHERE u.operator_id = :operatorId AND u.id = :id`,
    { operatorId: db.scope.operatorId, id },
  );
  return rows[0] && fromRow(rows[0]);
}

/** @throws Problem `identity.user-not-found`. */
export async function getUserAndLock(tx: Tx, id: Id<'usr'>): Promise<User> {
  const rows = await tx.query<UserRow>(
    `SELECT ${COLUMNS} FROM identity_users u
     WHERE u.operator_id = :operatorId AND u.id = :id FOR UPDATE`,
    { operatorId: tx.scope.operatorId, id },
  );
  if (!rows[0]) throw identityProblem('user-not-found');
  return fromRow(rows[0]);
}

/** Users by id, which is by age; one more than `limit`, so that the caller sees whether more follow. */
export async function listUsers(
  db: Db,
  {
    limit,
    after = '',
    role,
  }: { limit: number; after?: string | undefined; role?: Role | undefined },
): Promise<readonly User[]> {
  const rows = await db.query<UserRow>(
    `SELECT ${COLUMNS} FROM identity_users u
     WHERE u.operator_id = :operatorId AND u.id > :after
       AND (:role::text IS NULL OR :role::text = ANY (u.roles))
     ORDER BY u.id LIMIT :limit`,
    { operatorId: db.scope.operatorId, after, role, limit: limit + 1 },
  );
  return rows.map(fromRow);
}

export async function updateUser(tx: Tx, user: User): Promise<void> {
  await tx.execute(
    `UPDATE identity_users SET roles = :roles, party_id = :partyId, status = :status,
       token_version = :tokenVersion
     WHERE operator_id = :operatorId AND id = :id`,
    {
      operatorId: user.operatorId,
      id: user.id,
      roles: user.roles,
      partyId: user.partyId,
      status: user.status,
      tokenVersion: user.tokenVersion,
    },
  );
}

export async function updatePasswordHash(
  tx: Tx,
  id: Id<'usr'>,
  passwordHash: string,
): Promise<void> {
  await tx.execute(
    `UPDATE identity_users SET password_hash = :passwordHash
     WHERE operator_id = :operatorId AND id = :id`,
    { operatorId: tx.scope.operatorId, id, passwordHash },
  );
}

interface UserRow {
  readonly operator_id: number;
  readonly id: Id<'usr'>;
  readonly email: string;
  readonly roles: readonly Role[];
  readonly party_id: Id<'pty'> | null;
  readonly status: UserStatus;
  readonly token_version: number;
  readonly created_at: Date;
}

interface CredentialsRow extends UserRow {
  readonly password_hash: string;
}

function fromRow(row: UserRow): User {
  return {
    id: row.id,
    operatorId: row.operator_id,
    email: row.email,
    roles: row.roles,
    partyId: row.party_id ?? undefined,
    status: row.status,
    tokenVersion: row.token_version,
    createdAt: row.created_at,
  };
}

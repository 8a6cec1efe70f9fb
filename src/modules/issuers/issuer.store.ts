import { calendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import { constraintOf, type Bindings, type Db, type Tx } from '../../platform/db';
import { operatorIdOf, type PartyKind, type PartyNumberKind } from '../identity';
import type { VerificationState } from '../verification';
import { issuerProblem } from './errors';
import type { Address, Issuer, IssuerStatus, LegalForm, SizeClass } from './issuer';

const COLUMNS = `i.operator_id, i.id, i.party_id, i.user_id, i.external_id, i.kind, i.legal_name,
  i.legal_form, i.legal_form_name, i.jurisdiction, i.country, i.incorporated_on, i.address,
  i.website, i.size_class, i.identity_kind, i.identity_masked, i.status, i.verification,
  i.verification_expires_at, i.people_version, i.screened_version, i.created_at`;

/** @throws Problem `issuers.already-registered`, `issuers.external-id-taken`. */
export async function insertIssuer(
  tx: Tx,
  issuer: Issuer,
  sealed: { readonly nameEncrypted?: string | undefined; readonly peopleEncrypted: string },
): Promise<void> {
  try {
    await tx.execute(
      `INSERT INTO issuers (operator_id, id, party_id, user_id, external_id, kind, legal_name,
         name_encrypted, legal_form, legal_form_name, jurisdiction, country, incorporated_on,
         address, website, size_class, identity_kind, identity_masked, status, verification,
         people_encrypted, people_version, screened_version, created_at)
       VALUES (:operatorId, :id, :partyId, :userId, :externalId, :kind, :legalName,
         :nameEncrypted, :legalForm, :legalFormName, :jurisdiction, :country, :incorporatedOn,
         :address::jsonb, :website, :sizeClass, :identityKind, :identityMasked, :status,
         :verification, :peopleEncrypted, :peopleVersion, :screenedVersion, :createdAt)`,
      {
        ...toRow(issuer),
        partyId: issuer.partyId,
        userId: issuer.userId,
        kind: issuer.kind,
        identityKind: issuer.identityKind,
        identityMasked: issuer.identityMasked,
        createdAt: issuer.createdAt,
        nameEncrypted: sealed.nameEncrypted,
        peopleEncrypted: sealed.peopleEncrypted,
      },
    );
  } catch (error) {
    throw translated(error);
  }
}

/** Inserts many at once, each with the verification by which it was taken over. */
export async function insertTakenOver(tx: Tx, taken: readonly TakenOverIssuer[]): Promise<void> {
  const rows = taken.map(({ issuer, verificationId, ...sealed }) => ({
    id: issuer.id,
    party_id: issuer.partyId,
    external_id: issuer.externalId,
    legal_name: issuer.legalName,
    name_encrypted: sealed.nameEncrypted,
    people_encrypted: sealed.peopleEncrypted,
    jurisdiction: issuer.jurisdiction,
    country: issuer.country,
    identity_kind: issuer.identityKind,
    identity_masked: issuer.identityMasked,
    expires_at: issuer.verificationExpiresAt?.toISOString(),
    created_at: issuer.createdAt.toISOString(),
    verification_id: verificationId,
  }));
  await tx.execute(
    `WITH taken AS (
       SELECT t.* FROM jsonb_to_recordset(:rows::jsonb) AS t (id text, party_id text,
         external_id text, legal_name text, name_encrypted text, people_encrypted text,
         jurisdiction text, country text, identity_kind text, identity_masked text,
         expires_at timestamptz, created_at timestamptz, verification_id text)
     ), opened AS (
       INSERT INTO issuers (operator_id, id, party_id, external_id, kind, legal_name,
         name_encrypted, legal_form, jurisdiction, country, identity_kind, identity_masked, status,
         verification, verification_expires_at, people_encrypted, people_version, screened_version,
         created_at)
       SELECT :operatorId, t.id, t.party_id, t.external_id, 'natural', t.legal_name,
         t.name_encrypted, 'person', t.jurisdiction, t.country, t.identity_kind, t.identity_masked,
         'active', 'verified', t.expires_at, t.people_encrypted, 1, 1, t.created_at
       FROM taken t
       RETURNING id
     )
     INSERT INTO issuer_verifications (operator_id, id, subject_id, subject_version, status,
       requested_by, requested_at, provider, reference, decided_by, decided_at, valid_until)
     SELECT :operatorId, t.verification_id, t.id, 1, 'verified', :actor, t.created_at, 'taken-over',
       t.external_id, :actor, t.created_at, t.expires_at
     FROM taken t`,
    { operatorId: operatorIdOf(tx), actor: tx.scope.actor.id, rows: JSON.stringify(rows) },
  );
}

export interface TakenOverIssuer {
  readonly issuer: Issuer;
  readonly nameEncrypted: string;
  readonly peopleEncrypted: string;
  readonly verificationId: Id<'ver'>;
}

/** Writes what may change; the sealed people only when they are given. */
export async function updateIssuer(
  tx: Tx,
  issuer: Issuer,
  peopleEncrypted?: string,
): Promise<void> {
  try {
    await tx.execute(
      `UPDATE issuers SET external_id = :externalId, legal_name = :legalName,
         legal_form = :legalForm, legal_form_name = :legalFormName, jurisdiction = :jurisdiction,
         country = :country, incorporated_on = :incorporatedOn, address = :address::jsonb,
         website = :website, size_class = :sizeClass, status = :status,
         verification = :verification, verification_expires_at = :verificationExpiresAt,
         people_encrypted = coalesce(:peopleEncrypted::text, people_encrypted),
         people_version = :peopleVersion, screened_version = :screenedVersion
       WHERE operator_id = :operatorId AND id = :id`,
      { ...toRow(issuer), peopleEncrypted },
    );
  } catch (error) {
    throw translated(error);
  }
}

/** Keeps what reports say of an issuer as it was until that instant. */
export async function keepFormer(tx: Tx, issuer: Issuer, replacedAt: Date): Promise<void> {
  const { id, legalForm, jurisdiction, country } = issuer;
  await tx.execute(
    `INSERT INTO issuer_former_particulars
       (operator_id, issuer_id, legal_form, jurisdiction, country, replaced_at)
     VALUES (:operatorId, :id, :legalForm, :jurisdiction, :country, :replacedAt)`,
    { operatorId: operatorIdOf(tx), id, legalForm, jurisdiction, country, replacedAt },
  );
}

export async function findIssuer(db: Db, id: Id<'iss'>): Promise<Issuer | undefined> {
  const rows = await db.query<IssuerRow>(
    `SELECT ${COLUMNS} FROM issuers i WHERE i.operator_id = :operatorId AND i.id = :id`,
    { operatorId: operatorIdOf(db), id },
  );
  return rows[0] && fromRow(rows[0]);
}

export async function findIssuerByExternalId(
  db: Db,
  externalId: string,
): Promise<Issuer | undefined> {
  const rows = await db.query<IssuerRow>(
    `SELECT ${COLUMNS} FROM issuers i
     WHERE i.operator_id = :operatorId AND i.external_id = :externalId`,
    { operatorId: operatorIdOf(db), externalId },
  );
  return rows[0] && fromRow(rows[0]);
}

export async function findIssuerByParty(db: Db, partyId: Id<'pty'>): Promise<Issuer | undefined> {
  const rows = await db.query<IssuerRow>(
    `SELECT ${COLUMNS} FROM issuers i
     WHERE i.operator_id = :operatorId AND i.party_id = :partyId`,
    { operatorId: operatorIdOf(db), partyId },
  );
  return rows[0] && fromRow(rows[0]);
}

/** @throws Problem `issuers.not-found`. */
export async function getIssuerAndLock(tx: Tx, id: Id<'iss'>): Promise<Issuer> {
  const rows = await tx.query<IssuerRow>(
    `SELECT ${COLUMNS} FROM issuers i
     WHERE i.operator_id = :operatorId AND i.id = :id FOR UPDATE`,
    { operatorId: operatorIdOf(tx), id },
  );
  if (!rows[0]) throw issuerProblem('not-found');
  return fromRow(rows[0]);
}

export interface IssuerQuery {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly userId?: Id<'usr'> | undefined;
  readonly status?: IssuerStatus | undefined;
  readonly verification?: VerificationState | undefined;
}

/** By id, which is by age; one more than `limit`, so that the caller sees whether more follow. */
export async function listIssuers(db: Db, query: IssuerQuery): Promise<readonly Issuer[]> {
  const rows = await db.query<IssuerRow>(
    `SELECT ${COLUMNS} FROM issuers i
     WHERE i.operator_id = :operatorId AND i.id > :after
       AND (:userId::text IS NULL OR i.user_id = :userId)
       AND (:status::text IS NULL OR i.status = :status)
       AND (:verification::text IS NULL OR i.verification = :verification)
     ORDER BY i.id LIMIT :limit`,
    {
      operatorId: operatorIdOf(db),
      after: query.after ?? '',
      userId: query.userId,
      status: query.status,
      verification: query.verification,
      limit: query.limit + 1,
    },
  );
  return rows.map(fromRow);
}

/** Issuers whose verification ended by `now`, locked; those in use are left for the next time. */
export async function listLapsedAndLock(
  tx: Tx,
  now: Date,
  limit: number,
): Promise<readonly Issuer[]> {
  const rows = await tx.query<IssuerRow>(
    `SELECT ${COLUMNS} FROM issuers i
     WHERE i.operator_id = :operatorId AND i.verification_expires_at <= :now
     ORDER BY i.id LIMIT :limit FOR UPDATE SKIP LOCKED`,
    { operatorId: operatorIdOf(tx), now, limit },
  );
  return rows.map(fromRow);
}

/** What orders need of each issuer, read thousands at a time; those not the operator's are missing. */
export async function listForOrders(
  db: Db,
  ids: readonly Id<'iss'>[],
): Promise<readonly Pick<Issuer, 'id' | 'partyId' | 'legalForm' | 'sizeClass'>[]> {
  const rows = await db.query<Pick<IssuerRow, 'id' | 'party_id' | 'legal_form' | 'size_class'>>(
    `SELECT i.id, i.party_id, i.legal_form, i.size_class FROM issuers i
     WHERE i.operator_id = :operatorId AND i.id = ANY (:ids)`,
    { operatorId: operatorIdOf(db), ids: [...new Set(ids)] },
  );
  return rows.map((row) => ({
    id: row.id,
    partyId: row.party_id,
    legalForm: row.legal_form,
    sizeClass: row.size_class ?? undefined,
  }));
}

/** What lies sealed in an issuer's row. */
export interface SealedIssuer {
  readonly nameEncrypted?: string | undefined;
  readonly peopleEncrypted?: string | undefined;
}

export async function getSealed(db: Db, id: Id<'iss'>): Promise<SealedIssuer> {
  const rows = await db.query<{
    readonly name_encrypted: string | null;
    readonly people_encrypted: string | null;
  }>(
    `SELECT i.name_encrypted, i.people_encrypted FROM issuers i
     WHERE i.operator_id = :operatorId AND i.id = :id`,
    { operatorId: operatorIdOf(db), id },
  );
  return {
    nameEncrypted: rows[0]?.name_encrypted ?? undefined,
    peopleEncrypted: rows[0]?.people_encrypted ?? undefined,
  };
}

function translated(error: unknown): unknown {
  const constraint = constraintOf(error);
  if (constraint === 'issuers_one_per_party') return issuerProblem('already-registered');
  if (constraint === 'issuers_external_id') return issuerProblem('external-id-taken');
  return error;
}

interface IssuerRow {
  readonly operator_id: number;
  readonly id: Id<'iss'>;
  readonly party_id: Id<'pty'>;
  readonly user_id: Id<'usr'> | null;
  readonly external_id: string | null;
  readonly kind: PartyKind;
  readonly legal_name: string;
  readonly legal_form: LegalForm;
  readonly legal_form_name: string | null;
  readonly jurisdiction: string;
  readonly country: string;
  readonly incorporated_on: string | null;
  readonly address: Address | null;
  readonly website: string | null;
  readonly size_class: SizeClass | null;
  readonly identity_kind: PartyNumberKind;
  readonly identity_masked: string;
  readonly status: IssuerStatus;
  readonly verification: VerificationState;
  readonly verification_expires_at: Date | null;
  readonly people_version: number;
  readonly screened_version: number;
  readonly created_at: Date;
}

function fromRow(row: IssuerRow): Issuer {
  return {
    id: row.id,
    operatorId: row.operator_id,
    partyId: row.party_id,
    userId: row.user_id ?? undefined,
    externalId: row.external_id ?? undefined,
    kind: row.kind,
    legalName: row.legal_name,
    legalForm: row.legal_form,
    legalFormName: row.legal_form_name ?? undefined,
    jurisdiction: row.jurisdiction,
    country: row.country,
    incorporatedOn: row.incorporated_on === null ? undefined : calendarDate(row.incorporated_on),
    address: row.address ?? undefined,
    website: row.website ?? undefined,
    sizeClass: row.size_class ?? undefined,
    identityKind: row.identity_kind,
    identityMasked: row.identity_masked,
    status: row.status,
    verification: row.verification,
    verificationExpiresAt: row.verification_expires_at ?? undefined,
    peopleVersion: row.people_version,
    screenedVersion: row.screened_version,
    createdAt: row.created_at,
  };
}

/** The columns that may change. */
function toRow(issuer: Issuer): Bindings {
  return {
    operatorId: issuer.operatorId,
    id: issuer.id,
    externalId: issuer.externalId,
    legalName: issuer.legalName,
    legalForm: issuer.legalForm,
    legalFormName: issuer.legalFormName,
    jurisdiction: issuer.jurisdiction,
    country: issuer.country,
    incorporatedOn: issuer.incorporatedOn,
    address: issuer.address && JSON.stringify(issuer.address),
    website: issuer.website,
    sizeClass: issuer.sizeClass,
    status: issuer.status,
    verification: issuer.verification,
    verificationExpiresAt: issuer.verificationExpiresAt,
    peopleVersion: issuer.peopleVersion,
    screenedVersion: issuer.screenedVersion,
  };
}

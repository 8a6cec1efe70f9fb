import { must } from '../../kernel/assert';
import { calendarDate } from '../../kernel/calendar-date';
import { asCurrency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { constraintOf, type Db, type Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { AccountNo } from '../ledger';
import { coverProblem } from './errors';
import { fundTermsJson, fundTermsOf, type FundTermsJson } from './fund-terms';
import type { Fund, Guarantor, Provider, ProviderStatus, Relation } from './provider';

/** @throws Problem `cover.already-registered`. */
export async function insertProvider(tx: Tx, provider: Provider): Promise<void> {
  const guarantor = provider.kind === 'fund' ? undefined : provider;
  await tx
    .execute(
      `INSERT INTO cover_providers (operator_id, id, kind, name, currency, status, account_no,
         reference, party_id, licence, relation, limit_minor, capacity_minor, capacity_on, capacity_sha256,
         fund_terms, proposed_by, proposed_at)
       VALUES (:operatorId, :id, :kind, :name, :currency, :status, :accountNo, :reference, :partyId,
         :licence, :relation, :limitMinor, :capacityMinor, :capacityOn, :capacitySha256, :fundTerms,
         :proposedBy, :proposedAt)`,
      {
        operatorId: operatorIdOf(tx),
        id: provider.id,
        kind: provider.kind,
        name: provider.name,
        currency: provider.currency,
        status: provider.status,
        accountNo: provider.accountNo,
        reference: provider.reference,
        partyId: provider.partyId,
        licence: guarantor?.licence,
        relation: guarantor?.relation,
        ...boundsOf(guarantor),
        fundTerms: provider.kind === 'fund' ? { ...fundTermsJson(provider.terms) } : undefined,
        proposedBy: provider.proposedBy,
        proposedAt: provider.proposedAt,
      },
    )
    .catch((error: unknown) => {
      throw constraintOf(error) === 'cover_providers_once_per_party'
        ? coverProblem('already-registered', { cause: error })
        : error;
    });
}

/** Saves its status, its approval, and what a guarantor may answer for and can pay. */
export async function updateProvider(tx: Tx, provider: Provider): Promise<void> {
  await tx.execute(
    `UPDATE cover_providers p
     SET status = :status, proposed_by = :proposedBy, proposed_at = :proposedAt,
         approved_by = :approvedBy, approved_at = :approvedAt,
         limit_minor = :limitMinor, capacity_minor = :capacityMinor, capacity_on = :capacityOn,
         capacity_sha256 = :capacitySha256
     WHERE p.operator_id = :operatorId AND p.id = :id`,
    {
      operatorId: operatorIdOf(tx),
      id: provider.id,
      status: provider.status,
      proposedBy: provider.proposedBy,
      proposedAt: provider.proposedAt,
      approvedBy: provider.approvedBy,
      approvedAt: provider.approvedAt,
      ...boundsOf(provider.kind === 'fund' ? undefined : provider),
    },
  );
}

function boundsOf(guarantor: Guarantor | undefined) {
  return {
    limitMinor: guarantor?.limit.minor,
    capacityMinor: guarantor?.capacity.amount.minor,
    capacityOn: guarantor?.capacity.statedOn,
    capacitySha256: guarantor?.capacity.documentSha256,
  };
}

/** @throws Problem `cover.provider-not-found`. */
export async function getProvider(db: Db, id: Id<'cov'>): Promise<Provider> {
  return one(await select(db, { id }, ''));
}

/** @throws Problem `cover.provider-not-found`. */
export async function lockProvider(tx: Tx, id: Id<'cov'>): Promise<Provider> {
  return one(await select(tx, { id }, 'FOR UPDATE OF p'));
}

export interface ProviderFilter {
  readonly isFund: boolean;
  readonly status?: ProviderStatus | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** By id; one more than the limit, to tell whether there are others. */
export async function listProviders(db: Db, filter: ProviderFilter): Promise<readonly Provider[]> {
  const rows = await db.query<ProviderRow>(
    `${SELECT} WHERE p.operator_id = :operatorId AND (p.kind = 'fund') = :isFund
       AND (:status::text IS NULL OR p.status = :status)
       AND (:after::text IS NULL OR p.id > :after)
     ORDER BY p.id LIMIT :limit`,
    {
      operatorId: operatorIdOf(db),
      isFund: filter.isFund,
      status: filter.status,
      after: filter.after,
      limit: filter.limit + 1,
    },
  );
  return rows.map(fromRow);
}

export async function listByIds(
  db: Db,
  ids: readonly Id<'cov'>[],
): Promise<ReadonlyMap<Id<'cov'>, Provider>> {
  if (ids.length === 0) return new Map();
  const rows = await db.query<ProviderRow>(
    `${SELECT} WHERE p.operator_id = :operatorId AND p.id = ANY (:ids)`,
    { operatorId: operatorIdOf(db), ids },
  );
  return new Map(rows.map((row) => [row.id, fromRow(row)]));
}

function select(db: Db, { id }: { readonly id: Id<'cov'> }, lock: string) {
  return db.query<ProviderRow>(
    `${SELECT} WHERE p.operator_id = :operatorId AND p.id = :id ${lock}`,
    { operatorId: operatorIdOf(db), id },
  );
}

function one(rows: readonly ProviderRow[]): Provider {
  if (!rows[0]) throw coverProblem('provider-not-found');
  return fromRow(rows[0]);
}

const SELECT = `SELECT p.id, p.kind, p.name, p.currency, p.status, p.account_no, p.reference, p.party_id,
  p.licence, p.relation, p.limit_minor, p.capacity_minor, p.capacity_on::text, p.capacity_sha256,
  p.fund_terms, p.proposed_by, p.proposed_at, p.approved_by, p.approved_at
  FROM cover_providers p`;

interface ProviderRow {
  readonly id: Id<'cov'>;
  readonly kind: Provider['kind'];
  readonly name: string;
  readonly currency: string;
  readonly status: ProviderStatus;
  readonly account_no: AccountNo;
  readonly reference: string;
  readonly party_id: Id<'pty'>;
  readonly licence: string | null;
  readonly relation: Relation | null;
  readonly limit_minor: bigint | null;
  readonly capacity_minor: bigint | null;
  readonly capacity_on: string | null;
  readonly capacity_sha256: string | null;
  readonly fund_terms: FundTermsJson | null;
  readonly proposed_by: string;
  readonly proposed_at: Date;
  readonly approved_by: string | null;
  readonly approved_at: Date | null;
}

function fromRow(row: ProviderRow): Provider {
  const base = {
    id: row.id,
    name: row.name,
    currency: asCurrency(row.currency),
    status: row.status,
    accountNo: row.account_no,
    reference: row.reference,
    partyId: row.party_id,
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at,
    approvedBy: row.approved_by ?? undefined,
    approvedAt: row.approved_at ?? undefined,
  };
  if (row.kind === 'fund') {
    const terms = fundTermsOf(must(row.fund_terms ?? undefined, 'the terms of a fund'));
    return { ...base, kind: 'fund', terms } satisfies Fund;
  }
  const money = (minor: bigint | null): Money =>
    Money.ofMinor(must(minor ?? undefined, 'an amount of a guarantor'), base.currency);
  return {
    ...base,
    kind: row.kind,
    licence: row.licence ?? undefined,
    relation: must(row.relation ?? undefined, 'the relation of a guarantor'),
    limit: money(row.limit_minor),
    capacity: {
      amount: money(row.capacity_minor),
      statedOn: calendarDate(must(row.capacity_on ?? undefined, 'the day of a statement')),
      documentSha256: must(row.capacity_sha256 ?? undefined, 'the hash of a statement'),
    },
  } satisfies Guarantor;
}

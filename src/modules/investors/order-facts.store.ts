import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';

/** What an order must know of an investor: read thousands at a time. */
export interface InvestorRow {
  readonly id: Id<'inv'>;
  readonly partyId: Id<'pty'>;
  readonly status: 'active' | 'suspended' | 'closed';
  readonly profileVersion: number;
  /** The facts of that version, as they are stored: `investorFacts` reads them. */
  readonly facts: unknown;
}

/** The investors as they are now; those that do not exist for this operator are missing. */
export async function listForOrders(
  db: Db,
  ids: readonly Id<'inv'>[],
): Promise<readonly InvestorRow[]> {
  const rows = await db.query<Row>(
    `SELECT i.id, i.party_id, i.status, i.profile_version, p.facts
     FROM unnest(:ids::text[]) AS t (id)
     JOIN investors i ON i.operator_id = :operatorId AND i.id = t.id
     JOIN investor_profiles p ON p.operator_id = i.operator_id AND p.investor_id = i.id
       AND p.version = i.profile_version`,
    { ids, operatorId: db.scope.operatorId },
  );
  return rows.map(fromRow);
}

/** A version of an investor's profile, such as a decision was taken on. */
export interface ProfileRef {
  readonly id: Id<'inv'>;
  readonly version: number;
}

/** The investors as decisions were taken on them: active, with the profiles of those versions. */
export async function listProfilesForOrders(
  db: Db,
  refs: readonly ProfileRef[],
): Promise<readonly InvestorRow[]> {
  const rows = await db.query<Row>(
    `SELECT i.id, i.party_id, 'active' AS status, p.version AS profile_version, p.facts
     FROM unnest(:ids::text[], :versions::int[]) AS t (id, version)
     JOIN investors i ON i.operator_id = :operatorId AND i.id = t.id
     JOIN investor_profiles p ON p.operator_id = i.operator_id AND p.investor_id = i.id
       AND p.version = t.version`,
    {
      ids: refs.map(({ id }) => id),
      versions: refs.map(({ version }) => version),
      operatorId: db.scope.operatorId,
    },
  );
  return rows.map(fromRow);
}

interface Row {
  id: Id<'inv'>;
  party_id: Id<'pty'>;
  status: InvestorRow['status'];
  profile_version: number;
  facts: unknown;
}

function fromRow(row: Row): InvestorRow {
  return {
    id: row.id,
    partyId: row.party_id,
    status: row.status,
    profileVersion: row.profile_version,
    facts: row.facts,
  };
}

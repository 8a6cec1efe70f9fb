import type { Id } from '../../kernel/id';
import { must } from '../../kernel/assert';
import type { Db, Tx } from '../../platform/db';
import type { MarkKind } from './mark';
import type { LinkingPolicy } from './policy';

/** A mark as the database has it: its kind and the keyed hash. */
export interface HashedMark {
  readonly kind: MarkKind;
  readonly mark: Buffer;
}

/**
 * Records the marks of an application and joins its party with those it is linked to, in the whole
 * installation. Every other application waits until commit.
 *
 * @returns how many other borrowers the party is linked with now.
 */
export async function linkMarks(
  tx: Tx,
  of: { readonly id: Id<'app'>; readonly partyId: Id<'pty'>; readonly at: Date },
  { marks, policy }: { readonly marks: readonly HashedMark[]; readonly policy: LinkingPolicy },
): Promise<number> {
  const [row] = await tx.query<{ others: bigint }>(
    `SELECT application_link(:id, :partyId, :kinds::text[], :marks::bytea[], :strong::text[],
       :weakNeeded, :hubParties, :at) AS others`,
    {
      ...of,
      kinds: marks.map(({ kind }) => kind),
      marks: marks.map(({ mark }) => mark),
      strong: policy.strong,
      weakNeeded: policy.weakNeeded,
      hubParties: policy.hubParties,
    },
  );
  return Number(must(row, 'the count of linked borrowers').others);
}

/** How many other parties bear each kind of mark of the application. */
export async function sharedMarks(
  db: Db,
  id: Id<'app'>,
): Promise<Readonly<Partial<Record<MarkKind, number>>>> {
  const rows = await db.query<{ kind: MarkKind; parties: bigint }>(
    `SELECT m.kind, m.parties FROM application_shared_marks(:id) m`,
    { id },
  );
  return Object.fromEntries(rows.map(({ kind, parties }) => [kind, Number(parties)]));
}

/** Applications that showed marks since then, of one party, at any operator. */
export async function countAttempts(db: Db, partyId: Id<'pty'>, since: Date): Promise<number> {
  const [row] = await db.query<{ attempts: bigint }>(
    `SELECT application_count_attempts(:partyId, :since) AS attempts`,
    { partyId, since },
  );
  return Number(row?.attempts ?? 0n);
}

/** Applications on which the mark was seen since then, at any operator. */
export async function countSightings(
  db: Db,
  { kind, mark }: HashedMark,
  since: Date,
): Promise<number> {
  const [row] = await db.query<{ sightings: bigint }>(
    `SELECT application_count_sightings(:kind, :mark, :since) AS sightings`,
    { kind, mark, since },
  );
  return Number(row?.sightings ?? 0n);
}

/** The other parties of the party's group: for caps that count them as one, never to be shown. */
export async function linkedParties(db: Db, partyId: Id<'pty'>): Promise<readonly Id<'pty'>[]> {
  const rows = await db.query<{ party_id: Id<'pty'> }>(
    `SELECT p.party_id FROM application_linked_parties(:partyId) p`,
    { partyId },
  );
  return rows.map((row) => row.party_id);
}

/** Of each party the others of its group: to be kept out of its loans, never to be shown. */
export async function linkedPartiesOf(
  db: Db,
  parties: readonly Id<'pty'>[],
): Promise<readonly { readonly partyId: Id<'pty'>; readonly otherId: Id<'pty'> }[]> {
  const rows = await db.query<{ party_id: Id<'pty'>; other_id: Id<'pty'> }>(
    `SELECT t.id AS party_id, p.party_id AS other_id FROM unnest(:parties::text[]) AS t (id)
     CROSS JOIN LATERAL application_linked_parties(t.id) p`,
    { parties },
  );
  return rows.map((row) => ({ partyId: row.party_id, otherId: row.other_id }));
}

/** Whether the project was free, or is this application's already. */
export async function claimProject(
  tx: Tx,
  of: { readonly id: Id<'app'>; readonly partyId: Id<'pty'>; readonly at: Date },
  fingerprint: Buffer,
): Promise<boolean> {
  const [row] = await tx.query<{ is_ours: boolean }>(
    `SELECT application_claim_project(:fingerprint, :id, :partyId, :at) AS is_ours`,
    { ...of, fingerprint },
  );
  return row?.is_ours ?? false;
}

/** Lets somebody else ask for money for the project. */
export async function releaseProject(tx: Tx, id: Id<'app'>, at: Date): Promise<void> {
  await tx.query(`SELECT application_release_project(:id, :at)`, { id, at });
}

import { must } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import type { PartyKind, PartyNumberKind } from './party';

export interface SealedParty {
  readonly id: Id<'pty'>;
  readonly kind: PartyKind;
  readonly identityKind: PartyNumberKind;
  readonly identityHash: Buffer;
  readonly numberEncrypted: string;
  readonly masked: string;
  readonly at: Date;
}

/** The id of the party with that hash; `party.id` if nobody has registered it before. */
export async function registerParty(tx: Tx, party: SealedParty): Promise<Id<'pty'>> {
  const rows = await tx.query<{ readonly id: Id<'pty'> }>(
    `SELECT identity_register_party(:id, :kind, :identityKind, :identityHash, :numberEncrypted,
       :masked, :at) AS id`,
    {
      id: party.id,
      kind: party.kind,
      identityKind: party.identityKind,
      identityHash: party.identityHash,
      numberEncrypted: party.numberEncrypted,
      masked: party.masked,
      at: party.at,
    },
  );
  return must(rows[0], 'the registered party').id;
}

/** Registers many at once; gives their ids in the same order. */
export async function registerParties(
  tx: Tx,
  parties: readonly SealedParty[],
): Promise<readonly Id<'pty'>[]> {
  const rows = await tx.query<{ readonly id: Id<'pty'> }>(
    `SELECT identity_register_party(p.id, p.kind, p.identity_kind, p.identity_hash,
       p.number_encrypted, p.masked, :at) AS id
     FROM unnest(:ids::text[], :kinds::text[], :identityKinds::text[], :hashes::bytea[],
            :numbers::text[], :masks::text[]) WITH ORDINALITY
       AS p (id, kind, identity_kind, identity_hash, number_encrypted, masked, position)
     ORDER BY p.position`,
    {
      at: parties[0]?.at,
      ids: parties.map(({ id }) => id),
      kinds: parties.map(({ kind }) => kind),
      identityKinds: parties.map(({ identityKind }) => identityKind),
      hashes: parties.map(({ identityHash }) => identityHash),
      numbers: parties.map(({ numberEncrypted }) => numberEncrypted),
      masks: parties.map(({ masked }) => masked),
    },
  );
  return rows.map(({ id }) => id);
}

/** The sealed number of a party the operator knows. */
export async function findSealedNumber(db: Db, id: Id<'pty'>): Promise<string | undefined> {
  const rows = await db.query<{ readonly number_encrypted: string }>(
    `SELECT r.number_encrypted FROM identity_reveal_party(:id) r`,
    { id },
  );
  return rows[0]?.number_encrypted;
}

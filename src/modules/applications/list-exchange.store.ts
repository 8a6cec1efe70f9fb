import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { ListColour, ListEffect } from './credit-list';

/** By which file an entry came, and who signed that. */
export interface Origin {
  readonly source: string;
  readonly externalId: string;
  readonly entryId: Id<'lst'>;
  readonly fileSha256: string;
  readonly signedBy?: string | undefined;
  readonly takenAt: Date;
}

export interface OwnEntry {
  readonly id: Id<'lst'>;
  readonly colour: ListColour;
  readonly subject: string;
  readonly issuingBody: string;
  readonly basis: string;
  readonly effects: readonly ListEffect[];
  readonly startsOn: CalendarDate;
  readonly endsOn: CalendarDate;
}

export async function isTaken(tx: Tx, of: Pick<Origin, 'source' | 'externalId'>): Promise<boolean> {
  const { source, externalId } = of;
  const rows = await tx.query(
    `SELECT 1 FROM application_list_origins g
     WHERE g.operator_id = :operatorId AND g.source = :source AND g.external_id = :externalId`,
    { operatorId: operatorIdOf(tx), source, externalId },
  );
  return rows.length > 0;
}

export async function insertOrigin(tx: Tx, origin: Origin): Promise<void> {
  await tx.execute(
    `INSERT INTO application_list_origins (operator_id, source, external_id, entry_id, file_sha256,
       signed_by, taken_at)
     VALUES (:operatorId, :source, :externalId, :entryId, :fileSha256, :signedBy, :takenAt)`,
    { operatorId: operatorIdOf(tx), ...origin, signedBy: origin.signedBy },
  );
}

/** A page of the operator's own entries in force on a day; what came from others is theirs to tell. */
export async function listOwn(
  db: Db,
  of: { readonly on: CalendarDate; readonly after: string; readonly limit: number },
): Promise<readonly OwnEntry[]> {
  return db.query<OwnEntry>(
    `SELECT e.id, e.colour, e.subject_encrypted AS subject, e.issuing_body AS "issuingBody",
            e.basis, e.effects, e.starts_on::text AS "startsOn", e.ends_on::text AS "endsOn"
     FROM application_list_entries e
     WHERE e.operator_id = :operatorId AND e.status = 'in-force' AND e.starts_on <= :on
       AND e.ends_on > :on AND e.subject_encrypted IS NOT NULL AND e.id > :after
       AND NOT EXISTS (SELECT 1 FROM application_list_origins g
                       WHERE g.operator_id = e.operator_id AND g.entry_id = e.id)
     ORDER BY e.id LIMIT :limit`,
    { operatorId: operatorIdOf(db), ...of },
  );
}

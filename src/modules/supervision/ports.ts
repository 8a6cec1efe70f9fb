import type { Id } from '../../kernel/id';
import type { Json } from '../../kernel/canonical-json';
import type { Db, Tx } from '../../platform/db';

/** Somebody whom an operator knows, as supervisors name them. */
export type SubjectId = Id<'inv'> | Id<'iss'>;

/** What is sealed of a person or company. */
export interface OpenedSubject {
  readonly name: string;
  readonly identityNumber: string;
}

/** Opens what is sealed; each time enters the audit trail with its purpose. */
export interface SealedSubjects {
  open(tx: Tx, id: SubjectId, purpose: string): Promise<OpenedSubject>;
}

/** What an operator has on record of something a case is about: a loan, an offering, a person. */
export interface CaseRecord {
  /** Its terms, documents by their hashes, course; nothing that is sealed. */
  readonly record: Json;
  /** Journal entries that touched its accounts, the latest first. */
  readonly entries: readonly Json[];
}

export interface CaseRecords {
  /** @returns undefined where nothing is kept of that kind of thing. */
  read(db: Db, id: string): Promise<CaseRecord | undefined>;
}

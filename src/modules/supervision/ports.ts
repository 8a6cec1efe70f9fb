import type { Id } from '../../kernel/id';
import type { Tx } from '../../platform/db';

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

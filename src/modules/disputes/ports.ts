import type { Clock } from '../../kernel/clock';
import type { NewId } from '../../kernel/id';
import type { WorkingDays } from '../../kernel/working-days';
import type { Audit } from '../../platform/audit';
import type { Db } from '../../platform/db';
import type { FieldCipher } from '../../platform/field-cipher';
import type { Outbox } from '../../platform/outbox';
import type { OperatorDirectory } from '../identity';
import type { LedgerService } from '../ledger';
import type { PartyFiles } from '../payments';
import type { Subject } from './complaint';
import type { ComplaintPolicies } from './policy';

/** What disputes ask of whoever keeps the things that are complained of. */
export interface DisputeSubjects {
  /** @throws Problem not-found when the operator has no such thing. */
  require(db: Db, subject: Subject): Promise<void>;
}

export interface DisputeDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly cipher: FieldCipher;
  readonly ledger: LedgerService;
  readonly operators: OperatorDirectory;
  readonly calendars: ReadonlyMap<string, WorkingDays>;
  readonly files: PartyFiles<Db>;
  readonly subjects: DisputeSubjects;
  readonly policies: ComplaintPolicies;
}

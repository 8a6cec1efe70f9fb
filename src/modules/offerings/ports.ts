import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { WorkingDays } from '../../kernel/working-days';
import type { Audit } from '../../platform/audit';
import type { Db } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import type { CapsService } from '../caps';
import type { OperatorDirectory } from '../identity';
import type { IssuerFacts, Rulebooks } from '../rulebooks';
import type { IssuerStanding } from './guards';
import type { LoanClearance } from './loan-clearance';

/** The issuer of an offering, as its steps need to know it. */
export interface OfferingIssuer extends IssuerStanding {
  readonly id: Id<'iss'>;
  readonly partyId: Id<'pty'>;
  readonly legalName: string;
  readonly facts: IssuerFacts;
  readonly financialStatements?: 'none' | 'certified' | 'reviewed' | 'audited' | undefined;
}

/** What the offerings ask of whoever keeps the issuers' files. */
export interface OfferingIssuers {
  /** @throws Problem not-found when the operator has no such issuer. */
  get(db: Db, id: Id<'iss'>): Promise<OfferingIssuer>;
}

/** What the offerings of loans ask of whoever keeps credit decisions and applications. */
export interface LoanClearances {
  /** Undefined when the operator has taken no such decision. */
  find(db: Db, decisionId: Id<'cdn'>): Promise<LoanClearance | undefined>;
}

export interface OfferingDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly operators: OperatorDirectory;
  readonly rulebooks: Rulebooks;
  /** Working-day calendars by id. */
  readonly calendars: ReadonlyMap<string, WorkingDays>;
  readonly caps: CapsService;
  readonly issuers: OfferingIssuers;
  /** Without it there are no credit decisions, and no loan goes public. */
  readonly clearances?: LoanClearances | undefined;
}

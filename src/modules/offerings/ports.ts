import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { WorkingDays } from '../../kernel/working-days';
import type { Audit } from '../../platform/audit';
import type { Money } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
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

/** What the offerings of loans ask of whoever keeps the loans that others renew. */
export interface LoanRenewals {
  /**
   * Frees the borrower's caps of the loan that the offering renews, in the transaction that reserves
   * them for the new one.
   *
   * @throws Problem where that loan cannot be renewed by it.
   */
  makeRoom(
    tx: Tx,
    offering: {
      readonly offeringId: Id<'off'>;
      readonly issuerId: Id<'iss'>;
      readonly renews: Id<'lon'>;
      /** The least that is lent if the loan comes about. */
      readonly least: Money;
    },
  ): Promise<void>;
  /** Counts the old loan again: the offering ended, and released what it had reserved. */
  giveBack(tx: Tx, offeringId: Id<'off'>): Promise<void>;
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
  /** Without it no loan renews another. */
  readonly renewals?: LoanRenewals | undefined;
}

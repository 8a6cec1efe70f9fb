import type { Id, IdPrefix } from '../../kernel/id';
import type { Tx } from '../../platform/db';
import type { CaseProblems } from './errors';
import type { VerificationCase } from './verification-case';
import type { VerificationSubject } from './verification-provider';

/**
 * A table of cases: it stands beside the files that its cases are about and refers to them, and
 * its index `<table>_one_open` admits one open case a file.
 */
export type CaseTable = `${string}_verifications`;

/** What the cases ask of whoever keeps the files they are about: investors', issuers'. */
export interface FilesToVerify<P extends IdPrefix> {
  /** How events and the audit trail call such a file: `investor`. */
  readonly noun: string;
  readonly table: CaseTable;
  readonly problems: CaseProblems;

  /** @throws Problem not-found when the operator has no such file. */
  lock(tx: Tx, id: Id<P>): Promise<void>;

  /**
   * Lets the file wait for its verification.
   *
   * @returns the version of the file that is to be checked.
   * @throws Problem when the file may not be verified, or need not be.
   */
  awaitCase(tx: Tx, id: Id<P>): Promise<number>;

  /** Whom the provider is to be asked about. Opens the identity number, which is audited. */
  describe(tx: Tx, id: Id<P>): Promise<VerificationSubject>;

  /** Brings a decided case into its file, which is locked. */
  settle(tx: Tx, decided: VerificationCase<P>): Promise<void>;
}

import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';

/**
 * The bank or payment institution that keeps client money: the port every custodian is reached
 * through. Nothing here is called inside a database transaction.
 */
export interface Custodian {
  /** Short name for logs and statements. */
  readonly name: string;
  /**
   * Hands an instruction over, and asks what became of it. The same id is the same instruction,
   * however often it is sent: it has one effect, and its state so far is the answer.
   *
   * @throws when the custodian cannot be reached; whether it heard is then unknown.
   */
  instruct(instruction: Instruction): Promise<InstructionState>;
  /**
   * Hands over a file of debits, each as `instruct` would.
   *
   * @returns the answers by id; one that is missing got lost, or was refused a hearing.
   * @throws when the custodian cannot be reached; whether it heard of any is then unknown.
   */
  instructAll(
    operatorId: number,
    instructions: readonly Instruction[],
  ): Promise<ReadonlyMap<string, InstructionState>>;
  /** Transfers that arrived and were not acknowledged yet, oldest first. */
  listArrivals(operatorId: number, limit: number): Promise<readonly Arrival[]>;
  /** Says that the transfers are booked, so that they are not listed again. */
  acknowledgeArrivals(operatorId: number, custodianRefs: readonly string[]): Promise<void>;
  /** Debits that the payer's bank took back and were not acknowledged yet, oldest first. */
  listReturns(operatorId: number, limit: number): Promise<readonly ReturnedDebit[]>;
  /** Says that the returns are recorded, so that they are not listed again. */
  acknowledgeReturns(operatorId: number, custodianRefs: readonly string[]): Promise<void>;
  /** Asks the account's bank whether the account is held in that name. */
  confirmHolder(account: PayeeAccount): Promise<HolderAnswer>;
  /** What moved on the operator's client-money account, in order, half-open in time. */
  listStatement(query: StatementQuery): Promise<readonly StatementLine[]>;
}

export interface Instruction {
  readonly id: Id<'dep'> | Id<'wdr'> | Id<'col'>;
  readonly operatorId: number;
  /** `collect` draws money in from the payer's bank, `pay` sends it out. */
  readonly kind: 'collect' | 'pay';
  readonly amount: Money;
  /** Where to; absent when the custodian knows the account by contract. */
  readonly payee?: PayeeAccount | undefined;
  /** Drawn on under a debit mandate; absent where the payer agrees to each debit. */
  readonly payer?: PayeeAccount | undefined;
  readonly debitMandateId?: Id<'mdt'> | undefined;
  readonly reference: string;
  /** It must not be carried out earlier. */
  readonly notBefore?: Date | undefined;
  /** From then on it must not be carried out any more. */
  readonly validUntil?: Date | undefined;
}

/** An account at another bank, of whoever is paid or is drawn on. */
export interface PayeeAccount {
  readonly holder: string;
  readonly scheme: 'iban' | 'account-reference';
  readonly account: string;
}

export type InstructionState =
  | { readonly state: 'pending'; readonly askAgainAt: Date }
  | { readonly state: 'executed'; readonly custodianRef: string; readonly executedAt: Date }
  | { readonly state: 'rejected'; readonly reasonCode: string }
  | { readonly state: 'lapsed' };

/** Money that came in by bank transfer, as the custodian saw it. */
export interface Arrival {
  readonly custodianRef: string;
  readonly amount: Money;
  /** What the payer wrote. */
  readonly reference: string;
  readonly payer: Payer;
  readonly receivedAt: Date;
}

/** A debit that was carried out and came back, as the custodian saw it. */
export interface ReturnedDebit {
  /** The custodian's number of the return, not of the debit. */
  readonly custodianRef: string;
  readonly collectionId: Id<'col'>;
  readonly amount: Money;
  readonly reasonCode: string;
  readonly returnedAt: Date;
}

export interface Payer {
  readonly name: string;
  readonly account: string;
}

export type HolderAnswer =
  { readonly answer: 'match' } | { readonly answer: 'mismatch'; readonly reasonCode: string };

export interface StatementQuery {
  readonly operatorId: number;
  readonly currency: Currency;
  readonly from: Date;
  readonly to: Date;
}

/** One line of the custodian's statement; positive when the account grew. */
export interface StatementLine {
  readonly custodianRef: string;
  /** Our id, where the line carries out an instruction of ours. */
  readonly instructionId?: string | undefined;
  /** Our id of the debit that the line takes back. */
  readonly returns?: string | undefined;
  readonly amount: Money;
  readonly bookedAt: Date;
  readonly reference: string;
}

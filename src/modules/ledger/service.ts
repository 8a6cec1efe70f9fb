import { assert, must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import { Problem } from '../../kernel/problem';
import type { Db, Tx } from '../../platform/db';
import type { Account, AccountNo, AccountSpec } from './account';
import { balanced, type EntryDraft, type EntryNo } from './entry';
import { ledgerProblem } from './errors';
import type { Capture, HoldNo, HoldRequest } from './hold';
import * as store from './store';

export interface LedgerDeps {
  readonly clock: Clock;
}

/** Accounts, journal entries and holds. Entries are immutable: a mistake is reversed, not edited. */
export class LedgerService {
  constructor(private readonly deps: LedgerDeps) {}

  /** The account's number; the account is opened when it does not exist. */
  async ensureAccount(tx: Tx, spec: AccountSpec): Promise<AccountNo> {
    this.sealBeforeCommit(tx);
    return store.ensureAccount(tx, spec, this.deps.clock.now());
  }

  /** @throws Problem `ledger.account-not-found`. */
  async getAccount(db: Db, spec: AccountSpec): Promise<Account> {
    const account = await store.findAccount(db, spec);
    if (!account) {
      throw ledgerProblem('account-not-found', { detail: `${spec.path} in ${spec.currency}` });
    }
    return account;
  }

  async findAccount(db: Db, spec: AccountSpec): Promise<Account | undefined> {
    return store.findAccount(db, spec);
  }

  /**
   * Posts entries, all or none, with one call to the database however many there are.
   *
   * @returns their numbers, in order.
   * @throws Problem `ledger.unbalanced-entry`, `ledger.insufficient-funds`,
   *   `ledger.already-posted`, `ledger.account-not-open`.
   */
  async post(tx: Tx, drafts: readonly EntryDraft[]): Promise<readonly EntryNo[]> {
    if (drafts.length === 0) return [];
    const first = await store.insertEntries(tx, drafts.map(balanced), this.deps.clock.now());
    this.sealBeforeCommit(tx);
    return drafts.map((_, position) => (first + BigInt(position)) as EntryNo);
  }

  /**
   * Takes an entry back by its mirror image, in an entry of its own that names the first.
   *
   * @throws Problem `ledger.entry-not-found`, `ledger.already-reversed`, and those of `post`.
   */
  async reverse(tx: Tx, entryNo: EntryNo, reason: string): Promise<EntryNo> {
    const original = await store.listPostingsOf(tx, entryNo);
    if (original.length === 0) throw ledgerProblem('entry-not-found');
    const [reversal] = await this.post(tx, [
      {
        kind: 'reversal',
        source: { type: 'reversal', id: entryNo.toString() },
        description: `Reversal: ${reason}`,
        occurredAt: this.deps.clock.now(),
        reverses: entryNo,
        postings: original.map(({ accountNo, amount }) => ({
          accountNo,
          amount: amount.negated(),
        })),
      },
    ]).catch((error: unknown) => {
      // The reversal's source is the entry it reverses, so both uniqueness rules say the same.
      throw isAlreadyPosted(error) ? ledgerProblem('already-reversed', { cause: error }) : error;
    });
    return must(reversal, 'the reversal');
  }

  /**
   * Locks the accounts, in order, and tells what each could still spend, in minor units. An
   * account that is missing from the answer is not open.
   */
  async lockAvailable(
    tx: Tx,
    accounts: readonly AccountNo[],
  ): Promise<ReadonlyMap<AccountNo, bigint>> {
    return accounts.length === 0 ? new Map() : store.lockAvailable(tx, accounts);
  }

  /** What each account could spend now, in minor units; those not open are missing. */
  async listAvailable(
    db: Db,
    accounts: readonly AccountNo[],
  ): Promise<ReadonlyMap<AccountNo, bigint>> {
    return accounts.length === 0 ? new Map() : store.listAvailable(db, accounts);
  }

  /**
   * Where the operator's hash chains stand. Nobody can choose it, and everybody can check it
   * afterwards: what draws of lots are seeded with.
   */
  async chainHeads(db: Db): Promise<string> {
    return store.chainHeads(db);
  }

  /** The numbers of the accounts that exist, by path and currency joined by a space. */
  async listAccountNumbers(
    db: Db,
    specs: readonly AccountSpec[],
  ): Promise<ReadonlyMap<string, AccountNo>> {
    return specs.length === 0 ? new Map() : store.listAccountNumbers(db, specs);
  }

  /** Reserves cash in place. @throws Problem `ledger.insufficient-funds`. */
  async placeHold(tx: Tx, request: HoldRequest): Promise<HoldNo> {
    assert(request.amount.isPositive, 'a hold is of a positive amount');
    const holdNo = await store.insertHolds(tx, [request], this.deps.clock.now());
    this.sealBeforeCommit(tx);
    return holdNo;
  }

  /**
   * Reserves cash in several places with one call, all or nothing. They share purpose and expiry.
   *
   * @returns their numbers, in order.
   * @throws Problem `ledger.insufficient-funds`.
   */
  async placeHolds(tx: Tx, requests: readonly HoldRequest[]): Promise<readonly HoldNo[]> {
    const [first, ...rest] = requests;
    if (!first) return [];
    assert(
      requests.every(
        ({ amount, purpose, expiresAt }) =>
          amount.isPositive && purpose === first.purpose && expiresAt === first.expiresAt,
      ),
      'holds placed together are of positive amounts and alike',
    );
    const firstNo = await store.insertHolds(tx, [first, ...rest], this.deps.clock.now());
    this.sealBeforeCommit(tx);
    return requests.map((_, position) => (firstNo + BigInt(position)) as HoldNo);
  }

  /** Gives held cash back to its owner. @throws Problem `ledger.hold-not-open`. */
  async releaseHolds(tx: Tx, holds: readonly HoldNo[]): Promise<void> {
    if (holds.length === 0) return;
    await store.insertResolutions(tx, {
      holds,
      outcome: 'released',
      captured: holds.map(() => 0n),
      at: this.deps.clock.now(),
      alsoLock: [],
    });
    this.sealBeforeCommit(tx);
  }

  /**
   * Captures holds and posts the entries that move the captured money: both or neither.
   *
   * @throws Problem `ledger.hold-not-open`, and those of `post`.
   */
  async captureHolds(tx: Tx, captures: readonly Capture[]): Promise<readonly EntryNo[]> {
    if (captures.length === 0) return [];
    await store.insertResolutions(tx, {
      holds: captures.map((capture) => capture.holdNo),
      outcome: 'captured',
      captured: captures.map((capture) => capture.captured.minor),
      at: this.deps.clock.now(),
      alsoLock: captures.flatMap(({ entry }) => entry.postings.map(({ accountNo }) => accountNo)),
    });
    return this.post(
      tx,
      captures.map((capture) => capture.entry),
    );
  }

  /** Lets holds lapse whose expiry has come, at most `limit` of them. @returns which did. */
  async expireDue(tx: Tx, limit = 1000): Promise<readonly HoldNo[]> {
    this.sealBeforeCommit(tx);
    return store.expireHolds(tx, this.deps.clock.now(), limit);
  }

  /**
   * Makes partitions of postings for this month and the `monthsAhead` after it, so that a new
   * month begins in a table of its own.
   */
  async extendPartitions(tx: Tx, monthsAhead: number): Promise<number> {
    return store.ensurePartitions(tx, this.deps.clock.now(), monthsAhead + 1);
  }

  /**
   * Stops all movement on an account, or lets it move again. Only an empty account can be closed.
   *
   * @throws Problem `ledger.account-not-found`, `ledger.account-not-empty`.
   */
  async setAccountStatus(tx: Tx, accountNo: AccountNo, status: Account['status']): Promise<void> {
    await store.setAccountStatus(tx, accountNo, status);
  }

  private sealBeforeCommit(tx: Tx): void {
    tx.beforeCommit('ledger.seal', (sealing) => store.seal(sealing, this.deps.clock.now()));
  }
}

function isAlreadyPosted(error: unknown): boolean {
  return error instanceof Problem && error.code === 'ledger.already-posted';
}

import type { Id } from '../../kernel/id';
import { constraintOf, type Db, type Tx } from '../../platform/db';
import type { BlindIndex, FieldCipher } from '../../platform/field-cipher';
import type { BankAccount, BankAccountStatus } from './bank-account';
import type { PayeeAccount } from './custodian';
import { paymentProblem } from './errors';

/** Two parties that have named the same account. */
export interface SharedAccount {
  readonly partyId: Id<'pty'>;
  readonly otherId: Id<'pty'>;
}

/** Bank accounts at rest: number and holder sealed, equal numbers found by a keyed hash. */
export class BankAccountStore {
  constructor(
    private readonly cipher: FieldCipher,
    private readonly index: BlindIndex,
  ) {}

  /** @throws Problem `payments.bank-account-known`. */
  async insert(tx: Tx, account: BankAccount, payee: PayeeAccount): Promise<void> {
    try {
      await tx.execute(
        `INSERT INTO payment_bank_accounts
           (operator_id, id, party_id, scheme, account_encrypted, account_digest,
            holder_encrypted, masked, status, requested_by, requested_at, next_attempt_at)
         VALUES (:operatorId, :id, :partyId, :scheme, :accountEncrypted, :accountDigest,
                 :holderEncrypted, :masked, :status, :requestedBy, :requestedAt, :nextAttemptAt)`,
        {
          operatorId: tx.scope.operatorId,
          id: account.id,
          partyId: account.partyId,
          scheme: account.scheme,
          accountEncrypted: this.cipher.seal(payee.account, at('account_encrypted', account.id)),
          accountDigest: this.index.digest(`bank-account:${payee.scheme}:${payee.account}`),
          holderEncrypted: this.cipher.seal(payee.holder, at('holder_encrypted', account.id)),
          masked: account.masked,
          status: account.status,
          requestedBy: account.requestedBy,
          requestedAt: account.requestedAt,
          nextAttemptAt: account.nextAttemptAt,
        },
      );
    } catch (error) {
      if (constraintOf(error) !== 'payment_bank_accounts_once_per_party') throw error;
      throw paymentProblem('bank-account-known', { cause: error });
    }
  }

  async update(tx: Tx, account: BankAccount): Promise<void> {
    await tx.execute(
      `UPDATE payment_bank_accounts SET status = :status, reason = :reason, attempts = :attempts,
         next_attempt_at = :nextAttemptAt, decided_by = :decidedBy, decided_at = :decidedAt
       WHERE id = :id`,
      {
        id: account.id,
        status: account.status,
        reason: account.reason,
        attempts: account.attempts,
        nextAttemptAt: account.nextAttemptAt,
        decidedBy: account.decidedBy,
        decidedAt: account.decidedAt,
      },
    );
  }

  /** @throws Problem `payments.bank-account-not-found`. */
  async getAndLock(tx: Tx, id: Id<'bac'>): Promise<BankAccount> {
    const rows = await tx.query<BankAccountRow>(`${SELECT} WHERE b.id = :id FOR UPDATE`, { id });
    if (!rows[0]) throw paymentProblem('bank-account-not-found');
    return fromRow(rows[0]);
  }

  /**
   * The number in clear, for the custodian alone.
   *
   * @throws Problem `payments.bank-account-not-found`.
   */
  async revealPayee(db: Db, id: Id<'bac'>): Promise<PayeeAccount> {
    const payee = (await this.revealPayees(db, [id])).get(id);
    if (!payee) throw paymentProblem('bank-account-not-found');
    return payee;
  }

  /** The numbers in clear, for the custodian alone, by the ids of the accounts. */
  async revealPayees(
    db: Db,
    ids: readonly Id<'bac'>[],
  ): Promise<ReadonlyMap<Id<'bac'>, PayeeAccount>> {
    const rows = await db.query<{
      id: Id<'bac'>;
      scheme: PayeeAccount['scheme'];
      account_encrypted: string;
      holder_encrypted: string;
    }>(
      `SELECT b.id, b.scheme, b.account_encrypted, b.holder_encrypted
       FROM payment_bank_accounts b WHERE b.id = ANY (:ids)`,
      { ids: [...ids] },
    );
    return new Map(
      rows.map((row) => [
        row.id,
        {
          scheme: row.scheme,
          account: this.cipher.open(row.account_encrypted, at('account_encrypted', row.id)),
          holder: this.cipher.open(row.holder_encrypted, at('holder_encrypted', row.id)),
        },
      ]),
    );
  }

  async listOfParty(db: Db, partyId: Id<'pty'>): Promise<readonly BankAccount[]> {
    const rows = await db.query<BankAccountRow>(
      `${SELECT} WHERE b.party_id = :partyId ORDER BY b.id LIMIT 100`,
      { partyId },
    );
    return rows.map(fromRow);
  }

  /** Who else of the operator's parties has named an account of these, unless its bank said no. */
  async listSharing(db: Db, parties: readonly Id<'pty'>[]): Promise<readonly SharedAccount[]> {
    const rows = await db.query<{ party_id: Id<'pty'>; other_id: Id<'pty'> }>(
      `SELECT DISTINCT a.party_id, b.party_id AS other_id
       FROM payment_bank_accounts a
       JOIN payment_bank_accounts b ON b.operator_id = a.operator_id
         AND b.account_digest = a.account_digest AND b.party_id <> a.party_id
       WHERE a.operator_id = :operatorId AND a.party_id = ANY (:parties)
         AND a.status <> 'rejected' AND b.status <> 'rejected'`,
      { operatorId: db.scope.operatorId, parties },
    );
    return rows.map((row) => ({ partyId: row.party_id, otherId: row.other_id }));
  }

  /** Accounts whose holder is to be asked for, longest waiting first. */
  async listDue(
    db: Db,
    due: { readonly at: Date; readonly limit: number },
  ): Promise<readonly BankAccount[]> {
    const rows = await db.query<BankAccountRow>(
      `${SELECT} WHERE b.next_attempt_at <= :at ORDER BY b.next_attempt_at, b.id LIMIT :limit`,
      { ...due },
    );
    return rows.map(fromRow);
  }
}

function at(column: string, rowId: string) {
  return { table: 'payment_bank_accounts', column, rowId };
}

const SELECT = `SELECT b.id, b.party_id, b.scheme, b.masked, b.status, b.reason, b.requested_by,
  b.requested_at, b.attempts, b.next_attempt_at, b.decided_by, b.decided_at
  FROM payment_bank_accounts b`;

interface BankAccountRow {
  id: Id<'bac'>;
  party_id: Id<'pty'>;
  scheme: PayeeAccount['scheme'];
  masked: string;
  status: BankAccountStatus;
  reason: string | null;
  requested_by: string;
  requested_at: Date;
  attempts: number;
  next_attempt_at: Date | null;
  decided_by: string | null;
  decided_at: Date | null;
}

function fromRow(row: BankAccountRow): BankAccount {
  return {
    id: row.id,
    partyId: row.party_id,
    scheme: row.scheme,
    masked: row.masked,
    status: row.status,
    reason: row.reason ?? undefined,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at ?? undefined,
    decidedBy: row.decided_by ?? undefined,
    decidedAt: row.decided_at ?? undefined,
  };
}

import { dateIn } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import { checkIdentityNumber } from '../identity';
import {
  checkAccountReference,
  closeBankAccount,
  decideBankAccount,
  maskAccount,
  normaliseAccount,
  type BankAccount,
  type BankAccountVerdict,
} from './bank-account';
import type { BankAccountStore, SharedAccount } from './bank-account.store';
import type { HolderAnswer, PayeeAccount } from './custodian';
import { paymentProblem } from './errors';
import { afterFailure } from './retry';

export interface BankAccountDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly store: BankAccountStore;
}

export interface BankAccountDraft extends PayeeAccount {
  readonly partyId: Id<'pty'>;
}

/** The bank accounts money may be paid out to. */
export class BankAccountService {
  constructor(private readonly deps: BankAccountDeps) {}

  /**
   * Registers an account of a party. It is verified once its bank confirms that it is held in the
   * party's own name (`holder` comes from the party's file, never from the request).
   *
   * @throws Problem `payments.malformed-account`, `payments.bank-account-known`.
   */
  async register(tx: Tx, draft: BankAccountDraft): Promise<BankAccount> {
    const { clock, newId, audit, store } = this.deps;
    const { partyId, scheme, holder } = draft;
    const account = normaliseAccount(draft.account);
    const now = clock.now();
    requireWellFormed(scheme, account, now);
    const bankAccount: BankAccount = {
      id: newId('bac'),
      partyId,
      scheme,
      masked: maskAccount(scheme, account),
      status: 'pending',
      requestedBy: tx.scope.actor.id,
      requestedAt: now,
      attempts: 0,
      nextAttemptAt: now,
    };
    await store.insert(tx, bankAccount, { holder, scheme, account });
    await audit.record(tx, {
      action: 'bank-account.registered',
      subject: bankAccount.id,
      details: { masked: bankAccount.masked },
    });
    return bankAccount;
  }

  /**
   * Decides by hand, on a document the party showed: not for whoever registered the account, who could
   * have money paid to one of their own.
   *
   * @throws Problem `payments.bank-account-not-found`, `payments.four-eyes`,
   *   `payments.bank-account-decided`.
   */
  async decide(tx: Tx, id: Id<'bac'>, verdict: BankAccountVerdict): Promise<BankAccount> {
    const before = await this.deps.store.getAndLock(tx, id);
    if (before.requestedBy === tx.scope.actor.id) throw paymentProblem('four-eyes');
    return this.save(tx, decideBankAccount(before, verdict, this.decision(tx)));
  }

  /** @throws Problem `payments.bank-account-not-found`, also when it is another party's. */
  async close(tx: Tx, id: Id<'bac'>, partyId: Id<'pty'>): Promise<BankAccount> {
    const before = await this.deps.store.getAndLock(tx, id);
    if (before.partyId !== partyId) throw paymentProblem('bank-account-not-found');
    return this.save(tx, closeBankAccount(before, this.decision(tx)));
  }

  async listOfParty(db: Db, partyId: Id<'pty'>): Promise<readonly BankAccount[]> {
    return this.deps.store.listOfParty(db, partyId);
  }

  /** Who else has named an account of these parties: to link them, never to be shown. */
  async listSharing(db: Db, parties: readonly Id<'pty'>[]): Promise<readonly SharedAccount[]> {
    return this.deps.store.listSharing(db, parties);
  }

  async listDue(db: Db, limit: number): Promise<readonly BankAccount[]> {
    return this.deps.store.listDue(db, { at: this.deps.clock.now(), limit });
  }

  /** The number in clear, for the custodian alone. */
  async revealPayee(db: Db, id: Id<'bac'>): Promise<PayeeAccount> {
    return this.deps.store.revealPayee(db, id);
  }

  /** The numbers in clear, for the custodian alone, by the ids of the accounts. */
  async revealPayees(
    db: Db,
    ids: readonly Id<'bac'>[],
  ): Promise<ReadonlyMap<Id<'bac'>, PayeeAccount>> {
    return this.deps.store.revealPayees(db, ids);
  }

  /** Records what the account's bank said of its holder; a decision taken before stands. */
  async recordAnswer(tx: Tx, id: Id<'bac'>, answer: HolderAnswer): Promise<void> {
    const before = await this.deps.store.getAndLock(tx, id);
    if (before.status !== 'pending') return;
    const verdict: BankAccountVerdict =
      answer.answer === 'match'
        ? { verdict: 'verified' }
        : { verdict: 'rejected', reason: answer.reasonCode };
    await this.save(tx, decideBankAccount(before, verdict, this.decision(tx)));
  }

  async recordFailure(tx: Tx, id: Id<'bac'>): Promise<void> {
    const before = await this.deps.store.getAndLock(tx, id);
    if (before.status !== 'pending') return;
    const attempts = before.attempts + 1;
    const nextAttemptAt = afterFailure(attempts, this.deps.clock.now());
    await this.deps.store.update(tx, { ...before, attempts, nextAttemptAt });
  }

  private decision(tx: Tx) {
    return { decidedBy: tx.scope.actor.id, decidedAt: this.deps.clock.now() };
  }

  private async save(tx: Tx, account: BankAccount): Promise<BankAccount> {
    await this.deps.store.update(tx, account);
    await this.deps.audit.record(tx, {
      action: `bank-account.${account.status}`,
      subject: account.id,
      details: { reason: account.reason },
    });
    return account;
  }
}

function requireWellFormed(scheme: PayeeAccount['scheme'], account: string, now: Date): void {
  if (scheme === 'account-reference') return checkAccountReference(account);
  const { problems } = checkIdentityNumber('iban', account, dateIn('UTC', now));
  if (problems.length > 0) {
    throw paymentProblem('malformed-account', {
      detail: problems.map(({ message }) => message).join(' '),
    });
  }
}

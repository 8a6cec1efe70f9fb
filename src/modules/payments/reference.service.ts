import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Currency } from '../../kernel/currency';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { LedgerService } from '../ledger';
import { requireVerified } from './bank-account';
import type { BankAccountStore } from './bank-account.store';
import { paymentProblem } from './errors';
import { ownerAccount, type PaymentOwner } from './owner';
import { referenceOf } from './reference';
import * as store from './reference.store';
import type { DebitMandate, StandingReference } from './standing-reference';

export interface ReferenceDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly ledger: LedgerService;
  readonly bankAccounts: BankAccountStore;
}

export interface ReferenceDraft {
  readonly owner: PaymentOwner;
  /** Who pays. */
  readonly partyId: Id<'pty'>;
  readonly currency: Currency;
}

/** How money finds its way to an owner: by what its payer writes, or by debit mandate. */
export class ReferenceService {
  constructor(private readonly deps: ReferenceDeps) {}

  /**
   * Opens the account of an owner and the reference under which money comes to it. An owner has
   * one: asked again, that one is the answer.
   */
  async open(tx: Tx, { owner, partyId, currency }: ReferenceDraft): Promise<StandingReference> {
    const { clock, ledger, audit } = this.deps;
    const reference: StandingReference = {
      reference: referenceOf(owner.id),
      owner,
      partyId,
      currency,
      accountNo: await ledger.ensureAccount(tx, ownerAccount(owner, currency)),
      openedAt: clock.now(),
    };
    if (!(await store.insertReference(tx, reference))) {
      return must(await store.findReferenceOfOwner(tx, owner), 'the reference of the owner');
    }
    await audit.record(tx, {
      action: 'payment-reference.opened',
      subject: owner.id,
      details: { reference: reference.reference },
    });
    return reference;
  }

  /**
   * Closes the reference of an owner to whom nothing is to come any more. What still comes waits
   * in suspense, and nothing is drawn. One that is closed stays as it is.
   */
  async close(tx: Tx, owner: PaymentOwner): Promise<void> {
    if (!(await store.closeReference(tx, owner, this.deps.clock.now()))) return;
    await this.deps.audit.record(tx, { action: 'payment-reference.closed', subject: owner.id });
  }

  /** Opens the reference of an owner again to whom something is to come after all. */
  async reopen(tx: Tx, owner: PaymentOwner): Promise<void> {
    if (!(await store.reopenReference(tx, owner))) return;
    await this.deps.audit.record(tx, { action: 'payment-reference.reopened', subject: owner.id });
  }

  /** @throws Problem `payments.reference-not-found`. */
  async get(db: Db, reference: string): Promise<StandingReference> {
    const found = await store.findStandingReference(db, reference);
    if (!found) throw paymentProblem('reference-not-found');
    return found;
  }

  /** @throws Problem `payments.reference-not-found`. */
  async getOfOwner(db: Db, owner: PaymentOwner): Promise<StandingReference> {
    const found = await store.findReferenceOfOwner(db, owner);
    if (!found) throw paymentProblem('reference-not-found');
    return found;
  }

  async list(db: Db, filter: store.ReferenceFilter): Promise<readonly StandingReference[]> {
    return store.listReferences(db, filter);
  }

  async findDebitMandate(db: Db, reference: string): Promise<DebitMandate | undefined> {
    return store.findDebitMandateInForce(db, reference);
  }

  /**
   * Gives leave to draw what falls due from a bank account of the paying party; an earlier debit
   * mandate ends.
   *
   * @throws Problem `payments.reference-not-found`, `payments.reference-closed`,
   *   `payments.bank-account-not-found` (also for another party's account),
   *   `payments.bank-account-not-verified`.
   */
  async giveDebitMandate(
    tx: Tx,
    order: { readonly reference: string; readonly bankAccountId: Id<'bac'> },
  ): Promise<DebitMandate> {
    const { clock, newId, audit } = this.deps;
    const reference = await this.lock(tx, order.reference);
    if (reference.closedAt) throw paymentProblem('reference-closed');
    await this.requireAccountOf(tx, reference, order.bankAccountId);
    const by = tx.scope.actor.id;
    const at = clock.now();
    await store.endDebitMandate(tx, { reference: order.reference, by, at });
    const mandate: DebitMandate = { ...order, id: newId('mdt'), givenBy: by, givenAt: at };
    await store.insertDebitMandate(tx, mandate);
    await audit.record(tx, {
      action: 'debit-mandate.given',
      subject: mandate.id,
      details: { reference: order.reference, bankAccountId: order.bankAccountId },
    });
    return mandate;
  }

  /**
   * Takes the leave back; what was not handed to the custodian yet is not drawn any more.
   *
   * @throws Problem `payments.reference-not-found`, `payments.no-debit-mandate`.
   */
  async endDebitMandate(tx: Tx, reference: string): Promise<void> {
    await this.lock(tx, reference);
    const by = tx.scope.actor.id;
    const ended = await store.endDebitMandate(tx, { reference, by, at: this.deps.clock.now() });
    if (!ended) throw paymentProblem('no-debit-mandate');
    await this.deps.audit.record(tx, { action: 'debit-mandate.ended', subject: ended });
  }

  /**
   * Says that money of this owner may go to the bank account.
   *
   * @throws Problem `payments.bank-account-not-found` (also for another party's account),
   *   `payments.bank-account-not-verified`.
   */
  async requireAccountOf(
    tx: Tx,
    { partyId }: StandingReference,
    bankAccountId: Id<'bac'>,
  ): Promise<void> {
    const account = await this.deps.bankAccounts.getAndLock(tx, bankAccountId);
    if (account.partyId !== partyId) throw paymentProblem('bank-account-not-found');
    requireVerified(account);
  }

  /** @throws Problem `payments.reference-not-found`. */
  private async lock(tx: Tx, reference: string): Promise<StandingReference> {
    const found = await store.findStandingReferenceAndLock(tx, reference);
    if (!found) throw paymentProblem('reference-not-found');
    return found;
  }
}

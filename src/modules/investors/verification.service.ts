import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Database, Db, Scope, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { operatorIdOf, type OperatorDirectory, type PartyService } from '../identity';
import { investorCashAccount, type LedgerService } from '../ledger';
import { awaitingVerification, type Investor } from './investor';
import type { InvestorService } from './investor.service';
import { resolved, withOutcome, type Verification } from './verification';
import type {
  VerificationOutcome,
  VerificationProvider,
  VerificationSubject,
} from './verification-provider';
import * as store from './verification.store';

export interface VerificationDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly directory: OperatorDirectory;
  readonly parties: PartyService;
  readonly investors: InvestorService;
  readonly ledger: Pick<LedgerService, 'ensureAccount'>;
}

/** Establishing who investors are: asked for in one transaction, answered in another. */
export class VerificationService {
  constructor(private readonly deps: VerificationDeps) {}

  /**
   * Asks for the investor's identity to be established. The provider is asked after the commit.
   *
   * @throws Problem `investors.already-verified`, `investors.verification-open`,
   *   `investors.not-active`.
   */
  async request(tx: Tx, investorId: Id<'inv'>): Promise<Verification> {
    const { clock, newId, audit, outbox, investors } = this.deps;
    await investors.amend(tx, investorId, (investor) => ({
      investor: awaitingVerification(investor),
      reason: 'verification.requested',
    }));
    const verification: Verification = {
      id: newId('ver'),
      investorId,
      status: 'pending',
      requestedBy: tx.scope.actor.id,
      requestedAt: clock.now(),
      reasons: [],
    };
    await store.insertVerification(tx, verification);
    await audit.record(tx, { action: 'investor.verification-requested', subject: investorId });
    await outbox.publish(tx, {
      type: 'investor.verification-requested',
      subject: investorId,
      payload: { verificationId: verification.id },
    });
    return verification;
  }

  async findLatest(db: Db, investorId: Id<'inv'>): Promise<Verification | undefined> {
    return store.findLatestVerification(db, investorId);
  }

  async listPending(db: Db, limit: number): Promise<readonly Verification[]> {
    return store.listPendingVerifications(db, limit);
  }

  /** Whom the provider is to be asked about. Opens the identity number, which is audited. */
  async subjectOf(tx: Tx, investorId: Id<'inv'>): Promise<VerificationSubject> {
    const { investors, parties } = this.deps;
    const investor = await investors.get(tx, investorId);
    const details = (await investors.detailsOf(tx, [investorId])).get(investorId);
    return {
      kind: investor.kind,
      name: details?.name ?? '',
      country: investor.country,
      identityKind: investor.identityKind,
      identityNumber: await parties.revealNumber(tx, investor.partyId, 'verification'),
      bornOn: details?.bornOn,
      people: [],
    };
  }

  /**
   * Takes the provider's answer. Answering a case twice changes nothing.
   *
   * @throws Problem `investors.verification-not-found`.
   */
  async recordOutcome(tx: Tx, id: Id<'ver'>, outcome: VerificationOutcome): Promise<Verification> {
    const before = await store.getVerificationAndLock(tx, id);
    if (before.status !== 'pending') return before;
    const verification = withOutcome(before, outcome, this.deps.clock.now());
    await store.updateVerification(tx, verification);
    if (verification.status === 'review') await this.announceReview(tx, verification);
    else await this.settle(tx, verification);
    return verification;
  }

  /**
   * A compliance officer's word on a case in review.
   *
   * @throws Problem `investors.verification-not-in-review`, `investors.four-eyes`.
   */
  async resolve(
    tx: Tx,
    id: Id<'ver'>,
    decision: { readonly outcome: 'verified' | 'rejected'; readonly note: string },
  ): Promise<Verification> {
    const { outcome, note } = decision;
    const by = tx.scope.actor.id;
    const before = await store.getVerificationAndLock(tx, id);
    const verification = resolved(before, { outcome, by, at: this.deps.clock.now() });
    await store.updateVerification(tx, verification);
    await this.deps.audit.record(tx, {
      action: 'investor.verification-resolved',
      subject: verification.investorId,
      details: { verification: id, outcome, note },
    });
    await this.settle(tx, verification);
    return verification;
  }

  private async settle(tx: Tx, verification: Verification): Promise<void> {
    const { audit, outbox, investors } = this.deps;
    const { investorId } = verification;
    const isVerified = verification.status === 'verified';
    const investor = await investors.amend(tx, investorId, (before) => ({
      investor: {
        ...before,
        verification: isVerified ? 'verified' : 'rejected',
        verificationExpiresAt: isVerified ? verification.validUntil : undefined,
      },
      reason: isVerified ? 'verification.succeeded' : 'verification.rejected',
    }));
    if (isVerified) await this.openCashAccount(tx, investor);
    const type = `investor.${investor.verification}`;
    await audit.record(tx, {
      action: type,
      subject: investorId,
      details: {
        verification: verification.id,
        evidenceSha256: verification.evidenceSha256,
        reasons: verification.reasons,
      },
    });
    await outbox.publish(tx, { type, subject: investorId, payload: {} });
  }

  private async announceReview(tx: Tx, { id, investorId, reasons }: Verification): Promise<void> {
    const type = 'investor.verification-in-review';
    await this.deps.audit.record(tx, { action: type, subject: investorId, details: { reasons } });
    await this.deps.outbox.publish(tx, {
      type,
      subject: investorId,
      payload: { verificationId: id },
    });
  }

  /** The investor's money has a place from now on. Verifying again finds it there. */
  private async openCashAccount(tx: Tx, { id }: Investor): Promise<void> {
    const { homeCurrency } = this.deps.directory.get(operatorIdOf(tx));
    await this.deps.ledger.ensureAccount(tx, investorCashAccount(id, homeCurrency));
  }
}

/**
 * Takes pending cases to the provider: reads in one transaction, asks in none, records in another.
 * For the job, and for seeds that want the answer at once.
 */
export class VerificationRunner {
  constructor(
    private readonly deps: {
      readonly database: Pick<Database, 'read' | 'write'>;
      readonly clock: Clock;
      readonly verifications: VerificationService;
      readonly provider: VerificationProvider;
    },
  ) {}

  /**
   * Answers what is pending at one operator. A case that fails stays pending, is asked about again
   * at the next run, and does not stop the others.
   *
   * @returns how many cases were answered.
   * @throws AggregateError of what went wrong, after all were tried.
   */
  async runPending(scope: Scope, limit = 50): Promise<number> {
    const { database, verifications } = this.deps;
    const pending = await database.read(scope, (db) => verifications.listPending(db, limit));
    const failures: unknown[] = [];
    for (const verification of pending) {
      await this.run(scope, verification).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Some cases were not answered.');
    return pending.length;
  }

  async run(
    scope: Scope,
    { id, investorId }: Pick<Verification, 'id' | 'investorId'>,
  ): Promise<Verification> {
    const { database, clock, verifications, provider } = this.deps;
    const subject = await database.write(scope, (tx) => verifications.subjectOf(tx, investorId));
    const outcome = await provider.verify(id, subject, clock.now());
    return database.write(scope, (tx) => verifications.recordOutcome(tx, id, outcome));
  }
}

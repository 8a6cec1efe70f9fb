import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Database, Db, Scope, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import type { PartyService } from '../identity';
import type { VerificationOutcome, VerificationProvider, VerificationSubject } from '../investors';
import { ITEMS_ABOUT_PEOPLE } from './due-diligence';
import type { DueDiligenceService } from './due-diligence.service';
import { issuerProblem } from './errors';
import { isVerified, requireActive, type Issuer } from './issuer';
import type { IssuerService } from './issuer.service';
import type { Person } from './people';
import { resolved, settled, withOutcome, type IssuerVerification } from './verification';
import * as store from './verification.store';

export interface IssuerVerificationDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly parties: PartyService;
  readonly issuers: IssuerService;
  readonly dueDiligence: DueDiligenceService;
}

/** Establishing who issuers are, and screening everybody behind them. */
export class IssuerVerificationService {
  constructor(private readonly deps: IssuerVerificationDeps) {}

  /**
   * Asks for the issuer and its people to be checked. The provider is asked after the commit.
   *
   * @throws Problem `issuers.already-verified`, `issuers.verification-open`, `issuers.not-active`.
   */
  async request(tx: Tx, issuerId: Id<'iss'>): Promise<IssuerVerification> {
    const issuer = await this.deps.issuers.getAndLock(tx, issuerId);
    requireActive(issuer);
    if (isVerified(issuer)) throw issuerProblem('already-verified');
    return this.openCase(tx, issuer);
  }

  /**
   * Records new officers and owners, and has them screened: a change of people is how a bad actor
   * would come in after the check. Due diligence about people is opened again.
   */
  async changePeople(tx: Tx, issuerId: Id<'iss'>, people: readonly Person[]): Promise<Issuer> {
    const { clock, issuers, dueDiligence } = this.deps;
    const before = await issuers.getAndLock(tx, issuerId);
    const issuer = await issuers.replacePeople(tx, before, people);
    await dueDiligence.reopen(tx, issuer, ITEMS_ABOUT_PEOPLE);
    if (before.verification === 'unverified') return issuer;
    await store.supersedeOpen(tx, issuerId, clock.now());
    await this.openCase(tx, issuer);
    return issuers.get(tx, issuerId);
  }

  async findLatest(db: Db, issuerId: Id<'iss'>): Promise<IssuerVerification | undefined> {
    return store.findLatestVerification(db, issuerId);
  }

  async listPending(db: Db, limit: number): Promise<readonly IssuerVerification[]> {
    return store.listPendingVerifications(db, limit);
  }

  /** Whom the provider is to be asked about. Opens the identity number, which is audited. */
  async subjectOf(tx: Tx, issuerId: Id<'iss'>): Promise<VerificationSubject> {
    const { issuers, parties } = this.deps;
    const issuer = await issuers.get(tx, issuerId);
    const people = await issuers.peopleOf(tx, issuerId);
    return {
      kind: issuer.kind,
      name: await issuers.nameOf(tx, issuer),
      country: issuer.country,
      identityKind: issuer.identityKind,
      identityNumber: await parties.revealNumber(tx, issuer.partyId, 'verification'),
      bornOn: issuer.kind === 'natural' ? people[0]?.bornOn : undefined,
      people: people.map(({ name, bornOn }) => ({ name, bornOn })),
    };
  }

  /** Takes the provider's answer. An answer to a case that is no longer open changes nothing. */
  async recordOutcome(
    tx: Tx,
    id: Id<'ver'>,
    outcome: VerificationOutcome,
  ): Promise<IssuerVerification> {
    const { issuerId } = await store.getVerification(tx, id);
    // The issuer first, then its case: the order in which everything else locks them.
    const issuer = await this.deps.issuers.getAndLock(tx, issuerId);
    const before = await store.getVerificationAndLock(tx, id);
    if (before.status !== 'pending') return before;
    const verification = withOutcome(before, outcome, this.deps.clock.now());
    await store.updateVerification(tx, verification);
    if (verification.status === 'review') await this.announceReview(tx, verification);
    else await this.settle(tx, issuer, verification);
    return verification;
  }

  /**
   * A compliance officer's word on the case in review.
   *
   * @throws Problem `issuers.verification-not-in-review`, `issuers.four-eyes`,
   *   `issuers.verification-not-found`.
   */
  async resolve(
    tx: Tx,
    issuerId: Id<'iss'>,
    decision: { readonly outcome: 'verified' | 'rejected'; readonly note: string },
  ): Promise<IssuerVerification> {
    const { outcome, note } = decision;
    const issuer = await this.deps.issuers.getAndLock(tx, issuerId);
    const latest = await store.findLatestVerification(tx, issuerId);
    if (!latest) throw issuerProblem('verification-not-found');
    const at = this.deps.clock.now();
    const verification = resolved(latest, { outcome, by: tx.scope.actor.id, at });
    await store.updateVerification(tx, verification);
    await this.deps.audit.record(tx, {
      action: 'issuer.verification-resolved',
      subject: issuerId,
      details: { verification: latest.id, outcome, note },
    });
    await this.settle(tx, issuer, verification);
    return verification;
  }

  private async openCase(tx: Tx, issuer: Issuer): Promise<IssuerVerification> {
    const { clock, newId, audit, outbox, issuers } = this.deps;
    const verification: IssuerVerification = {
      id: newId('ver'),
      issuerId: issuer.id,
      peopleVersion: issuer.peopleVersion,
      status: 'pending',
      requestedBy: tx.scope.actor.id,
      requestedAt: clock.now(),
      reasons: [],
    };
    await store.insertVerification(tx, verification);
    await issuers.save(tx, { ...issuer, verification: 'pending' });
    const type = 'issuer.verification-requested';
    await audit.record(tx, { action: type, subject: issuer.id });
    const payload = { verificationId: verification.id };
    await outbox.publish(tx, { type, subject: issuer.id, payload });
    return verification;
  }

  private async settle(tx: Tx, issuer: Issuer, verification: IssuerVerification): Promise<void> {
    const { audit, outbox, issuers } = this.deps;
    const changed = settled(issuer, verification);
    await issuers.save(tx, changed);
    const type = `issuer.${changed.verification}`;
    await audit.record(tx, {
      action: type,
      subject: issuer.id,
      details: {
        verification: verification.id,
        evidenceSha256: verification.evidenceSha256,
        reasons: verification.reasons,
      },
    });
    await outbox.publish(tx, { type, subject: issuer.id, payload: {} });
  }

  private async announceReview(tx: Tx, verification: IssuerVerification): Promise<void> {
    const { issuerId, id, reasons } = verification;
    const type = 'issuer.verification-in-review';
    await this.deps.audit.record(tx, { action: type, subject: issuerId, details: { reasons } });
    const payload = { verificationId: id };
    await this.deps.outbox.publish(tx, { type, subject: issuerId, payload });
  }
}

/**
 * Takes pending cases to the provider: reads in one transaction, asks in none, records in another.
 */
export class IssuerVerificationRunner {
  constructor(
    private readonly deps: {
      readonly database: Pick<Database, 'read' | 'write'>;
      readonly clock: Clock;
      readonly verifications: IssuerVerificationService;
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
    { id, issuerId }: Pick<IssuerVerification, 'id' | 'issuerId'>,
  ): Promise<IssuerVerification> {
    const { database, clock, verifications, provider } = this.deps;
    const subject = await database.write(scope, (tx) => verifications.subjectOf(tx, issuerId));
    const outcome = await provider.verify(id, subject, clock.now());
    return database.write(scope, (tx) => verifications.recordOutcome(tx, id, outcome));
  }
}

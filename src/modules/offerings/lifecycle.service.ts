import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import { earlyCloseNotBefore, reconfirmBy } from '../rulebooks';
import { differences, frozenFaults } from './change';
import { IssuerClaims } from './claims.service';
import type { OfferingDocument } from './document';
import { offeringProblem } from './errors';
import * as evidence from './evidence.store';
import type { AnnouncedChange } from './evidence.store';
import { changeReasons, earlyCloseReasons, openingOf } from './guards';
import { requireStatus, type Offering } from './offering';
import type { OfferingDeps } from './ports';
import { atRate } from './loan-terms';
import { issuerLines, ReadinessService, type Readiness } from './readiness.service';
import { notReady, type OfferingInForce, type OfferingService } from './service';
import { OfferingSteps } from './steps.service';
import * as store from './store';
import type { OfferingVersion } from './store';
import type { OfferingTerms } from './terms';

export interface MaterialChange {
  /** The version the change was written against. */
  readonly basedOn: number;
  readonly terms: OfferingTerms;
  readonly documents: readonly OfferingDocument[];
  /** What investors are told. */
  readonly reason: string;
}

/**
 * What happens to an offering from its publication on. Locks are taken in one order everywhere:
 * the offering, the issuer's caps, and its book last, since orders lock the book last too.
 */
export class OfferingLifecycle {
  private readonly steps: OfferingSteps;
  private readonly readiness: ReadinessService;
  private readonly claims: IssuerClaims;

  constructor(
    private readonly deps: OfferingDeps,
    private readonly offerings: OfferingService,
  ) {
    this.steps = new OfferingSteps(deps);
    this.readiness = new ReadinessService(deps);
    this.claims = new IssuerClaims(deps);
  }

  /**
   * Publishes the approved version: reserves its maximum under the issuer's caps and schedules the
   * opening, or opens at once when the terms name no later moment.
   *
   * @throws Problem `offerings.not-approved`, `offerings.not-ready`, `caps.exceeded`,
   *   `offerings.wrong-status`.
   */
  async publish(tx: Tx, id: Id<'off'>): Promise<Offering> {
    const { offering, version } = await this.offerings.lockInForce(tx, id);
    requireStatus(offering, ['in-review'], 'publishing');
    const reviews = await evidence.listReviews(tx, id);
    const last = reviews.at(-1);
    if (last?.verdict !== 'approved' || last.version !== offering.version) {
      throw offeringProblem('not-approved');
    }
    const readiness = await this.offerings.requireReady(tx, offering, version);
    return this.publishReady(tx, { offering, version }, readiness);
  }

  /** Publishes what was approved and found ready in this transaction, under the offering's lock. */
  async publishReady(
    tx: Tx,
    { offering, version }: OfferingInForce,
    readiness: Readiness,
  ): Promise<Offering> {
    const { id } = offering;
    const now = this.deps.clock.now();
    const { terms } = version;
    await this.claims.take(tx, offering, { terms, lines: issuerLines(readiness, terms.maximum) });
    const opensAt = openingOf(terms, now);
    await store.insertBook(tx, {
      offeringId: id,
      version: offering.version,
      opensAt,
      closesAt: terms.closesAt,
      limit: terms.orderLimit,
      holderLimit: readiness.holderLimit,
    });
    const scheduled = await this.steps.take(tx, offering, {
      action: 'schedule',
      reason: 'Approved and scheduled',
      details: { opensAt: opensAt.toISOString() },
    });
    return opensAt <= now ? this.openBook(tx, scheduled) : scheduled;
  }

  /** Opens a scheduled offering whose moment has come. @throws Problem `offerings.wrong-status`. */
  async open(tx: Tx, id: Id<'off'>): Promise<Offering> {
    const offering = await store.getOfferingAndLock(tx, id);
    requireStatus(offering, ['scheduled'], 'opening');
    const book = await store.getBookAndLock(tx, id);
    if (this.deps.clock.now() < book.opensAt) {
      throw offeringProblem('wrong-status', {
        detail: `It opens at ${book.opensAt.toISOString()}.`,
      });
    }
    return this.openBook(tx, offering);
  }

  /**
   * Shuts the book of an offering whose deadline has come. Orders that were being applied are in
   * it when this returns; none comes after.
   *
   * @throws Problem `offerings.wrong-status`, also before the deadline.
   */
  async close(tx: Tx, id: Id<'off'>): Promise<Offering> {
    const offering = await store.getOfferingAndLock(tx, id);
    requireStatus(offering, ['live'], 'closing');
    const book = await store.getBookAndLock(tx, id);
    if (this.deps.clock.now() < book.closesAt) {
      throw offeringProblem('wrong-status', {
        detail: `It closes at ${book.closesAt.toISOString()}.`,
      });
    }
    await store.setBookOpen(tx, id, false);
    return this.steps.take(tx, offering, { action: 'close', reason: 'The deadline has come' });
  }

  /**
   * Shuts the book of a loan of which every unit is committed, so that its borrower need not wait
   * for the deadline. Where the law asks for notice of an early close, the deadline is waited for.
   *
   * @returns undefined where that is so.
   * @throws Problem `offerings.wrong-status`, also while the loan is not full.
   */
  async closeFull(tx: Tx, id: Id<'off'>): Promise<Offering | undefined> {
    const offering = await store.getOfferingAndLock(tx, id);
    requireStatus(offering, ['live'], 'closing');
    const now = this.deps.clock.now();
    const { rulebook, workingDays } = this.offerings.regimeOf(tx);
    const openedAt = offering.publishedAt ?? now;
    const wait = earlyCloseNotBefore(rulebook, { noticeAt: now, openedAt }, workingDays);
    if (wait !== undefined && now < wait.endsAt) return undefined;
    const book = await store.getBookAndLock(tx, id);
    if (offering.kind !== 'loan' || !book.committed.equals(book.limit)) {
      const detail = `${book.committed} of ${book.limit} is committed; only a full loan closes.`;
      throw offeringProblem('wrong-status', { detail });
    }
    await store.shutBookEarly(tx, id, now);
    return this.steps.take(tx, offering, { action: 'close', reason: 'The loan is full' });
  }

  /** Live loans of which every unit is committed. */
  async listFullLoans(db: Db): Promise<readonly Id<'off'>[]> {
    return store.listFullLoans(db);
  }

  /**
   * Ends the offering before its settlement. The subscriptions it had are released next, in
   * transactions of their own, so that no order in flight is locked out of order.
   *
   * @throws Problem `offerings.wrong-status`.
   */
  async withdraw(tx: Tx, id: Id<'off'>, reason: string): Promise<Offering> {
    const offering = await store.getOfferingAndLock(tx, id);
    const withdrawn = await this.steps.take(tx, offering, { action: 'withdraw', reason });
    await this.claims.release(tx, id);
    await store.setBookOpen(tx, id, false);
    return withdrawn;
  }

  /** Records that a closed offering was settled. Called by the closing, in its transaction. */
  async markSettled(tx: Tx, offering: Offering, raised: Money): Promise<Offering> {
    await this.claims.countSold(tx, offering.id, raised);
    return this.steps.take(tx, offering, {
      action: 'settle',
      reason: 'Settled',
      details: { raised: { ...raised.toWire() } },
    });
  }

  /** Records that a closed offering failed. Called by the closing, in its transaction. */
  async markFailed(tx: Tx, offering: Offering, reason: string): Promise<Offering> {
    await this.claims.release(tx, offering.id);
    return this.steps.take(tx, offering, { action: 'fail', reason });
  }

  /**
   * Changes the terms of an offering that is public. Whoever subscribed before must reconfirm by
   * the moment it gives, or is released.
   *
   * @throws Problem `offerings.stale-version`, `offerings.no-change`, `offerings.frozen-term`,
   *   `offerings.not-ready`, `caps.exceeded`, `offerings.wrong-status`.
   */
  async materialChange(
    tx: Tx,
    id: Id<'off'>,
    change: MaterialChange,
  ): Promise<OfferingInForce & { readonly change: AnnouncedChange }> {
    const found = await this.lockPublic(tx, id, change.basedOn);
    const now = this.deps.clock.now();
    const changed = differences(found.version, change);
    if (changed.length === 0) throw offeringProblem('no-change');
    const frozen = frozenFaults(changed, found.offering.kind);
    if (frozen.length > 0) {
      throw offeringProblem('frozen-term', {
        detail: frozen.map((fault) => fault.message).join(' '),
      });
    }
    const { rulebook, workingDays } = this.offerings.regimeOf(tx);
    const until = reconfirmBy(rulebook, { notifiedAt: now }, workingDays);
    await this.adjustClaims(tx, found, change);
    // Caps before the book: orders lock in that order too.
    const book = await store.getBookAndLock(tx, id);
    const reasons = changeReasons({
      now,
      before: { ...found.version.terms, closesAt: book.closesAt },
      after: change.terms,
      committed: book.committed,
      reconfirmBy: until,
    });
    if (reasons.length > 0) throw notReady(reasons);
    return this.recordChange(tx, found, {
      content: change,
      kind: 'material',
      fields: changed.map((difference) => difference.field),
      reconfirmBy: until?.endsAt,
    });
  }

  /**
   * Announces an earlier deadline, since the target is met. Investors keep their right to revoke
   * until it ends before the new deadline; nobody need reconfirm.
   *
   * @throws Problem `offerings.not-ready` with every reason, `offerings.wrong-status`.
   */
  async announceEarlyClose(
    tx: Tx,
    id: Id<'off'>,
    { closesAt, reason }: { readonly closesAt: Date; readonly reason: string },
  ): Promise<OfferingInForce & { readonly change: AnnouncedChange }> {
    const found = await this.offerings.lockInForce(tx, id);
    const { offering, version } = found;
    requireStatus(offering, ['live'], 'closing early');
    const now = this.deps.clock.now();
    const { rulebook, workingDays } = this.offerings.regimeOf(tx);
    const openedAt = offering.publishedAt ?? now;
    const book = await store.getBookAndLock(tx, id);
    const reasons = earlyCloseReasons({
      now,
      terms: version.terms,
      committed: book.committed,
      closesAt,
      notBefore: earlyCloseNotBefore(rulebook, { noticeAt: now, openedAt }, workingDays),
    });
    if (reasons.length > 0) throw notReady(reasons);
    return this.recordChange(tx, found, {
      content: { terms: { ...version.terms, closesAt }, documents: version.documents, reason },
      kind: 'early-close',
      fields: ['closesAt'],
      reconfirmBy: undefined,
    });
  }

  /**
   * Fixes the rate of a loan at what its auction found, so that orders can be taken at it. Nobody
   * has subscribed before, so nobody need confirm anything.
   *
   * @throws Problem `offerings.wrong-status` unless it is live and up for auction,
   *   `offerings.frozen-term` for a rate or a cost above what was announced.
   */
  async fixRate(
    tx: Tx,
    id: Id<'off'>,
    found: { readonly rate: Rate; readonly apr: Rate; readonly reason: string },
  ): Promise<OfferingInForce> {
    const inForce = await this.offerings.lockInForce(tx, id);
    requireStatus(inForce.offering, ['live'], 'fixing a rate');
    const { terms, documents } = inForce.version;
    return this.recordChange(tx, inForce, {
      content: { terms: atRate(terms, found), documents, reason: found.reason },
      kind: 'material',
      fields: ['instrument'],
      reconfirmBy: undefined,
    });
  }

  async listChanges(db: Db, id: Id<'off'>): Promise<readonly AnnouncedChange[]> {
    return evidence.listChanges(db, id);
  }

  /** Scheduled offerings whose opening has come, or live ones whose deadline has. */
  async listDue(db: Db, status: 'scheduled' | 'live'): Promise<readonly Id<'off'>[]> {
    return store.listDue(db, { status, at: this.deps.clock.now(), limit: 1000 });
  }

  /** Live offerings, and those that are closed and not settled yet. */
  async listByStatus(db: Db, status: 'live' | 'closing'): Promise<readonly Id<'off'>[]> {
    return store.listIdsByStatus(db, status);
  }

  /** Withdrawn offerings whose subscriptions are not all released yet. */
  async listWithdrawnUnreleased(db: Db): Promise<readonly Id<'off'>[]> {
    return store.listWithdrawnUnreleased(db);
  }

  private async openBook(tx: Tx, offering: Offering): Promise<Offering> {
    await store.setBookOpen(tx, offering.id, true);
    return this.steps.take(tx, offering, { action: 'open', reason: 'Open to orders' });
  }

  private async lockPublic(tx: Tx, id: Id<'off'>, basedOn: number): Promise<OfferingInForce> {
    const found = await this.offerings.lockInForce(tx, id);
    requireStatus(found.offering, ['scheduled', 'live'], 'a material change');
    if (found.offering.version !== basedOn) {
      throw offeringProblem('stale-version', {
        detail: `It is at version ${found.offering.version}.`,
      });
    }
    return found;
  }

  /** Reserves a larger maximum under the issuer's caps, or gives back what a smaller one frees. */
  private async adjustClaims(
    tx: Tx,
    { offering, version }: OfferingInForce,
    change: MaterialChange,
  ): Promise<void> {
    if (change.terms.maximum.currency !== version.terms.currency) return;
    const growth = change.terms.maximum.minus(version.terms.maximum);
    if (growth.isNegative) await this.claims.reduce(tx, offering.id, growth.negated());
    if (!growth.isPositive) return;
    const readiness = await this.readiness.judge(tx, offering, change);
    // Whatever else has changed since, more than was decided on is lent to nobody.
    const beyond = this.readiness.reasonsOfDecision(offering, change.terms, readiness);
    if (beyond.length > 0) throw notReady(beyond);
    await this.claims.reserve(tx, offering.id, issuerLines(readiness, growth));
  }

  private async recordChange(
    tx: Tx,
    { offering, version }: OfferingInForce,
    change: {
      readonly content: Pick<OfferingVersion, 'terms' | 'documents' | 'reason'>;
      readonly kind: AnnouncedChange['kind'];
      readonly fields: readonly string[];
      readonly reconfirmBy: Date | undefined;
    },
  ): Promise<OfferingInForce & { readonly change: AnnouncedChange }> {
    const now = this.deps.clock.now();
    const { terms, documents, reason } = change.content;
    const revised: Offering = {
      ...offering,
      version: version.version + 1,
      title: terms.title,
      updatedAt: now,
    };
    const recorded: OfferingVersion = {
      version: revised.version,
      terms,
      documents,
      reason,
      recordedAt: now,
      recordedBy: tx.scope.actor.id,
    };
    const announced: AnnouncedChange = {
      version: revised.version,
      kind: change.kind,
      fields: change.fields,
      announcedAt: now,
      reconfirmBy: change.reconfirmBy,
    };
    await store.insertVersion(tx, offering.id, recorded);
    await evidence.insertChange(tx, offering.id, announced);
    await store.updateOffering(tx, revised);
    await store.changeBook(tx, offering.id, {
      version: revised.version,
      closesAt: terms.closesAt,
      limit: terms.orderLimit,
    });
    const type = change.kind === 'material' ? 'offering.changed' : 'offering.early-close-announced';
    await this.steps.announce(tx, offering, {
      type,
      details: {
        version: revised.version,
        fields: change.fields,
        reason,
        closesAt: terms.closesAt.toISOString(),
        ...(change.reconfirmBy === undefined
          ? {}
          : { reconfirmBy: change.reconfirmBy.toISOString() }),
      },
    });
    return { offering: revised, version: recorded, change: announced };
  }
}

import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import type { CapsService } from '../caps';
import type { LedgerService } from '../ledger';
import type {
  AnnouncedChange,
  OfferingBooks,
  OfferingInForce,
  OfferingLifecycle,
  OfferingService,
} from '../offerings';
import { revocableUntil } from '../rulebooks';
import { committedOf, type Commitment, type Released, type Resolution } from './closing';
import * as store from './closing.store';

export interface ReleaseDeps {
  readonly clock: Clock;
  readonly ledger: LedgerService;
  readonly caps: CapsService;
  readonly offerings: OfferingService;
  readonly lifecycle: OfferingLifecycle;
  readonly books: OfferingBooks;
  readonly audit: Audit;
  readonly outbox: Outbox;
}

/** So many subscriptions are released in one transaction while the offering goes on. */
const BATCH = 5_000;

/**
 * What becomes of open subscriptions when their offering changes under them or is withdrawn. Each
 * call does one transaction's work and may be repeated; locks are taken in the order subscriptions,
 * caps, accounts, book, as everywhere.
 */
export class ReleaseService {
  constructor(private readonly deps: ReleaseDeps) {}

  /**
   * Applies the announced changes of an offering that no earlier call applied: sets the time until
   * when investors must reconfirm, and moves rights to revoke that hang on the deadline. The book
   * is at the new version already, so no older subscription can come after.
   *
   * @returns how many changes were applied.
   */
  async applyChanges(tx: Tx, offeringId: Id<'off'>): Promise<number> {
    const { offerings, lifecycle } = this.deps;
    const found = await offerings.lockInForce(tx, offeringId);
    const applied = await store.lastAppliedChange(tx, offeringId);
    const changes = await lifecycle.listChanges(tx, offeringId);
    const pending = changes.filter((change) => change.version > applied);
    for (const change of pending) await this.applyChange(tx, found, change);
    return pending.length;
  }

  /** Whether an announced change still waits to be applied. */
  async hasPendingChanges(db: Db, offeringId: Id<'off'>): Promise<boolean> {
    const last = (await this.deps.lifecycle.listChanges(db, offeringId)).at(-1);
    return last !== undefined && last.version > (await store.lastAppliedChange(db, offeringId));
  }

  /** Releases who did not reconfirm in time. @returns how many; call again until none is left. */
  async releaseUnconfirmed(tx: Tx, offeringId: Id<'off'>): Promise<number> {
    const now = this.deps.clock.now();
    const { version } = await this.deps.offerings.get(tx, offeringId);
    const offering = { id: offeringId, currency: version.terms.currency };
    const lapsed = await store.lockUnconfirmed(tx, offering, { now, limit: BATCH });
    await this.release(tx, offering, { commitments: lapsed, resolution: 'not-reconfirmed' });
    return lapsed.length;
  }

  /** Offerings with an open subscription that was not reconfirmed in time. */
  async listWithUnconfirmed(db: Db): Promise<readonly Id<'off'>[]> {
    return store.listWithUnconfirmed(db, this.deps.clock.now());
  }

  /** Releases subscriptions of a withdrawn offering. @returns how many; call until none is left. */
  async releaseWithdrawn(tx: Tx, offeringId: Id<'off'>): Promise<number> {
    const { offering, version } = await this.deps.offerings.lockInForce(tx, offeringId);
    if (offering.status !== 'withdrawn') return 0;
    const ref = { id: offeringId, currency: version.terms.currency };
    const commitments = await store.lockCommitments(tx, ref, BATCH);
    await this.release(tx, ref, { commitments, resolution: 'offering-withdrawn' });
    return commitments.length;
  }

  /** Records and tells that subscriptions were released, by their ids. */
  async announce(tx: Tx, offeringId: Id<'off'>, released: readonly Released[]): Promise<void> {
    const { audit, outbox } = this.deps;
    const type = 'subscriptions.released';
    for (const resolution of new Set(released.map((each) => each.resolution))) {
      const group = released.filter((each) => each.resolution === resolution);
      const details = { resolution, ids: group.map(({ commitment }) => commitment.id) };
      await audit.record(tx, { action: type, subject: offeringId, details });
      await outbox.publish(tx, { type, subject: offeringId, payload: details });
    }
  }

  private async release(
    tx: Tx,
    offering: store.OfferingRef,
    {
      commitments,
      resolution,
    }: { readonly commitments: readonly Commitment[]; readonly resolution: Resolution },
  ): Promise<void> {
    if (commitments.length === 0) return;
    const { clock, caps, ledger, books } = this.deps;
    await caps.release(tx, commitments.flatMap(releaseLines));
    await ledger.releaseHolds(
      tx,
      commitments.map((commitment) => commitment.holdNo),
    );
    await books.reduceCommitted(tx, offering.id, committedOf(commitments, offering).minor);
    await store.resolve(
      tx,
      commitments.map(({ id }) => ({ id, status: 'released', resolution, units: 0n })),
      clock.now(),
    );
    const released = commitments.map((commitment) => ({ commitment, resolution }));
    await this.announce(tx, offering.id, released);
  }

  private async applyChange(
    tx: Tx,
    { offering, version }: OfferingInForce,
    change: AnnouncedChange,
  ): Promise<void> {
    const { clock } = this.deps;
    const now = clock.now();
    let affected = 0;
    if (change.reconfirmBy !== undefined) {
      affected = await store.requireReconfirmation(tx, offering.id, {
        version: change.version,
        by: change.reconfirmBy,
      });
    }
    if (change.fields.includes('closesAt')) {
      affected = Math.max(affected, await this.moveRights(tx, offering.id, change.version));
    }
    const mark = { version: change.version, affected, at: now };
    await store.markChangeApplied(tx, offering.id, mark);
    await this.deps.audit.record(tx, {
      action: 'subscriptions.change-applied',
      subject: offering.id,
      details: { version: change.version, inForce: version.version, affected },
    });
  }

  /** Rights that end so long before the deadline end so long before the new one. */
  private async moveRights(tx: Tx, offeringId: Id<'off'>, version: number): Promise<number> {
    const { clock, offerings } = this.deps;
    const { rulebook, workingDays } = offerings.regimeOf(tx);
    const before = await offerings.getVersion(tx, offeringId, version - 1);
    const after = await offerings.getVersion(tx, offeringId, version);
    const now = clock.now();
    const ends = new Map<number, Date>();
    for (const { id: tier } of rulebook.definition.tiers) {
      const endWith = (deadline: Date): Date | undefined =>
        revocableUntil(rulebook, { at: now, tier, openedAt: now, deadline }, workingDays)?.endsAt;
      const from = endWith(before.terms.closesAt);
      const to = endWith(after.terms.closesAt);
      if (from && to && from.getTime() !== to.getTime()) ends.set(from.getTime(), to);
    }
    let affected = 0;
    for (const [from, to] of ends) {
      const end = { from: new Date(from), to, now };
      affected += await store.moveRevocableUntil(tx, offeringId, end);
    }
    return affected;
  }
}

/** What a subscription gives back of every cap it had reserved on. */
export function releaseLines({ capRows, amount }: Commitment) {
  return capRows.map((row) => ({ ...row, amountMinor: amount.minor }));
}

import { must } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Tx } from '../../platform/db';
import { byLockOrder, type CapLine } from '../caps';
import { listClaims, saveClaim } from './claim.store';
import { isLoan } from './loan-terms';
import type { Offering } from './offering';
import type { OfferingDeps } from './ports';
import type { OfferingTerms } from './terms';

/**
 * What an offering takes of its issuer's own caps, across every operator: its maximum while it is
 * public, what it sold once it is settled, nothing when it fails or is withdrawn.
 */
export class IssuerClaims {
  constructor(private readonly deps: Pick<OfferingDeps, 'caps' | 'clock' | 'renewals'>) {}

  /**
   * Reserves for an offering's first publication. A loan that renews another takes its place: the
   * old one is counted no more in the same transaction.
   *
   * @throws Problem `caps.exceeded` with what is left of each cap; those of `LoanRenewals`.
   */
  async take(
    tx: Tx,
    { id: offeringId, issuerId }: Offering,
    { terms, lines }: { readonly terms: OfferingTerms; readonly lines: readonly CapLine[] },
  ): Promise<void> {
    const renews = isLoan(terms) ? terms.instrument.renews : undefined;
    if (renews !== undefined) {
      const renewals = must(this.deps.renewals, 'who keeps the loans that others renew');
      await renewals.makeRoom(tx, { offeringId, issuerId, renews, least: terms.target });
    }
    await this.reserve(tx, offeringId, lines);
  }

  /**
   * Reserves, for a larger maximum.
   *
   * @throws Problem `caps.exceeded` with what is left of each cap.
   */
  async reserve(tx: Tx, offeringId: Id<'off'>, lines: readonly CapLine[]): Promise<void> {
    if (lines.length === 0) return;
    await this.deps.caps.reserve(tx, lines, this.deps.clock.now());
    const before = await listClaims(tx, offeringId);
    for (const { subject, capKey, amount } of lines) {
      const held = before.find((claim) => claim.subject === subject && claim.capKey === capKey);
      const reservedMinor = (held?.reservedMinor ?? 0n) + amount.minor;
      await saveClaim(tx, offeringId, { subject, capKey, reservedMinor });
    }
  }

  /** Gives back part of what is reserved: the maximum became smaller. */
  async reduce(tx: Tx, offeringId: Id<'off'>, by: Money): Promise<void> {
    const claims = (await listClaims(tx, offeringId)).toSorted(byLockOrder);
    const parts = claims.map((claim) => ({
      ...claim,
      amountMinor: claim.reservedMinor < by.minor ? claim.reservedMinor : by.minor,
    }));
    await this.deps.caps.release(tx, parts);
    for (const part of parts) {
      const reservedMinor = part.reservedMinor - part.amountMinor;
      await saveClaim(tx, offeringId, { ...part, reservedMinor });
    }
  }

  /** Gives everything back: the offering failed or was withdrawn. What it renewed counts again. */
  async release(tx: Tx, offeringId: Id<'off'>): Promise<void> {
    const claims = (await listClaims(tx, offeringId)).toSorted(byLockOrder);
    await this.deps.caps.release(
      tx,
      claims.map((claim) => ({ ...claim, amountMinor: claim.reservedMinor })),
    );
    for (const claim of claims) await saveClaim(tx, offeringId, { ...claim, reservedMinor: 0n });
    await this.deps.renewals?.giveBack(tx, offeringId);
  }

  /** Turns the reservation into a sale of what was raised; the rest is free again. */
  async countSold(tx: Tx, offeringId: Id<'off'>, raised: Money): Promise<void> {
    const claims = (await listClaims(tx, offeringId)).toSorted(byLockOrder);
    await this.deps.caps.countSales(
      tx,
      claims.map((claim) => ({ ...claim, sourceId: offeringId, soldMinor: raised.minor })),
      this.deps.clock.now(),
    );
    for (const claim of claims) {
      await saveClaim(tx, offeringId, { ...claim, reservedMinor: 0n, soldMinor: raised.minor });
    }
  }
}

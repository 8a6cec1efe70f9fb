import { must } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import {
  credit,
  debit,
  investorCashAccount,
  issuerProceedsAccount,
  offeringEscrowAccount,
  feeAccount,
  type AccountNo,
  type Capture,
} from '../ledger';
import {
  instrumentName,
  isLoan,
  loanFacts,
  reasonFindings,
  sharePrice,
  type Offering,
  type OfferingInForce,
  type OfferingTerms,
} from '../offerings';
import { assess, earliestSettlement, permits } from '../rulebooks';
import type { Allotment, GivenAllotment } from './allocation';
import {
  planClosing,
  type ClosingFacts,
  type ClosingPlan,
  type Commitment,
  type Released,
} from './closing';
import { saleLines } from './closing-lines';
import * as store from './closing.store';
import type { Closing } from './closing.store';
import { subscriptionProblem } from './errors';
import { releaseLines, type ReleaseDeps, type ReleaseService } from './release.service';

/** Shares or notes of one offering, to be entered in the issuer's register together. */
export interface Issuance {
  readonly offeringId: Id<'off'>;
  readonly issuerId: Id<'iss'>;
  readonly kind: 'share-class' | 'note-series';
  /** The class of shares; of a loan, its own series of notes. */
  readonly name: string;
  /** The principal of one unit of a loan; shares have none. */
  readonly parValue: Rate | undefined;
  readonly price: Rate;
  readonly currency: OfferingTerms['currency'];
  readonly holderLimit: number | undefined;
  readonly issuedAt: Date;
  readonly items: readonly {
    readonly subscriptionId: Id<'sub'>;
    readonly investorId: Id<'inv'>;
    readonly units: bigint;
  }[];
}

export interface ClosingDeps extends ReleaseDeps {
  readonly releases: ReleaseService;
  /** Whoever keeps the registers: enters all of it, or nothing. */
  readonly issueShares: (tx: Tx, issuance: Issuance) => Promise<void>;
}

type SettlePlan = Extract<ClosingPlan, { outcome: 'settle' }>;
type FailPlan = Extract<ClosingPlan, { outcome: 'fail' }>;

interface Found extends OfferingInForce {
  readonly openedAt: Date;
  readonly closesAt: Date;
  readonly holderLimit: number | undefined;
}

/**
 * Ends offerings: money and shares change hands, or everybody gets everything back. One
 * transaction does all of it, so that a kill at any moment leaves all or nothing.
 *
 * Locks are taken in one order: offering, subscriptions, caps, accounts. The book was shut when
 * the deadline came and is not touched any more.
 */
export class ClosingService {
  constructor(private readonly deps: ClosingDeps) {}

  /**
   * Settles or fails an offering that is closed.
   *
   * @param given the allocation staff decided, where the terms leave it to them.
   * @throws Problem `subscriptions.not-ready-to-settle` with every reason,
   *   `subscriptions.allocation-needed`, `subscriptions.invalid-allocation`,
   *   `offerings.wrong-status`.
   */
  async settle(tx: Tx, offeringId: Id<'off'>, given?: readonly GivenAllotment[]): Promise<Closing> {
    const found = await this.lockClosed(tx, offeringId);
    const ref = { id: offeringId, currency: found.version.terms.currency };
    const commitments = await store.lockCommitments(tx, ref);
    const plan = planClosing(await this.factsFor(tx, found, { commitments, given }));
    if (plan.outcome === 'wait') {
      throw subscriptionProblem(plan.code, {
        detail: plan.reasons.map((reason) => reason.message).join(' '),
        findings: reasonFindings(plan.reasons),
      });
    }
    return plan.outcome === 'settle' ? this.carryOut(tx, found, plan) : this.fail(tx, found, plan);
  }

  /**
   * Whether the clock may settle the offering now: nothing keeps it waiting, and nobody's judgement
   * is needed.
   */
  async isDue(db: Db, offeringId: Id<'off'>): Promise<boolean> {
    const firmFrom = await store.allFirmFrom(db, offeringId);
    // Asked every minute: what can be known without reading every subscription is asked first.
    if (firmFrom !== undefined && this.deps.clock.now() < firmFrom) return false;
    const found = await this.find(db, offeringId);
    const ref = { id: offeringId, currency: found.version.terms.currency };
    const commitments = await store.listCommitments(db, ref);
    const facts = await this.factsFor(db, found, { commitments, given: undefined });
    return planClosing(facts).outcome !== 'wait';
  }

  /**
   * Closes a loan as soon as it is full and none of its subscriptions can be taken back any more,
   * so that what fills it stays. It is settled next, as after a deadline.
   *
   * @returns whether it was closed.
   * @throws Problem `offerings.wrong-status` when it is not live or not full.
   */
  async closeFull(tx: Tx, offeringId: Id<'off'>): Promise<boolean> {
    const { clock, lifecycle, offerings, releases } = this.deps;
    await offerings.lockInForce(tx, offeringId);
    const firmFrom = await store.allFirmFrom(tx, offeringId);
    if (firmFrom !== undefined && clock.now() < firmFrom) return false;
    if (await releases.hasPendingChanges(tx, offeringId)) return false;
    return (await lifecycle.closeFull(tx, offeringId)) !== undefined;
  }

  async findClosing(db: Db, offeringId: Id<'off'>): Promise<Closing | undefined> {
    return store.findClosing(db, offeringId);
  }

  /** The subscriptions that a settled offering gave units to, in order of arrival. */
  async listSettled(db: Db, { offeringId, price }: Closing): Promise<readonly store.Settled[]> {
    return store.listSettled(db, offeringId, price);
  }

  private async carryOut(tx: Tx, found: Found, plan: SettlePlan): Promise<Closing> {
    const { caps, ledger, lifecycle, issueShares, clock } = this.deps;
    const { offering, version } = found;
    const { allocation, released } = plan;
    const allotted = allocation.allotments.filter((allotment) => allotment.units > 0n);
    const now = clock.now();

    await lifecycle.markSettled(tx, offering, allocation.raised);
    await caps.countSales(tx, saleLines(allotted, released), now);
    await ledger.releaseHolds(tx, holdsOf(released));
    const holds = await this.moveMoney(tx, found, { plan, allotted });
    const isNote = isLoan(version.terms);
    await issueShares(tx, {
      offeringId: offering.id,
      issuerId: offering.issuerId,
      kind: isNote ? 'note-series' : 'share-class',
      name: instrumentName(version.terms.instrument, offering.id),
      parValue: isNote ? version.terms.price : undefined,
      price: version.terms.price,
      currency: version.terms.currency,
      holderLimit: found.holderLimit,
      issuedAt: now,
      items: allotted.map(({ demand, units }) => ({
        subscriptionId: demand.id,
        investorId: demand.investorId,
        units,
      })),
    });
    await store.resolve(tx, [...allotted.map(asSettled), ...released.map(asReleased)], now);
    await this.deps.releases.announce(tx, offering.id, released);
    return this.conclude(tx, found, {
      outcome: 'settled',
      method: allocation.method,
      committed: plan.committed,
      raised: allocation.raised,
      fee: plan.fee,
      units: allocation.units,
      settledCount: allotted.length,
      releasedCount: released.length,
      ...holds,
    });
  }

  /**
   * From every investor's cash to the offering's escrow, and from there to issuer and operator.
   *
   * @returns of a loan, the holds that keep all of it in place until its agreement is signed: what
   *   is then paid out, and the fee, which the operator earns no sooner.
   */
  private async moveMoney(
    tx: Tx,
    { offering, version }: Found,
    {
      plan,
      allotted,
    }: { readonly plan: SettlePlan; readonly allotted: readonly Allotment<Commitment>[] },
  ): Promise<Pick<Closing, 'proceedsHoldNo' | 'feeHoldNo'>> {
    const { ledger, clock } = this.deps;
    const { currency } = version.terms;
    const { raised } = plan.allocation;
    const escrow = await ledger.ensureAccount(tx, offeringEscrowAccount(offering.id, currency));
    const proceeds = await ledger.ensureAccount(
      tx,
      issuerProceedsAccount(offering.issuerId, currency),
    );
    const fees = await ledger.ensureAccount(tx, feeAccount('success', currency));
    const cash = await this.cashAccounts(tx, allotted, currency);
    const occurredAt = clock.now();
    const captures = allotted.map(({ demand, cost }): Capture => {
      const account = must(cash.get(demand.investorId), `the cash of ${demand.investorId}`);
      return {
        holdNo: demand.holdNo,
        captured: cost,
        entry: {
          kind: 'capture',
          source: { type: 'subscription', id: demand.id },
          description: `Subscription to ${offering.id}`,
          occurredAt,
          postings: [debit(account, cost), credit(escrow, cost)],
        },
      };
    });
    await ledger.captureHolds(tx, captures);
    const isHeld = isLoan(version.terms);
    const earned = isHeld ? Money.zero(currency) : plan.fee;
    await ledger.post(tx, [
      {
        kind: 'settlement',
        source: { type: 'settlement', id: offering.id },
        description: `Settlement of ${offering.id}: proceeds and success fee`,
        occurredAt,
        postings: [
          debit(escrow, raised),
          credit(proceeds, raised.minus(earned)),
          credit(fees, earned),
        ],
      },
    ]);
    if (!isHeld) return {};
    const hold = { accountNo: proceeds, purpose: 'disbursal' } as const;
    return {
      proceedsHoldNo: await ledger.placeHold(tx, { ...hold, amount: plan.proceeds }),
      ...(plan.fee.isPositive && {
        feeHoldNo: await ledger.placeHold(tx, { ...hold, amount: plan.fee }),
      }),
    };
  }

  private async cashAccounts(
    tx: Tx,
    allotted: readonly Allotment<Commitment>[],
    currency: OfferingTerms['currency'],
  ): Promise<ReadonlyMap<Id<'inv'>, AccountNo>> {
    const investors = [...new Set(allotted.map(({ demand }) => demand.investorId))];
    const specs = investors.map((id) => investorCashAccount(id, currency));
    const numbers = await this.deps.ledger.listAccountNumbers(tx, specs);
    return new Map(
      investors.flatMap((id, position) => {
        const number = numbers.get(`${must(specs[position], 'the account').path} ${currency}`);
        return number === undefined ? [] : [[id, number] as const];
      }),
    );
  }

  private async fail(tx: Tx, found: Found, plan: FailPlan): Promise<Closing> {
    const { caps, ledger, lifecycle, clock } = this.deps;
    const { offering, version } = found;
    const { target, currency } = version.terms;
    await lifecycle.markFailed(
      tx,
      offering,
      `${plan.committed} was committed, below the target of ${target}`,
    );
    await caps.release(
      tx,
      plan.released.flatMap(({ commitment }) => releaseLines(commitment)),
    );
    await ledger.releaseHolds(tx, holdsOf(plan.released));
    await store.resolve(tx, plan.released.map(asReleased), clock.now());
    return this.conclude(tx, found, {
      outcome: 'failed',
      method: undefined,
      committed: plan.committed,
      raised: Money.zero(currency),
      fee: Money.zero(currency),
      units: 0n,
      settledCount: 0,
      releasedCount: plan.released.length,
    });
  }

  private async conclude(
    tx: Tx,
    { offering, version }: Found,
    result: Omit<Closing, 'offeringId' | 'offeringVersion' | 'price' | 'maximum' | 'closedAt'>,
  ): Promise<Closing> {
    const { audit, outbox, clock } = this.deps;
    const closing: Closing = {
      ...result,
      offeringId: offering.id,
      offeringVersion: version.version,
      price: sharePrice(version.terms),
      maximum: version.terms.maximum,
      closedAt: clock.now(),
    };
    await store.insertClosing(tx, closing);
    const details = {
      raised: { ...closing.raised.toWire() },
      fee: { ...closing.fee.toWire() },
      settled: closing.settledCount,
      released: closing.releasedCount,
    };
    const action = `subscriptions.${closing.outcome}`;
    await audit.record(tx, { action, subject: offering.id, details });
    await outbox.publish(tx, { type: action, subject: offering.id, payload: details });
    return closing;
  }

  private async lockClosed(tx: Tx, offeringId: Id<'off'>): Promise<Found> {
    await this.deps.offerings.lockInForce(tx, offeringId);
    return this.find(tx, offeringId);
  }

  private async find(db: Db, offeringId: Id<'off'>): Promise<Found> {
    const { offerings } = this.deps;
    const { offering, version } = await offerings.get(db, offeringId);
    requireClosing(offering);
    const book = must(await offerings.findBook(db, offeringId), 'the book of a closed offering');
    return {
      offering,
      version,
      openedAt: must(offering.publishedAt, 'the opening of a closed offering'),
      closesAt: book.closesAt,
      holderLimit: book.holderLimit,
    };
  }

  private async factsFor(
    db: Db,
    { offering, version, openedAt, closesAt }: Found,
    { commitments, given }: Pick<ClosingFacts, 'commitments' | 'given'>,
  ): Promise<ClosingFacts> {
    const { clock, offerings, releases } = this.deps;
    const { rulebook, workingDays } = offerings.regimeOf(db);
    const { terms } = version;
    const now = clock.now();
    return {
      now,
      terms,
      commitments,
      given,
      notBefore: earliestSettlement(rulebook, { openedAt }, workingDays)?.endsAt,
      mayDeductFee: !isLoan(terms) || permits(rulebook, 'up-front-deduction', now).isAllowed,
      hasPendingChanges: await releases.hasPendingChanges(db, offering.id),
      findingsAt: (committed, lastRevocableUntil) =>
        assess(rulebook, 'close', {
          at: now,
          offering: {
            kind: offering.kind,
            openedAt,
            deadline: closesAt,
            target: terms.target,
            maximum: terms.maximum,
            committed,
            lastRevocableUntil,
            loan: loanFacts(terms),
          },
        }).findings,
    };
  }
}

function requireClosing({ status }: Offering): void {
  if (status === 'closing') return;
  throw subscriptionProblem('not-ready-to-settle', {
    detail: `The offering is ${status}; it is settled once, after its deadline.`,
  });
}

function holdsOf(released: readonly Released[]) {
  return released.map(({ commitment }) => commitment.holdNo);
}

function asSettled({ demand, units }: Allotment<Commitment>): store.Resolved {
  return { id: demand.id, status: 'settled', resolution: 'settled', units };
}

function asReleased({ commitment, resolution }: Released): store.Resolved {
  return { id: commitment.id, status: 'released', resolution, units: 0n };
}

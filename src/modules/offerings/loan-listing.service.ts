import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { offeringProblem } from './errors';
import * as evidence from './evidence.store';
import type { OfferingLifecycle } from './lifecycle.service';
import type { LoanRequest } from './loan-terms';
import { requireStatus, type Offering } from './offering';
import type { OfferingDeps } from './ports';
import { findReviewPolicy, insertReviewPolicy } from './review-policy.store';
import type { LoanReviewer, ReviewPolicy } from './review-policy';
import type { Readiness } from './readiness.service';
import type { DocumentUpload, OfferingInForce, OfferingService } from './service';
import { OfferingSteps } from './steps.service';

/** A loan to be offered, with the documents its lenders are shown. */
export interface LoanListingOrder {
  readonly request: LoanRequest;
  readonly documents: readonly DocumentUpload[];
}

/**
 * Takes a loan from its accepted offer to its lenders. Where the operator's policy lets the credit
 * decision stand for the review, nobody is waited for; the review then names the decision, so that
 * it never looks as if a person had read it.
 */
export class LoanListing {
  private readonly steps: OfferingSteps;

  constructor(
    private readonly deps: OfferingDeps,
    private readonly services: {
      readonly offerings: OfferingService;
      readonly lifecycle: OfferingLifecycle;
    },
  ) {
    this.steps = new OfferingSteps(deps);
  }

  /** The policy in force; undefined means that a person reviews every loan. */
  async policy(db: Db): Promise<ReviewPolicy | undefined> {
    return findReviewPolicy(db);
  }

  /** Says who reviews loans from now on. What was reviewed before keeps its review. */
  async setPolicy(
    tx: Tx,
    { reviewedBy, note }: { readonly reviewedBy: LoanReviewer; readonly note: string },
  ): Promise<ReviewPolicy> {
    const { clock, audit } = this.deps;
    const policy = { reviewedBy, note, setBy: tx.scope.actor.id, setAt: clock.now() };
    await insertReviewPolicy(tx, policy);
    await audit.record(tx, {
      action: 'offering.review-policy-set',
      subject: `operator_${tx.scope.operatorId}`,
      details: { kind: 'loan', reviewedBy, note },
    });
    return policy;
  }

  /**
   * Drafts the loan, adds its documents, hands it in, and publishes it where no person need review
   * it; otherwise it waits in review.
   *
   * @returns the offering as it stands: live, scheduled or in review.
   * @throws what `OfferingService.createLoan`, `submit` and `OfferingLifecycle.publish` throw.
   */
  async list(tx: Tx, { request, documents }: LoanListingOrder): Promise<Offering> {
    const { offerings } = this.services;
    const { offering, version } = await offerings.createLoan(tx, request, documents);
    const readiness = await offerings.requireReady(tx, offering, version);
    const submitted = await offerings.handIn(tx, offering);
    const policy = await this.policyFor(tx, readiness);
    if (policy === undefined) return submitted;
    return this.approve(tx, { offering: submitted, version }, { readiness, policy });
  }

  /**
   * Signs a loan under review off by its credit decision, and publishes it.
   *
   * @throws Problem `offerings.review-by-person` where the policy asks for one, or a person set
   *   the decision aside; `offerings.not-ready`, `offerings.wrong-status`, `caps.exceeded`.
   */
  async publishByDecision(tx: Tx, id: Id<'off'>): Promise<Offering> {
    const { offerings } = this.services;
    const { offering, version } = await offerings.lockInForce(tx, id);
    requireStatus(offering, ['in-review'], 'approving');
    const readiness = await offerings.requireReady(tx, offering, version);
    const policy = await this.policyFor(tx, readiness);
    if (policy === undefined) throw offeringProblem('review-by-person');
    return this.approve(tx, { offering, version }, { readiness, policy });
  }

  /** The policy under which the decision reviews the loan; undefined where a person must. */
  private async policyFor(
    db: Db,
    { clearance }: Readiness,
  ): Promise<(ReviewPolicy & { readonly decisionId: Id<'cdn'> }) | undefined> {
    if (clearance === undefined || clearance.isOverridden) return undefined;
    const policy = await findReviewPolicy(db);
    if (policy?.reviewedBy !== 'credit-decision') return undefined;
    return { ...policy, decisionId: clearance.decisionId };
  }

  private async approve(
    tx: Tx,
    inForce: OfferingInForce,
    {
      readiness,
      policy,
    }: {
      readonly readiness: Readiness;
      readonly policy: ReviewPolicy & { readonly decisionId: Id<'cdn'> };
    },
  ): Promise<Offering> {
    const { offering, version } = inForce;
    const { decisionId, setBy, note } = policy;
    await evidence.insertReview(tx, offering.id, {
      version: version.version,
      verdict: 'approved',
      note: `By the credit decision, under the policy that ${setBy} set: ${note}`,
      reviewer: decisionId,
      reviewedAt: this.deps.clock.now(),
    });
    await this.steps.announce(tx, offering, {
      type: 'offering.approved',
      details: { version: version.version, by: 'credit-decision', decisionId },
    });
    return this.services.lifecycle.publishReady(tx, inForce, readiness);
  }
}

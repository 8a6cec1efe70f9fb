import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { offeringProblem } from './errors';
import * as evidence from './evidence.store';
import type { OfferingLifecycle } from './lifecycle.service';
import { isLoan, type LoanRequest } from './loan-terms';
import { requireStatus, type Offering } from './offering';
import type { OfferingDeps } from './ports';
import { findReviewPolicy, insertReviewPolicy } from './review-policy.store';
import type { LoanReviewer, ReviewPolicy } from './review-policy';
import type { DocumentUpload, OfferingService } from './service';
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
    const { offering } = await offerings.createLoan(tx, request);
    for (const document of documents) await offerings.addDocument(tx, offering.id, document);
    const submitted = await offerings.submit(tx, offering.id);
    return (await this.mayDecisionReview(tx, offering.id))
      ? this.publishByDecision(tx, offering.id)
      : submitted;
  }

  /**
   * Signs a loan under review off by its credit decision, and publishes it.
   *
   * @throws Problem `offerings.review-by-person` where the policy asks for one, or a person set
   *   the decision aside; `offerings.not-ready`, `offerings.wrong-status`, `caps.exceeded`.
   */
  async publishByDecision(tx: Tx, id: Id<'off'>): Promise<Offering> {
    const { offerings, lifecycle } = this.services;
    const { offering, version } = await offerings.lockInForce(tx, id);
    requireStatus(offering, ['in-review'], 'approving');
    const { clearance } = await offerings.requireReady(tx, offering, version);
    if (!isLoan(version.terms) || clearance === undefined || clearance.isOverridden) {
      throw offeringProblem('review-by-person');
    }
    const policy = await findReviewPolicy(tx);
    if (policy?.reviewedBy !== 'credit-decision') throw offeringProblem('review-by-person');
    const { decisionId } = clearance;
    await evidence.insertReview(tx, id, {
      version: offering.version,
      verdict: 'approved',
      note: `By the credit decision, under the policy that ${policy.setBy} set: ${policy.note}`,
      reviewer: decisionId,
      reviewedAt: this.deps.clock.now(),
    });
    await this.steps.announce(tx, offering, {
      type: 'offering.approved',
      details: { version: offering.version, by: 'credit-decision', decisionId },
    });
    return lifecycle.publish(tx, id);
  }

  private async mayDecisionReview(db: Db, id: Id<'off'>): Promise<boolean> {
    const policy = await findReviewPolicy(db);
    if (policy?.reviewedBy !== 'credit-decision') return false;
    const { offerings } = this.services;
    const { offering, version } = await offerings.get(db, id);
    const { clearance } = await offerings.judge(db, offering, version);
    return clearance !== undefined && !clearance.isOverridden;
  }
}

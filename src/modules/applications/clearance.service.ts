import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import type { CreditService } from '../credit';
import type { LoanClearance, LoanClearances } from '../offerings';
import type { Application } from './application';
import { listAssessments } from './evidence.store';
import { borrowerFacts, type LawDeps } from './law.service';
import { linkedParties } from './link.store';
import { findAccepted } from './offer.store';
import * as store from './store';

export interface ClearanceDeps extends Pick<LawDeps, 'borrowers' | 'applications'> {
  readonly credit: Pick<CreditService, 'get'>;
}

/**
 * What stands behind an offering of a loan: the offer its borrower accepted, on the credit decision
 * that was taken on the application.
 */
export class ApplicationClearances implements LoanClearances {
  constructor(private readonly deps: ClearanceDeps) {}

  async find(db: Db, decisionId: Id<'cdn'>): Promise<LoanClearance | undefined> {
    const found = await findAccepted(db, decisionId);
    if (found === undefined) return undefined;
    const { offer, applicationId } = found;
    const application = await store.getApplication(db, applicationId);
    const filled = await this.deps.applications.filled(db, application);
    // What was withdrawn, has lapsed or was paid out stands behind nothing any more.
    if (application.status !== 'accepted' && application.status !== 'listed') return undefined;
    const { outcome, isOverridden } = await this.standing(db, decisionId, application);
    const transitions = await store.listTransitions(db, applicationId);
    const isReferred = transitions.some(({ from, to }) => from === 'referred' && to === 'offered');
    const borrower = await this.deps.borrowers.get(db, application.issuerId);
    return {
      decisionId,
      borrowerId: application.issuerId,
      // A person's look at what was referred is what the referral asked for.
      outcome: outcome === 'refer' && isReferred ? 'approve' : outcome,
      isOverridden: isReferred || isOverridden,
      grade: offer.grade,
      maximum: offer.amount,
      termMonths: offer.termMonths,
      rate: offer.rate,
      feeRate: offer.feeRate,
      apr: offer.apr,
      offeringId: application.offeringId,
      settles: borrower.kind === 'natural' ? await this.settled(db, application) : [],
      borrower: await borrowerFacts(db, this.deps, filled),
      linkedBorrowers: await linkedParties(db, application.partyId),
    };
  }

  /** What counts of a decision: in another term it falls with that on the application. */
  private async standing(
    db: Db,
    decisionId: Id<'cdn'>,
    { decisionId: asked = decisionId }: Application,
  ): Promise<Pick<LoanClearance, 'outcome' | 'isOverridden'>> {
    const { credit } = this.deps;
    const own = await credit.get(db, decisionId);
    const first = asked === decisionId ? own : await credit.get(db, asked);
    return {
      outcome: first.outcome === 'decline' ? 'decline' : own.outcome,
      isOverridden: own.overrides.length > 0 || first.overrides.length > 0,
    };
  }

  /** Items of due diligence on a person for which the application holds the evidence. */
  private async settled(db: Db, { id, source }: Application): Promise<readonly string[]> {
    const [last] = (await listAssessments(db, id)).slice(-1);
    const income = last?.facts['income'] as { readonly outcome?: string } | undefined;
    // Verification established the identity; the credit lists were asked for bad actors.
    const always = ['identity-document', 'indebtedness', 'bad-actor'];
    const isSettled = income?.outcome === 'confirmed' || source === 'import';
    return isSettled ? [...always, 'income'] : always;
  }
}

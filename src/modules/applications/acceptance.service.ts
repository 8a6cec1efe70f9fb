import { must } from '../../kernel/assert';
import { DAY_MS } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { rate, rateText, roundRate, type Rate } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import type { CreditService } from '../credit';
import {
  isFinal as isOver,
  requiredDocuments,
  type DocumentUpload,
  type LoanListing,
  type LoanRequest,
  type Offering,
  type OfferingLifecycle,
  type OfferingService,
} from '../offerings';
import { NEXT, requireStatus, type Application, type ApplicationStatus } from './application';
import { loanSummary } from './loan-summary';
import { acceptedOffer, type Offer } from './offer';
import * as offers from './offer.store';
import type { ApplicationDeps } from './ports';
import type { ApplicationService, FilledApplication } from './service';
import { ApplicationSteps } from './steps.service';
import * as store from './store';

/** How the rate of the loan is found, and which loan it repays, if any. */
type AcceptanceMode = Pick<LoanRequest['note'], 'rateMode' | 'renews'>;

export interface AcceptanceDeps extends ApplicationDeps {
  readonly applications: ApplicationService;
  readonly credit: Pick<CreditService, 'get' | 'scorecardOf'>;
  readonly listing: LoanListing;
  readonly offerings: Pick<OfferingService, 'lockInForce'>;
  readonly lifecycle: Pick<OfferingLifecycle, 'withdraw'>;
}

const LAPSING_BATCH = 100;
const OVERRULED = 'The credit decision was overruled to decline';
/** Rates of a loan's note are stated to so many digits. */
const NOTE_DIGITS = 8;

/** From an accepted offer to a loan before its lenders, and on to its end. */
export class AcceptanceService {
  private readonly steps: ApplicationSteps;

  constructor(private readonly deps: AcceptanceDeps) {
    this.steps = new ApplicationSteps(deps);
  }

  async listOffers(db: Db, id: Id<'app'>): Promise<readonly Offer[]> {
    return offers.listOffers(db, id);
  }

  /**
   * Accepts an offer: the others fall away and the loan becomes an offering. Where the operator lets
   * the credit decision stand for the review, lenders see it at once, which reserves what it takes of
   * the borrower's caps; else a person reviews it first. Where that cannot be, nothing is accepted.
   *
   * @throws Problem `applications.offer-lapsed`, `applications.wrong-status`,
   *   `applications.offer-not-found`, `caps.exceeded`, `offerings.not-ready`.
   */
  async accept(tx: Tx, id: Id<'app'>, offerId: Id<'ofr'>): Promise<Application> {
    return this.take(tx, id, { offerId, rateMode: 'fixed' });
  }

  /**
   * Accepts an offer as the most the loan may cost: lenders bid for its rate in a sealed auction,
   * which can only lower it.
   *
   * @throws Problem as `accept` does.
   */
  async acceptForAuction(tx: Tx, id: Id<'app'>, offerId: Id<'ofr'>): Promise<Application> {
    return this.take(tx, id, { offerId, rateMode: 'auction' });
  }

  /**
   * Accepts an offer for a loan that repays another of the borrower: all of the amount has to come
   * about, and its caps count the new loan instead of the old one.
   *
   * @throws Problem as `accept` does, `loans.renewal-not-possible`.
   */
  async acceptAsRenewal(
    tx: Tx,
    id: Id<'app'>,
    { offerId, renews }: { readonly offerId: Id<'ofr'>; readonly renews: Id<'lon'> },
  ): Promise<Application> {
    return this.take(tx, id, { offerId, rateMode: 'fixed', renews });
  }

  /** Ends offers that nobody accepted in time. */
  async lapseDue(tx: Tx, now: Date): Promise<number> {
    const due = await offers.listLapsed(tx, now, LAPSING_BATCH);
    for (const id of due) {
      const application = await store.getApplicationAndLock(tx, id);
      if (application.status !== 'offered') continue;
      await offers.endOpenOffers(tx, id, 'lapsed');
      await this.steps.take(tx, application, {
        to: 'expired',
        reason: 'No offer was accepted in time',
      });
    }
    return due.length;
  }

  /**
   * Follows what becomes of the offering of a loan. Safe to repeat: a step that was taken, or that
   * is overtaken, is passed over.
   */
  async follow(tx: Tx, offeringId: Id<'off'>, to: ApplicationStatus): Promise<void> {
    const application = await store.findByOffering(tx, offeringId);
    if (application === undefined || !NEXT[application.status].includes(to)) return;
    if (to === 'listed') await this.enlist(tx, application);
    else await this.steps.take(tx, application, { to, reason: `Its offering: ${to}` });
  }

  /**
   * Stops what rests on a decision that people overruled to decline: offers end, and a loan that is
   * not settled yet is withdrawn, which releases every hold on it. Safe to repeat. What rests on
   * other decisions, or is settled, goes on: money that was lent is not called back.
   */
  async stop(tx: Tx, id: Id<'app'>, decisionId: Id<'cdn'>): Promise<void> {
    const application = await store.findApplicationAndLock(tx, id);
    if (application === undefined) return;
    const all = await offers.listOffers(tx, id);
    const accepted = all.find(({ status }) => status === 'accepted');
    if (![application.decisionId, accepted?.decisionId].includes(decisionId)) return;
    const { offeringId } = application;
    if (offeringId !== undefined) await this.unlist(tx, offeringId, { id, decisionId });
    else if (NEXT[application.status].includes('declined')) {
      await offers.endOpenOffers(tx, id, 'superseded');
      await this.steps.take(tx, application, {
        to: 'declined',
        reason: OVERRULED,
        details: { decisionId },
      });
    }
  }

  private async unlist(
    tx: Tx,
    offeringId: Id<'off'>,
    of: { readonly id: Id<'app'>; readonly decisionId: Id<'cdn'> },
  ): Promise<void> {
    const { offering } = await this.deps.offerings.lockInForce(tx, offeringId);
    if (isOver(offering.status)) return;
    await this.deps.lifecycle.withdraw(tx, offeringId, OVERRULED);
    await this.deps.audit.record(tx, {
      action: 'application.loan-stopped',
      subject: of.id,
      details: { offeringId, decisionId: of.decisionId, was: offering.status },
    });
  }

  private async enlist(tx: Tx, application: Application): Promise<Application> {
    const { offeringId } = application;
    return this.steps.take(tx, application, {
      to: 'listed',
      reason: 'Lenders see it',
      details: { offeringId },
    });
  }

  private async take(
    tx: Tx,
    id: Id<'app'>,
    { offerId, ...mode }: { readonly offerId: Id<'ofr'> } & AcceptanceMode,
  ): Promise<Application> {
    const application = await store.getApplicationAndLock(tx, id);
    requireStatus(application, ['offered'], 'accepting');
    const now = this.deps.clock.now();
    const open = await offers.getOffer(tx, id, offerId);
    const offer = acceptedOffer(open, tx.scope.actor.id, now);
    await offers.markAccepted(tx, offer);
    await offers.endOpenOffers(tx, id, 'superseded');
    const accepted = await this.steps.take(tx, application, {
      to: 'accepted',
      reason: 'The borrower accepted an offer',
      details: { offerId, termMonths: offer.termMonths, grade: offer.grade, ...mode },
    });
    const filled = await this.deps.applications.filled(tx, accepted);
    const offering = await this.list(tx, filled, { offer, ...mode });
    const bound: Application = { ...accepted, offeringId: offering.id };
    await store.updateApplication(tx, bound);
    return isBeforeLenders(offering) ? this.enlist(tx, bound) : bound;
  }

  private async list(
    tx: Tx,
    filled: FilledApplication,
    { offer, rateMode, renews }: { readonly offer: Offer } & AcceptanceMode,
  ): Promise<Offering> {
    const { rulebookId } = this.deps.applications.operatorOf(tx);
    const fixed = await this.requestFor(tx, filled, offer);
    const request =
      renews === undefined
        ? { ...fixed, note: { ...fixed.note, rateMode } }
        : { ...fixed, minimumFill: fixed.amount, note: { ...fixed.note, rateMode, renews } };
    const content = Buffer.from(loanSummary(filled, offer), 'utf8');
    const documents = requiredDocuments(rulebookId).map((kind): DocumentUpload => ({
      kind,
      title: `Summary of the loan: ${request.title}`,
      mustAcknowledge: true,
      contentType: 'text/markdown',
      content,
    }));
    return this.deps.listing.list(tx, { request, documents });
  }

  private async requestFor(
    tx: Tx,
    { application, form }: FilledApplication,
    offer: Offer,
  ): Promise<LoanRequest> {
    const { offers: policy } = this.deps.applications.policyOf(tx);
    const { recorded } = await this.deps.credit.get(tx, offer.decisionId);
    const { amount } = offer;
    const { currency } = amount;
    const now = this.deps.clock.now();
    const purpose = form.purpose ?? 'other';
    return {
      borrowerId: application.issuerId,
      title: `${purpose.replaceAll('-', ' ')}, ${offer.termMonths} months, grade ${offer.grade}`,
      summary: must(form.project, 'the description of the project').slice(0, 4000),
      note: {
        kind: 'loan-note',
        rate: roundRate(offer.rate, NOTE_DIGITS, 'half-even'),
        rateMode: 'fixed',
        termMonths: offer.termMonths,
        repayment: offer.repayment,
        apr: roundRate(offer.apr, NOTE_DIGITS, 'half-even'),
        grade: offer.grade,
        expectedLossRate: expectedLossOf(offer),
        purpose,
        security: 'none',
        scorecard: await this.deps.credit.scorecardOf(tx, recorded),
        decisionId: offer.decisionId,
      },
      amount,
      minimumFill: wholeUnits(amount.times(policy.minimumFill, 'floor')),
      minimumTicket: Money.parse(policy.minimumTicket[currency] ?? '1', currency).atMost(amount),
      closesAt: new Date(now.getTime() + policy.listingDays * DAY_MS),
      feeRate: offer.feeRate,
      externalId: application.id,
    };
  }
}

function isBeforeLenders({ status }: Offering): boolean {
  return status === 'scheduled' || status === 'live';
}

/** The part of the rate that makes up for losses, as it was priced. */
function expectedLossOf({ details }: Offer): Rate {
  const parts = details['parts'] as { readonly expectedLoss?: string } | undefined;
  return roundRate(rate(parts?.expectedLoss ?? '0'), NOTE_DIGITS, 'half-even');
}

/** Down to whole units of the currency, in which lenders take part. */
function wholeUnits(amount: Money): Money {
  const whole = rateText(roundRate(amount.toDecimal(), 0, 'floor'));
  return Money.parse(whole, amount.currency);
}

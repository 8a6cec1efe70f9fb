import type { Json } from '../../kernel/canonical-json';
import { must } from '../../kernel/assert';
import { DAY_MS } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import { rate, rateText, roundRate, type Rate } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import type {
  CreditRequest,
  CreditService,
  StandingDecision,
  StoredDecisionOutput,
} from '../credit';
import { affordability, type Affordability } from './affordability';
import { bookFacts, confirmedFacts, type Confirmations } from './applicant-facts';
import type { Application } from './application';
import { applicationProblem } from './errors';
import type { GreenChannel } from './green-channel';
import type { LoanQuote, Offer } from './offer';
import { endOpenOffers, insertOffer } from './offer.store';
import { verdictOf, type PolicyFinding, type Verdict } from './finding';
import type { ApplicationDeps } from './ports';
import { ceilingOf, mayDeductFees, monthlyBurden, quoteLoan, startOf } from './quote.service';
import type { ApplicationService, FilledApplication } from './service';

export interface OfferMakerDeps extends ApplicationDeps {
  readonly credit: Pick<CreditService, 'assess' | 'decideAll' | 'get'>;
  /** What the borrower pays once under a pricing policy, as a fraction of the principal. */
  readonly originationFee: (pricingPolicy: string) => Rate;
  readonly applications: ApplicationService;
}

/** One term in which the loan has a price, with whether the borrower can carry it. */
export interface PricedTenor {
  readonly quote: LoanQuote;
  readonly credit: StoredDecisionOutput;
  readonly burden: Affordability;
  readonly findings: readonly PolicyFinding[];
  readonly verdict: Verdict;
}

/** A term with the decision that is kept of it: taken again, it gives the same rate and grade. */
export interface DecidedTenor extends PricedTenor {
  readonly decisionId: Id<'cdn'>;
}

/** What a quote rests on beside the form. */
export interface Standing {
  readonly confirmed: Confirmations;
  readonly green: Pick<GreenChannel, 'feeDiscountRate'>;
}

/** Digits of a fee as a fraction of the principal. */
const FEE_DIGITS = 6;

/** Prices an application in every term that comes into question, and writes offers down. */
export class OfferMaker {
  constructor(private readonly deps: OfferMakerDeps) {}

  /**
   * Decides on every term and keeps each decision, so that an offer in any of them can be taken
   * again from its own. The term that was asked for is decided last: it is what the monitoring
   * counts of an application.
   *
   * @returns the decision on the term that was asked for, and the terms in which there is a price,
   *   that one first.
   */
  async decide(
    tx: Tx,
    filled: FilledApplication,
    standing: Standing,
  ): Promise<{
    readonly decision: StandingDecision;
    readonly tenors: readonly DecidedTenor[];
  }> {
    const subject = filled.application.id;
    const requests = this.requestsFor(tx, filled, standing).map((each) => ({ ...each, subject }));
    const kept = (await this.deps.credit.decideAll(tx, requests.toReversed())).toReversed();
    const tenors = kept.flatMap(({ recorded: { id: decisionId, inputs, decision: credit } }) => {
      const { termMonths } = inputs;
      const tenor = this.tenorOf(tx, filled, { standing, termMonths, credit });
      return tenor === undefined ? [] : [{ ...tenor, decisionId }];
    });
    return { decision: must(kept[0], 'the decision'), tenors };
  }

  /**
   * The terms in which there is a price, that which was asked for first. Nothing is kept.
   *
   * @throws Problem `applications.too-little-to-quote` for a draft without amount or term.
   */
  price(db: Db, filled: FilledApplication, standing: Standing): readonly PricedTenor[] {
    return this.requestsFor(db, filled, standing).flatMap((request) => {
      const { termMonths } = request;
      const credit = this.deps.credit.assess(request);
      return this.tenorOf(db, filled, { standing, termMonths, credit }) ?? [];
    });
  }

  /** Writes the offers down, in place of those that were open. */
  async make(
    tx: Tx,
    { id }: Application,
    tenors: readonly DecidedTenor[],
  ): Promise<readonly Offer[]> {
    const madeAt = this.deps.clock.now();
    const { offers: policy } = this.deps.applications.policyOf(tx);
    await endOpenOffers(tx, id, 'superseded');
    const offers = tenors.map(({ quote, credit, burden, decisionId }): Offer => ({
      ...quote,
      id: this.deps.newId('ofr'),
      decisionId,
      grade: credit.grade,
      details: detailsOf(credit, { burden, quote }),
      madeAt,
      validUntil: new Date(madeAt.getTime() + policy.validDays * DAY_MS),
      status: 'open',
    }));
    for (const offer of offers) await insertOffer(tx, id, offer);
    return offers;
  }

  private tenorOf(
    db: Db,
    filled: FilledApplication,
    of: {
      readonly standing: Standing;
      readonly termMonths: number;
      readonly credit: StoredDecisionOutput;
    },
  ): PricedTenor | undefined {
    const { credit, termMonths } = of;
    const { confirmed, green } = of.standing;
    if (credit.rate === undefined || !credit.isPriced) return undefined;
    const { applications, clock } = this.deps;
    const policy = applications.policyOf(db);
    const { timeZone, rulebookId } = applications.operatorOf(db);
    const now = clock.now();
    const quote = quoteLoan({
      amount: must(filled.form.amount, 'the amount'),
      termMonths,
      repayment: filled.form.repayment ?? 'annuity',
      rate: rate(credit.rate),
      feeRate: this.feeRate(policy.pricingPolicy, green),
      aprMethod: policy.aprMethod,
      mayDeduct: mayDeductFees(this.deps.rulebooks.get(rulebookId), now),
      startOn: startOf(timeZone, now),
    });
    const { income: check, bureau } = confirmed;
    const owed = bureau?.outcome === 'found' ? bureau.instalments : undefined;
    const reckoning = { check, owed, instalment: monthlyBurden(quote) };
    const burden = affordability(filled.form, reckoning, policy.affordability);
    const { findings } = burden;
    return { quote, credit, burden, findings, verdict: verdictOf(findings) };
  }

  /** A request for each term, that which was asked for first. */
  private requestsFor(
    db: Db,
    { form, application }: FilledApplication,
    { confirmed }: Standing,
  ): readonly Omit<CreditRequest, 'subject'>[] {
    const { applications, clock, rulebooks } = this.deps;
    const { amount, termMonths: asked } = form;
    if (asked === undefined || amount === undefined) {
      throw applicationProblem('too-little-to-quote');
    }
    const policy = applications.policyOf(db);
    const rulebook = rulebooks.get(applications.operatorOf(db).rulebookId);
    const ceiling = ceilingOf(rulebook, clock.now());
    const { tenors } = policy.offers;
    return [asked, ...tenors.filter((months) => months !== asked)].map((termMonths) => ({
      policyId: policy.pricingPolicy,
      applicant:
        application.source === 'import'
          ? bookFacts({ ...form, termMonths })
          : confirmedFacts({ ...form, termMonths }, confirmed),
      principal: amount,
      termMonths,
      repayment: form.repayment ?? 'annuity',
      security: 'none',
      aprMethod: policy.aprMethod,
      ceiling,
    }));
  }

  private feeRate(pricingPolicy: string, { feeDiscountRate }: Standing['green']): Rate {
    const full = this.deps.originationFee(pricingPolicy);
    if (feeDiscountRate === undefined) return full;
    return roundRate(full.times(rate('1').minus(feeDiscountRate)), FEE_DIGITS, 'half-even');
  }
}

function detailsOf(
  { parts, reasons, points, gradePd, lossGivenDefault }: StoredDecisionOutput,
  { burden, quote }: Pick<PricedTenor, 'burden' | 'quote'>,
): Record<string, Json> {
  return {
    feeRate: rateText(quote.feeRate),
    points,
    pd: gradePd,
    lossGivenDefault,
    disposable: { ...burden.disposable.toWire() },
    reasons: reasons.map(({ code, text: { en, zh } }) => ({ code, text: { en, zh } })),
    ...(parts === undefined ? {} : { parts: { ...parts } }),
  };
}

/**
 * The terms that may be offered: by rule, those nothing speaks against; once a person looked at what
 * was referred, those that are not refused. Nobody looks over what the policy refuses.
 */
export function offerable<T extends Pick<PricedTenor, 'verdict' | 'credit'>>(
  tenors: readonly T[],
  by: 'rule' | 'person',
): readonly T[] {
  return tenors.filter(({ verdict, credit: { outcome } }) =>
    by === 'rule'
      ? verdict === 'pass' && outcome === 'approve'
      : verdict !== 'decline' && outcome !== 'decline',
  );
}

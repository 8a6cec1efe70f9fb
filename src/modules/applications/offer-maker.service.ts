import type { Json } from '../../kernel/canonical-json';
import { must } from '../../kernel/assert';
import { DAY_MS } from '../../kernel/clock';
import { rate, rateText, roundRate, type Rate } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import type { CreditDecision, CreditRequest, CreditService, StandingDecision } from '../credit';
import { affordability, type Affordability, type IncomeCheck } from './affordability';
import { applicantFacts } from './applicant-facts';
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
  readonly credit: Pick<CreditService, 'assess' | 'decide' | 'get'>;
  /** What the borrower pays once under a pricing policy, as a fraction of the principal. */
  readonly originationFee: (pricingPolicy: string) => Rate;
  readonly applications: ApplicationService;
}

/** One term in which the loan has a price, with whether the borrower can carry it. */
export interface PricedTenor {
  readonly quote: LoanQuote;
  readonly credit: CreditDecision;
  readonly burden: Affordability;
  readonly findings: readonly PolicyFinding[];
  readonly verdict: Verdict;
}

/** What a quote rests on beside the form. */
export interface Standing {
  readonly check: IncomeCheck;
  readonly green: Pick<GreenChannel, 'feeDiscountRate'>;
}

/** Digits of a fee as a fraction of the principal. */
const FEE_DIGITS = 6;

/** Prices an application in every term that comes into question, and writes offers down. */
export class OfferMaker {
  constructor(private readonly deps: OfferMakerDeps) {}

  /** The credit decision on the term that was asked for; kept, and binding on every offer. */
  async decide(tx: Tx, filled: FilledApplication): Promise<StandingDecision> {
    const termMonths = must(filled.form.termMonths, 'the term');
    const request = this.requestFor(tx, filled, termMonths);
    return this.deps.credit.decide(tx, { ...request, subject: filled.application.id });
  }

  /**
   * The terms in which there is a price, that which was asked for first. Nothing is kept.
   *
   * @throws Problem `applications.too-little-to-quote` for a draft without amount or term.
   */
  price(db: Db, filled: FilledApplication, standing: Standing): readonly PricedTenor[] {
    const { offers } = this.deps.applications.policyOf(db);
    const asked = filled.form.termMonths;
    if (asked === undefined || filled.form.amount === undefined) {
      throw applicationProblem('too-little-to-quote');
    }
    const tenors = [asked, ...offers.tenors.filter((months) => months !== asked)];
    return tenors.flatMap((months) => this.priceTenor(db, filled, { ...standing, months }) ?? []);
  }

  /** Writes the offers down, in place of those that were open. */
  async make(
    tx: Tx,
    { id }: Application,
    {
      decision,
      tenors,
    }: { readonly decision: StandingDecision; readonly tenors: readonly PricedTenor[] },
  ): Promise<readonly Offer[]> {
    const madeAt = this.deps.clock.now();
    const { offers: policy } = this.deps.applications.policyOf(tx);
    await endOpenOffers(tx, id, 'superseded');
    const offers = tenors.map(({ quote, credit, burden }): Offer => ({
      ...quote,
      id: this.deps.newId('ofr'),
      decisionId: decision.recorded.id,
      grade: credit.grade,
      details: detailsOf(credit, { burden, quote }),
      madeAt,
      validUntil: new Date(madeAt.getTime() + policy.validDays * DAY_MS),
      status: 'open',
    }));
    for (const offer of offers) await insertOffer(tx, id, offer);
    return offers;
  }

  private priceTenor(
    db: Db,
    filled: FilledApplication,
    { check, green, months }: Standing & { readonly months: number },
  ): PricedTenor | undefined {
    const { applications, clock } = this.deps;
    const credit = this.deps.credit.assess(this.requestFor(db, filled, months));
    if (credit.rate === undefined || !credit.isPriced) return undefined;
    const policy = applications.policyOf(db);
    const { timeZone, rulebookId } = applications.operatorOf(db);
    const now = clock.now();
    const quote = quoteLoan({
      amount: must(filled.form.amount, 'the amount'),
      termMonths: months,
      repayment: filled.form.repayment ?? 'annuity',
      rate: credit.rate,
      feeRate: this.feeRate(policy.pricingPolicy, green),
      aprMethod: policy.aprMethod,
      mayDeduct: mayDeductFees(this.deps.rulebooks.get(rulebookId), now),
      startOn: startOf(timeZone, now),
    });
    const instalment = monthlyBurden(quote);
    const burden = affordability(filled.form, { check, instalment }, policy.affordability);
    const { findings } = burden;
    return { quote, credit, burden, findings, verdict: verdictOf(findings) };
  }

  private requestFor(
    db: Db,
    { form, application }: FilledApplication,
    termMonths: number,
  ): Omit<CreditRequest, 'subject'> {
    const { applications, clock, rulebooks } = this.deps;
    const policy = applications.policyOf(db);
    const rulebook = rulebooks.get(applications.operatorOf(db).rulebookId);
    return {
      policyId: policy.pricingPolicy,
      applicant: applicantFacts({ ...form, termMonths }, application.source),
      principal: must(form.amount, 'the amount'),
      termMonths,
      repayment: form.repayment ?? 'annuity',
      security: 'none',
      aprMethod: policy.aprMethod,
      ceiling: ceilingOf(rulebook, clock.now()),
    };
  }

  private feeRate(pricingPolicy: string, { feeDiscountRate }: Standing['green']): Rate {
    const full = this.deps.originationFee(pricingPolicy);
    if (feeDiscountRate === undefined) return full;
    return roundRate(full.times(rate('1').minus(feeDiscountRate)), FEE_DIGITS, 'half-even');
  }
}

function detailsOf(
  credit: CreditDecision,
  { burden, quote }: Pick<PricedTenor, 'burden' | 'quote'>,
): Record<string, Json> {
  const { parts, reasons } = credit;
  return {
    feeRate: rateText(quote.feeRate),
    points: credit.points,
    pd: rateText(credit.gradePd),
    lossGivenDefault: rateText(credit.lossGivenDefault),
    disposable: { ...burden.disposable.toWire() },
    reasons: reasons.map(({ code, text: { en, zh } }) => ({ code, text: { en, zh } })),
    ...(parts === undefined
      ? {}
      : {
          parts: {
            base: rateText(parts.base),
            expectedLoss: rateText(parts.expectedLoss),
            cost: rateText(parts.cost),
            margin: rateText(parts.margin),
            rounding: rateText(parts.rounding),
          },
        }),
  };
}

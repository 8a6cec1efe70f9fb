import type { Json } from '../../kernel/canonical-json';
import { dateIn } from '../../kernel/calendar-date';
import { must } from '../../kernel/assert';
import { DAY_MS } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import { Money, type MoneyWire } from '../../kernel/money';
import { rateText } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import type { CapsService } from '../caps';
import type { CreditDecision, StandingDecision } from '../credit';
import type { IncomeCheck } from './affordability';
import { requireStatus, type Application } from './application';
import type { Assessment } from './assessment';
import { listFindings } from './credit-list';
import { applicationProblem } from './errors';
import * as evidence from './evidence.store';
import { fraudFindings, type FraudFacts, type FraudRule } from './fraud-rule';
import { greenChannel, type GreenChannel } from './green-channel';
import { lawFindings } from './law.service';
import type { CreditLists } from './list.service';
import { countAttempts, countSightings, linkedParties, sharedMarks } from './link.store';
import { OfferMaker, type OfferMakerDeps, type PricedTenor } from './offer-maker.service';
import { verdictOf, type PolicyFinding, type Verdict } from './finding';
import type { ApplicationService, FilledApplication } from './service';
import { ApplicationSteps } from './steps.service';
import * as store from './store';

export interface AssessmentDeps extends OfferMakerDeps {
  readonly caps: CapsService;
  readonly applications: ApplicationService;
  readonly lists: CreditLists;
}

/** What an assessment found before anything was written. */
interface Judged {
  readonly findings: readonly PolicyFinding[];
  readonly verdict: Verdict;
  readonly green: GreenChannel;
  readonly fraud: FraudFacts;
  readonly decision?: StandingDecision | undefined;
  readonly tenors: readonly PricedTenor[];
}

/** Judges applications: fraud rules, credit lists, the law, credit, affordability; then offers. */
export class AssessmentService {
  private readonly steps: ApplicationSteps;
  private readonly offers: OfferMaker;

  constructor(private readonly deps: AssessmentDeps) {
    this.steps = new ApplicationSteps(deps);
    this.offers = new OfferMaker(deps);
  }

  /**
   * Judges an application that was handed in, with what the provider found of the income.
   *
   * Everything it was judged by is kept. It then is offered, referred to a person, or declined.
   *
   * @throws Problem `applications.wrong-status`, and what the credit module throws.
   */
  async assess(tx: Tx, id: Id<'app'>, check: IncomeCheck): Promise<Application> {
    const locked = await store.getApplicationAndLock(tx, id);
    requireStatus(locked, ['submitted'], 'assessing');
    const filled = await this.deps.applications.filled(tx, locked);
    const judged = await this.judge(tx, filled, check);
    const assessment = this.assessmentOf(tx, { filled, judged, check });
    await evidence.insertAssessment(tx, id, assessment);
    if (judged.green.effects.length > 0) {
      await this.deps.audit.record(tx, {
        action: 'application.green-channel',
        subject: id,
        details: { effects: judged.green.effects.map((effect) => ({ ...effect })) },
      });
    }
    return this.conclude(tx, filled, judged);
  }

  /**
   * Decides on an application that was referred, by a person who did not hand it in.
   *
   * @throws Problem `applications.wrong-status`, `applications.four-eyes`.
   */
  async resolve(
    tx: Tx,
    id: Id<'app'>,
    { outcome, note }: { readonly outcome: 'approve' | 'decline'; readonly note: string },
  ): Promise<Application> {
    const application = await store.getApplicationAndLock(tx, id);
    requireStatus(application, ['referred'], 'deciding');
    const submission = must(await evidence.findSubmission(tx, id), 'the submission');
    if (submission.submittedBy === tx.scope.actor.id) throw applicationProblem('four-eyes');
    const filled = await this.deps.applications.filled(tx, application);
    if (outcome === 'decline') {
      return this.steps.take(tx, application, { to: 'declined', reason: note });
    }
    const [last] = (await evidence.listAssessments(tx, id)).slice(-1);
    const check = checkOf(must(last, 'the assessment').facts);
    const decision = await this.deps.credit.get(tx, must(application.decisionId, 'the decision'));
    const green = await this.greenOf(tx, application);
    const priced = this.offers.price(tx, filled, { check, green });
    // A person may look over what is to be looked at, not over what the policy refuses.
    const tenors = priced.filter(({ verdict }) => verdict !== 'decline');
    if (tenors.length === 0) throw applicationProblem('wrong-status', { detail: NOT_AFFORDABLE });
    await this.offers.make(tx, application, { decision, tenors });
    return this.steps.take(tx, application, { to: 'offered', reason: note });
  }

  /**
   * What the loan would cost in each term, for a borrower who only asks: nothing is kept. The
   * income counts as unconfirmed, so that a later offer is rather better than worse.
   *
   * @throws Problem `applications.too-little-to-quote`.
   */
  quote(db: Db, filled: FilledApplication): readonly PricedTenor[] {
    const check: IncomeCheck = { outcome: 'unconfirmed', reference: 'quote' };
    return this.offers.price(db, filled, { check, green: { feeDiscountRate: undefined } });
  }

  /** The parts of a rate as texts, where the rate was priced. */
  partsOf({ parts }: CreditDecision): Readonly<Record<string, string>> | undefined {
    if (parts === undefined) return undefined;
    const { base, expectedLoss, cost, margin, rounding } = parts;
    return {
      base: rateText(base),
      expectedLoss: rateText(expectedLoss),
      cost: rateText(cost),
      margin: rateText(margin),
      rounding: rateText(rounding),
    };
  }

  async list(db: Db, id: Id<'app'>): Promise<readonly Assessment[]> {
    return evidence.listAssessments(db, id);
  }

  private async judge(tx: Tx, filled: FilledApplication, check: IncomeCheck): Promise<Judged> {
    const { application } = filled;
    const green = await this.greenOf(tx, application);
    const fraud = await this.fraudFacts(tx, filled, check);
    const before = [
      ...fraudFindings(this.deps.applications.policyOf(tx).fraudRules, fraud),
      ...listFindings(await this.listedFor(tx, application), this.today(tx)),
      ...(await lawFindings(tx, this.deps, filled)),
    ];
    const base = { green, fraud };
    // What is declined anyway leaves no trace with the credit module.
    if (verdictOf(before) === 'decline') {
      return { ...base, findings: before, verdict: 'decline', tenors: [] };
    }
    const decision = await this.offers.decide(tx, filled);
    const priced = this.offers.price(tx, filled, { check, green });
    const findings = [...before, ...creditFindings(decision), ...tenorFindings(priced)];
    const verdict = verdictOf(findings);
    const tenors = priced.filter((tenor) => tenor.verdict === 'pass');
    return { ...base, findings, verdict, decision, tenors };
  }

  private async conclude(
    tx: Tx,
    { application }: FilledApplication,
    judged: Judged,
  ): Promise<Application> {
    const { verdict, green, decision, tenors } = judged;
    const changes = {
      priority: green.priority,
      linkedCount: judged.fraud.linkedParties,
      ...(decision === undefined ? {} : { decisionId: decision.recorded.id }),
    };
    switch (verdict) {
      case 'decline':
        return this.steps.take(tx, application, { to: 'declined', reason: 'By rule', changes });
      case 'refer':
        return this.steps.take(tx, application, {
          to: 'referred',
          reason: 'A person has to look at it',
          changes,
        });
      case 'pass':
        await this.offers.make(tx, application, {
          decision: must(decision, 'the decision'),
          tenors,
        });
        return this.steps.take(tx, application, { to: 'offered', reason: 'By rule', changes });
    }
  }

  private assessmentOf(
    tx: Tx,
    of: {
      readonly filled: FilledApplication;
      readonly judged: Judged;
      readonly check: IncomeCheck;
    },
  ): Assessment {
    const { judged, check, filled } = of;
    const policy = this.deps.applications.policyOf(tx);
    const { counts, shared, linkedParties: linked, isIdentityVerified } = judged.fraud;
    const income: Json =
      check.outcome === 'confirmed'
        ? { ...check, monthly: { ...check.monthly.toWire() } }
        : { ...check };
    return {
      id: this.deps.newId('asm'),
      version: filled.application.version,
      policyId: `${policy.id}/${policy.version}`,
      policyHash: policy.contentHash,
      facts: {
        income,
        counts: { ...counts },
        shared: { ...shared },
        linkedParties: linked,
        isIdentityVerified,
        tenors: judged.tenors.map(({ quote }) => quote.termMonths),
      },
      findings: judged.findings,
      effects: judged.green.effects,
      verdict: judged.verdict,
      decisionId: judged.decision?.recorded.id,
      assessedAt: this.deps.clock.now(),
      assessedBy: tx.scope.actor.id,
    };
  }

  private async fraudFacts(
    tx: Tx,
    { application, form, contact }: FilledApplication,
    check: IncomeCheck,
  ): Promise<FraudFacts> {
    const { applications, borrowers } = this.deps;
    const { partyId } = application;
    const marks = applications.hashed(contact);
    const countOf = async (rule: FraudRule): Promise<number> => {
      if (rule.kind !== 'velocity') return 0;
      const since = new Date(this.deps.clock.now().getTime() - rule.days * DAY_MS);
      if (rule.per === 'party') return countAttempts(tx, partyId, since);
      const mark = marks.find(({ kind }) => kind === rule.per);
      return mark === undefined ? 0 : countSightings(tx, mark, since);
    };
    const counts: Record<string, number> = {};
    for (const rule of applications.policyOf(tx).fraudRules) counts[rule.id] = await countOf(rule);
    const borrower = await borrowers.get(tx, application.issuerId);
    const stated = form.income?.monthly;
    return {
      counts,
      shared: await sharedMarks(tx, application.id),
      linkedParties: (await linkedParties(tx, partyId)).length,
      isIdentityVerified: borrower.verification === 'verified',
      income:
        check.outcome === 'confirmed' && stated !== undefined
          ? { statedMinor: stated.minor, confirmedMinor: check.monthly.minor }
          : undefined,
    };
  }

  private listedFor(db: Db, { issuerId, partyId }: Application) {
    return this.deps.lists.listed(db, { issuerId, partyId }, this.today(db));
  }

  private async greenOf(db: Db, { partyId }: Application): Promise<GreenChannel> {
    const entries = await this.deps.lists.ofParty(db, partyId);
    const { greenChannel: policy } = this.deps.applications.policyOf(db);
    return greenChannel(entries, this.today(db), policy);
  }

  private today(db: Db) {
    const { timeZone } = this.deps.applications.operatorOf(db);
    return dateIn(timeZone, this.deps.clock.now());
  }
}

const NOT_AFFORDABLE = 'No term leaves the borrower enough to live on.';

function creditFindings({ outcome, recorded }: StandingDecision): readonly PolicyFinding[] {
  if (outcome === 'approve') return [];
  const { grade, findings } = recorded.decision;
  const said = findings.map(({ message }) => message).join(' ');
  return [{ rule: 'credit-decision', outcome, message: `Grade ${grade}. ${said}`.trim() }];
}

/**
 * What affordability says of the term that was asked for; where only other terms can be carried,
 * that is a note and those are offered.
 */
function tenorFindings(tenors: readonly PricedTenor[]): readonly PolicyFinding[] {
  const [asked, ...others] = tenors;
  if (asked === undefined) {
    const message = 'No term has a price.';
    return [{ rule: 'no-price', outcome: 'decline', message }];
  }
  if (asked.verdict !== 'decline') return asked.findings;
  const isOther = others.some(({ verdict }) => verdict === 'pass');
  return isOther
    ? asked.findings.map((each) =>
        each.outcome === 'decline' ? { ...each, outcome: 'note' } : each,
      )
    : asked.findings;
}

/** The income check as it was stored with the assessment. */
function checkOf(facts: Assessment['facts']): IncomeCheck {
  const { outcome, monthly, reference } = facts['income'] as unknown as {
    readonly outcome: IncomeCheck['outcome'];
    readonly monthly?: MoneyWire;
    readonly reference: string;
  };
  return outcome === 'confirmed'
    ? { outcome, monthly: Money.fromWire(must(monthly, 'the confirmed income')), reference }
    : { outcome, reference };
}

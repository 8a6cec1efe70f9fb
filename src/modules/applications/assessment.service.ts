import type { Json } from '../../kernel/canonical-json';
import { dateIn } from '../../kernel/calendar-date';
import { must } from '../../kernel/assert';
import { DAY_MS } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import { Money, type MoneyWire } from '../../kernel/money';
import type { Db, Tx } from '../../platform/db';
import type { CapsService } from '../caps';
import type { StandingDecision } from '../credit';
import type { IncomeCheck } from './affordability';
import type { Confirmations } from './applicant-facts';
import { requireStatus, type Application } from './application';
import type { Assessment } from './assessment';
import { bureauFindings, enquiryJson, type CreditEnquiry } from './bureau-file';
import { listFindings } from './credit-list';
import { findEnquiry, listEnquiries } from './enquiry.store';
import { applicationProblem } from './errors';
import * as evidence from './evidence.store';
import { fraudFindings, type FraudFacts, type FraudRule } from './fraud-rule';
import { greenChannel, type GreenChannel } from './green-channel';
import { lawFindings } from './law.service';
import type { CreditLists } from './list.service';
import { countAttempts, countSightings, linkedParties, sharedMarks } from './link.store';
import {
  OfferMaker,
  offerable,
  type DecidedTenor,
  type OfferMakerDeps,
  type PricedTenor,
} from './offer-maker.service';
import { verdictOf, type PolicyFinding, type Verdict } from './finding';
import type { ApplicationService, FilledApplication } from './service';
import { ApplicationSteps } from './steps.service';
import * as store from './store';

export interface AssessmentDeps extends OfferMakerDeps {
  readonly caps: CapsService;
  readonly applications: ApplicationService;
  readonly lists: CreditLists;
}

/** What an assessment rests on: what was found of the income, and the enquiry at the bureau. */
interface Found {
  readonly income: IncomeCheck;
  readonly enquiry: CreditEnquiry;
}

/** What an assessment found before anything was written. */
interface Judged {
  readonly findings: readonly PolicyFinding[];
  readonly verdict: Verdict;
  readonly green: GreenChannel;
  readonly fraud: FraudFacts;
  readonly decision?: StandingDecision | undefined;
  /** Those that are offered if nothing else speaks against it. */
  readonly tenors: readonly DecidedTenor[];
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
   * Judges an application that was handed in, with what the provider found of the income and what
   * the credit bureau answered.
   *
   * Everything it was judged by is kept. It then is offered, referred to a person, or declined.
   *
   * @throws Problem `applications.wrong-status`, and what the credit module throws.
   */
  async assess(tx: Tx, id: Id<'app'>, income: IncomeCheck): Promise<Application> {
    const locked = await store.getApplicationAndLock(tx, id);
    requireStatus(locked, ['submitted'], 'assessing');
    const filled = await this.deps.applications.filled(tx, locked);
    const enquiry = must(await findEnquiry(tx, id, 'hard'), 'the answer of the credit bureau');
    const judged = await this.judge(tx, filled, { income, enquiry });
    const assessment = this.assessmentOf(tx, { filled, judged, found: { income, enquiry } });
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
   * Decides on an application that was referred, by a person who did not hand it in. Prices and
   * the law may have moved since: what is offered is decided anew, on the same evidence.
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
    const income = checkOf(must(last, 'the assessment').facts);
    const before = await this.deps.credit.get(tx, must(application.decisionId, 'the decision'));
    if (before.outcome === 'decline')
      throw applicationProblem('wrong-status', { detail: DECLINED });
    const bureau = (await findEnquiry(tx, id, 'hard'))?.file;
    const green = await this.greenOf(tx, application);
    const standing = { confirmed: { income, bureau }, green };
    const decided = await this.offers.decide(tx, filled, standing);
    const tenors = offerable(decided.tenors, 'person');
    if (tenors.length === 0) throw applicationProblem('wrong-status', { detail: NOT_AFFORDABLE });
    await this.offers.make(tx, application, tenors);
    const changes = { decisionId: decided.decision.recorded.id };
    return this.steps.take(tx, application, { to: 'offered', reason: note, changes });
  }

  /**
   * What the loan would cost in each term, for a borrower who only asks: nothing is kept. The
   * income counts as unconfirmed, and of a bureau's file what the last enquiry brought, soft or
   * hard; nothing where none was made.
   *
   * @throws Problem `applications.too-little-to-quote`.
   */
  async quote(db: Db, filled: FilledApplication): Promise<readonly PricedTenor[]> {
    const bureau = (await findEnquiry(db, filled.application.id))?.file;
    const confirmed: Confirmations = {
      income: { outcome: 'unconfirmed', reference: 'quote' },
      bureau,
    };
    return this.offers.price(db, filled, { confirmed, green: { feeDiscountRate: undefined } });
  }

  /** What a credit bureau was asked, soft and hard, oldest first. */
  async enquiries(db: Db, id: Id<'app'>): Promise<readonly CreditEnquiry[]> {
    return listEnquiries(db, id);
  }

  async list(db: Db, id: Id<'app'>): Promise<readonly Assessment[]> {
    return evidence.listAssessments(db, id);
  }

  private async judge(
    tx: Tx,
    filled: FilledApplication,
    { income, enquiry }: Found,
  ): Promise<Judged> {
    const { application, form } = filled;
    const policy = this.deps.applications.policyOf(tx);
    const green = await this.greenOf(tx, application);
    const fraud = await this.fraudFacts(tx, filled, income);
    const before = [
      ...fraudFindings(policy.fraudRules, fraud),
      ...listFindings(await this.listedFor(tx, application), this.today(tx)),
      ...(await lawFindings(tx, this.deps, filled)),
    ];
    const base = { green, fraud };
    // What is declined anyway leaves no trace with the credit module.
    if (verdictOf(before) === 'decline') {
      return { ...base, findings: before, verdict: 'decline', tenors: [] };
    }
    const { file: bureau } = enquiry;
    const standing = { confirmed: { income, bureau }, green };
    const { decision, tenors } = await this.offers.decide(tx, filled, standing);
    const findings = [
      ...before,
      ...bureauFindings(form, bureau, policy.creditBureau),
      ...creditFindings(decision),
      ...tenorFindings(tenors),
    ];
    const verdict = verdictOf(findings);
    return { ...base, findings, verdict, decision, tenors: offerable(tenors, 'rule') };
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
        await this.offers.make(tx, application, tenors);
        return this.steps.take(tx, application, { to: 'offered', reason: 'By rule', changes });
    }
  }

  private assessmentOf(
    tx: Tx,
    of: {
      readonly filled: FilledApplication;
      readonly judged: Judged;
      readonly found: Found;
    },
  ): Assessment {
    const { judged, found, filled } = of;
    const { income: check, enquiry } = found;
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
        bureau: enquiryJson(enquiry),
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

const NOT_AFFORDABLE = 'No term can be offered: the borrower could carry none that is taken.';
const DECLINED = 'The credit decision stands at decline.';

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
  const isOther = offerable(others, 'rule').length > 0;
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

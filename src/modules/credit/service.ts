import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import { canonicalJson, type Json } from '../../kernel/canonical-json';
import { dateIn, type CalendarDate } from '../../kernel/calendar-date';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { contentHash } from './content-hash';
import {
  decisionJson,
  storedOutput,
  takeDecision,
  type CreditOutcome,
  type DecisionInputs,
  type DecisionModels,
  type RecordedDecision,
  type StoredDecisionOutput,
} from './decision';
import { gradeNamed, pdOf } from './grades';
import { revive, type DecidingModels, type ModelLibrary } from './library.service';
import { PriceBook, priceOffer, type OfferTerms } from './offer';
import {
  requireProposable,
  requireResolvable,
  standingOutcome,
  type OverrideProposal,
  type OverrideStep,
} from './override';
import type { LoanPrice } from './price';
import * as store from './store';

export interface CreditDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly library: ModelLibrary;
}

/** What a decision is asked about. */
export interface CreditRequest extends DecisionInputs {
  /** The application, or whatever it is about. */
  readonly subject: string;
  /** The pricing policy of the operator's product; its newest version in force decides. */
  readonly policyId: string;
}

/** A decision as somebody who asks for it sees it. */
export interface StandingDecision {
  readonly recorded: RecordedDecision;
  readonly overrides: readonly OverrideStep[];
  /** What counts, after overrides that were confirmed. */
  readonly outcome: CreditOutcome;
}

/** A decision taken again from what was stored with it. */
export interface ReplayedCreditDecision {
  readonly id: Id<'cdn'>;
  /** Whether it came out the same to the last character. */
  readonly isEqual: boolean;
  readonly storedHash: string;
  readonly replayedHash: string;
  readonly replayed: Json;
  readonly models: readonly store.NumberedModel[];
}

/** Which day it is for policies is a matter of the installation, not of one operator's zone. */
const POLICY_ZONE = 'UTC';

/** Scores, grades and prices loans, and keeps every decision so that it can be taken again. */
export class CreditService {
  private readonly prices = new PriceBook();

  constructor(private readonly deps: CreditDeps) {}

  /**
   * What would be decided now, as it would be kept. Nothing is: for a soft offer that binds nobody.
   *
   * @throws Problem `credit.unknown-model`, `credit.unsuitable-model`, `credit.malformed-terms`.
   */
  assess(request: Omit<CreditRequest, 'subject'>): StoredDecisionOutput {
    const models = this.deps.library.inForce(request.policyId, this.today());
    return storedOutput(takeDecision(request, this.decidingWith(models)));
  }

  /** The price of a grade's loan under the policy in force: offers by tenor, and the calculator. */
  price(policyId: string, terms: OfferTerms): LoanPrice {
    const models = this.deps.library.inForce(policyId, this.today());
    return this.decidingWith(models).price(terms);
  }

  /** The probability of default within 12 months that a policy's grade stands for. */
  gradePd(policyId: string, grade: string): ReturnType<typeof pdOf> {
    const { scale } = this.deps.library.inForce(policyId, this.today());
    return pdOf(gradeNamed(scale.value, grade));
  }

  /**
   * Decides and keeps the decision, with its inputs and the numbers of the models it came from.
   *
   * @throws Problem `credit.unknown-model`, `credit.unsuitable-model`, `credit.malformed-terms`.
   */
  async decide(tx: Tx, request: CreditRequest): Promise<StandingDecision> {
    const [decided] = await this.decideAll(tx, [request]);
    return must(decided, 'the decision');
  }

  /** Decides on many at once, in a handful of statements, each on its own facts as `decide` does. */
  async decideAll(
    tx: Tx,
    requests: readonly CreditRequest[],
  ): Promise<readonly StandingDecision[]> {
    const decidedAt = this.deps.clock.now();
    const today = this.today();
    const decisions: store.NewDecision[] = [];
    const numbers = new Map<string, Awaited<ReturnType<CreditService['keep']>>>();
    for (const { subject, policyId, ...inputs } of requests) {
      const models = this.deps.library.inForce(policyId, today);
      const kept = numbers.get(policyId) ?? (await this.keep(tx, models));
      numbers.set(policyId, kept);
      const decision = takeDecision(inputs, this.decidingWith(models));
      decisions.push({
        id: this.deps.newId('cdn'),
        subject,
        ...kept,
        inputs,
        decision,
        outputHash: contentHash(decisionJson(decision)),
        decidedAt,
        decidedBy: tx.scope.actor.id,
      });
    }
    if (decisions.length > 0) await store.insertDecisions(tx, decisions);
    for (const { id, subject, decision } of decisions) {
      await this.deps.audit.record(tx, {
        action: 'credit.decided',
        subject: id,
        details: { application: subject, outcome: decision.outcome, grade: decision.grade },
      });
    }
    return decisions.map(asStanding);
  }

  /** @throws Problem `credit.decision-not-found`. */
  async get(db: Db, id: Id<'cdn'>): Promise<StandingDecision> {
    const recorded = await store.getDecision(db, id);
    const overrides = await store.listOverrideSteps(db, id);
    return { recorded, overrides, outcome: standingOutcome(recorded.decision, overrides) };
  }

  /** Which scorecard took a decision: `consumer-instalment/1`. */
  async scorecardOf(db: Db, { scorecardNo }: Pick<RecordedDecision, 'scorecardNo'>) {
    const models = await store.getModels(db, [scorecardNo]);
    const { id, version } = must(models.get(scorecardNo), `scorecard ${scorecardNo}`);
    return `${id}/${version}`;
  }

  async list(db: Db, filter: store.DecisionFilter): Promise<readonly RecordedDecision[]> {
    return store.listDecisions(db, filter);
  }

  /** Models that decisions were taken with, oldest first. */
  async models(
    db: Db,
    page: { readonly after: number; readonly limit: number },
  ): Promise<readonly store.NumberedModel[]> {
    return store.listModels(db, page);
  }

  /**
   * Takes a decision again from its stored inputs and the stored contents of its models: no file
   * and no later version has a part in it.
   *
   * @throws Problem `credit.decision-not-found`.
   */
  async replay(db: Db, id: Id<'cdn'>): Promise<ReplayedCreditDecision> {
    const recorded = await store.getDecision(db, id);
    const { scorecardNo, scaleNo, policyNo, inputs } = recorded;
    const kept = await store.getModels(db, [scorecardNo, scaleNo, policyNo]);
    const model = (no: number): store.NumberedModel => must(kept.get(no), `model ${no}`);
    const models = {
      scorecard: revive('scorecard', model(scorecardNo)),
      scale: revive('master-scale', model(scaleNo)),
      policy: revive('pricing-policy', model(policyNo)),
    };
    const replayed = decisionJson(takeDecision(inputs, revivedModels(models)));
    const stored = canonicalJson(recorded.decision as unknown as Json);
    return {
      id,
      isEqual: canonicalJson(replayed) === stored,
      storedHash: recorded.outputHash,
      replayedHash: contentHash(replayed),
      replayed,
      models: [model(scorecardNo), model(scaleNo), model(policyNo)],
    };
  }

  /**
   * Takes a sample of decisions again, another each day, and tells of those that came out otherwise:
   * that would be a bug, or a hand in the books.
   */
  async replaySample(tx: Tx, size: number): Promise<readonly ReplayedCreditDecision[]> {
    const ids = await store.sampleDecisions(tx, { seed: this.today(), limit: size });
    const replays: ReplayedCreditDecision[] = [];
    for (const id of ids) {
      const replay = await this.replay(tx, id);
      replays.push(replay);
      if (replay.isEqual && replay.replayedHash === replay.storedHash) continue;
      const { storedHash, replayedHash } = replay;
      await this.deps.audit.record(tx, {
        action: 'credit.replay-differed',
        subject: id,
        details: { storedHash, replayedHash },
      });
      await this.deps.outbox.publish(tx, { type: 'credit.replay-differed', subject: id });
    }
    return replays;
  }

  /**
   * Proposes to depart from a decision. Nothing changes until somebody else confirms it.
   *
   * @throws Problem `credit.decision-not-found`, `credit.override-open`, `credit.override-idle`,
   *   `credit.override-against-law`.
   */
  async proposeOverride(
    tx: Tx,
    id: Id<'cdn'>,
    { outcome, reason, note }: OverrideProposal,
  ): Promise<StandingDecision> {
    const { recorded, overrides } = await this.get(tx, id);
    requireProposable(recorded.decision, overrides, outcome);
    await this.takeStep(tx, id, {
      stepNo: overrides.length + 1,
      step: 'proposed',
      outcome,
      reason: `${reason}: ${note}`,
    });
    return this.get(tx, id);
  }

  /**
   * Confirms or rejects the override that waits; not for whoever proposed it.
   *
   * @throws Problem `credit.decision-not-found`, `credit.no-override-open`,
   *   `credit.override-by-proposer`.
   */
  async resolveOverride(
    tx: Tx,
    id: Id<'cdn'>,
    { step, note }: { readonly step: 'confirmed' | 'rejected'; readonly note: string },
  ): Promise<StandingDecision> {
    const { recorded, overrides } = await this.get(tx, id);
    const { outcome } = requireResolvable(overrides, tx.scope.actor.id);
    await this.takeStep(tx, id, { stepNo: overrides.length + 1, step, outcome, reason: note });
    if (step === 'confirmed') {
      const { subject } = recorded;
      await this.deps.outbox.publish(tx, {
        type: 'credit.overridden',
        subject: id,
        payload: { application: subject, outcome },
      });
    }
    return this.get(tx, id);
  }

  private async takeStep(
    tx: Tx,
    id: Id<'cdn'>,
    step: Pick<OverrideStep, 'stepNo' | 'step' | 'outcome' | 'reason'>,
  ): Promise<void> {
    const takenBy = tx.scope.actor.id;
    const takenAt = this.deps.clock.now();
    await store.insertOverrideStep(tx, id, { ...step, takenBy, takenAt });
    await this.deps.audit.record(tx, {
      action: `credit.override-${step.step}`,
      subject: id,
      details: { outcome: step.outcome },
    });
  }

  private today(): CalendarDate {
    return dateIn(POLICY_ZONE, this.deps.clock.now());
  }

  private async keep(tx: Tx, { scorecard, scale, policy }: DecidingModels) {
    const at = this.deps.clock.now();
    const numbers = await store.ensureModels(tx, [scorecard, scale, policy], at);
    const [scorecardNo, scaleNo, policyNo] = numbers;
    return {
      scorecardNo: must(scorecardNo, 'the number of the scorecard'),
      scaleNo: must(scaleNo, 'the number of the scale'),
      policyNo: must(policyNo, 'the number of the policy'),
    };
  }

  private decidingWith({ scorecard, scale, policy }: DecidingModels): DecisionModels {
    const pricing = { policy: policy.value, scale: scale.value };
    const key = `${policy.contentHash} ${scale.contentHash}`;
    return {
      ...pricing,
      score: (applicant) => scorecard.value.score(applicant),
      price: (terms) => this.prices.price(terms, pricing, key),
    };
  }
}

/** Without what was remembered: a replay is to be its own. */
function revivedModels({ scorecard, scale, policy }: DecidingModels): DecisionModels {
  const pricing = { policy: policy.value, scale: scale.value };
  return {
    ...pricing,
    score: (applicant) => scorecard.value.score(applicant),
    price: (terms) => priceOffer(terms, pricing),
  };
}

function asStanding({ decision, ...rest }: store.NewDecision): StandingDecision {
  return {
    recorded: { ...rest, decision: storedOutput(decision) },
    overrides: [],
    outcome: decision.outcome,
  };
}

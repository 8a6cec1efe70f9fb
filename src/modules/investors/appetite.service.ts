import { dateIn } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import {
  ageOn,
  appetitePoints,
  lendingLimit,
  riskGrade,
  type AppetitePolicy,
  type LendingLimit,
} from './appetite';
import * as store from './appetite.store';
import { requireCurrency } from './classification';
import { investorProblem } from './errors';
import { requireActive, type Investor } from './investor';
import type { InvestorService } from './investor.service';
import { resultExpiresAt, type Answers } from './knowledge-test';
import type { ProfileFacts } from './profile';

export interface AppetiteDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly investors: InvestorService;
  readonly policy: AppetitePolicy;
}

export interface AssessmentSheet {
  readonly policy: string;
  readonly version: number;
  readonly answers: Answers;
}

/** What a lender says, or an accountant certifies, about lending elsewhere and worth. */
export interface LendingDeclaration {
  readonly outstandingElsewhere?: Money | undefined;
}

export interface NetWorthCertificate {
  readonly netWorth: Money;
  /** Who certified it, with their registration number. */
  readonly certifiedBy: string;
  readonly sha256: string;
}

const LAPSE_BATCH = 200;

/** How much a lender may lend, by assessment: a limit that moves, each move with its cause. */
export class AppetiteService {
  constructor(private readonly deps: AppetiteDeps) {}

  get policy(): AppetitePolicy {
    return this.deps.policy;
  }

  /**
   * Marks an assessment and sets the lender's limit by it.
   *
   * @throws Problem `investors.appetite-outdated`, `investors.appetite-incomplete`,
   *   `investors.unknown-question`, `investors.means-missing`, `investors.not-active`.
   */
  async assess(tx: Tx, investorId: Id<'inv'>, sheet: AssessmentSheet): Promise<store.Assessment> {
    const { clock, newId, audit, investors, policy } = this.deps;
    if (sheet.policy !== policy.id || sheet.version !== policy.version) {
      throw investorProblem('appetite-outdated', {
        detail: `The assessment in use is ${policy.id}, version ${policy.version}.`,
      });
    }
    const now = clock.now();
    const { timeZone, currency } = investors.rulebookOf(tx);
    const investor = await investors.getAndLock(tx, investorId);
    requireActive(investor);
    const age = await this.ageOf(tx, investor, now);
    const points = appetitePoints(policy, sheet.answers, age);
    const assessment: store.Assessment = {
      id: newId('tst'),
      investorId,
      policyId: policy.id,
      policyVersion: policy.version,
      answers: sheet.answers,
      points,
      grade: riskGrade(policy, points, age),
      assessedAt: now,
      expiresAt: resultExpiresAt(now, policy.validForMonths, timeZone),
    };
    await store.insertAssessment(tx, assessment);
    await this.setLimit(tx, investorId, {
      reason: 'appetite.assessed',
      decide: (facts) => this.limitOf(assessment, facts, Money.zero(currency)),
    });
    await audit.record(tx, {
      action: 'investor.appetite-assessed',
      subject: investorId,
      details: { assessment: assessment.id, points, grade: assessment.grade },
    });
    return assessment;
  }

  /**
   * Sets the limit anew after something it depends on changed: means, a birthday. Losses since the
   * assessment are added up and may cost grades.
   *
   * @param change why, as an event's name (`loan.charged-off`), and what was lost by it.
   * @throws Problem `investors.appetite-missing`.
   */
  async recompute(
    tx: Tx,
    investorId: Id<'inv'>,
    change: { readonly cause: string; readonly loss?: Money | undefined },
  ): Promise<void> {
    const { investors, policy, clock } = this.deps;
    const investor = await investors.getAndLock(tx, investorId);
    const age = await this.ageOf(tx, investor, clock.now());
    const decide = (facts: ProfileFacts): LendingLimit => {
      const { appetite } = facts;
      if (!appetite) throw investorProblem('appetite-missing');
      const losses = change.loss ? appetite.losses.plus(change.loss) : appetite.losses;
      const grade = riskGrade(policy, appetite.points, age);
      return this.limitOf({ ...appetite, grade }, facts, losses);
    };
    await this.setLimit(tx, investorId, { reason: change.cause, decide });
  }

  /** Lets the limit follow newly declared means; nothing for whoever has not been assessed. */
  async followMeans(tx: Tx, investor: Investor): Promise<void> {
    const { id, profileVersion } = investor;
    const { appetite, means } = await this.deps.investors.factsOf(tx, id, profileVersion);
    if (appetite && means) await this.recompute(tx, id, { cause: 'limit.follows-means' });
  }

  /** @throws Problem `investors.wrong-currency`, `investors.not-active`. */
  async declareLending(
    tx: Tx,
    investorId: Id<'inv'>,
    { outstandingElsewhere }: LendingDeclaration,
  ): Promise<Investor> {
    const { investors, audit } = this.deps;
    requireCurrency({ outstandingElsewhere }, investors.rulebookOf(tx).currency);
    const investor = await investors.amend(tx, investorId, (before, facts) => {
      requireActive(before);
      return { declared: { ...facts, outstandingElsewhere }, reason: 'lending.declared' };
    });
    await audit.record(tx, { action: 'investor.lending-declared', subject: investorId });
    return investor;
  }

  /** Takes in an accountant's certificate. @throws Problem `investors.wrong-currency`. */
  async certifyNetWorth(
    tx: Tx,
    investorId: Id<'inv'>,
    { netWorth, certifiedBy, sha256 }: NetWorthCertificate,
  ): Promise<Investor> {
    const { investors, audit } = this.deps;
    requireCurrency({ netWorth }, investors.rulebookOf(tx).currency);
    const investor = await investors.amend(tx, investorId, (_, facts) => ({
      declared: { ...facts, certifiedNetWorth: netWorth },
      reason: 'net-worth.certified',
    }));
    await audit.record(tx, {
      action: 'investor.net-worth-certified',
      subject: investorId,
      details: { certifiedBy, sha256 },
    });
    return investor;
  }

  /** Ends assessments that are due. @returns how many; call again until it is 0. */
  async lapseDue(tx: Tx, now: Date): Promise<number> {
    const due = await store.listAppetiteLapsed(tx, now, LAPSE_BATCH);
    for (const id of due) {
      await this.setLimit(tx, id, { reason: 'appetite.lapsed', decide: () => undefined });
      await this.deps.audit.record(tx, { action: 'investor.appetite-lapsed', subject: id });
    }
    return due.length;
  }

  /** How the limit moved, newest first. */
  async history(
    db: Db,
    investorId: Id<'inv'>,
    query: Parameters<typeof store.listLimitChanges>[2],
  ): Promise<readonly store.LimitChange[]> {
    return store.listLimitChanges(db, investorId, query);
  }

  private async setLimit(
    tx: Tx,
    investorId: Id<'inv'>,
    {
      reason,
      decide,
    }: {
      readonly reason: string;
      readonly decide: (facts: ProfileFacts) => LendingLimit | undefined;
    },
  ): Promise<void> {
    let expiresAt: Date | undefined;
    await this.deps.investors.amend(tx, investorId, (_, facts) => {
      const appetite = decide(facts);
      expiresAt = appetite?.expiresAt;
      return { declared: { ...facts, appetite }, reason };
    });
    await store.setAppetiteExpiry(tx, investorId, expiresAt);
  }

  private limitOf(
    assessed: Pick<LendingLimit, 'points' | 'grade' | 'assessedAt' | 'expiresAt'>,
    { means }: ProfileFacts,
    losses: Money,
  ): LendingLimit {
    const { policy } = this.deps;
    const { points, grade, assessedAt, expiresAt } = assessed;
    return {
      policy: `${policy.id}/${policy.version}`,
      points,
      assessedGrade: grade,
      ...lendingLimit(policy, grade, { means, losses }),
      losses,
      assessedAt,
      expiresAt,
    };
  }

  private async ageOf(db: Db, investor: Investor, now: Date): Promise<number | undefined> {
    const { investors } = this.deps;
    const details = await investors.detailsOf(db, [investor.id]);
    const bornOn = details.get(investor.id)?.bornOn;
    if (bornOn === undefined) return undefined;
    return ageOn(dateIn(investors.rulebookOf(db).timeZone, now), bornOn);
  }
}

import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import { requireCurrency } from './classification';
import { investorProblem } from './errors';
import { requireActive, type Investor } from './investor';
import type { InvestorService } from './investor.service';
import {
  lockedUntil,
  resultExpiresAt,
  scoreAnswers,
  type Answers,
  type Attempt,
  type MarkedAttempt,
  type QuestionBank,
} from './knowledge-test';
import * as store from './knowledge-test.store';

export interface KnowledgeTestDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly investors: InvestorService;
  /** The newest bank of each rulebook that asks for a test. */
  readonly banks: readonly QuestionBank[];
}

export interface HandedIn {
  readonly bank: string;
  readonly version: number;
  /** Absent: the investor refuses to take the test, which is their right. */
  readonly answers?: Answers | undefined;
}

const SIMULATION_VALID_FOR_MONTHS = 12;

/** The entry test of knowledge, and the simulation of the ability to bear loss (ECSPR Art. 21). */
export class KnowledgeTestService {
  constructor(private readonly deps: KnowledgeTestDeps) {}

  /** @throws Problem `investors.no-knowledge-test`. */
  bankOf(db: Db): QuestionBank {
    const { id } = this.deps.investors.rulebookOf(db);
    const bank = this.deps.banks.find(({ rulebookId }) => rulebookId === id);
    if (!bank) throw investorProblem('no-knowledge-test', { detail: `The rulebook is ${id}.` });
    return bank;
  }

  /**
   * Marks and keeps an attempt. Failing or refusing bars nobody, but leads to a warning that has
   * to be acknowledged.
   *
   * @throws Problem `investors.knowledge-test-locked`, `investors.knowledge-test-outdated`,
   *   `investors.unknown-question`, `investors.no-knowledge-test`, `investors.not-active`.
   */
  async take(tx: Tx, investorId: Id<'inv'>, handedIn: HandedIn): Promise<MarkedAttempt> {
    const { clock, audit, investors } = this.deps;
    const now = clock.now();
    const bank = this.bankOf(tx);
    requireCurrent(bank, handedIn);
    requireActive(await investors.getAndLock(tx, investorId));
    requireUnlocked(bank, await store.listAttempts(tx, investorId, bank.id), { handedIn, now });

    const { attempt, wrong } = this.mark(tx, bank, { investorId, answers: handedIn.answers, now });
    await store.insertAttempt(tx, attempt);
    const { outcome, takenAt, expiresAt } = attempt;
    await investors.amend(tx, investorId, (_, facts) => ({
      declared: {
        ...facts,
        knowledgeTest: { outcome, takenAt, expiresAt },
        warningAcknowledgedAt: undefined,
      },
      reason: `knowledge-test.${outcome}`,
    }));
    await audit.record(tx, {
      action: `investor.knowledge-test-${outcome}`,
      subject: investorId,
      details: { attempt: attempt.id, bank: bank.id, version: bank.version },
    });
    return { attempt, bank, wrong };
  }

  /**
   * Keeps that the investor has read the warning that follows a failed or refused test.
   *
   * @throws Problem `investors.nothing-to-acknowledge`.
   */
  async acknowledgeWarning(tx: Tx, investorId: Id<'inv'>): Promise<Investor> {
    const acknowledgedAt = this.deps.clock.now();
    const investor = await this.deps.investors.amend(tx, investorId, (_, facts) => {
      const { knowledgeTest } = facts;
      if (knowledgeTest === undefined || knowledgeTest.outcome === 'passed') {
        throw investorProblem('nothing-to-acknowledge');
      }
      return {
        declared: { ...facts, warningAcknowledgedAt: acknowledgedAt },
        reason: 'warning.acknowledged',
      };
    });
    const action = 'investor.warning-acknowledged';
    await this.deps.audit.record(tx, { action, subject: investorId });
    return investor;
  }

  /**
   * Keeps the result of a simulation the investor made and chose to share: the result and the
   * time, never the figures it was made of (Delegated Regulation (EU) 2022/2114, Article 12).
   *
   * @throws Problem `investors.wrong-currency`, `investors.not-active`.
   */
  async recordSimulation(
    tx: Tx,
    investorId: Id<'inv'>,
    abilityToBearLoss: Money,
  ): Promise<Investor> {
    const { clock, audit, investors } = this.deps;
    const takenAt = clock.now();
    const { currency, timeZone } = investors.rulebookOf(tx);
    requireCurrency({ abilityToBearLoss }, currency);
    const expiresAt = resultExpiresAt(takenAt, SIMULATION_VALID_FOR_MONTHS, timeZone);
    const investor = await investors.amend(tx, investorId, (before, facts) => {
      requireActive(before);
      return {
        declared: { ...facts, lossSimulation: { takenAt, abilityToBearLoss, expiresAt } },
        reason: 'loss-simulation.recorded',
      };
    });
    await audit.record(tx, { action: 'investor.loss-simulation-recorded', subject: investorId });
    return investor;
  }

  private mark(
    db: Db,
    bank: QuestionBank,
    sheet: {
      readonly investorId: Id<'inv'>;
      readonly answers: Answers | undefined;
      readonly now: Date;
    },
  ): Pick<MarkedAttempt, 'attempt' | 'wrong'> {
    const { investorId, answers, now } = sheet;
    const score = scoreAnswers(bank, answers ?? {});
    const { timeZone } = this.deps.investors.rulebookOf(db);
    const attempt: Attempt = {
      id: this.deps.newId('tst'),
      investorId,
      bankId: bank.id,
      bankVersion: bank.version,
      answers: answers ?? {},
      correct: score.correct,
      asked: score.asked,
      outcome: answers === undefined ? 'refused' : score.outcome,
      takenAt: now,
      expiresAt: resultExpiresAt(now, bank.validForMonths, timeZone),
    };
    return { attempt, wrong: answers === undefined ? [] : score.wrong };
  }
}

function requireCurrent(bank: QuestionBank, handedIn: HandedIn): void {
  if (handedIn.bank === bank.id && handedIn.version === bank.version) return;
  throw investorProblem('knowledge-test-outdated', {
    detail: `The test in use is ${bank.id}, version ${bank.version}.`,
  });
}

function requireUnlocked(
  bank: QuestionBank,
  attempts: readonly Attempt[],
  { handedIn, now }: { readonly handedIn: HandedIn; readonly now: Date },
): void {
  if (handedIn.answers === undefined) return;
  const until = lockedUntil(bank, attempts, now);
  if (until === undefined) return;
  throw investorProblem('knowledge-test-locked', {
    detail: `It may be taken again from ${until.toISOString()}.`,
    retryAfterSeconds: Math.trunc((until.getTime() - now.getTime() + 999) / 1000),
  });
}

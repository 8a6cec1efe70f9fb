import { addMonths, dateIn, startOfDay } from '../../kernel/calendar-date';
import { HOUR_MS } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import { investorProblem } from './errors';

export interface BilingualText {
  readonly en: string;
  readonly zh: string;
}

export interface Choice {
  readonly id: string;
  readonly text: BilingualText;
}

export interface Question {
  readonly id: string;
  readonly topic: string;
  readonly citation: string;
  readonly text: BilingualText;
  readonly choices: readonly Choice[];
  /** The id of the right choice. Never shown before the test is handed in. */
  readonly answer: string;
  readonly explanation: BilingualText;
}

/** One version of a test's questions. A version is never edited; a better one gets a new number. */
export interface QuestionBank {
  readonly id: string;
  readonly version: number;
  readonly rulebookId: string;
  readonly title: BilingualText;
  readonly source: string;
  /** What must be shown to whoever fails or refuses. */
  readonly warning: BilingualText;
  readonly minimumCorrect: number;
  readonly validForMonths: number;
  readonly lockout: { readonly failures: number; readonly hours: number };
  readonly questions: readonly Question[];
}

export type Answers = Readonly<Record<string, string>>;

export interface Attempt {
  readonly id: Id<'tst'>;
  readonly investorId: Id<'inv'>;
  readonly bankId: string;
  readonly bankVersion: number;
  readonly answers: Answers;
  readonly correct: number;
  readonly asked: number;
  readonly outcome: 'passed' | 'failed' | 'refused';
  readonly takenAt: Date;
  readonly expiresAt: Date;
}

/** An attempt with the questions that were answered wrongly. */
export interface MarkedAttempt {
  readonly attempt: Attempt;
  readonly bank: QuestionBank;
  readonly wrong: readonly Question[];
}

export interface Score {
  readonly correct: number;
  readonly asked: number;
  readonly outcome: 'passed' | 'failed';
  /** Questions answered wrongly or not at all. */
  readonly wrong: readonly Question[];
}

/**
 * Marks a test. A question without an answer counts as wrong.
 *
 * @throws Problem `investors.unknown-question` for a question or choice the bank does not have.
 */
export function scoreAnswers(bank: QuestionBank, answers: Answers): Score {
  for (const [questionId, choiceId] of Object.entries(answers)) {
    const question = bank.questions.find(({ id }) => id === questionId);
    if (!question?.choices.some(({ id }) => id === choiceId)) {
      throw investorProblem('unknown-question', { detail: `${questionId}: ${choiceId}` });
    }
  }
  const wrong = bank.questions.filter(({ id, answer }) => answers[id] !== answer);
  const asked = bank.questions.length;
  const correct = asked - wrong.length;
  return { correct, asked, outcome: correct >= bank.minimumCorrect ? 'passed' : 'failed', wrong };
}

/**
 * From when the test may be taken again: after so many failures in a row, so many hours after the
 * last of them; then the count begins anew. Undefined when it may be taken now.
 *
 * The law sets no lock-out. It keeps the test from being passed by guessing, which would defeat
 * Regulation (EU) 2020/1503, Article 21(1).
 *
 * @param attempts of this investor, oldest first. A refusal is no failure.
 */
export function lockedUntil(
  bank: Pick<QuestionBank, 'lockout'>,
  attempts: readonly Pick<Attempt, 'outcome' | 'takenAt'>[],
  now: Date,
): Date | undefined {
  const { failures, hours } = bank.lockout;
  let inARow = 0;
  let until: Date | undefined;
  for (const { outcome, takenAt } of attempts) {
    if (outcome === 'refused') continue;
    inARow = outcome === 'failed' ? inARow + 1 : 0;
    if (inARow < failures) continue;
    until = new Date(takenAt.getTime() + hours * HOUR_MS);
    inARow = 0;
  }
  return until !== undefined && until > now ? until : undefined;
}

/** When a result no longer counts: with the start of the day so many months later. */
export function resultExpiresAt(takenAt: Date, months: number, timeZone: string): Date {
  return startOfDay(addMonths(dateIn(timeZone, takenAt), months), timeZone);
}

import { HOUR_MS } from '../../../src/kernel/clock';
import {
  lockedUntil,
  resultExpiresAt,
  scoreAnswers,
  type Answers,
} from '../../../src/modules/investors/knowledge-test';
import { loadQuestionBanks } from '../../../src/modules/investors/question-bank.schema';

const [bank] = loadQuestionBanks('compliance/knowledge-tests');
if (!bank) throw new Error('the test needs a question bank');

/** Answers with so many right and the rest wrong. */
function answersWith(right: number): Answers {
  return Object.fromEntries(
    bank!.questions.map(({ id, answer, choices }, index) => [
      id,
      index < right ? answer : choices.find((choice) => choice.id !== answer)!.id,
    ]),
  );
}

describe('the bank of questions', () => {
  test('has at least ten questions, each in two languages, with an answer that varies', () => {
    expect(bank.questions.length).toBeGreaterThanOrEqual(10);
    expect(new Set(bank.questions.map(({ id }) => id)).size).toBe(bank.questions.length);
    expect(new Set(bank.questions.map(({ answer }) => answer)).size).toBeGreaterThan(2);
    for (const { text, choices, explanation } of bank.questions) {
      for (const { zh } of [text, explanation, ...choices.map((choice) => choice.text)]) {
        expect(zh).toMatch(/\p{Script=Han}|%/u);
      }
    }
  });

  test('warns in the words the law prescribes', () => {
    expect(bank.warning.en).toContain(
      'An investment in a crowdfunding project includes the risk of losing the entirety of the money invested.',
    );
  });
});

describe('marking', () => {
  test.each([
    { right: 12, outcome: 'passed' },
    { right: 9, outcome: 'passed' },
    { right: 8, outcome: 'failed' },
    { right: 0, outcome: 'failed' },
  ])('$right of twelve is $outcome', ({ right, outcome }) => {
    expect(scoreAnswers(bank, answersWith(right))).toMatchObject({
      outcome,
      correct: right,
      asked: 12,
    });
  });

  test('counts a missing answer as wrong', () => {
    const { [bank.questions[0]!.id]: _, ...rest } = answersWith(12);
    expect(scoreAnswers(bank, rest)).toMatchObject({ correct: 11, wrong: [bank.questions[0]] });
  });

  test.each([
    { name: 'a question', answers: { 'no-such-question': 'a' } },
    { name: 'a choice', answers: { 'total-loss': 'z' } },
  ])('refuses $name the bank does not have', ({ answers }) => {
    expect(() => scoreAnswers(bank, answers)).toThrow(
      expect.objectContaining({ code: 'investors.unknown-question' }),
    );
  });
});

describe('the lock-out', () => {
  const START = new Date('2025-03-10T09:00:00Z').getTime();
  const hour = (count: number): Date => new Date(START + count * HOUR_MS);
  type Outcome = 'passed' | 'failed' | 'refused';
  const attempts = (...outcomes: Outcome[]) =>
    outcomes.map((outcome, index) => ({ outcome, takenAt: hour(index) }));

  test.each([
    { name: 'no attempt', past: attempts(), now: 0, until: undefined },
    { name: 'two failures', past: attempts('failed', 'failed'), now: 2, until: undefined },
    {
      name: 'three failures',
      past: attempts('failed', 'failed', 'failed'),
      now: 3,
      until: hour(26),
    },
    {
      name: 'three failures, a moment before the day is over',
      past: attempts('failed', 'failed', 'failed'),
      now: 25.999,
      until: hour(26),
    },
    {
      name: 'three failures, when the day is over',
      past: attempts('failed', 'failed', 'failed'),
      now: 26,
      until: undefined,
    },
    {
      name: 'a pass among failures',
      past: attempts('failed', 'failed', 'passed', 'failed', 'failed'),
      now: 5,
      until: undefined,
    },
    {
      name: 'refusals among failures',
      past: attempts('failed', 'refused', 'failed', 'refused', 'failed'),
      now: 5,
      until: hour(28),
    },
    {
      name: 'a failure after the lock-out ended',
      past: [...attempts('failed', 'failed', 'failed'), { outcome: 'failed', takenAt: hour(30) }],
      now: 31,
      until: undefined,
    },
  ] as const)('after $name', ({ past, now, until }) => {
    expect(lockedUntil(bank, past, hour(now))).toEqual(until);
  });
});

test('a result holds to the start of the day two years later, where the rulebook lives', () => {
  const takenAt = new Date('2025-03-10T23:30:00Z');
  expect(resultExpiresAt(takenAt, 24, 'Europe/Berlin')).toEqual(new Date('2027-03-10T23:00:00Z'));
});

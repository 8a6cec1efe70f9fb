import { DAY_MS, HOUR_MS } from '../../../src/kernel/clock';
import { Money } from '../../../src/kernel/money';
import type { Instruction } from '../../../src/modules/payments/custodian';
import {
  answerOf,
  holderAnswer,
  isAnswerLost,
  planOf,
  settled,
  USUAL_DELAYS,
  type SandboxRecord,
} from '../../../src/modules/payments/custodians/sandbox-rules';

const T0 = new Date('2025-03-10T09:00:00Z');
const after = (milliseconds: number): Date => new Date(T0.getTime() + milliseconds);

function recordOf(amount: string, kind: Instruction['kind'] = 'collect'): SandboxRecord {
  const instruction: Instruction = {
    id: 'dep_01JTVST7XAES5BXHWZN4KR4VEZ',
    operatorId: 1,
    kind,
    amount: Money.parse(amount, 'EUR'),
    reference: 'YC-XHWZ-N4KR-4VEZ',
    validUntil: after(7 * DAY_MS),
  };
  return {
    ...planOf(instruction, T0, USUAL_DELAYS),
    instructionId: instruction.id,
    state: 'pending',
    validUntil: instruction.validUntil,
    executedAt: undefined,
  };
}

test.each([
  { amount: '10.00', waitMs: HOUR_MS - 1, state: 'pending' },
  { amount: '10.00', waitMs: HOUR_MS, state: 'executed' },
  { amount: '10.13', waitMs: HOUR_MS - 1, state: 'pending' },
  { amount: '10.13', waitMs: HOUR_MS, state: 'rejected' },
  { amount: '10.17', waitMs: 3 * DAY_MS - 1, state: 'pending' },
  { amount: '10.17', waitMs: 3 * DAY_MS, state: 'executed' },
  { amount: '10.19', waitMs: 7 * DAY_MS - 1, state: 'pending' },
  { amount: '10.19', waitMs: 7 * DAY_MS, state: 'lapsed' },
])('$amount is $state after $waitMs ms', ({ amount, waitMs, state }) => {
  expect(settled(recordOf(amount), after(waitMs)).state).toBe(state);
});

test('what was carried out keeps its time, however late one asks', () => {
  const record = settled(recordOf('10.00'), after(30 * DAY_MS));
  expect(answerOf(record, after(30 * DAY_MS))).toEqual({
    state: 'executed',
    custodianRef: 'SBX-dep_01JTVST7XAES5BXHWZN4KR4VEZ',
    executedAt: after(HOUR_MS),
  });
});

test('an ended instruction never changes', () => {
  const rejected = settled(recordOf('10.13'), after(DAY_MS));
  expect(settled(rejected, after(30 * DAY_MS))).toBe(rejected);
});

test.each([
  { asked: 1, isLost: true },
  { asked: 2, isLost: true },
  { asked: 3, isLost: false },
])('answer $asked about 23 cents is lost: $isLost', ({ asked, isLost }) => {
  expect(isAnswerLost({ amount: Money.parse('10.23', 'EUR') }, asked)).toBe(isLost);
});

test.each([
  { account: 'DE29370400440532013013', answer: 'mismatch' },
  { account: 'DE89370400440532013000', answer: 'match' },
])('the holder of $account is a $answer', ({ account, answer }) => {
  expect(holderAnswer({ holder: 'Ada', scheme: 'iban', account }).answer).toBe(answer);
});

describe('a debit under a debit mandate', () => {
  const debit = (ending: string, notBefore?: Date): Instruction => ({
    id: 'col_01JTVST7XAES5BXHWZN4KR4VEZ',
    operatorId: 1,
    kind: 'collect',
    // An amount that would be rejected if anybody had chosen it.
    amount: Money.parse('10.13', 'EUR'),
    payer: { holder: 'Ada', scheme: 'account-reference', account: `PAYER${ending}` },
    reference: 'YC-XHWZ-N4KR-4VEZ',
    notBefore,
    validUntil: after(7 * DAY_MS),
  });

  test.each([
    { ending: '00', verdict: 'execute', executesAt: after(HOUR_MS), returnsAt: undefined },
    { ending: '17', verdict: 'execute', executesAt: after(3 * DAY_MS), returnsAt: undefined },
    { ending: '19', verdict: 'ignore', executesAt: undefined, returnsAt: undefined },
    {
      ending: '29',
      verdict: 'execute',
      executesAt: after(HOUR_MS),
      returnsAt: after(2 * DAY_MS + HOUR_MS),
    },
    { ending: '31', verdict: 'reject', executesAt: after(HOUR_MS), returnsAt: undefined },
  ])('goes by the account: $ending is to $verdict', ({ ending, ...plan }) => {
    expect(planOf(debit(ending), T0, USUAL_DELAYS)).toMatchObject(plan);
  });

  test('is not carried out before its day', () => {
    const plan = planOf(debit('00', after(DAY_MS)), T0, USUAL_DELAYS);
    expect(plan.executesAt).toEqual(after(DAY_MS + HOUR_MS));
  });

  test('loses its answers by the account too', () => {
    expect(isAnswerLost(debit('23'), 1)).toBe(true);
    expect(isAnswerLost(debit('00'), 1)).toBe(false);
  });
});

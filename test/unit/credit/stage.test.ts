import { calendarDate } from '../../../src/kernel/calendar-date';
import { rate } from '../../../src/kernel/rate';
import { stageOf, type StageFacts } from '../../../src/modules/credit/stage';

const THRESHOLDS = {
  pdRatio: rate('2.5'),
  pdIncrease: rate('0.005'),
  stage2DaysPastDue: 30,
  stage3DaysPastDue: 90,
  cureMonths: { stage2: 3, stage3: 6 },
};

function facts(changes: Partial<StageFacts> = {}): StageFacts {
  return {
    on: calendarDate('2025-06-30'),
    pdAtGrant: rate('0.02'),
    pdNow: rate('0.02'),
    daysPastDue: 0,
    isOnWatchList: false,
    isForborne: false,
    isUnlikelyToPay: false,
    ...changes,
  };
}

describe('the stage of a loan', () => {
  it.each([
    { when: 'nothing has happened', changes: {}, stage: 1, reasons: [] },
    { when: 'it is 30 days late', changes: { daysPastDue: 30 }, stage: 1, reasons: [] },
    {
      when: 'it is 31 days late',
      changes: { daysPastDue: 31 },
      stage: 2,
      reasons: ['past-due-over-30'],
    },
    {
      when: 'it is 89 days late',
      changes: { daysPastDue: 89 },
      stage: 2,
      reasons: ['past-due-over-30'],
    },
    {
      when: 'it is 90 days late',
      changes: { daysPastDue: 90 },
      stage: 3,
      reasons: ['past-due-90', 'past-due-over-30'],
    },
    {
      when: 'the borrower is unlikely to pay',
      changes: { isUnlikelyToPay: true },
      stage: 3,
      reasons: ['unlikely-to-pay'],
    },
    { when: 'it is watched', changes: { isOnWatchList: true }, stage: 2, reasons: ['watch-list'] },
    { when: 'it is forborne', changes: { isForborne: true }, stage: 2, reasons: ['forborne'] },
    {
      when: 'the probability is 2.5 times that at the grant',
      changes: { pdNow: rate('0.05') },
      stage: 2,
      reasons: ['pd-risen'],
    },
    {
      when: 'it is a little less than 2.5 times',
      changes: { pdNow: rate('0.0499') },
      stage: 1,
      reasons: [],
    },
    {
      when: 'a very good borrower is many times worse, but still very good',
      changes: { pdAtGrant: rate('0.0005'), pdNow: rate('0.0054') },
      stage: 1,
      reasons: [],
    },
    {
      when: 'a very good borrower is half a percent worse',
      changes: { pdAtGrant: rate('0.0005'), pdNow: rate('0.0055') },
      stage: 2,
      reasons: ['pd-risen'],
    },
  ])('is $stage when $when', ({ changes, stage, reasons }) => {
    expect(stageOf(facts(changes), THRESHOLDS)).toEqual({ stage, reasons });
  });

  it('leaves stage 2 when three months were quiet', () => {
    const first = stageOf(facts({ before: { stage: 2 } }), THRESHOLDS);
    expect(first).toEqual({ stage: 2, reasons: ['cure-period'], quietSince: '2025-06-30' });
    const early = facts({ on: calendarDate('2025-09-29'), before: first });
    expect(stageOf(early, THRESHOLDS)).toEqual(first);
    const due = facts({ on: calendarDate('2025-09-30'), before: first });
    expect(stageOf(due, THRESHOLDS)).toEqual({ stage: 1, reasons: [] });
  });

  it('leaves stage 3 for stage 2 first, and that after its own cure', () => {
    const quiet = stageOf(facts({ before: { stage: 3 } }), THRESHOLDS);
    expect(quiet.stage).toBe(3);
    const second = stageOf(facts({ on: calendarDate('2025-12-30'), before: quiet }), THRESHOLDS);
    expect(second).toEqual({ stage: 2, reasons: ['cure-period'], quietSince: '2025-12-30' });
    const third = stageOf(facts({ on: calendarDate('2026-03-30'), before: second }), THRESHOLDS);
    expect(third.stage).toBe(1);
  });

  it('begins the cure anew when something speaks for the stage again', () => {
    const quiet = stageOf(facts({ before: { stage: 2 } }), THRESHOLDS);
    const late = facts({ on: calendarDate('2025-08-31'), daysPastDue: 40, before: quiet });
    const relapse = stageOf(late, THRESHOLDS);
    expect(relapse).toEqual({ stage: 2, reasons: ['past-due-over-30'] });
    const again = stageOf(facts({ on: calendarDate('2025-09-30'), before: relapse }), THRESHOLDS);
    expect(again).toMatchObject({ stage: 2, quietSince: '2025-09-30' });
  });

  it('is worse at once, whatever came before', () => {
    const before = { stage: 2, quietSince: calendarDate('2025-01-01') } as const;
    expect(stageOf(facts({ daysPastDue: 120, before }), THRESHOLDS).stage).toBe(3);
  });
});

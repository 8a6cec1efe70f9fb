import { DAY_MS, HOUR_MS, ManualClock, OffsetClock, systemClock } from '../../../src/kernel/clock';

const START = '2025-03-10T08:00:00.000Z';

describe('a manual clock', () => {
  it('stands still until it is moved', () => {
    const clock = new ManualClock(START);
    expect(clock.now().toISOString()).toBe(START);
    clock.advance(HOUR_MS);
    expect(clock.now().toISOString()).toBe('2025-03-10T09:00:00.000Z');
    clock.moveTo(new Date('2025-03-11T00:00:00Z'));
    expect(clock.now().toISOString()).toBe('2025-03-11T00:00:00.000Z');
  });

  it('never goes backwards', () => {
    const clock = new ManualClock(new Date(START));
    clock.moveTo('2024-01-01T00:00:00Z');
    clock.advance(-DAY_MS);
    expect(clock.now().toISOString()).toBe(START);
  });

  it('hands out instants that cannot be used to move it', () => {
    const clock = new ManualClock(START);
    clock.now().setFullYear(1999);
    expect(clock.now().toISOString()).toBe(START);
  });

  it.each([
    { name: 'a start that is no instant', work: () => new ManualClock('yesterday') },
    { name: 'a move to no instant', work: () => new ManualClock(START).moveTo('soon') },
    { name: 'an advance by no number', work: () => new ManualClock(START).advance(Number.NaN) },
  ])('$name is a bug of the caller', ({ work }) => {
    expect(work).toThrow(/is not an instant|number of milliseconds/);
  });
});

describe('an offset clock', () => {
  it('runs ahead of its base and keeps running with it', () => {
    const base = new ManualClock(START);
    const clock = new OffsetClock(base);
    expect(clock.now()).toEqual(base.now());
    clock.moveTo(new Date('2025-04-10T08:00:00Z'));
    expect(clock.offset).toBe(31 * DAY_MS);
    base.advance(HOUR_MS);
    expect(clock.now().toISOString()).toBe('2025-04-10T09:00:00.000Z');
  });

  it('starts at a stored offset', () => {
    const clock = new OffsetClock(new ManualClock(START), DAY_MS);
    expect(clock.now().toISOString()).toBe('2025-03-11T08:00:00.000Z');
  });
});

it('the system clock tells the time of the machine', () => {
  const before = performance.timeOrigin + performance.now();
  expect(Math.abs(systemClock.now().getTime() - before)).toBeLessThan(60_000);
});

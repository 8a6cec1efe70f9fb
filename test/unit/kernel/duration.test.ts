import { addDuration } from '../../../src/kernel/duration';

it.each([
  { start: '2026-01-31T10:00:00.500Z', duration: 'P1M', end: '2026-02-28T10:00:00.500Z' },
  { start: '2026-01-31T10:00:00.000Z', duration: 'P30D', end: '2026-03-02T10:00:00.000Z' },
  { start: '2026-01-31T10:00:00.000Z', duration: 'P2W', end: '2026-02-14T10:00:00.000Z' },
  { start: '2024-02-29T00:00:00.000Z', duration: 'P1Y', end: '2025-02-28T00:00:00.000Z' },
  { start: '2026-01-31T23:00:00.000Z', duration: 'PT2H', end: '2026-02-01T01:00:00.000Z' },
  {
    start: '2026-01-01T00:00:00.000Z',
    duration: 'P1Y2M3DT4H5M6S',
    end: '2027-03-04T04:05:06.000Z',
  },
])('$start and $duration is $end', ({ start, duration, end }) => {
  expect(addDuration(new Date(start), duration).toISOString()).toBe(end);
});

it.each(['', 'P', 'PT', 'P1DT', '30D', 'P-1D', 'P1.5D', 'P1H', 'p1d', 'P1D ', 'P9999999D'])(
  '%j is refused',
  (duration) => {
    expect(() => addDuration(new Date('2026-01-01T00:00:00Z'), duration)).toThrow(
      expect.objectContaining({ code: 'duration.malformed' }),
    );
  },
);

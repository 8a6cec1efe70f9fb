import { HOUR_MS, ManualClock } from '../../../src/kernel/clock';
import { PublicDisclosure, type DisclosureDeps } from '../../../src/modules/disclosure/service';

it('open statistics are counted once an hour however many ask, and again where that failed', async () => {
  const clock = new ManualClock('2026-03-10T09:10:00Z');
  let readings = 0;
  let isDown = true;
  const read = async () => {
    readings += 1;
    if (isDown) throw new Error('no connection');
    return Promise.resolve([]);
  };
  const disclosure = new PublicDisclosure({
    clock,
    operators: { all: () => [{ id: 1, line: 'lending' }] },
    database: { read },
  } as unknown as DisclosureDeps);
  await expect(disclosure.statistics()).rejects.toThrow('no connection');
  isDown = false;
  await Promise.all([disclosure.statistics(), disclosure.statistics(), disclosure.statisticsCsv()]);
  expect(readings).toBe(2);
  clock.advance(HOUR_MS);
  await disclosure.statistics();
  expect(readings).toBe(3);
});

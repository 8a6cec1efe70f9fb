import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { rate } from '../../../src/kernel/rate';
import {
  apportion,
  draw,
  pick,
  rankOf,
  sampleSize,
  type Draw,
} from '../../../src/modules/supervision/draw';
import { flawsOf } from '../../../src/modules/supervision/draw-verification';
import { publicDraw } from '../../../src/modules/supervision/public-draw';

const sources = { nonce: 'heads or tails', reportSha256: 'a'.repeat(64), ledgerHead: '0:17:ff' };
const terms = {
  detectionRate: rate('0.05'),
  confidence: rate('0.95'),
  roster: ['An', 'Bo', 'Chi', 'Dan'],
  inspectors: 2,
};
const cases = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    key: `lon_${String(n).padStart(4, '0')}`,
    stratum: n % 4 === 0 ? 'B' : 'A',
  }));

/** By the definition, with floats: only for populations small enough. */
function chanceToMiss(population: number, wrong: number, sample: number): number {
  let chance = 1;
  for (let i = 0; i < sample; i += 1) chance *= (population - wrong - i) / (population - i);
  return Math.max(0, chance);
}

describe('the size of a sample', () => {
  it.each([
    // Computed with exact fractions outside of this program.
    { population: 0, rate: '0.05', sure: '0.95', size: 0 },
    { population: 1, rate: '0.05', sure: '0.95', size: 1 },
    { population: 20, rate: '0.05', sure: '0.95', size: 19 },
    { population: 100, rate: '0.05', sure: '0.95', size: 45 },
    { population: 1000, rate: '0.05', sure: '0.95', size: 57 },
    { population: 10_000, rate: '0.01', sure: '0.99', size: 448 },
  ])('of $population at $rate and $sure is $size', (row) => {
    const wanted = { detectionRate: rate(row.rate), confidence: rate(row.sure) };
    expect(sampleSize(row.population, wanted)).toBe(row.size);
  });

  it('is the least that is enough', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 99 }), (n, part) => {
        const detectionRate = rate((part / 100).toFixed(2));
        const size = sampleSize(n, { detectionRate, confidence: rate('0.9') });
        const wrong = Math.ceil(Number((n * part).toFixed(0)) / 100);
        expect(chanceToMiss(n, wrong, size)).toBeLessThanOrEqual(0.1 + 1e-9);
        if (size > 1) expect(chanceToMiss(n, wrong, size - 1)).toBeGreaterThan(0.1 - 1e-9);
      }),
      { numRuns: 100 },
    );
  });

  it('of a million is found at once', () => {
    const wanted = { detectionRate: rate('0.001'), confidence: rate('0.99') };
    expect(sampleSize(1_000_000, wanted)).toBe(4593);
  });
});

describe('strata', () => {
  it('share the sample by their sizes, none more than it has', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (sizes) => {
        const strata = new Map<string, number>(sizes.map((size, n) => [`s${n}`, size]));
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const sample = Math.ceil(total / 3);
        const shares = apportion(sample, strata);
        expect([...shares.values()].reduce((sum, share) => sum + share, 0)).toBe(sample);
        for (const [name, share] of shares) {
          expect(share).toBeLessThanOrEqual(strata.get(name) ?? 0);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('a draw', () => {
  const drawn = draw(cases(100), sources, terms);
  const ranks = publicDraw(drawn).strata.flat();

  it('takes cases of each stratum and inspectors of the roster, by turns', () => {
    expect(drawn.drawn).toHaveLength(45);
    expect(drawn.drawn.filter(({ stratum }) => stratum === 'B')).toHaveLength(11);
    expect(new Set(drawn.drawn.map(({ key }) => key)).size).toBe(45);
    expect(new Set(drawn.drawn.map(({ inspector }) => inspector))).toEqual(
      new Set(drawn.inspectors),
    );
    expect(drawn.inspectors).toHaveLength(2);
  });

  it('is another with another nonce, report or ledger', () => {
    for (const other of [{ nonce: 'x' }, { reportSha256: 'b'.repeat(64) }, { ledgerHead: '' }]) {
      const again = draw(cases(100), { ...sources, ...other }, terms);
      expect(again.drawn).not.toEqual(drawn.drawn);
    }
  });

  it('takes each case as often as any other', () => {
    const keys = ['a', 'b', 'c', 'd', 'e'];
    const times = new Map<string, number>();
    for (let n = 0; n < 2000; n += 1) {
      for (const key of pick(`seed ${n}`, { label: 'case', keys, count: 2 })) {
        times.set(key, (times.get(key) ?? 0) + 1);
      }
    }
    // 800 each; the standard deviation is 22.
    for (const key of keys) expect(Math.abs((times.get(key) ?? 0) - 800)).toBeLessThan(110);
  });

  it('names no case to everybody, but lets who knows one find it', () => {
    const open = publicDraw(drawn);
    expect(JSON.stringify(open)).not.toMatch(/lon_|"[AB]"/);
    expect(open.strata.map(({ length }) => length)).toEqual([75, 25]);
    const { key, stratum } = drawn.drawn[0]!;
    expect(open.drawn[0]?.rank).toBe(rankOf(drawn.seed, `case/${stratum}`, key));
  });

  it('of as many strata as cases takes no longer', () => {
    const all = cases(20_000).map(({ key }) => ({ key, stratum: key }));
    const begun = process.cpuUsage();
    draw(all, sources, terms);
    expect(process.cpuUsage(begun).user).toBeLessThan(2_000_000);
  });

  it('is found to be as it had to be', () => {
    expect(flawsOf(JSON.parse(JSON.stringify(drawn)) as Draw)).toEqual([]);
  });

  it.each([
    { said: 'the same draw', published: drawn },
    { said: 'the same draw', published: draw(cases(7), sources, terms) },
    { said: 'the same draw', published: draw([], sources, terms) },
    { said: 'the same draw', published: publicDraw(drawn) },
    { said: 'another draw', published: { ...drawn, seed: drawn.seed.toUpperCase() } },
    { said: 'another draw', published: { ...publicDraw(drawn), strata: [[...ranks]] } },
  ])('is $said to a script that shares nothing with the program', ({ said, published }) => {
    const file = join(mkdtempSync(join(tmpdir(), 'yunchou-draw-')), 'draw.json');
    writeFileSync(file, JSON.stringify(published));
    const { stdout } = spawnSync(process.execPath, ['test/recompute/draw.mjs', file], {
      encoding: 'utf8',
    });
    expect(stdout.trim()).toBe(said);
  });

  const swapped = drawn.drawn.map((each, n) => (n === 0 ? { ...each, key: 'lon_0001x' } : each));
  it.each([
    { change: 'another nonce', its: { nonce: 'edge' }, flaw: /nonce is not the one/ },
    { change: 'another seed', its: { seed: '0'.repeat(64) }, flaw: /^seed is/ },
    { change: 'another case', its: { drawn: swapped }, flaw: /^drawn is/ },
    { change: 'a smaller sample', its: { sampleSize: 44 }, flaw: /^sampleSize is/ },
    { change: 'other inspectors', its: { inspectors: ['An', 'An'] }, flaw: /^inspectors is/ },
    { change: 'a case left out', its: { population: cases(99) }, flaw: /^sampleSize|^drawn/ },
    {
      change: 'a case twice',
      its: { population: [...cases(100), ...cases(1)] },
      flaw: /names a case twice/,
    },
  ])('with $change is found out', ({ its, flaw }) => {
    expect(flawsOf({ ...drawn, ...its }).join('\n')).toMatch(new RegExp(flaw, 'm'));
  });
});

import fc from 'fast-check';
import { USUAL_FATE, fateOf, fateText, type FateRule } from '../../../src/modules/takeovers';

const keys = Array.from({ length: 4000 }, (_, at) => `row ${at}`);
const good = { termMonths: 36, turnedBad: false };
const bad = { termMonths: 36, turnedBad: true };

describe('the fate of a loan of which only the end is known', () => {
  it('is the same whenever it is asked for', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.boolean(),
        fc.integer({ min: 1, max: 120 }),
        (key, turnedBad, termMonths) => {
          const row = { key, turnedBad, termMonths };
          expect(fateOf(row, USUAL_FATE)).toEqual(fateOf(row, USUAL_FATE));
        },
      ),
    );
  });

  it('never lets a bad loan be paid to its end, nor a good one stop', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 120 }), (key, termMonths) => {
        const stops = fateOf({ key, termMonths, turnedBad: true }, USUAL_FATE);
        expect(stops.kind === 'stops' && stops.after >= 0 && stops.after < termMonths).toBe(true);
        const pays = fateOf({ key, termMonths, turnedBad: false }, USUAL_FATE);
        expect(pays.kind).not.toBe('stops');
        if (pays.kind === 'early') {
          expect(pays.after).toBeGreaterThanOrEqual(USUAL_FATE.earlyFrom);
          expect(pays.after).toBeLessThan(termMonths);
        }
      }),
    );
  });

  it('draws about as many early repayments as the rule says', () => {
    const early = keys.filter((key) => fateOf({ key, ...good }, USUAL_FATE).kind === 'early');
    expect(early.length / keys.length).toBeCloseTo(USUAL_FATE.earlyPercent / 100, 1);
  });

  it('draws fewer stops each month, by the hazard', () => {
    const rule: FateRule = { ...USUAL_FATE, stopsPerMille: 500 };
    const after = keys.map((key) => fateOf({ key, ...bad }, rule));
    const share = (months: number): number =>
      after.filter((fate) => fate.kind === 'stops' && fate.after === months).length / keys.length;
    expect(share(0)).toBeCloseTo(0.5, 1);
    expect(share(1)).toBeCloseTo(0.25, 1);
    expect(share(2)).toBeCloseTo(0.125, 1);
  });

  it('is told in words with every figure of the rule', () => {
    const text = fateText(USUAL_FATE).join(' ');
    for (const part of ['45 %', '6 instalments', '4 %', '10 %', '18 %', 'SHA-256']) {
      expect(text).toContain(part);
    }
  });
});

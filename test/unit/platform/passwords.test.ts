import { Passwords } from '../../../src/platform/auth';

const cheap = new Passwords('cheap');
const owasp = new Passwords();

describe('passwords', () => {
  it('are hashed with argon2id at the cost OWASP names', async () => {
    expect(await owasp.hash('correct horse')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('hashed by either profile are verified by both', async () => {
    for (const hash of [await cheap.hash('correct horse'), await owasp.hash('correct horse')]) {
      expect(await owasp.verify(hash, 'correct horse')).toBe(true);
      expect(await cheap.verify(hash, 'correct horse')).toBe(true);
      expect(await cheap.verify(hash, 'wrong horse')).toBe(false);
    }
  });

  it('never match for a user that does not exist, not even the decoy', async () => {
    expect(await cheap.verify(undefined, 'correct horse')).toBe(false);
    expect(await cheap.verify(undefined, 'decoy')).toBe(false);
  });

  it('cost as much to check for a user that does not exist as for one that does', async () => {
    const hash = await owasp.hash('correct horse');
    await owasp.verify(undefined, 'warm-up');
    const known = await fastest(() => owasp.verify(hash, 'wrong'));
    const unknown = await fastest(() => owasp.verify(undefined, 'wrong'));
    expect(unknown).toBeGreaterThan(known / 3);
    expect(unknown).toBeLessThan(known * 3);
  });

  it('typed on another keyboard are the same', async () => {
    expect(await cheap.verify(await cheap.hash('caf\u00e9'), 'cafe\u0301')).toBe(true);
  });

  it('of another profile are known to be outdated', async () => {
    expect(owasp.isOutdated(await cheap.hash('x'))).toBe(true);
    expect(cheap.isOutdated(await cheap.hash('x'))).toBe(false);
  });
});

/** The best of several runs, which other work on the machine disturbs least. */
async function fastest(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 8; run += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}

// Computes the draw of an inspection again from its published values, with nothing of the program:
// node test/recompute/draw.mjs draw.json
// It takes what both sides have, which names every case, and what everybody has, which ranks them.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const published = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { nonce, commitment, reportSha256, ledgerHead, roster } = published;

/** `0.05` as [5n, 100n]. */
const fraction = (text) => {
  const [whole, digits = ''] = text.split('.');
  return [BigInt(whole + digits), 10n ** BigInt(digits.length)];
};
const ranked = (seed, label, keys) =>
  keys.map((key) => ({ key, rank: sha256(`${seed}/${label}/${key}`) }));
const byRank = (a, b) => (a.rank < b.rank ? -1 : 1);

const seed = sha256(`yunchou-draw-1\n${nonce}\n${reportSha256}\n${ledgerHead}\n`);

/** Each stratum with its cases by rank, in the order of the names of strata. */
const strata = published.strata
  ? published.strata.map((ranks, name) => ({ name, cases: ranks.map((rank) => ({ rank })) }))
  : [...new Set(published.population.map(({ stratum }) => stratum))].sort().map((name) => {
      const keys = published.population.filter(({ stratum }) => stratum === name);
      return {
        name,
        cases: ranked(
          seed,
          `case/${name}`,
          keys.map(({ key }) => key),
        ),
      };
    });
for (const { cases } of strata) cases.sort(byRank);

const total = BigInt(strata.reduce((sum, { cases }) => sum + cases.length, 0));
const [part, of] = fraction(published.detectionRate);
const [sure, all] = fraction(published.confidence);
const wrong = (part * total + of - 1n) / of;

// One case more, until C(N-D, n) / C(N, n) <= 1 - confidence.
let size = 0n;
let [none, ways] = [1n, 1n];
while (total > 0n && none * all > (all - sure) * ways) {
  none *= total - wrong - size > 0n ? total - wrong - size : 0n;
  ways *= total - size;
  size += 1n;
}

// What is left over goes to the largest remainders; of equal ones, to the first.
const shares = strata.map(({ cases }) => (size * BigInt(cases.length)) / (total || 1n));
const rests = strata.map(({ cases }, at) => [(size * BigInt(cases.length)) % (total || 1n), at]);
rests.sort(([a, one], [b, other]) => (a === b ? one - other : a < b ? 1 : -1));
const left = size - shares.reduce((sum, share) => sum + share, 0n);
for (const [, at] of rests.slice(0, Number(left))) shares[at] += 1n;

const inspectors = ranked(seed, 'inspector', roster)
  .sort(byRank)
  .slice(0, published.inspectors.length)
  .map(({ key }) => key);
const drawn = strata
  .flatMap(({ name, cases }, at) =>
    cases.slice(0, Number(shares[at])).map(({ key, rank }) => [key ?? rank, name]),
  )
  .map((each, turn) => [...each, inspectors[turn % inspectors.length]]);

const text = (cases) => cases.map((each) => each.join(' ')).join();
const isEqual =
  sha256(nonce) === commitment &&
  seed === published.seed &&
  Number(size) === published.sampleSize &&
  inspectors.join() === published.inspectors.join() &&
  text(drawn) ===
    text(published.drawn.map((each) => [each.key ?? each.rank, each.stratum, each.inspector]));
process.stdout.write(isEqual ? 'the same draw\n' : 'another draw\n');
process.exitCode = isEqual ? 0 : 1;

// Computes the draw of an inspection again from its published values, with nothing of the program:
// node test/recompute/draw.mjs draw.json
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const published = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { nonce, commitment, reportSha256, ledgerHead, population, roster } = published;

/** `0.05` as [5n, 100n]. */
const fraction = (text) => {
  const [whole, digits = ''] = text.split('.');
  return [BigInt(whole + digits), 10n ** BigInt(digits.length)];
};
const first = (seed, label, keys, count) =>
  keys
    .map((key) => [sha256(`${seed}/${label}/${key}`), key])
    .sort()
    .slice(0, count)
    .map(([, key]) => key);

const seed = sha256(`yunchou-draw-1\n${nonce}\n${reportSha256}\n${ledgerHead}\n`);
const total = BigInt(population.length);
const [part, of] = fraction(published.detectionRate);
const [sure, all] = fraction(published.confidence);
const wrong = (part * total + of - 1n) / of;

// One case more, until C(N-D, n) / C(N, n) <= 1 - confidence.
let size = 0n;
let [none, ways] = [1n, 1n];
while (none * all > (all - sure) * ways) {
  none *= total - wrong - size > 0n ? total - wrong - size : 0n;
  ways *= total - size;
  size += 1n;
}

const strata = new Map();
for (const { key, stratum } of population) {
  strata.set(stratum, [...(strata.get(stratum) ?? []), key]);
}
const shares = [...strata]
  .map(([name, { length }]) => [
    (size * BigInt(length)) % total,
    name,
    (size * BigInt(length)) / total,
  ])
  .sort(([a, one], [b, other]) => (a === b ? (one < other ? -1 : 1) : a < b ? 1 : -1));
let left = size - shares.reduce((sum, [, , share]) => sum + share, 0n);
const counts = new Map(shares.map(([, name, share]) => [name, share + (left-- > 0n ? 1n : 0n)]));
const inspectors = first(seed, 'inspector', roster, published.inspectors.length);
const drawn = [...strata.keys()]
  .sort()
  .flatMap((stratum) =>
    first(seed, `case/${stratum}`, strata.get(stratum), Number(counts.get(stratum))).map((key) => ({
      key,
      stratum,
    })),
  )
  .map((each, turn) => ({ ...each, inspector: inspectors[turn % inspectors.length] }));

const text = (cases) => cases.map((each) => `${each.key} ${each.stratum} ${each.inspector}`).join();
const isEqual =
  sha256(nonce) === commitment &&
  seed === published.seed &&
  Number(size) === published.sampleSize &&
  inspectors.join() === published.inspectors.join() &&
  text(drawn) === text(published.drawn);
process.stdout.write(isEqual ? 'the same draw\n' : 'another draw\n');
process.exitCode = isEqual ? 0 : 1;

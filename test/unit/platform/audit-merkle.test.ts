import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  EMPTY_ROOT,
  Frontier,
  consistencyRanges,
  inclusionRanges,
  leafHash,
  nodeHash,
  perfectSubtrees,
  rootOf,
  verifyConsistency,
  verifyInclusion,
  type Node,
  type Range,
} from '../../../src/platform/audit/merkle';

/** The eight leaves on which implementations of Certificate Transparency compare themselves. */
const REFERENCE_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'));

const REFERENCE_ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** MTH, PATH and SUBPROOF as RFC 6962, section 2.1, defines them, on the leaves themselves. */
const rfc = {
  mth(leaves: readonly Buffer[]): Buffer {
    if (leaves.length === 0) return sha256(Buffer.alloc(0));
    if (leaves.length === 1) return sha256(Buffer.concat([Buffer.of(0), ...leaves]));
    const k = half(leaves.length);
    return sha256(
      Buffer.concat([Buffer.of(1), rfc.mth(leaves.slice(0, k)), rfc.mth(leaves.slice(k))]),
    );
  },
  path(m: number, leaves: readonly Buffer[]): Buffer[] {
    if (leaves.length === 1) return [];
    const k = half(leaves.length);
    const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
    return m < k
      ? [...rfc.path(m, left), rfc.mth(right)]
      : [...rfc.path(m - k, right), rfc.mth(left)];
  },
  subproof(m: number, leaves: readonly Buffer[], isWhole = true): Buffer[] {
    if (m === leaves.length) return isWhole ? [] : [rfc.mth(leaves)];
    const k = half(leaves.length);
    const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
    return m <= k
      ? [...rfc.subproof(m, left, isWhole), rfc.mth(right)]
      : [...rfc.subproof(m - k, right, false), rfc.mth(left)];
  },
};

function half(length: number): number {
  let k = 1;
  while (k * 2 < length) k *= 2;
  return k;
}

function sha256(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest();
}

function leavesOf(size: number): Buffer[] {
  return Array.from({ length: size }, (_, index) => sha256(Buffer.from(`leaf ${index}`)));
}

function grown(leaves: readonly Buffer[], frontier = new Frontier()): Frontier {
  for (const leaf of leaves) frontier.append(leafHash(leaf));
  return frontier;
}

function rootsOf(ranges: readonly Range[], leaves: readonly Buffer[]): Buffer[] {
  return ranges.map(({ start, end }) => rfc.mth(leaves.slice(Number(start), Number(end))));
}

const hex = (hashes: readonly Buffer[]): string[] => hashes.map((each) => each.toString('hex'));

describe('the reference leaves', () => {
  test.each(REFERENCE_ROOTS.map((root, index) => ({ size: index + 1, root })))(
    'of which $size are taken have the published root',
    ({ size, root }) => {
      expect(grown(REFERENCE_LEAVES.slice(0, size)).root().toString('hex')).toBe(root);
    },
  );

  test('none of them has the hash of nothing', () => {
    expect(new Frontier().root()).toEqual(EMPTY_ROOT);
    expect(EMPTY_ROOT.toString('hex')).toMatch(/^e3b0c44298fc1c14/);
  });

  const N01 = 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125';
  const N23 = '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e';
  const N03 = 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7';
  const N47 = '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4';
  const N67 = 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0';
  const L0 = '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d';
  const L1 = '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7';
  const L4 = 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b';
  const N45 = '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a';

  test.each([
    { index: 0, size: 1, proof: [] },
    { index: 0, size: 8, proof: [L1, N23, N47] },
    { index: 5, size: 8, proof: [L4, N67, N03] },
    { index: 2, size: 3, proof: [N01] },
    { index: 1, size: 5, proof: [L0, N23, L4] },
  ])('leaf $index of $size has the published proof', ({ index, size, proof }) => {
    const ranges = inclusionRanges(BigInt(index), BigInt(size));
    expect(hex(rootsOf(ranges, REFERENCE_LEAVES))).toEqual(proof);
  });

  test.each([
    { from: 1, to: 1, proof: [] },
    { from: 1, to: 8, proof: [L1, N23, N47] },
    { from: 6, to: 8, proof: [N45, N67, N03] },
    { from: 2, to: 5, proof: [N23, L4] },
  ])('$from within $to has the published proof', ({ from, to, proof }) => {
    const ranges = consistencyRanges(BigInt(from), BigInt(to));
    expect(hex(rootsOf(ranges, REFERENCE_LEAVES))).toEqual(proof);
  });
});

const LARGEST = 70;
const aSize = fc.integer({ min: 1, max: LARGEST });
const aPart = aSize.chain((size) => fc.tuple(fc.integer({ min: 1, max: size }), fc.constant(size)));
const all = leavesOf(LARGEST);

describe('a tree of any size', () => {
  test('grows to the root of the definition', () => {
    fc.assert(
      fc.property(aSize, (size) => {
        const leaves = all.slice(0, size);
        expect(grown(leaves).root()).toEqual(rfc.mth(leaves));
      }),
    );
  });

  test('goes on from its perfect subtrees as if it had never stopped', () => {
    fc.assert(
      fc.property(aPart, ([part, size]) => {
        const peaks = perfectSubtrees({ start: 0n, end: BigInt(part) }).map(
          ({ level, position }): Node => {
            const start = Number(position) << level;
            return { level, position, hash: rfc.mth(all.slice(start, start + (1 << level))) };
          },
        );
        expect(rootOf(peaks.map((peak) => peak.hash))).toEqual(rfc.mth(all.slice(0, part)));
        const resumed = grown(all.slice(part, size), new Frontier(peaks));
        expect(resumed.size).toBe(BigInt(size));
        expect(resumed.root()).toEqual(rfc.mth(all.slice(0, size)));
      }),
    );
  });

  test('names each node it completes by its place', () => {
    const frontier = new Frontier();
    const nodes = all.flatMap((leaf) => frontier.append(leafHash(leaf)));
    for (const { level, position, hash } of nodes) {
      const start = Number(position) << level;
      expect(hash).toEqual(rfc.mth(all.slice(start, start + (1 << level))));
    }
    expect(nodes).toHaveLength([...Array(7).keys()].reduce((sum, i) => sum + (70 >> (i + 1)), 0));
  });

  test('proves each leaf as defined, and its proof holds', () => {
    fc.assert(
      fc.property(aPart, ([place, size]) => {
        const leaves = all.slice(0, size);
        const proof = rootsOf(inclusionRanges(BigInt(place - 1), BigInt(size)), leaves);
        expect(proof).toEqual(rfc.path(place - 1, leaves));
        const claim = {
          index: BigInt(place - 1),
          size: BigInt(size),
          leaf: leafHash(all[place - 1] ?? Buffer.alloc(0)),
          proof,
          root: rfc.mth(leaves),
        };
        expect(verifyInclusion(claim)).toBe(true);
        for (const wrong of [
          { ...claim, leaf: nodeHash(claim.leaf, claim.leaf) },
          { ...claim, root: EMPTY_ROOT },
          { ...claim, index: claim.index + 1n },
          { ...claim, index: claim.index - 1n },
          { ...claim, proof: [...proof, EMPTY_ROOT] },
          ...proof.map((_, at) => ({ ...claim, proof: proof.toSpliced(at, 1) })),
          ...proof.map((_, at) => ({ ...claim, proof: proof.with(at, EMPTY_ROOT) })),
        ]) {
          expect(verifyInclusion(wrong)).toBe(false);
        }
      }),
    );
  });

  test('proves each beginning as defined, and its proof holds', () => {
    fc.assert(
      fc.property(aPart, ([from, to]) => {
        const leaves = all.slice(0, to);
        const proof = rootsOf(consistencyRanges(BigInt(from), BigInt(to)), leaves);
        expect(proof).toEqual(rfc.subproof(from, leaves));
        const claim = {
          from: BigInt(from),
          to: BigInt(to),
          fromRoot: rfc.mth(all.slice(0, from)),
          toRoot: rfc.mth(leaves),
          proof,
        };
        expect(verifyConsistency(claim)).toBe(true);
        for (const wrong of [
          { ...claim, fromRoot: EMPTY_ROOT },
          { ...claim, toRoot: EMPTY_ROOT },
          { ...claim, from: 0n },
          { ...claim, proof: [...proof, EMPTY_ROOT] },
          ...proof.map((_, at) => ({ ...claim, proof: proof.toSpliced(at, 1) })),
          ...proof.map((_, at) => ({ ...claim, proof: proof.with(at, EMPTY_ROOT) })),
        ]) {
          expect(verifyConsistency(wrong)).toBe(false);
        }
      }),
    );
  });

  test('whose past was changed has no proof that it begins as before', () => {
    fc.assert(
      fc.property(aPart, fc.nat(), ([from, to], at) => {
        const changed = all.slice(0, to).with(at % from, Buffer.from('another'));
        const fromRoot = rfc.mth(all.slice(0, from));
        const proof = rfc.subproof(from, changed);
        const claim = { fromRoot, toRoot: rfc.mth(changed), proof };
        expect(verifyConsistency({ from: BigInt(from), to: BigInt(to), ...claim })).toBe(false);
      }),
    );
  });
});

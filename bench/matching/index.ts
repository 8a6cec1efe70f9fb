import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Print } from '../../src/cli/program';
import { referenceData } from '../../test/support/reference-data';
import { certifiedBound } from './bound';
import { brokenCount, brokenRules } from './checker';
import type { EngineRun } from './engine-child';
import { fairnessOf, levelFairness, type Fairness } from './fairness';
import { generateInstance, type InstanceSize } from './generator';
import { columnsIn, fundedMinor, type Positions } from './positions';
import { isReplayed } from './replay';
import { benchShared } from './shared';
import { benchSmall } from './small';

const RATIOS = [0.7, 1.05, 1.5, 3] as const;
const SIZES = [
  { mandates: 5000, listings: 500 },
  { mandates: 100_000, listings: 5000 },
] as const;
const QUICK_SIZES = [{ mandates: 1000, listings: 100 }] as const;

interface Options {
  readonly isQuick: boolean;
}

/**
 * The matching engine on generated windows, against a bound that the bench computes and proves, and
 * on small ones against the exact optimum. Each run of the engine has a process of its own.
 */
export async function benchMatching(print: Print, { isQuick }: Options): Promise<void> {
  print(conditions());
  const runs: Run[] = [];
  for (const size of isQuick ? QUICK_SIZES : SIZES) {
    for (const ratio of RATIOS) {
      const run = measure({ ...size, ratio, seed: 1 });
      print(line(run));
      runs.push(run);
    }
  }
  const shared = await benchShared(print, { folder: sharedFolder(), isQuick });
  const small = await benchSmall(print, { isQuick });
  print(JSON.stringify({ bench: 'matching', runs: runs.map(wire), small, shared }));
}

interface Run extends InstanceSize, EngineRun {
  /** Minor units. */
  readonly bound: number;
  readonly isTight: boolean;
  readonly boundSeconds: number;
  readonly funded: number;
  readonly fundedLoans: number;
  readonly demand: number;
  readonly positions: number;
  readonly fairness: Fairness;
  /** The same money at one level, as near to it as tickets and caps allow. */
  readonly level: Fairness;
  readonly violations: number;
  /** Matched again back to front, it came to the same. */
  readonly isReplayed: boolean;
}

function measure(size: InstanceSize): Run {
  const { run, positions } = runEngine(size);
  const input = generateInstance(size);
  const bound = certifiedBound(input);
  const funded = fundedMinor(input, positions);
  return {
    ...size,
    ...run,
    bound: bound.value,
    isTight: bound.isTight,
    boundSeconds: bound.seconds,
    funded: funded.money,
    fundedLoans: funded.loans,
    demand: input.listings.reduce((sum, loan) => sum + Number(loan.amountMinor), 0),
    positions: positions.mandate.length,
    fairness: fairnessOf(input, positions),
    level: levelFairness(input, positions),
    violations: brokenCount(brokenRules(input, positions)),
    isReplayed: isReplayed(input, positions),
  };
}

/** The engine in a process of its own, so that its memory is its own. */
function runEngine(size: InstanceSize): { readonly run: EngineRun; readonly positions: Positions } {
  const directory = mkdtempSync(join(tmpdir(), 'yunchou-bench-'));
  try {
    const file = join(directory, 'positions');
    const child = join(__dirname, 'engine-child.js');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [child, JSON.stringify(size), file],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`the engine's process failed: ${stderr}`);
    return { run: JSON.parse(stdout) as EngineRun, positions: columnsIn(readFileSync(file)) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** `--data FOLDER` holds instances made elsewhere, in its folder `matching`. */
function sharedFolder(): string | undefined {
  const at = process.argv.indexOf('--data');
  return referenceData('matching', at < 0 ? undefined : process.argv[at + 1]);
}

function conditions(): string {
  return [
    `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), one of them used;`,
    `${whole(totalmem() / 2 ** 30)} GB, Node ${process.version};`,
    'seconds from the window as objects to its positions, cold;',
    'memory of the whole process, the window included;',
    'the bound is a maximum flow without tickets and minimum fills, proved by a cut',
  ].join(' ');
}

function line(run: Run): string {
  return (
    `${run.mandates} x ${run.listings}, ratio ${run.ratio}:`.padEnd(28) +
    ` ${run.seconds.toFixed(2)} s (CPU ${run.cpuSeconds.toFixed(2)}), ${whole(run.rssMb)} MB,` +
    ` ${percent(run.funded / run.bound)} of the bound` +
    ` (${run.isTight ? 'proved' : 'NOT TIGHT'}, ${percent(run.bound / run.demand)} of demand,` +
    ` ${run.boundSeconds.toFixed(1)} s), ${run.fundedLoans} loans, ${run.positions} positions,` +
    ` Jain ${run.fairness.jain.toFixed(3)} (level ${run.level.jain.toFixed(3)}),` +
    ` Gini ${run.fairness.gini.toFixed(3)} (level ${run.level.gini.toFixed(3)}),` +
    ` nothing ${percent(run.fairness.zero)},` +
    ` ${run.violations} violations, ${run.isReplayed ? 'replayed' : 'NOT REPLAYED'}`
  );
}

function wire(run: Run): Readonly<Record<string, number | boolean>> {
  return {
    mandates: run.mandates,
    listings: run.listings,
    ratio: run.ratio,
    seconds: rounded(run.seconds),
    cpu_seconds: rounded(run.cpuSeconds),
    rss_mb: whole(run.rssMb),
    funded_of_bound: rounded(run.funded / run.bound),
    bound_proved: run.isTight,
    funded_loans: run.fundedLoans,
    jain: rounded(run.fairness.jain),
    gini: rounded(run.fairness.gini),
    zero: rounded(run.fairness.zero),
    level_jain: rounded(run.level.jain),
    level_gini: rounded(run.level.gini),
    violations: run.violations,
    replayed: run.isReplayed,
  };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}

function whole(value: number): number {
  return Math.round(value);
}

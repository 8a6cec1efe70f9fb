import { cpus, totalmem } from 'node:os';
import type { Print } from '../../src/cli/program';
import { allChecks } from '../../src/app/checks';
import { runChecks } from '../../src/platform/integrity';
import { withScratchDatabase } from '../scratch';
import { runEngine } from './engine';
import { runBareHttp, runHttp, type HttpMeasured } from './http';
import { median, type LoadOptions, type Measured } from './load';
import { runRowLock } from './rowlock';
import { loadTpcb, runTpcb, SCALE } from './tpcb';
import { buildWorld, INVESTORS, OPERATOR_ID, type World } from './world';

/** 256 sessions of TPC-B, the desk's own and room to spare. Durable: fsync stays on. */
const SETTINGS = { max_connections: '400', shared_buffers: '1GB' };
const CLIENTS = [16, 256] as const;
const MANY_OFFERINGS = 1000;

interface Rates {
  readonly tpcb: Measured;
  readonly rowLock: Measured;
  readonly hot: Measured;
  readonly many: Measured;
}

/**
 * Subscribing, against what the same machine and the same PostgreSQL do otherwise, in one run:
 * several interleaved rounds, the median of each.
 */
export async function benchSubscribe(
  print: Print,
  { isQuick }: { readonly isQuick: boolean },
): Promise<void> {
  const rounds = isQuick ? 1 : 3;
  const times = isQuick ? { warmUpMs: 1000, measureMs: 2000 } : { warmUpMs: 2000, measureMs: 6000 };
  await withScratchDatabase(SETTINGS, async ({ url }) => {
    print(conditions(rounds, times));
    const world = await buildWorld(url, Math.max(2, cpus().length));
    await loadTpcb(url);
    try {
      const byClients = new Map<number, Rates>();
      for (const clients of CLIENTS) {
        const rates = await measure(world, { clients, ...times }, { rounds, print });
        byClients.set(clients, rates);
      }
      const http = await measureHttp(world, { rounds, seconds: times.measureMs / 1000, print });
      const violations = await countViolations(world, print);
      print(summary(byClients, http, violations));
    } finally {
      await world.close();
    }
  });
}

async function measure(
  world: World,
  load: LoadOptions,
  { rounds, print }: { readonly rounds: number; readonly print: Print },
): Promise<Rates> {
  const measured = { tpcb: [], rowLock: [], hot: [], many: [] } as Record<keyof Rates, Measured[]>;
  for (let round = 1; round <= rounds; round += 1) {
    measured.tpcb.push(await runTpcb(world.url, load));
    measured.rowLock.push(await runRowLock(world.url, await world.openOfferings(1), load));
    measured.hot.push(await runEngine(world, await world.openOfferings(1), load));
    const many = await world.openOfferings(MANY_OFFERINGS);
    measured.many.push(await runEngine(world, many, load));
  }
  const rates: Rates = {
    tpcb: median(measured.tpcb),
    rowLock: median(measured.rowLock),
    hot: median(measured.hot),
    many: median(measured.many),
  };
  const names: Record<keyof Rates, string> = {
    tpcb: 'TPC-B-like',
    rowLock: 'row lock per request, one offering',
    hot: 'order desk, one offering',
    many: `order desk, ${MANY_OFFERINGS} offerings`,
  };
  for (const [key, name] of Object.entries(names)) {
    print(line(`${name}, ${load.clients} clients`, rates[key as keyof Rates], rates.tpcb));
  }
  return rates;
}

interface HttpRates {
  readonly ours: HttpMeasured;
  readonly bare: HttpMeasured;
}

async function measureHttp(
  world: World,
  options: { readonly rounds: number; readonly seconds: number; readonly print: Print },
): Promise<HttpRates> {
  const load = { clients: 256, seconds: options.seconds };
  const ours: HttpMeasured[] = [];
  const bare: HttpMeasured[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    bare.push(await runBareHttp(load));
    const [offering] = await world.openOfferings(1);
    if (offering) ours.push(await runHttp(world, offering, load));
  }
  const rates = { ours: middle(ours), bare: middle(bare) };
  options.print(
    httpLine('HTTP, bare authenticated Express, 256 connections', rates.bare, rates.bare),
  );
  options.print(
    httpLine('HTTP, subscribing to one offering, 256 connections', rates.ours, rates.bare),
  );
  return rates;
}

/** Every check the application has, on what the bench left behind. */
async function countViolations(world: World, print: Print): Promise<bigint> {
  const results = await runChecks(world.database, allChecks, [OPERATOR_ID]);
  const broken = results.filter(({ count }) => count > 0n);
  for (const { check, count, violations } of broken) {
    print(`VIOLATED ${check.id} ${count} times: ${JSON.stringify(violations[0])}`);
  }
  print(`${results.length} integrity checks, ${broken.length} violated`);
  return broken.reduce((sum, { count }) => sum + count, 0n);
}

function summary(
  byClients: ReadonlyMap<number, Rates>,
  { ours, bare }: HttpRates,
  violations: bigint,
): string {
  const few = byClients.get(16);
  const many = byClients.get(256);
  if (!few || !many) throw new Error('a load was not measured');
  // The harder of the two baselines: TPC-B with the number of sessions that suits it best.
  const tpcb = few.tpcb.perSecond > many.tpcb.perSecond ? few.tpcb : many.tpcb;
  const rowLock = few.rowLock.perSecond > many.rowLock.perSecond ? few.rowLock : many.rowLock;
  return JSON.stringify({
    bench: 'subscribe',
    clients: 256,
    tpcb_tps: whole(tpcb.perSecond),
    rowlock_hot_tps: whole(rowLock.perSecond),
    hot_tps: whole(many.hot.perSecond),
    hot_p99_ms: whole(many.hot.p99Ms),
    many_tps: whole(many.many.perSecond),
    http_tps: whole(ours.perSecond),
    http_p99_ms: whole(ours.p99Ms),
    bare_http_tps: whole(bare.perSecond),
    violations: Number(violations),
  });
}

function conditions(rounds: number, times: Omit<LoadOptions, 'clients'>): string {
  return [
    `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), shared by clients and server;`,
    `${whole(totalmem() / 2 ** 30)} GB, Node ${process.version};`,
    `PostgreSQL with fsync and synchronous_commit on, ${INVESTORS} investors,`,
    `TPC-B at scale ${SCALE};`,
    `${rounds} rounds of ${times.measureMs / 1000} s after ${times.warmUpMs / 1000} s, medians`,
  ].join(' ');
}

function line(name: string, measured: Measured, baseline: Measured): string {
  const ratio = measured.perSecond / baseline.perSecond;
  const refused = measured.refused > 0 ? `, ${measured.refused} refused` : '';
  return (
    `${name.padEnd(52)} ${whole(measured.perSecond).toString().padStart(7)}/s` +
    `  p50 ${tenth(measured.p50Ms)} ms  p99 ${tenth(measured.p99Ms)} ms` +
    `  ${tenth(ratio * 100)} % of TPC-B${refused}`
  );
}

function httpLine(name: string, measured: HttpMeasured, baseline: HttpMeasured): string {
  const ratio = measured.perSecond / baseline.perSecond;
  return (
    `${name.padEnd(52)} ${whole(measured.perSecond).toString().padStart(7)}/s` +
    `  p50 ${tenth(measured.p50Ms)} ms  p99 ${tenth(measured.p99Ms)} ms` +
    `  ${tenth(ratio * 100)} % of bare, ${measured.refused} refused`
  );
}

function middle(rounds: readonly HttpMeasured[]): HttpMeasured {
  const sorted = rounds.toSorted((a, b) => a.perSecond - b.perSecond);
  const found = sorted[Math.trunc((sorted.length - 1) / 2)];
  if (!found) throw new Error('no rounds were measured');
  return found;
}

function whole(value: number): number {
  return Math.round(value);
}

function tenth(value: number): string {
  return value.toFixed(1);
}

import { Allocation } from './allocation';
import { compileBatch, type Batch } from './batch';
import { Filler } from './fill';
import type { MatchInput, MatchResult } from './instance';
import { notePromises } from './promise';
import { resultOf } from './result';

export function runBatch(input: MatchInput): MatchResult {
  const batch = compileBatch(input);
  const allocation = new Allocation(batch);
  allocate(allocation);
  return resultOf(input, allocation);
}

function allocate(allocation: Allocation): void {
  const { batch } = allocation;
  const T = (globalThis as any).T ?? (() => {});
  T('start');
  const filler = new Filler(allocation);
  const order = ascending(batch);
  const share = openShare(allocation, order);
  T('share ' + share);
  const step = Math.max(1, Math.trunc(order.length / 32));
  for (let at = 0; at < order.length; at += 1) {
    if (at % step === 0) notePromises(allocation, order.subarray(at), share);
    const loan = order[at]!;
    filler.fill(loan, share < 1 ? aimFull(batch, loan) : aimMin(batch, loan));
  }
  report('first');
  function report(label: string) {
    let m = 0, n = 0, a=0;
    for (let j = 0; j < batch.loans; j++) { const p = allocation.parts[j]!; if (p.total > 0) { n++; m += p.total; } a+=batch.amount[j]!; }
    T(label + ' loans ' + n + ' pct ' + (m / a * 100).toFixed(2));
  }
  const opt = (globalThis as any).OPT ?? {};
  for (let round = 0; round < (opt.minRounds ?? 6); round += 1) {
    const failing = order.filter((j) => allocation.parts[j]!.total === 0);
    if (failing.length === 0) break;
    notePromises(allocation, failing, 1);
    for (const j of order) {
      if (allocation.parts[j]!.total === 0) continue;
      const had = allocation.clear(j);
      if (!filler.fill(j, aimMin(batch, j))) allocation.put(j, had);
    }
    for (const j of failing) filler.fill(j, aimMin(batch, j));
    report('round');
  }
  for (let round = 0; round < (opt.fullRounds ?? 3); round += 1) {
    const open = order.filter((j) => allocation.parts[j]!.total > 0 && allocation.parts[j]!.total < batch.amount[j]!);
    notePromises(allocation, round === (opt.fullRounds ?? 3) - 1 ? [] : open, share);
    for (const [at,j] of order.entries()) {
      if (at % step === 0) allocation.refreshAll();
      const had = allocation.clear(j);
      const least = Math.max(had.total, batch.minimumFill[j]!);
      if (!filler.fill(j, { least, aim: batch.amount[j]!, most: batch.amount[j]! }) && had.total > 0) allocation.put(j, had);
    }
    report('full');
  }
}

function aimMin(batch: Batch, loan: number) {
  const least = batch.minimumFill[loan]!;
  return { least: Math.max(1, least), aim: Math.max(1, least), most: batch.amount[loan]! };
}

function aimFull(batch: Batch, loan: number) {
  return { least: Math.max(1, batch.minimumFill[loan]!), aim: batch.amount[loan]!, most: batch.amount[loan]! };
}
function ascending({ loans, minimumFill }: Batch): Uint32Array {
  return Uint32Array.from({ length: loans }, (_, loan) => loan).sort(
    (a, b) => minimumFill[a]! - minimumFill[b]!,
  );
}

function openShare(allocation: Allocation, loans: Uint32Array): number {
  const { batch } = allocation;
  const full = notePromises(allocation, loans, 1).slice();
  const at = (share: number): number =>
    full.reduce((sum, most, lender) => sum + Math.min(batch.cash[lender]!, share * most), 0);
  const demand = batch.amount.reduce((sum, amount) => sum + amount, 0);
  if (at(1) <= demand) return 1;
  let low = 0;
  let high = 1;
  for (let turn = 0; turn < 20; turn += 1) {
    const middle = (low + high) / 2;
    if (at(middle) <= demand) low = middle;
    else high = middle;
  }
  return low;
}

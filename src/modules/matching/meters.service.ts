import type { Metrics } from '../../platform/metrics';

/** How a window ended: with positions, without any, or not at all this time. */
export type WindowOutcome = 'matched' | 'nothing-matched' | 'failed';

/** The phases of a window that take their time. */
export type WindowPhase = 'draw' | 'match' | 'place';

/** What `GET /metrics` shows of matching. */
export class MatchingMeters {
  private readonly windows;
  private readonly phases;
  private readonly positions;
  private readonly pairs;

  constructor(metrics: Pick<Metrics, 'counter' | 'histogram'>) {
    const prefix = 'yunchou_matching';
    this.windows = metrics.counter<'outcome'>({
      name: `${prefix}_windows_total`,
      help: 'Runs of matching windows, by how they ended',
      labels: ['outcome'],
    });
    this.phases = metrics.histogram<'phase'>({
      name: `${prefix}_phase_duration_seconds`,
      help: 'Time a window takes to be drawn, matched and placed',
      labels: ['phase'],
    });
    this.positions = metrics.counter<'outcome'>({
      name: `${prefix}_positions_total`,
      help: 'Positions that became orders, and positions that the desk refused',
      labels: ['outcome'],
    });
    this.pairs = metrics.counter({
      name: `${prefix}_pairs_total`,
      help: 'Pairs of a mandate and a loan it may lend to, over all windows',
    });
  }

  windowRan(outcome: WindowOutcome): void {
    this.windows.inc({ outcome });
  }

  phaseTook(phase: WindowPhase, seconds: number): void {
    this.phases.observe({ phase }, seconds);
  }

  settled({ placed, refused }: { readonly placed: number; readonly refused: number }): void {
    this.positions.inc({ outcome: 'placed' }, placed);
    this.positions.inc({ outcome: 'refused' }, refused);
  }

  considered(pairs: number): void {
    this.pairs.inc(pairs);
  }
}

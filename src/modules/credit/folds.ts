import { createHash } from 'node:crypto';
import { rowsWhere, type TrainingTable } from './training-table';

export interface Fold {
  readonly development: Uint32Array;
  readonly holdout: Uint32Array;
}

/**
 * Parts the rows into folds with the same share of bad ones in each. Which fold a row falls into
 * depends on the seed and on the row's position alone: the same table, the same folds.
 */
export function stratifiedFolds(
  table: TrainingTable,
  count: number,
  seed: string,
): readonly Fold[] {
  const fold = new Int32Array(table.rowCount);
  for (const outcome of [0, 1]) {
    const rows = [...rowsWhere(table, (row) => table.bad[row] === outcome)];
    shuffled(rows, `${seed}/${outcome}`).forEach((row, at) => {
      fold[row] = at % count;
    });
  }
  return Array.from({ length: count }, (_, index) => ({
    development: rowsWhere(table, (row) => fold[row] !== index),
    holdout: rowsWhere(table, (row) => fold[row] === index),
  }));
}

/**
 * Folds that look ahead: each learns from the days before one and is judged on the days that
 * follow, as a scorecard is. The holdouts share the later half of the rows between them.
 */
export function forwardFolds(table: TrainingTable, count: number): readonly Fold[] {
  const days = table.days.toSorted();
  const bounds = Array.from(
    { length: count },
    (_, index) => days[Math.trunc(((count + index) * days.length) / (2 * count))]!,
  );
  const distinct = [...new Set(bounds)].filter((day) => day > days[0]!);
  return distinct.map((from, index) => {
    const until = distinct[index + 1];
    return {
      development: rowsWhere(table, (row) => table.days[row]! < from),
      holdout: rowsWhere(table, (row) => {
        const day = table.days[row]!;
        return day >= from && (until === undefined || day < until);
      }),
    };
  });
}

/** The items in an order that the seed decides (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], seed: string): readonly T[] {
  const order = [...items];
  const next = randomFrom(seed);
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = Math.trunc(next() * (at + 1));
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order;
}

/** Numbers in [0, 1) that the seed decides (the generator is mulberry32). */
export function randomFrom(seed: string): () => number {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

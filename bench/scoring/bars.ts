/** What a figure must reach; a figure on the bar meets it. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export function isMet({ value, atLeast, atMost }: Bar): boolean {
  return (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
}

export function barLine(bar: Bar): string {
  const { name, value, atLeast, atMost } = bar;
  const limits = [
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
    ...(atMost === undefined ? [] : [`at most ${atMost}`]),
  ];
  return `  ${isMet(bar) ? 'met   ' : 'MISSED'} ${name.padEnd(44)} ${digits(value)}  (${limits.join(', ')})`;
}

/** Four digits: more would be noise of the folds. */
export function digits(value: number): number {
  return Number(value.toPrecision(4));
}

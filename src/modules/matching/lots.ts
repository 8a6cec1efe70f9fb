import { scramble } from './tie-break';

/** Numbers drawn one after the other from a window's seed: the same ones at every replay. */
export class Lots {
  private drawn = 0;

  constructor(private readonly start: number) {}

  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number {
    return this.next() % end;
  }

  /** One of the values, each as likely as the others. */
  oneOf<V>(values: readonly V[]): V {
    return values[this.below(values.length)]!;
  }

  /** From 0 up to, not including, 1. */
  share(): number {
    return this.next() / 2 ** 32;
  }

  private next(): number {
    this.drawn += 1;
    return scramble(this.start ^ scramble(this.drawn));
  }
}

import type { Facts } from './facts';
import type { Version } from './version';

/** One step of a computation, in words that a person can check against the law. */
export interface Step {
  readonly words: string;
  readonly parameter?: string;
  readonly citation?: string;
}

/** An act, and the law on the day it was done. */
export interface Context {
  readonly version: Version;
  readonly facts: Facts;
  /** Hears each step, when somebody asked for the reasons. */
  readonly explain?: (step: Step) => void;
}

import { runBatch } from './engine';
import { inputOf, resultSha256 } from './input-json';
import type { MatchResult } from './instance';

/** What the engine comes to, and the hash by which two outcomes are compared. */
export interface Matched {
  readonly result: MatchResult;
  readonly sha256: string;
}

/** Runs the engine on a window's stored input. */
export function matchText(text: string): Matched {
  const input = inputOf(text);
  const result = runBatch(input);
  return { result, sha256: resultSha256(input, result) };
}

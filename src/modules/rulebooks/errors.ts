import { problemCatalogue } from '../../kernel/problem';

export const rulebookProblem = problemCatalogue('rulebooks', {
  'unknown-rulebook': { kind: 'not-found', title: 'There is no rulebook of that name' },
  'unknown-tier': { kind: 'invalid', title: 'The rulebook does not know that tier' },
  'unknown-figure': { kind: 'not-found', title: 'The rulebook defines no such figure' },
  'not-permitted': { kind: 'unprocessable', title: 'The rulebook forbids it' },
  'not-in-force': { kind: 'unprocessable', title: 'The rulebook is not in force on that day' },
});

/** A rulebook file that cannot be relied on. Stops the process at start; never a user's mistake. */
export class RulebookError extends Error {
  override readonly name = 'RulebookError';

  constructor(
    readonly file: string,
    readonly path: string,
    readonly reason: string,
  ) {
    super(`${file}: at ${path === '' ? '(root)' : path}: ${reason}`);
  }
}

/** A broken promise inside the program: a bug, never a user's mistake (those are `Problem`s). */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Stops the work when the program contradicts itself. @throws AssertionError with `message`. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** The value, which must be there. @throws AssertionError naming `what` when it is not. */
export function must<T>(value: T | undefined | null, what: string): T {
  assert(value !== undefined && value !== null, `${what} is missing`);
  return value;
}

const SOONEST_MS = 60_000;
const LATEST_MS = 86_400_000;

/**
 * When to ask after an instruction again: when the custodian expects news, but at least daily,
 * so that one forgotten answer does not leave money waiting for ever.
 */
export function nextQuestion(askAgainAt: Date, now: Date): Date {
  const wait = askAgainAt.getTime() - now.getTime();
  return new Date(now.getTime() + Math.min(Math.max(wait, SOONEST_MS), LATEST_MS));
}

/** When to ask the custodian again after it could not be reached `attempts` times in a row. */
export function afterFailure(attempts: number, now: Date): Date {
  const minutes = BACKOFF_MINUTES[attempts - 1] ?? LONGEST_MINUTES;
  return new Date(now.getTime() + minutes * 60_000);
}

const BACKOFF_MINUTES: readonly number[] = [1, 2, 5, 10, 20];
const LONGEST_MINUTES = 60;

/**
 * A worked case: a sentence of law with the facts that try it and the answer it must give. Written
 * by somebody who knows the law, run by the tests, shown to whoever asks what a rule means.
 */
export interface WorkedCase {
  readonly name: string;
  /** The moment the question is asked, with its offset. */
  readonly at: string;
  /**
   * What is asked: an action, a tier, a timer, a limit, a figure, what an event obliges to, or
   * whether something is permitted.
   */
  readonly action?: string | undefined;
  readonly tier?: JsonObject | undefined;
  readonly timer?: string | undefined;
  readonly limit?: JsonObject | undefined;
  readonly figure?: string | undefined;
  readonly event?: string | undefined;
  /** A switch: what `permits` answers. */
  readonly permits?: string | undefined;
  readonly facts?: JsonObject | undefined;
  readonly expect: JsonObject;
}

export interface JsonObject {
  readonly [key: string]: unknown;
}

export const QUESTIONS = [
  'action',
  'tier',
  'timer',
  'limit',
  'figure',
  'event',
  'permits',
] as const;

/** The case with the facts that all cases of its action share; what it states itself wins. */
export function completeCase(
  given: Readonly<Record<string, JsonObject>>,
  worked: WorkedCase,
): WorkedCase {
  const shared = worked.action === undefined ? undefined : given[worked.action];
  return shared ? { ...worked, facts: merge(shared, worked.facts ?? {}) } : worked;
}

/** A null takes a shared fact away. */
function merge(shared: JsonObject, own: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...shared };
  for (const [key, value] of Object.entries(own)) {
    const base = merged[key];
    if (value === null) delete merged[key];
    else merged[key] = isObject(value) && isObject(base) ? merge(base, value) : value;
  }
  return merged;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

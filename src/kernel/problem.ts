/**
 * Expected refusals. A `Problem` is thrown by the domain and shown to the client; its code is
 * public API and never renamed. Only `platform/http` knows which status a kind becomes.
 */
export type ProblemKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'too-large'
  | 'unsupported'
  | 'unprocessable'
  | 'rate-limited'
  | 'unavailable';

/** What one rule said of one act: the reason a decision was taken, with its source in law. */
export interface Finding {
  /** Id of the rule within its rulebook: `investor-limit`. */
  readonly rule: string;
  /** Where the rule stands: `17 CFR 227.100(a)(2)(i)`. */
  readonly citation: string;
  /** A sentence a person can act on. */
  readonly message: string;
  /** Rulebook and version the rule was read from: `us-reg-cf`, `2022-09-20`. */
  readonly rulebook?: string;
  readonly effectiveFrom?: string;
  /** The ceiling, what was counted against it and what is left, as decimal strings. */
  readonly limit?: string;
  readonly observed?: string;
  readonly left?: string;
  readonly currency?: string;
}

/** One field of the input that is wrong; `pointer` is a JSON pointer into the request. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

export interface ProblemExtras {
  /** What happened this time; the title says what happens in general. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  readonly findings?: readonly Finding[];
  /** When it is worth trying again. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

export interface ProblemDefinition {
  readonly kind: ProblemKind;
  readonly title: string;
}

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly kind: ProblemKind;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: readonly FieldError[] | undefined;
  readonly findings: readonly Finding[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: string,
    { kind, title }: ProblemDefinition,
    extras: ProblemExtras = {},
  ) {
    super(`${code}: ${extras.detail ?? title}`, { cause: extras.cause });
    this.kind = kind;
    this.title = title;
    this.detail = extras.detail;
    this.errors = extras.errors;
    this.findings = extras.findings;
    this.retryAfterSeconds = extras.retryAfterSeconds;
  }
}

export interface ProblemCatalogue<Slug extends string = string> {
  (slug: Slug, extras?: ProblemExtras): Problem;
  readonly module: string;
  readonly definitions: Readonly<Record<Slug, ProblemDefinition>>;
}

/** What a module's problems mean. */
export type DeclaredProblems = Pick<ProblemCatalogue, 'module' | 'definitions'>;

const declared: DeclaredProblems[] = [];

/** Every catalogue of the modules that are loaded, by the modules' names. */
export function declaredProblems(): readonly DeclaredProblems[] {
  return declared.toSorted((a, b) => (a.module < b.module ? -1 : 1));
}

/** Declares every problem a module can raise; codes are `module.slug`. */
export function problemCatalogue<Slug extends string>(
  module: string,
  definitions: Readonly<Record<Slug, ProblemDefinition>>,
): ProblemCatalogue<Slug> {
  const make = (slug: Slug, extras?: ProblemExtras): Problem =>
    new Problem(`${module}.${slug}`, definitions[slug], extras);
  const catalogue = Object.assign(make, { module, definitions });
  declared.push(catalogue);
  return catalogue;
}

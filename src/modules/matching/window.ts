import { createHash } from 'node:crypto';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';

/**
 * Where a window is. `open`: due, nothing read yet. `drawn`: what the engine is given is stored
 * with the seed. `matched`: positions stand. `published`: each position was settled or proposed.
 */
export const WINDOW_STATUSES = ['open', 'drawn', 'matched', 'published'] as const;

export type WindowStatus = (typeof WINDOW_STATUSES)[number];

/** One batch in which mandates meet loans: what arrives within it is equal, however fast it came. */
export interface MatchWindow {
  readonly id: Id<'win'>;
  readonly currency: Currency;
  readonly status: WindowStatus;
  readonly dueAt: Date;
  readonly openedAt: Date;
  readonly drawnAt?: Date | undefined;
  readonly matchedAt?: Date | undefined;
  readonly publishedAt?: Date | undefined;
  readonly seed?: bigint | undefined;
  readonly inputSha256?: string | undefined;
  readonly resultSha256?: string | undefined;
  readonly mandates?: number | undefined;
  readonly listings?: number | undefined;
  readonly positions?: number | undefined;
  readonly matchedMinor?: bigint | undefined;
  /** Of what was matched, what became subscriptions. */
  readonly placedMinor?: bigint | undefined;
}

export const POSITION_STATUSES = [
  'matched',
  'proposed',
  'placed',
  'refused',
  'declined',
  'lapsed',
  'ended',
] as const;

/**
 * What became of a position. `proposed` waits for its lender; `ended` was placed and later given
 * back: revoked by the lender, or the loan did not come about.
 */
export type PositionStatus = (typeof POSITION_STATUSES)[number];

/** One mandate's part of one loan, as a window matched it. */
export interface Position {
  readonly windowId: Id<'win'>;
  readonly positionNo: number;
  readonly mandateId: Id<'mnd'>;
  readonly mandateVersion: number;
  readonly investorId: Id<'inv'>;
  readonly offeringId: Id<'off'>;
  readonly currency: Currency;
  readonly grade: string;
  readonly amountMinor: bigint;
  readonly status: PositionStatus;
  readonly respondBy?: Date | undefined;
  readonly subscriptionId?: Id<'sub'> | undefined;
  readonly refusal?: Refusal | undefined;
  readonly settledAt?: Date | undefined;
}

export interface Refusal {
  readonly code: string;
  readonly detail?: string | undefined;
}

/** A mandate as it was when its window was drawn. */
export interface DrawnLender {
  readonly mandateId: Id<'mnd'>;
  readonly investorId: Id<'inv'>;
  readonly version: number;
  readonly approvesEach: boolean;
}

/**
 * What ties of a window are broken by: from the head of the ledger, which nobody can choose, and
 * the window's id. 64 bits of SHA-256 over both.
 */
export function windowSeed(id: Id<'win'>, chainHeads: string): bigint {
  const digest = createHash('sha256').update(`${id}\n${chainHeads}`).digest('hex');
  return BigInt(`0x${digest.slice(0, 16)}`);
}

const CODE_OF_A = 65;

/** Grades as the engine numbers them: `A` is 0. */
export function gradeNumber(grade: string): number {
  return grade.charCodeAt(0) - CODE_OF_A;
}

export function gradeMask(grades: readonly string[]): number {
  return grades.reduce((mask, grade) => mask | (1 << gradeNumber(grade)), 0);
}

/** The grade of that number. */
export function gradeLetter(number: number): string {
  return String.fromCharCode(CODE_OF_A + number);
}

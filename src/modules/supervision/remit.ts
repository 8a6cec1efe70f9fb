import type { Id } from '../../kernel/id';
import type { Operator, OperatorLine } from '../identity';

/** An authority that supervises operators of this installation. */
export interface Authority {
  readonly id: Id<'aut'>;
  readonly name: string;
  /** ISO 3166-1 alpha-2. */
  readonly jurisdiction: string;
  readonly createdAt: Date;
}

/** Which operators somebody supervises. */
export interface Remit {
  readonly jurisdictions: readonly string[];
  readonly lines: readonly OperatorLine[];
  /** These only; absent for every one of those jurisdictions and lines. */
  readonly operatorIds: readonly number[] | undefined;
}

/** A user of an authority, with what it may see and until when. */
export interface Supervisor {
  readonly userId: Id<'usr'>;
  readonly authorityId: Id<'aut'>;
  readonly remit: Remit;
  readonly expiresAt: Date;
  readonly endedAt: Date | undefined;
}

/** Whether the remit reaches the operator: all three conditions must hold. */
export function covers(
  { jurisdictions, lines, operatorIds }: Remit,
  operator: Pick<Operator, 'id' | 'jurisdiction' | 'line'>,
): boolean {
  return (
    jurisdictions.includes(operator.jurisdiction) &&
    lines.includes(operator.line) &&
    (operatorIds === undefined || operatorIds.includes(operator.id))
  );
}

/** Whether the supervisor may still come in. The instant of expiry is outside. */
export function isInForce({ expiresAt, endedAt }: Supervisor, now: Date): boolean {
  return endedAt === undefined && now < expiresAt;
}

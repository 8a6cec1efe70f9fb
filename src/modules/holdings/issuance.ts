import type { Id } from '../../kernel/id';
import type { Rate } from '../../kernel/rate';
import { holdingProblem } from './errors';
import type { Holder, RegisterEvent, RegisterSource } from './register';

/** Units given to one investor. */
export interface Issuance extends Holder {
  readonly units: bigint;
  /** Price of one unit in major units of the instrument's currency. */
  readonly price: Rate;
  readonly occurredAt: Date;
}

/** The most holders an issuer may have, and where that is written. */
export interface HolderLimit {
  readonly holders: number;
  readonly citation: string;
}

export interface IssuanceOrder {
  readonly instrumentId: Id<'ins'>;
  readonly source: RegisterSource;
  readonly issuances: readonly Issuance[];
  readonly limit?: HolderLimit | undefined;
}

/** What a movement of units is, before it has a place in the register. */
export interface Movement {
  readonly from?: Holder | undefined;
  readonly to?: Holder | undefined;
  readonly units: bigint;
  readonly price?: Rate | undefined;
  readonly occurredAt: Date;
}

/** @throws Problem `holdings.units-not-positive`. */
export function requirePositive(movements: readonly Movement[]): void {
  if (movements.some(({ units }) => units <= 0n)) throw holdingProblem('units-not-positive');
}

/**
 * Checks that what was entered under a source is what is asked for again.
 *
 * @throws Problem `holdings.source-reused`.
 */
export function requireSame(
  entered: readonly RegisterEvent[],
  movements: readonly Movement[],
): void {
  const isSame =
    entered.length === movements.length &&
    entered.every((event, line) => {
      const movement = movements[line];
      return (
        movement !== undefined &&
        event.units === movement.units &&
        event.from?.investorId === movement.from?.investorId &&
        event.to?.investorId === movement.to?.investorId
      );
    });
  if (!isSame) throw holdingProblem('source-reused');
}

/**
 * Refuses what would bring in more holders than may be.
 *
 * @param standing how many hold anything of the issuer now.
 * @param newcomers how many different parties would join them.
 * @throws Problem `holdings.holder-limit` with a finding.
 */
export function requireWithinLimit(
  limit: HolderLimit | undefined,
  { standing, newcomers }: { readonly standing: number; readonly newcomers: number },
): void {
  if (!limit || standing + newcomers <= limit.holders) return;
  const left = limit.holders > standing ? limit.holders - standing : 0;
  throw holdingProblem('holder-limit', {
    detail: `${standing} hold already and ${newcomers} would join; ${limit.holders} may.`,
    findings: [
      {
        rule: 'holder-limit',
        citation: limit.citation,
        message: `The issuer may have at most ${limit.holders} holders.`,
        limit: String(limit.holders),
        observed: String(standing + newcomers),
        left: String(left),
      },
    ],
  });
}

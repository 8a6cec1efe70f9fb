import type { Finding } from '../../kernel/problem';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Currency } from '../../kernel/currency';
import type { Evidence, TierName } from '../rulebooks';
import { investorProblem } from './errors';

/** A document that supports what was declared; kept elsewhere, pinned here by its hash. */
export interface EvidenceDocument {
  readonly title: string;
  readonly sha256: string;
}

/** A request to be put into a tier, and what became of it. */
export interface Classification {
  readonly id: Id<'req'>;
  readonly investorId: Id<'inv'>;
  readonly fromTier: string;
  readonly requestedTier: string;
  readonly status: 'pending' | 'approved' | 'rejected';
  readonly declared: Evidence;
  readonly documents: readonly EvidenceDocument[];
  /** Every criterion of every tier, met or not, as judged when it was requested. */
  readonly findings: readonly Finding[];
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly decidedBy?: string | undefined;
  readonly decidedAt?: Date | undefined;
  readonly note?: string | undefined;
  readonly tierExpiresAt?: Date | undefined;
}

/** Tiers of a rulebook, the highest first. */
export class TierOrder {
  constructor(private readonly tiers: readonly TierName[]) {}

  get lowest(): string {
    return this.tiers.at(-1)?.id ?? '';
  }

  /** @throws Problem `investors.tier-unknown`. */
  rank(tier: string): number {
    const rank = this.tiers.findIndex(({ id }) => id === tier);
    if (rank < 0) {
      throw investorProblem('tier-unknown', {
        detail: `The tiers are ${this.tiers.map(({ id }) => id).join(', ')}.`,
      });
    }
    return rank;
  }

  isAbove(tier: string, other: string): boolean {
    return this.rank(tier) < this.rank(other);
  }

  /**
   * Whether a second person has to agree. Going down gives the investor more protection, so it
   * counts at once; going up, or staying up for longer, takes protection away.
   */
  needsApproval(from: string, to: string): boolean {
    return to !== this.lowest && this.rank(to) <= this.rank(from);
  }
}

/**
 * The tier to ask for, which the evidence must reach.
 *
 * @param requested absent: whatever the evidence reaches.
 * @throws Problem `investors.tier-not-met` with the findings, `investors.tier-unknown`.
 */
export function requestableTier(
  order: TierOrder,
  reached: { readonly tier: string; readonly findings: readonly Finding[] },
  requested: string | undefined,
): string {
  const tier = requested ?? reached.tier;
  if (!order.isAbove(tier, reached.tier)) return tier;
  throw investorProblem('tier-not-met', {
    detail: `The evidence reaches ${reached.tier}, not ${tier}.`,
    findings: reached.findings.filter((finding) => !('isMet' in finding && finding.isMet)),
  });
}

/**
 * @throws Problem `investors.classification-decided`, `investors.four-eyes`.
 */
export function requireDecidable(request: Classification, by: string): void {
  if (request.status !== 'pending') throw investorProblem('classification-decided');
  if (request.requestedBy === by) throw investorProblem('four-eyes');
}

/** @throws Problem `investors.wrong-currency` when an amount is in another currency. */
export function requireCurrency(values: object, currency: Currency): void {
  for (const [name, value] of Object.entries(values)) {
    if (!(value instanceof Money) || value.currency === currency) continue;
    throw investorProblem('wrong-currency', {
      detail: `${name} must be in ${currency}.`,
      errors: [{ pointer: `#/${name}`, detail: `The rulebook counts in ${currency}.` }],
    });
  }
}

import { must } from '../../kernel/assert';
import type { Rate } from '../../kernel/rate';

/**
 * How sales are concluded: on a board, where a buyer proposes and the seller countersigns; or by the
 * operator, which gives a buyer the best and oldest of what is offered.
 */
export const MARKET_MODES = ['bulletin', 'matched'] as const;
export type MarketMode = (typeof MARKET_MODES)[number];

/** How an operator's market works, within what its rulebook allows: every figure of it is data. */
export interface MarketPolicy {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  /** Rulebooks whose operators it is for; the one without any is for all others. */
  readonly rulebooks: readonly string[];
  readonly mode: MarketMode;
  /** The longest a listing stands, and a proposal waits for its answer. */
  readonly listingDays: number;
  readonly proposalDays: number;
  /** So long a seller must have held it, beside what the law asks. */
  readonly minimumHoldingDays: number;
  /** What the seller pays, as a share of the price without interest. */
  readonly sellerFeeRate: Rate;
  readonly notes: NoteRules;
  readonly shares: {
    /** The most that may be asked for a share, as a multiple of what it was last worth. */
    readonly highestOfFairValue: Rate;
  };
}

export interface NoteRules {
  /** Bounds of the price, as shares of the outstanding principal. */
  readonly lowestPrice: Rate;
  readonly highestPrice: Rate;
  /** Closer to its end a note is not offered. */
  readonly minimumDaysToMaturity: number;
  /** What becomes of a listing when something is overdue: it ends, or stays and says so. */
  readonly whenLate: 'withdraw' | 'flag';
}

export class MarketPolicies {
  constructor(private readonly all: readonly MarketPolicy[]) {}

  /** The latest for a rulebook, or of the one for all others. */
  latestFor(rulebookId: string): MarketPolicy {
    const own = this.latest(({ rulebooks }) => rulebooks.includes(rulebookId));
    const general = this.latest(({ rulebooks }) => rulebooks.length === 0);
    return must(own ?? general, 'a market policy for every rulebook');
  }

  private latest(isOne: (policy: MarketPolicy) => boolean): MarketPolicy | undefined {
    return this.all.filter(isOne).toSorted((a, b) => b.version - a.version)[0];
  }
}

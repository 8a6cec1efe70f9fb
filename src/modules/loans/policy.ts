import { must } from '../../kernel/assert';
import type { Rate } from '../../kernel/rate';
import type { ArrearsPolicy } from './arrears';
import type { DeskPolicy } from './desk-policy';
import type { DebitRetry } from './debit';
import { loanProblem } from './errors';
import type { LateFeePolicy } from './late-fee';
import type { PolicyRef } from './loan';
import type { EarlyRepaymentFee } from './payoff';
import type { Waterfall } from './waterfall';

/** How the two sides come to be bound. */
export interface SigningPolicy {
  /** So long the borrower may take; then lenders get everything back. */
  readonly withinDays: number;
  /** Whether the operator signs too. */
  readonly isCountersigned: boolean;
}

export interface EarlyRepaymentPolicy {
  /** Undefined where the law, or the operator, charges nothing for it. */
  readonly fee?: EarlyRepaymentFee | undefined;
  /** What a partial early repayment makes smaller. */
  readonly partial: 'reduce-term' | 'reduce-instalment';
  /** For how many days ahead a quote may be asked for. */
  readonly quoteDays: number;
}

/** How the loans of one operator are serviced: every figure of it is data. */
export interface ServicingPolicy extends PolicyRef {
  readonly title: string;
  /** Of the file's canonical JSON. */
  readonly contentHash: string;
  /** Rulebooks whose operators it is for; the one without any is for all others. */
  readonly rulebooks: readonly string[];
  readonly signing: SigningPolicy;
  readonly waterfall: Waterfall;
  readonly lateFee?: LateFeePolicy | undefined;
  /** Undefined where what a bank refused is not drawn again. */
  readonly debitRetry?: DebitRetry | undefined;
  readonly earlyRepayment: EarlyRepaymentPolicy;
  /** The operator's share of the interest, and the holders' late fees, that lenders receive. */
  readonly servicingRate: Rate;
  readonly arrears: ArrearsPolicy;
  readonly desk: DeskPolicy;
}

/** Every version of every policy: a loan keeps to the one it was made under. */
export class ServicingPolicies {
  constructor(readonly all: readonly ServicingPolicy[]) {}

  /** The latest for a rulebook, or of the one for all others. */
  latestFor(rulebookId: string): ServicingPolicy {
    const own = this.latest(({ rulebooks }) => rulebooks.includes(rulebookId));
    const general = this.latest(({ rulebooks }) => rulebooks.length === 0);
    return must(own ?? general, 'a servicing policy for every rulebook');
  }

  /** @throws Problem `loans.policy-not-found`. */
  get({ id, version }: PolicyRef): ServicingPolicy {
    const found = this.all.find((each) => each.id === id && each.version === version);
    if (!found) throw loanProblem('policy-not-found', { detail: `${id}/${version}` });
    return found;
  }

  private latest(isOne: (policy: ServicingPolicy) => boolean): ServicingPolicy | undefined {
    return this.all.filter(isOne).toSorted((a, b) => b.version - a.version)[0];
  }
}

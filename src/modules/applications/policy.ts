import type { Rate } from '../../kernel/rate';
import type { AprMethod } from '../schedules';
import type { AffordabilityPolicy } from './affordability';
import type { BureauPolicy } from './bureau-file';
import type { DocumentKind } from './document';
import type { FraudRule } from './fraud-rule';
import type { IncomeSource } from './form';
import type { MarkKind } from './mark';

export interface LinkingPolicy {
  /** One of these shared is enough to be linked. */
  readonly strong: readonly MarkKind[];
  /** So many kinds of the others have to be shared. */
  readonly weakNeeded: number;
  /** Whether linked borrowers share one cap where the rulebook knows such a cap. */
  readonly countsAsOne: boolean;
  /** What more parties than this bear links nobody. */
  readonly hubParties: number;
}

export interface OfferPolicy {
  /** Offered beside the term that was asked for. */
  readonly tenors: readonly number[];
  readonly shortestMonths: number;
  readonly longestMonths: number;
  readonly validDays: number;
  /** How long a loan stands for lenders. */
  readonly listingDays: number;
  /** The least part of the amount at which the loan comes about. */
  readonly minimumFill: Rate;
  /** The least a lender takes part with, by currency, as decimal strings. */
  readonly minimumTicket: Readonly<Record<string, string>>;
}

/** What the red list earns, each as an effect that is recorded. */
export interface GreenChannelPolicy {
  readonly firstInQueue: boolean;
  /** Part of the fee that is not charged. */
  readonly feeDiscountRate: Rate;
  readonly waivedDocuments: readonly DocumentKind[];
}

/** How one operator takes applications in: every figure of it is data. */
export interface ApplicationPolicy {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  /** Of the file's canonical JSON; stored with every assessment. */
  readonly contentHash: string;
  /** Rulebooks whose operators it is for; the one without any is for all others. */
  readonly rulebooks: readonly string[];
  /** By which the credit module prices the loans. */
  readonly pricingPolicy: string;
  /** By whose law the yearly cost is reckoned. */
  readonly aprMethod: AprMethod;
  readonly affordability: AffordabilityPolicy;
  readonly creditBureau: BureauPolicy;
  readonly offers: OfferPolicy;
  /** Of each group any one document, by where the income comes from. */
  readonly documents: Readonly<Record<IncomeSource, readonly (readonly DocumentKind[])[]>>;
  readonly linking: LinkingPolicy;
  readonly fraudRules: readonly FraudRule[];
  readonly greenChannel: GreenChannelPolicy;
}

/** The policy for a rulebook, or the one for all others. */
export function policyFor(
  policies: readonly ApplicationPolicy[],
  rulebookId: string,
): ApplicationPolicy | undefined {
  return (
    policies.find(({ rulebooks }) => rulebooks.includes(rulebookId)) ??
    policies.find(({ rulebooks }) => rulebooks.length === 0)
  );
}

import { createHash } from 'node:crypto';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { rateText } from '../../kernel/rate';
import type { AmlPolicy, AmlRule } from './policy';

/** Whom an alert is about. */
export type AlertSubject =
  | { readonly kind: 'investor'; readonly id: Id<'inv'> }
  | { readonly kind: 'issuer'; readonly id: Id<'iss'> };

/** One fact behind an alert: a deposit, a withdrawal, a note, a verification. */
export interface AlertEntry {
  readonly kind: 'deposit' | 'withdrawal' | 'note' | 'verification';
  readonly id: string;
  readonly at: Date;
  readonly amount?: Money | undefined;
  /** The journal entry that booked it. */
  readonly entryNo?: bigint | undefined;
}

/** What a rule found. */
export interface Hit {
  readonly subject: AlertSubject;
  readonly entries: readonly AlertEntry[];
  /** What the rule compared, by name: shares as fractions, amounts with their currency. */
  readonly values: Readonly<Record<string, string>>;
}

export interface Alert extends Hit {
  readonly id: Id<'alt'>;
  readonly caseId: Id<'amc'>;
  readonly rule: Pick<AmlRule, 'id' | 'kind' | 'title' | 'citation'>;
  readonly policy: { readonly id: string; readonly version: number };
  /** The first and the last of its entries. */
  readonly from: Date;
  readonly to: Date;
  readonly raisedAt: Date;
}

/** An alert that has no case yet. */
export type NewAlert = Omit<Alert, 'id' | 'caseId'> & { readonly key: string };

/** The alert a hit gives rise to. Found again, it has the same key. */
export function alertOf(
  hit: Hit,
  { rule, policy, at }: { readonly rule: AmlRule; readonly policy: AmlPolicy; readonly at: Date },
): NewAlert {
  const times = hit.entries.map((entry) => entry.at.getTime());
  const ids = hit.entries.map((entry) => entry.id).toSorted();
  return {
    ...hit,
    rule: { id: rule.id, kind: rule.kind, title: rule.title, citation: rule.citation },
    policy: { id: policy.id, version: policy.version },
    from: new Date(Math.min(...times)),
    to: new Date(Math.max(...times)),
    raisedAt: at,
    key: createHash('sha256')
      .update(JSON.stringify([rule.id, hit.subject.id, ids]))
      .digest('hex'),
  };
}

/** The values a rule asks for, beside those it found: what makes an alert readable by itself. */
export function ruleValues(rule: AmlRule, currency?: Money): Readonly<Record<string, string>> {
  switch (rule.kind) {
    case 'structuring':
      return {
        threshold: String(currency ?? ''),
        withinDays: String(rule.withinDays),
        minimumCount: String(rule.minimumCount),
      };
    case 'rapid-in-out':
      return {
        least: String(currency ?? ''),
        withinDays: String(rule.withinDays),
        withdrawnShareAtLeast: rateText(rule.withdrawnShare),
        investedShareAtMost: rateText(rule.investedShare),
      };
    case 'overpaid-loan':
      return { least: String(currency ?? ''), withinDays: String(rule.withinDays) };
    case 'circular-funding':
      return { shareAtLeast: rateText(rule.leastShare) };
    case 'sanctions':
      return { reasonsLookedFor: rule.reasons.join(', ') };
    default:
      return rule satisfies never;
  }
}

/** The sum of what the entries of one kind moved, in the currency given. */
export function movedBy(
  entries: readonly AlertEntry[],
  kind: AlertEntry['kind'],
  currency: Money['currency'],
): Money {
  const amounts = entries.flatMap((entry) =>
    entry.kind === kind && entry.amount?.currency === currency ? [entry.amount] : [],
  );
  return amounts.reduce((sum, amount) => sum.plus(amount), Money.zero(currency));
}

import type { CalendarDate } from '../../kernel/calendar-date';
import { rateText, type Rate } from '../../kernel/rate';
import { isInForce, type ListEntry } from './credit-list';
import type { DocumentKind } from './document';
import type { GreenChannelPolicy } from './policy';

/** What a rule did to an application beside saying yes or no: recorded with the assessment. */
export interface RuleEffect {
  readonly rule: 'green-channel';
  /** The entry of the red list it rests on. */
  readonly entryId: string;
  readonly effect: 'first-in-queue' | 'fee-discount' | 'documents-waived';
  /** `0.25` of the fee; the kinds of document. */
  readonly value?: string | undefined;
}

export interface GreenChannel {
  readonly effects: readonly RuleEffect[];
  readonly priority: 'normal' | 'green';
  /** Part of the fee that is not charged; zero without the green channel. */
  readonly feeDiscountRate: Rate | undefined;
  readonly waivedDocuments: readonly DocumentKind[];
}

const NOTHING: GreenChannel = {
  effects: [],
  priority: 'normal',
  feeDiscountRate: undefined,
  waivedDocuments: [],
};

/**
 * What being on a red list earns on that day. A black entry in force outweighs every red one.
 *
 * Source: 「对诚实守信者实行优先办理、简化程度等“绿色通道”支持激励政策」.
 */
export function greenChannel(
  entries: readonly ListEntry[],
  on: CalendarDate,
  policy: GreenChannelPolicy,
): GreenChannel {
  const inForce = entries.filter((entry) => isInForce(entry, on));
  if (inForce.some(({ colour }) => colour === 'black')) return NOTHING;
  const entry = inForce.find(({ effects }) => effects.includes('green-channel'));
  if (entry === undefined) return NOTHING;
  const base = { rule: 'green-channel', entryId: entry.id } as const;
  const { firstInQueue, feeDiscountRate, waivedDocuments } = policy;
  const hasDiscount = !feeDiscountRate.isZero();
  return {
    priority: firstInQueue ? 'green' : 'normal',
    feeDiscountRate: hasDiscount ? feeDiscountRate : undefined,
    waivedDocuments,
    effects: [
      ...(firstInQueue ? [{ ...base, effect: 'first-in-queue' } as const] : []),
      ...(hasDiscount
        ? [{ ...base, effect: 'fee-discount', value: rateText(feeDiscountRate) } as const]
        : []),
      ...(waivedDocuments.length > 0
        ? [{ ...base, effect: 'documents-waived', value: waivedDocuments.join(', ') } as const]
        : []),
    ],
  };
}

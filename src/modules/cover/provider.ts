import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';
import type { AccountNo } from '../ledger';
import { coverProblem } from './errors';
import type { FundTerms } from './fund';
import { ratioOf } from './ratio';

export const GUARANTOR_KINDS = ['guarantor', 'insurer'] as const;
/** Who answers by contract: a guarantee company, or an insurer. */
export type GuarantorKind = (typeof GUARANTOR_KINDS)[number];

export const PROVIDER_STATUSES = ['proposed', 'active', 'suspended', 'closed'] as const;
export type ProviderStatus = (typeof PROVIDER_STATUSES)[number];

export const RELATIONS = ['independent', 'related', 'operator'] as const;
/** What a guarantor is to the operator; where the law forbids it, only the first may be. */
export type Relation = (typeof RELATIONS)[number];

interface ProviderBase {
  readonly id: Id<'cov'>;
  readonly name: string;
  readonly currency: Currency;
  readonly status: ProviderStatus;
  /** Its cash, or the fund's money. */
  readonly accountNo: AccountNo;
  /** What is written on a transfer to it. */
  readonly reference: string;
  /** The guarantor itself, or who keeps the fund. */
  readonly partyId: Id<'pty'>;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly approvedBy?: string | undefined;
  readonly approvedAt?: Date | undefined;
}

/** What a guarantor can pay beside its cash here, as its own statements show it. */
export interface Capacity {
  readonly amount: Money;
  readonly statedOn: CalendarDate;
  readonly documentSha256: string;
}

export interface Guarantor extends ProviderBase {
  readonly kind: GuarantorKind;
  readonly licence?: string | undefined;
  readonly relation: Relation;
  /** The most it may answer for at once. */
  readonly limit: Money;
  readonly capacity: Capacity;
}

export interface Fund extends ProviderBase {
  readonly kind: 'fund';
  readonly terms: FundTerms;
}

/** Who pays lenders when a borrower does not. */
export type Provider = Guarantor | Fund;

/** Where each may go; `closed` is final. */
const NEXT: Readonly<Record<ProviderStatus, readonly ProviderStatus[]>> = {
  proposed: ['active', 'closed'],
  active: ['suspended', 'closed'],
  suspended: ['active', 'closed'],
  closed: [],
};

/**
 * The provider approved by a second person, who has seen its papers.
 *
 * @throws Problem `cover.provider-status`, `cover.four-eyes`.
 */
export function approved<P extends Provider>(
  provider: P,
  approval: { readonly by: string; readonly at: Date },
): P {
  requireNext(provider, 'active');
  if (provider.status !== 'proposed') return { ...provider, status: 'active' };
  if (provider.proposedBy === approval.by) throw coverProblem('four-eyes');
  return { ...provider, status: 'active', approvedBy: approval.by, approvedAt: approval.at };
}

/** @throws Problem `cover.provider-status`. */
export function withStatus<P extends Provider>(provider: P, status: 'suspended' | 'closed'): P {
  requireNext(provider, status);
  return { ...provider, status };
}

/** @throws Problem `cover.provider-status` unless it may take on more. */
export function requireActive(provider: Provider): void {
  if (provider.status !== 'active') {
    throw coverProblem('provider-status', { detail: `It is ${provider.status}.` });
  }
}

function requireNext(provider: Provider, status: ProviderStatus): void {
  if (NEXT[provider.status].includes(status)) return;
  throw coverProblem('provider-status', {
    detail: `What is ${provider.status} cannot become ${status}.`,
  });
}

/** Whose account its money lies on. */
export function ownerOf({ id, kind }: Pick<Provider, 'id' | 'kind'>) {
  return { id, kind: kind === 'fund' ? 'fund' : 'guarantor' } as const;
}

/** What a guarantor answers for, and with what. */
export interface Standing {
  readonly contracts: number;
  /** Its shares of what is outstanding, and of what is claimed and not paid. */
  readonly exposure: Money;
  readonly openClaims: Money;
  readonly cash: Money;
  readonly capacity: Money;
  /** Means against all it may have to pay; undefined while that is nothing. */
  readonly ratio: Rate | undefined;
}

/**
 * How well a guarantor could pay: its cash here with its stated capacity, divided by its shares of
 * all that is outstanding under its contracts. Open claims are part of that exposure and are shown
 * apart. The ratio is rounded down, since it must not flatter.
 */
export function standingOf(
  guarantor: Guarantor,
  facts: Pick<Standing, 'contracts' | 'exposure' | 'openClaims' | 'cash'>,
): Standing {
  const capacity = guarantor.capacity.amount;
  return { ...facts, capacity, ratio: ratioOf(facts.cash.plus(capacity), facts.exposure, 'floor') };
}

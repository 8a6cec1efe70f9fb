import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Db } from '../../platform/db';
import { sharePrice, type AllocationMethod, type OfferingTerms } from '../offerings';
import type { OfferingService } from '../offerings';
import { allocate, type Allocation } from './allocation';
import { committedOf, type Commitment } from './closing';
import * as store from './closing.store';

/** What one method would do with the orders as they stand. */
export interface MethodPreview {
  readonly method: Exclude<AllocationMethod, 'discretionary'>;
  readonly allocation: Allocation<Commitment>;
  readonly servedInFull: number;
  readonly scaledBack: number;
  readonly unserved: number;
}

/** A dry run of the allocation: nothing is decided by it. */
export interface AllocationPreview {
  readonly offeringId: Id<'off'>;
  readonly status: string;
  /** The method the terms state, by which it will be done. */
  readonly method: AllocationMethod;
  readonly committed: Money;
  readonly target: Money;
  readonly maximum: Money;
  readonly isOversubscribed: boolean;
  readonly orders: number;
  readonly methods: readonly MethodPreview[];
}

/** Shows what each method would give whom, before the close as after it. */
export class PreviewService {
  constructor(private readonly deps: { readonly offerings: OfferingService }) {}

  /** @throws Problem `offerings.not-found`. */
  async preview(db: Db, offeringId: Id<'off'>): Promise<AllocationPreview> {
    const { offering, version } = await this.deps.offerings.get(db, offeringId);
    const { terms } = version;
    const ref = { id: offeringId, currency: terms.currency };
    const commitments = await store.listCommitments(db, ref);
    const committed = committedOf(commitments, terms);
    return {
      offeringId,
      status: offering.status,
      method: terms.allocation.method,
      committed,
      target: terms.target,
      maximum: terms.maximum,
      isOversubscribed: committed.isMoreThan(terms.maximum),
      orders: commitments.length,
      methods: (['first-come', 'pro-rata'] as const).map((method) =>
        previewOf(method, commitments, terms),
      ),
    };
  }
}

function previewOf(
  method: MethodPreview['method'],
  commitments: readonly Commitment[],
  terms: OfferingTerms,
): MethodPreview {
  const { maximum, minimumTicket } = terms;
  const limits = { price: sharePrice(terms), maximum, minimumTicket };
  const allocation = allocate(method, commitments, limits);
  const { allotments } = allocation;
  const unserved = allotments.filter((allotment) => allotment.units === 0n).length;
  const servedInFull = allotments.filter(({ units, demand }) => units === demand.units).length;
  return {
    method,
    allocation,
    servedInFull,
    scaledBack: allotments.length - servedInFull - unserved,
    unserved,
  };
}

import { assert } from '../../kernel/assert';
import type { Currency } from '../../kernel/currency';
import { isId, type Id } from '../../kernel/id';
import {
  guarantorCashAccount,
  loanCollectionsAccount,
  provisionFundAccount,
  type AccountSpec,
} from '../ledger';

export const OWNER_KINDS = ['loan', 'guarantor', 'fund'] as const;

/** Whose account money belongs on that comes by a standing reference. */
export type PaymentOwner =
  | { readonly kind: 'loan'; readonly id: Id<'lon'> }
  | { readonly kind: 'guarantor'; readonly id: Id<'cov'> }
  /** Money set aside against lenders' losses. */
  | { readonly kind: 'fund'; readonly id: Id<'cov'> };

/** The owner as a row or a request names it. */
export function ownerOf(kind: PaymentOwner['kind'], id: string): PaymentOwner {
  if (kind === 'loan' && isId('lon', id)) return { kind, id };
  assert(kind !== 'loan' && isId('cov', id), `${id} is no ${kind}`);
  return { kind, id };
}

/** The account of the books that such money is booked to. */
export function ownerAccount(owner: PaymentOwner, currency: Currency): AccountSpec {
  switch (owner.kind) {
    case 'loan':
      return loanCollectionsAccount(owner.id, currency);
    case 'guarantor':
      return guarantorCashAccount(owner.id, currency);
    case 'fund':
      return provisionFundAccount(owner.id, currency);
  }
}

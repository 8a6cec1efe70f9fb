import { assert } from '../../kernel/assert';
import type { Currency } from '../../kernel/currency';
import { isId, type Id } from '../../kernel/id';
import { guarantorCashAccount, loanCollectionsAccount, type AccountSpec } from '../ledger';

export const OWNER_KINDS = ['loan', 'guarantor'] as const;

/** Whose account money belongs on that comes by a standing reference. */
export type PaymentOwner =
  | { readonly kind: 'loan'; readonly id: Id<'lon'> }
  | { readonly kind: 'guarantor'; readonly id: Id<'cov'> };

/** The owner as a row or a request names it. */
export function ownerOf(kind: PaymentOwner['kind'], id: string): PaymentOwner {
  if (kind === 'loan' && isId('lon', id)) return { kind, id };
  assert(kind === 'guarantor' && isId('cov', id), `${id} is no ${kind}`);
  return { kind, id };
}

/** The account of the books that such money is booked to. */
export function ownerAccount(owner: PaymentOwner, currency: Currency): AccountSpec {
  return owner.kind === 'loan'
    ? loanCollectionsAccount(owner.id, currency)
    : guarantorCashAccount(owner.id, currency);
}

import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';
import type { Note } from '../loans';

/** What changes hands when so many units are sold at a price. */
export interface Sale {
  readonly units: bigint;
  /** Outstanding principal that goes with them; none with shares. */
  readonly principal: Money;
  /** The price, without interest. */
  readonly clean: Money;
  /** Interest that the seller has earned and was not paid; the buyer advances it. */
  readonly accrued: Money;
  /** What the buyer pays: price and interest. */
  readonly total: Money;
  /** What the seller pays of it to the operator. */
  readonly fee: Money;
}

/**
 * Units of a note at a share of their outstanding principal. The price is rounded half to even and
 * the fee likewise; the interest is the note's, divided by units to the minor unit.
 *
 * @param accrued what the whole note has earned and was not paid.
 */
export function saleOfNote(
  note: Pick<Note, 'units' | 'principal'>,
  accrued: Money,
  terms: { readonly units: bigint; readonly price: Rate; readonly feeRate: Rate },
): Sale {
  const { units, price, feeRate } = terms;
  const weights = [units, note.units - units];
  const nothing = Money.zero(accrued.currency);
  const [principal = nothing] = note.principal.allocate(weights);
  const [interest = nothing] = accrued.allocate(weights);
  return priced(
    { units, principal, clean: principal.times(price, 'half-even') },
    interest,
    feeRate,
  );
}

/** Shares at a price each, in major units; the whole is rounded half to even. */
export function saleOfShares(
  currency: Currency,
  terms: { readonly units: bigint; readonly price: Rate; readonly feeRate: Rate },
): Sale {
  const { units, price, feeRate } = terms;
  const nothing = Money.zero(currency);
  const whole = price.times(units.toString());
  const unit = Money.ofMinor(1n, currency);
  const clean = unit.times(whole.div(unit.toDecimal()), 'half-even');
  return priced({ units, principal: nothing, clean }, nothing, feeRate);
}

function priced(
  part: Pick<Sale, 'units' | 'principal' | 'clean'>,
  accrued: Money,
  feeRate: Rate,
): Sale {
  const { clean } = part;
  return { ...part, accrued, total: clean.plus(accrued), fee: clean.times(feeRate, 'half-even') };
}

/** Several sales as one. */
export function sumOfSales(sales: readonly Sale[], currency: Currency): Sale {
  const sum = (part: (sale: Sale) => Money) => Money.sum(sales.map(part), currency);
  return {
    units: sales.reduce((units, sale) => units + sale.units, 0n),
    principal: sum(({ principal }) => principal),
    clean: sum(({ clean }) => clean),
    accrued: sum(({ accrued }) => accrued),
    total: sum(({ total }) => total),
    fee: sum(({ fee }) => fee),
  };
}

import { assert } from '../../kernel/assert';
import { Money } from '../../kernel/money';
import type { Rate } from '../../kernel/rate';

/** What a payment is divided by: the outstanding principal of each note. */
export interface SharingNote {
  readonly noteNo: number;
  readonly principal: Money;
  /** What its holder lent or paid for it. */
  readonly cost: Money;
}

/** What of a payment is the holders', before the servicing fee. */
export interface HoldersPart {
  readonly principal: Money;
  readonly interest: Money;
  /** Late fees, where the policy gives them to the holders. */
  readonly late: Money;
}

/** What one note receives; of interest and late fees its holder gets what servicing leaves. */
export interface NoteShare extends HoldersPart {
  readonly noteNo: number;
  readonly servicing: Money;
}

/**
 * Divides a payment among the notes of a loan, to the minor unit: the shares of each portion sum to
 * that portion, whatever the number of notes. Principal goes by outstanding principal, so that no
 * note receives more than it is owed and the last payment leaves every note at zero. Interest and
 * late fees go the same way; once no principal is left, by what the holders paid for their notes.
 *
 * The servicing fee is a share of interest and late fees, rounded down once for the whole payment, in
 * the holders' favour, and divided as what it is taken from.
 *
 * @param notes those that are not closed, at least one.
 */
export function distribute(
  received: HoldersPart,
  notes: readonly SharingNote[],
  servicingRate: Rate,
): readonly NoteShare[] {
  assert(notes.length > 0, 'a payment is divided among at least one note');
  const byPrincipal = notes.map(({ principal }) => principal.minor);
  const isOwed = byPrincipal.some((weight) => weight > 0n);
  const weights = isOwed ? byPrincipal : notes.map(({ cost }) => cost.minor);
  const principal = divided(received.principal, byPrincipal);
  const interest = divided(received.interest, weights);
  const late = divided(received.late, weights);
  const earned = interest.map((each, at) => each.minor + (late[at]?.minor ?? 0n));
  const fee = received.interest.plus(received.late).times(servicingRate, 'floor');
  const servicing = divided(fee, earned);
  const zero = Money.zero(fee.currency);
  return notes.map(({ noteNo }, at) => ({
    noteNo,
    principal: principal[at] ?? zero,
    interest: interest[at] ?? zero,
    late: late[at] ?? zero,
    servicing: servicing[at] ?? zero,
  }));
}

/** What the holder of a note is paid. */
export function receiptOf({ principal, interest, late, servicing }: NoteShare): Money {
  return principal.plus(interest).plus(late).minus(servicing);
}

/** Nothing is divided into nothing, whatever the weights. */
function divided(amount: Money, weights: readonly bigint[]): readonly Money[] {
  return amount.isZero ? [] : amount.allocate(weights);
}

import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { CapRow } from '../caps';
import type { AccountNo } from '../ledger';
import type { LoanNo } from './loan';

/** Who is paid what a note brings. */
export type NoteHolder =
  | { readonly kind: 'investor'; readonly id: Id<'inv'> }
  | { readonly kind: 'guarantor'; readonly id: Id<'cov'> };

export const NOTE_SOURCES = ['subscription', 'trade', 'claim', 'import'] as const;

/** The fact that opened a note: the caps it counts against were counted under its id. */
export interface NoteSource {
  readonly type: (typeof NOTE_SOURCES)[number];
  readonly id: string;
}

/** One holder's part of one loan. A holder may have several notes of the same loan. */
export interface Note {
  readonly loanNo: LoanNo;
  /** 1, 2, 3... within the loan; never used again. */
  readonly noteNo: number;
  readonly holder: NoteHolder;
  /** The ledger account the holder is paid to. */
  readonly accountNo: AccountNo;
  /** Units in the register; a guarantor's claim has none. */
  readonly units: bigint;
  /** Outstanding principal: what every payment is divided by. */
  readonly principal: Money;
  /** What its holder lent or paid for it. */
  readonly cost: Money;
  readonly openedOn: CalendarDate;
  /** When nothing was left of it: all repaid, sold, or taken over by a guarantor. */
  readonly closedOn?: CalendarDate | undefined;
  readonly source: NoteSource;
  /** The caps on outstanding principal it counts against, freed as principal comes back. */
  readonly caps: readonly CapRow[];
}

/** A note cut in two, the part that goes and the part that stays. */
export interface Cut {
  readonly given: { readonly principal: Money; readonly cost: Money };
  readonly kept: { readonly principal: Money; readonly cost: Money };
}

/**
 * Cuts a note by units, principal and cost in proportion, to the minor unit: the two parts are
 * always the whole.
 *
 * @param units more than none, at most the note's.
 */
export function cutNote(note: Pick<Note, 'units' | 'principal' | 'cost'>, units: bigint): Cut {
  const weights = [units, note.units - units];
  const [given, kept] = note.principal.allocate(weights);
  const [givenCost, keptCost] = note.cost.allocate(weights);
  if (!given || !kept || !givenCost || !keptCost) throw new Error('two weights give two parts');
  return {
    given: { principal: given, cost: givenCost },
    kept: { principal: kept, cost: keptCost },
  };
}

import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { Grouping } from './tally';

/** Whose returns: one lender's, or those of all lenders together. */
export type Whose =
  { readonly kind: 'investor'; readonly investorId: Id<'inv'> } | { readonly kind: 'book' };

/** What is asked for; what is left out is today, all that is known, the operator's currency. */
export interface ReturnsQuery {
  readonly whose: Whose;
  readonly by: Grouping;
  readonly currency?: Currency | undefined;
  readonly asOf?: CalendarDate | undefined;
  readonly knownAt?: Date | undefined;
}

/** The question with nothing left open: asked again, it has the same answer. */
export interface ReturnsRequest {
  readonly whose: Whose;
  readonly by: Grouping;
  readonly currency: Currency;
  readonly asOf: CalendarDate;
  readonly knownAt: Date;
  /** The zone in which instants become days. */
  readonly timeZone: string;
  /** The last evening whose close is counted: default and write-off are as it saw them. */
  readonly seenOn?: CalendarDate | undefined;
}

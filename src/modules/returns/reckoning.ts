import type { CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import { figuresOf, type Figure, type IdleDays } from './figure';
import { outcomeOf, type Outcome, type Stake } from './stake';
import { groupOf, Tally, type Amounts, type Grouping } from './tally';

/** Figures of a portfolio, or of a group of it, with the sums they are made of. */
export interface Part {
  /** What the group has in common: `B`, `2025-Q1`, `24`; absent for the whole. */
  readonly group?: string | undefined;
  readonly stakes: number;
  readonly loans: number;
  readonly defaulted: number;
  readonly amounts: Amounts;
  readonly figures: readonly Figure[];
}

export interface Reckoning {
  readonly whole: Part;
  /** In order of their names. */
  readonly groups: readonly Part[];
}

/** Reckons a portfolio stake by stake, in memory that grows with groups and days only. */
export class Reckoner {
  private readonly whole = new Tally();
  private readonly groups = new Map<string, Tally>();

  constructor(
    private readonly by: Grouping,
    private readonly at: { readonly asOf: CalendarDate; readonly currency: Currency },
  ) {}

  /** Stakes of one loan follow each other. */
  add(stake: Stake): Outcome {
    const { asOf } = this.at;
    const outcome = outcomeOf(stake, asOf);
    this.whole.add(stake, outcome, asOf);
    this.groupTally(groupOf(stake, this.by)).add(stake, outcome, asOf);
    return outcome;
  }

  /** @param idleDays of the lender's cash; absent for a book, which has none. */
  end(idleDays: IdleDays | undefined): Reckoning {
    const names = [...this.groups.keys()].toSorted(inOrder);
    return {
      whole: partOf(this.whole, { figures: figuresOf(this.whole, { ...this.at, idleDays }) }),
      groups: names.map((group) => {
        const tally = this.groupTally(group);
        return partOf(tally, { group, figures: this.figuresOfGroup(tally) });
      }),
    };
  }

  private figuresOfGroup(tally: Tally): readonly Figure[] {
    const figures = figuresOf(tally, this.at);
    if (this.by !== 'vintage') return figures;
    const net = figures.find(({ formula }) => formula === 'net-annual-return/1');
    return net === undefined ? figures : [{ ...net, formula: 'yield-by-vintage/1' }, ...figures];
  }

  private groupTally(name: string): Tally {
    let tally = this.groups.get(name);
    if (tally === undefined) {
      tally = new Tally();
      this.groups.set(name, tally);
    }
    return tally;
  }
}

function partOf(
  { stakes, loans, defaulted, amounts }: Tally,
  rest: Pick<Part, 'group' | 'figures'>,
): Part {
  return { stakes, loans, defaulted, amounts, ...rest };
}

/** Terms in months by number, everything else by letter. */
function inOrder(a: string, b: string): number {
  return a.length !== b.length && /^\d+$/.test(a + b) ? a.length - b.length : a < b ? -1 : 1;
}

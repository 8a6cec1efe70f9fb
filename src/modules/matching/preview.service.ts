import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import { investorFacts, type InvestorsForOrders } from '../investors';
import { backTest, type BackTest, type PastWindow } from './back-test';
import { runBatch } from './engine';
import { matchingProblem } from './errors';
import { inputOf } from './input-json';
import { mandateFaults, type MandateTerms } from './mandate';
import { gradeLetter } from './window';
import { loanTable, mandateOf } from './window-input';
import { listWindows, readInput } from './window.store';

export interface MandatePreviewDeps {
  readonly clock: Clock;
  readonly investors: Pick<InvestorsForOrders, 'listForOrders'>;
  /** Expected yearly loss of a grade, in parts per million of what is lent. */
  readonly lossPpm: (grade: string) => number;
}

/** A week of windows at four a day. */
const WINDOWS = 28;
/** What one preview may compute, in pairs of mandates and loans, so that it answers in a moment. */
const PAIRS_MAX = 5_000_000;

/** What a draft mandate would have got in the windows of the past: an estimate, never a promise. */
export class MandatePreviewService {
  constructor(private readonly deps: MandatePreviewDeps) {}

  /**
   * @throws Problem `matching.mandate-faults`; `matching.mandate-not-permitted` when the draft
   *   could lend nothing whatever the windows held.
   */
  async preview(db: Db, investorId: Id<'inv'>, terms: MandateTerms): Promise<BackTest> {
    const { clock, investors, lossPpm } = this.deps;
    const faults = mandateFaults(terms, clock.now());
    if (faults.length > 0) {
      const detail = faults.map(({ message }) => message).join(' ');
      throw matchingProblem('mandate-faults', { detail });
    }
    const [row] = await investors.listForOrders(db, [investorId]);
    if (!row) throw matchingProblem('not-a-lender');
    const draft = mandateOf(
      {
        mandateId: 'mnd_draft',
        terms,
        investor: { ...row, facts: investorFacts(row.facts), cashAccounts: new Map() },
        availableMinor: terms.budget.plus(terms.keepUninvested).minor,
        held: [],
        capRoomMinor: undefined,
        pair: undefined,
      },
      loanTable([]),
    );
    if ('reason' in draft) {
      throw matchingProblem('mandate-not-permitted', { detail: 'It could lend nothing.' });
    }
    return backTest(draft, await this.pastWindows(db, terms), {
      match: runBatch,
      lossPpm: (grade) => lossPpm(gradeLetter(grade)),
    });
  }

  /** The newest windows of the currency that can be computed again in a moment, oldest first. */
  private async pastWindows(db: Db, { currency }: MandateTerms): Promise<readonly PastWindow[]> {
    const windows = await listWindows(db, { currency, limit: WINDOWS });
    const past: PastWindow[] = [];
    let pairs = 0;
    for (const { id, status, publishedAt, mandates, listings } of windows.slice(0, WINDOWS)) {
      pairs += (mandates ?? 0) * (listings ?? 0);
      if (status !== 'published' || !publishedAt || pairs > PAIRS_MAX) continue;
      if ((listings ?? 0) > 0) {
        past.push({ input: inputOf(await readInput(db, id)), closedAt: publishedAt });
      }
    }
    return past.toReversed();
  }
}

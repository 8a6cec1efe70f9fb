import { must } from '../../kernel/assert';
import { addDays } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Currency } from '../../kernel/currency';
import type { Id, NewId } from '../../kernel/id';
import type { WorkingDays } from '../../kernel/working-days';
import type { Audit } from '../../platform/audit';
import { calendarNamed } from '../../platform/calendars';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import { syncBreaks } from './break.store';
import { reconciliationProblem } from './errors';
import { differenceOf, FAR_APART, findMatches, SETTLING_RULES, type MatchDraft } from './match';
import {
  copyPostings,
  findMatch,
  insertMatches,
  insertOpeningMatch,
  listOpen,
  listOpenLines,
  listOpenPostings,
  undoMatch,
} from './match.store';
import type { KeptStatement } from './statement';
import { findLatest, lockAccount } from './statement.store';

export interface MatchingDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly operators: OperatorDirectory;
  readonly calendars: ReadonlyMap<string, WorkingDays>;
}

/** What a person says belongs together. */
export interface ManualMatch {
  readonly lines: readonly bigint[];
  readonly postings: readonly bigint[];
  readonly reason: string;
}

/** Puts lines of statements and postings of the books together. */
export class MatchingService {
  constructor(private readonly deps: MatchingDeps) {}

  /**
   * Matches what can be matched of everything open in the currency, and brings the breaks up to that.
   *
   * @returns how many matches were found.
   */
  async run(tx: Tx, currency: Currency): Promise<number> {
    const latest = await findLatest(tx, currency);
    if (!latest) return 0;
    const { timeZone, calendar } = this.deps.operators.get(operatorIdOf(tx));
    const workingDays = calendarNamed(this.deps.calendars, calendar);
    await copyPostings(tx, currency, timeZone);
    const found = findMatches(
      await listOpenLines(tx, currency),
      // What happened later cannot be on a statement yet.
      await listOpenPostings(tx, currency, addDays(latest.toOn, FAR_APART)),
      (a, b) => Math.abs(workingDays.workingDaysBetween(a, b)),
    );
    await this.keep(tx, currency, found);
    await this.syncBreaks(tx, currency);
    return found.length;
  }

  /** Lets the first statement of an account begin: what lay there stands for all that was before. */
  async begin(tx: Tx, { currency, fromOn: before }: KeptStatement): Promise<void> {
    const { clock, newId, operators } = this.deps;
    await copyPostings(tx, currency, operators.get(operatorIdOf(tx)).timeZone);
    await insertOpeningMatch(tx, { id: newId('rcm'), currency, before, at: clock.now() });
  }

  /**
   * Puts together what a person says belongs together; what it differs by is a break.
   *
   * @throws Problem `reconciliation.item-not-open`.
   */
  async matchByHand(tx: Tx, order: ManualMatch): Promise<Id<'rcm'>> {
    const { reason } = order;
    const currency = this.currencyOf(tx);
    await lockAccount(tx, currency);
    const { lines, postings } = await listOpen(tx, currency, order);
    if (lines.length !== order.lines.length || postings.length !== order.postings.length) {
      throw reconciliationProblem('item-not-open');
    }
    const draft = { rule: 'by-hand', lines, postings, reason } as const;
    const [made] = await this.keep(tx, currency, [draft]);
    const id = must(made, 'the match');
    await this.syncBreaks(tx, currency);
    const difference = differenceOf(draft).toString();
    const details = { reason, lines: order.lines.map(String), difference };
    await this.deps.audit.record(tx, {
      action: 'reconciliation.matched',
      subject: id,
      details: { ...details, postings: order.postings.map(String) },
    });
    return id;
  }

  /**
   * Takes a match apart that is wrong. What was in it is open, and a break, until it is matched again.
   *
   * @throws Problem `reconciliation.match-not-found`, `reconciliation.match-written-off`.
   */
  async undo(tx: Tx, id: Id<'rcm'>, reason: string): Promise<void> {
    const found = await findMatch(tx, id);
    if (!found) throw reconciliationProblem('match-not-found');
    await lockAccount(tx, found.currency);
    // Asked again under the lock, since somebody may have been faster.
    const match = await findMatch(tx, id);
    if (!match) throw reconciliationProblem('match-not-found');
    if (SETTLING_RULES.includes(match.rule)) throw reconciliationProblem('match-written-off');
    await undoMatch(tx, id, { reason, at: this.deps.clock.now() });
    await this.syncBreaks(tx, match.currency);
    await this.deps.audit.record(tx, {
      action: 'reconciliation.unmatched',
      subject: id,
      details: { reason, rule: match.rule },
    });
  }

  /** Keeps matches. @returns their ids, in order. */
  async keep(
    tx: Tx,
    currency: Currency,
    drafts: readonly (MatchDraft & { readonly reason?: string })[],
  ): Promise<readonly Id<'rcm'>[]> {
    const { newId, clock } = this.deps;
    const matches = drafts.map((draft) => ({ ...draft, id: newId('rcm') }));
    await insertMatches(tx, currency, { matches, at: clock.now() });
    return matches.map(({ id }) => id);
  }

  /** Opens a break for whatever stands alone or differs, up to the last day that a bank told of. */
  private async syncBreaks(tx: Tx, currency: Currency): Promise<void> {
    const latest = await findLatest(tx, currency);
    if (!latest) return;
    const { clock, newId } = this.deps;
    await syncBreaks(tx, { currency, until: latest.toOn, at: clock.now(), newId });
  }

  private currencyOf(db: Db): Currency {
    return this.deps.operators.get(operatorIdOf(db)).homeCurrency;
  }
}

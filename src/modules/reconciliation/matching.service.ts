import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Currency } from '../../kernel/currency';
import type { Id, NewId } from '../../kernel/id';
import type { WorkingDays } from '../../kernel/working-days';
import type { Audit } from '../../platform/audit';
import { calendarNamed } from '../../platform/calendars';
import type { Tx } from '../../platform/db';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import { syncBreaks } from './break.store';
import { reconciliationProblem } from './errors';
import { differenceOf, findMatches, openingMatch, type MatchDraft } from './match';
import {
  copyPostings,
  findMatch,
  insertMatches,
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
  readonly currency: Currency;
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
   * @param opening the first statement of the account, when it was taken in just now.
   */
  async run(tx: Tx, currency: Currency, opening?: KeptStatement): Promise<number> {
    await lockAccount(tx, currency);
    const { timeZone, calendar } = this.deps.operators.get(operatorIdOf(tx));
    const workingDays = calendarNamed(this.deps.calendars, calendar);
    await copyPostings(tx, currency, timeZone);
    if (opening) await this.matchOpening(tx, opening);
    const found = findMatches(
      await listOpenLines(tx, currency),
      await listOpenPostings(tx, currency),
      (a, b) => Math.abs(workingDays.workingDaysBetween(a, b)),
    );
    await this.keep(tx, currency, found);
    await this.syncBreaks(tx, currency);
    return found.length;
  }

  /**
   * Puts together what a person says belongs together; what it differs by is a break.
   *
   * @throws Problem `reconciliation.item-not-open`.
   */
  async matchByHand(tx: Tx, order: ManualMatch): Promise<Id<'rcm'>> {
    const { currency, reason } = order;
    await lockAccount(tx, currency);
    const open = await listOpenLines(tx, currency);
    const posted = await listOpenPostings(tx, currency);
    const lines = open.filter(({ lineNo }) => order.lines.includes(lineNo));
    const postings = posted.filter(({ accountSeq }) => order.postings.includes(accountSeq));
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
    if (match.rule === 'write-off') throw reconciliationProblem('match-written-off');
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
  async syncBreaks(tx: Tx, currency: Currency): Promise<void> {
    const latest = await findLatest(tx, currency);
    if (!latest) return;
    const { clock, newId } = this.deps;
    await syncBreaks(tx, { currency, until: latest.toOn, at: clock.now(), newId });
  }

  private async matchOpening(tx: Tx, { currency, fromOn }: KeptStatement): Promise<void> {
    const lines = await listOpenLines(tx, currency);
    const opening = lines.find(({ bookedOn }) => bookedOn < fromOn);
    const postings = await listOpenPostings(tx, currency);
    const match = openingMatch(opening, postings, fromOn);
    if (match) await this.keep(tx, currency, [match]);
  }
}

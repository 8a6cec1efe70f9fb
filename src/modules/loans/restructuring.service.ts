import { must } from '../../kernel/assert';
import type { Json } from '../../kernel/canonical-json';
import { addDays, dateIn, type CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { arranged, type Arrangement, type ArrangementBasis } from './arrangement';
import { moveCharges } from './charge.store';
import { loanProblem } from './errors';
import { announce } from './announce.service';
import { impactOf, type Impact } from './impact';
import { requireStatus, type Loan } from './loan';
import { listNotes } from './note.store';
import type { Debt } from './owed';
import { findLoanRow, listUnpaidCharges, listUnpaidInstalments } from './payment.store';
import { planInForce } from './plan.store';
import { planJson } from './plan';
import type { LoanDeps } from './ports';
import { remainderOf, type PlannedRow } from './replan';
import {
  reasonOf,
  requireChange,
  requireDecidable,
  restructuringJson,
  type Restructuring,
  type RestructuringTerms,
} from './restructuring';
import * as store from './restructuring.store';
import { replaceSchedule } from './schedule-change.store';
import { refreshNextDue } from './standing.store';
import { lockLoan } from './store';

export type RestructuringDeps = Pick<
  LoanDeps,
  'clock' | 'newId' | 'audit' | 'outbox' | 'offerings' | 'servicingPolicies'
>;

/** Both schedules side by side, and what the change costs whom. */
export interface RestructuringPreview extends Impact {
  readonly on: CalendarDate;
  readonly oldRows: readonly PlannedRow[];
  readonly newRows: readonly PlannedRow[];
}

/** A loan has no more notes than this: a subscription makes one, and trades of parts others. */
const MOST_NOTES = 100_000;

/** Forbearance: the rest of a loan arranged anew, with the history kept. */
export class RestructuringService {
  constructor(private readonly deps: RestructuringDeps) {}

  /**
   * What the terms would come to today.
   *
   * @throws Problem `loans.loan-status` unless the loan is active, `loans.restructuring-terms`, and
   *   those of `recast`.
   */
  async preview(db: Db, loan: Loan, terms: RestructuringTerms): Promise<RestructuringPreview> {
    requireStatus(loan, 'active');
    requireChange(terms);
    const { basis, arrangement } = await this.arrange(db, loan, terms);
    return this.previewOf(db, loan, { basis, arrangement });
  }

  /**
   * Proposes terms, by staff or the borrower itself; a second person decides.
   *
   * @throws Problem as `preview`, `loans.loan-not-found`, `loans.restructuring-open`.
   */
  async propose(
    tx: Tx,
    id: Id<'lon'>,
    { terms, reason }: { readonly terms: RestructuringTerms; readonly reason: string },
  ): Promise<Restructuring> {
    const { clock, newId, audit } = this.deps;
    const loan = await lockLoan(tx, id);
    await this.preview(tx, loan, terms);
    const draft: Restructuring = {
      id: newId('rst'),
      loanNo: loan.loanNo,
      terms,
      reason,
      status: 'proposed',
      proposedAt: clock.now(),
      proposedBy: tx.scope.actor.id,
    };
    if (!(await store.insertRestructuring(tx, draft))) throw loanProblem('restructuring-open');
    const details = { restructuringId: draft.id, reason };
    await audit.record(tx, { action: 'loans.restructuring-proposed', subject: id, details });
    return draft;
  }

  /**
   * A second person agrees. Where the policy asks for the holders' consent they may vote from now
   * on; otherwise it comes into force at once.
   *
   * @throws Problem `loans.restructuring-not-found`, `loans.restructuring-status`,
   *   `loans.four-eyes`, and those of `preview`.
   */
  async approve(tx: Tx, loanId: Id<'lon'>, id: Id<'rst'>): Promise<Restructuring> {
    const { audit, clock, servicingPolicies } = this.deps;
    const loan = await lockLoan(tx, loanId);
    const proposed = await store.getRestructuring(tx, loan, id);
    const decidedBy = tx.scope.actor.id;
    requireDecidable(proposed, decidedBy);
    const decided = { ...proposed, decidedAt: clock.now(), decidedBy };
    const details = { restructuringId: id };
    await audit.record(tx, { action: 'loans.restructuring-approved', subject: loanId, details });
    const { consent } = servicingPolicies.get(loan.policy).desk.restructuring;
    if (consent === undefined) return this.putInForce(tx, loan, decided);
    const voteUntil = addDays(this.today(tx), consent.votingDays);
    const voting = { ...decided, status: 'voting', voteUntil } as const;
    await store.updateRestructuring(tx, voting);
    const payload = { restructuringId: id, voteUntil };
    await this.deps.outbox.publish(tx, { type: 'loans.vote-opened', subject: loanId, payload });
    return voting;
  }

  /** @throws Problem `loans.restructuring-not-found`, `loans.restructuring-status`. */
  async decline(tx: Tx, loanId: Id<'lon'>, id: Id<'rst'>): Promise<Restructuring> {
    const { audit, clock } = this.deps;
    const loan = await lockLoan(tx, loanId);
    const open = await store.getRestructuring(tx, loan, id);
    if (open.status !== 'proposed' && open.status !== 'voting') {
      throw loanProblem('restructuring-status', { detail: `It is ${open.status}.` });
    }
    const decidedBy = tx.scope.actor.id;
    const declined = { ...open, status: 'declined', decidedAt: clock.now(), decidedBy } as const;
    await store.updateRestructuring(tx, declined);
    const details = { restructuringId: id };
    await audit.record(tx, { action: 'loans.restructuring-declined', subject: loanId, details });
    return declined;
  }

  /**
   * A lender votes with all its notes. With more principal in favour than the policy asks for it
   * comes into force.
   *
   * @throws Problem `loans.restructuring-not-found`, `loans.restructuring-status` also when the day
   *   is over, `loans.note-not-found` for who holds none.
   */
  async vote(
    tx: Tx,
    place: { readonly loanId: Id<'lon'>; readonly id: Id<'rst'> },
    vote: { readonly investorId: Id<'inv'>; readonly isInFavour: boolean },
  ): Promise<Restructuring> {
    const { audit, clock, servicingPolicies } = this.deps;
    const loan = await lockLoan(tx, place.loanId);
    const open = await store.getRestructuring(tx, loan, place.id);
    if (open.status !== 'voting' || this.today(tx) > must(open.voteUntil, 'the last day')) {
      throw loanProblem('restructuring-status', { detail: 'Nobody can vote on it now.' });
    }
    const by = tx.scope.actor.id;
    const notes = await store.insertVotes(tx, open, { ...vote, at: clock.now(), by });
    if (notes === 0) throw loanProblem('note-not-found');
    const details = { restructuringId: open.id, ...vote };
    await audit.record(tx, { action: 'loans.vote-cast', subject: loan.id, details });
    const { inFavour } = await store.countVotes(tx, loan, open.id);
    const { consent } = servicingPolicies.get(loan.policy).desk.restructuring;
    const needed = loan.outstanding.times(must(consent, 'why it is voted on').share, 'floor');
    return inFavour.isMoreThan(needed) ? this.putInForce(tx, loan, open) : open;
  }

  /** What became of votes whose last day is over. @returns how many lapsed. */
  async lapse(tx: Tx, on: CalendarDate): Promise<number> {
    const { audit, clock } = this.deps;
    const lapsed = await store.lapseVotes(tx, on, clock.now());
    for (const { id, loanId } of lapsed) {
      const details = { restructuringId: id, on };
      await audit.record(tx, { action: 'loans.vote-lapsed', subject: loanId, details });
    }
    return lapsed.length;
  }

  async get(db: Db, loan: Loan, id: Id<'rst'>): Promise<Restructuring> {
    return store.getRestructuring(db, loan, id);
  }

  async list(db: Db, loan: Loan): Promise<readonly Restructuring[]> {
    return store.listRestructurings(db, loan);
  }

  async votes(db: Db, loan: Loan, id: Id<'rst'>): Promise<store.VoteCount> {
    return store.countVotes(db, loan, id);
  }

  private async putInForce(tx: Tx, loan: Loan, open: Restructuring): Promise<Restructuring> {
    const { clock } = this.deps;
    const { terms } = open;
    requireStatus(loan, 'active');
    const { basis, arrangement } = await this.arrange(tx, loan, terms);
    const { loss } = await this.previewOf(tx, loan, { basis, arrangement });
    const { on } = basis;
    const afterVersion = await replaceSchedule(tx, loan, {
      reason: reasonOf(terms),
      rows: arrangement.rows,
      on,
      at: clock.now(),
      terms: termsJson(arrangement, open),
    });
    if (terms.arrears !== 'kept') {
      const [first] = arrangement.rows;
      await moveCharges(tx, loan.loanNo, { from: on, to: must(first, 'an instalment').dueOn });
    }
    await store.markForborne(tx, loan.loanNo, on);
    await refreshNextDue(tx, [loan.loanNo]);
    const inForce = { on, beforeVersion: loan.scheduleVersion, afterVersion, loss };
    const done = { ...open, status: 'in-force', inForce } as const;
    await store.updateRestructuring(tx, done);
    await announce(this.deps, tx, {
      type: 'loans.restructured',
      loan,
      details: {
        restructuringId: open.id,
        version: afterVersion,
        on,
        loss: { ...loss.toWire() },
        // Stages of IFRS 9: forbearance is a significant increase in credit risk at least.
        stage: loan.defaultedOn === undefined ? 2 : 3,
      },
    });
    return done;
  }

  private async arrange(db: Db, loan: Loan, terms: RestructuringTerms) {
    const row = must(await findLoanRow(db, loan.id), 'the loan');
    const instalments = await listUnpaidInstalments(db, [row]);
    const charges = await listUnpaidCharges(db, [row]);
    const debt: Debt = {
      currency: row.currency,
      instalments: instalments.get(row.loanNo) ?? [],
      charges: charges.get(row.loanNo) ?? [],
    };
    const plan = await planInForce(db, loan);
    const { workingDays } = this.deps.offerings.regimeOf(db);
    const basis: ArrangementBasis = { debt, on: this.today(db), plan, calendar: workingDays };
    return { basis, arrangement: arranged(basis, terms) };
  }

  private async previewOf(
    db: Db,
    loan: Loan,
    { basis, arrangement }: { readonly basis: ArrangementBasis; readonly arrangement: Arrangement },
  ): Promise<RestructuringPreview> {
    const { debt, on } = basis;
    const { rows } = arrangement;
    const filter = { loanNo: loan.loanNo, isOpen: true, limit: MOST_NOTES };
    const notes = await listNotes(db, filter);
    const impact = impactOf({ debt, rows }, notes, { on, contractRate: loan.terms.rate });
    const oldRows = debt.instalments.map((row) => remainderOf(row));
    return { ...impact, on, oldRows, newRows: rows };
  }

  private today(db: Db): CalendarDate {
    const { timeZone } = this.deps.offerings.regimeOf(db).operator;
    return dateIn(timeZone, this.deps.clock.now());
  }
}

/** What the new schedule was computed from: a plan that the next one goes on from, and the terms. */
function termsJson({ plan }: Arrangement, { id, terms }: Restructuring): Json {
  return {
    ...(planJson(plan) as { readonly [name: string]: Json }),
    restructuringId: id,
    changes: { ...restructuringJson(terms) } as unknown as Json,
  };
}

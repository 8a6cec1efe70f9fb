import { must } from '../kernel/assert';
import {
  addDays,
  addMonths,
  calendarDate,
  dateIn,
  daysBetween,
  type CalendarDate,
} from '../kernel/calendar-date';
import { HOUR_MS } from '../kernel/clock';
import type { Money } from '../kernel/money';
import { rate, type Rate } from '../kernel/rate';
import { listOverdueLoans, type ArrearsDesk, type Loan, type LoanNo } from '../modules/loans';
import { USUAL_FATE, type TakenLoan } from '../modules/takeovers';
import { sha256 } from '../../seeds/people';
import type { BookRun } from './loan-book-run';
import { originate } from './loan-book-start';

/** The hours of a day, UTC: borrowers' banks are told, pay, and the evening is closed. */
const [TOLD, PAID, EVENING] = [6, 9, 21];
/** So long after its first unpaid instalment a loan is written off... */
const WRITTEN_OFF_AFTER_DAYS = 120;
/** ...and so long after that something is recovered. */
const RECOVERED_AFTER_MONTHS = 6;
/** How many files of debits one round of the dispatcher hands over, and how long each is. */
const ROUND = 500;

/** Whatever two people must do is done by two. */
const KEEPER = { userId: 'usr_keeper' } as const;
const REVIEWER = { userId: 'usr_reviewer' } as const;

/** A loan that runs, and the day after which its borrower pays otherwise. */
interface Running {
  readonly row: TakenLoan;
  readonly loan: Loan;
}

type MeasureOrder = Parameters<ArrearsDesk['propose']>[2]['order'];

interface Span {
  readonly from: CalendarDate;
  readonly to: CalendarDate;
}

/** What is to be done on the day after one. */
interface Agenda {
  readonly early: Map<CalendarDate, Running[]>;
  readonly stops: Map<CalendarDate, Running[]>;
  readonly recoveries: Map<CalendarDate, Running[]>;
}

/**
 * Lives a book to its end: each loan begins in its month, is drawn on its due days, and is repaid,
 * repaid early, or written off, as its row and the rule have it. The clock leaps from due day to due
 * day; only their evenings are closed.
 */
export async function liveThrough(
  run: BookRun,
  months: ReadonlyMap<CalendarDate, readonly TakenLoan[]>,
): Promise<void> {
  const starts = [...months].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const life = new BookLife(run, spanOf(starts));
  while (!run.isStopped) {
    const [next] = starts;
    const due = await life.nextDay();
    if (next && (due === undefined || next[0] <= due)) {
      starts.shift();
      await life.begin(...next);
    } else if (due === undefined) {
      return life.end();
    } else {
      await life.live(due);
    }
  }
}

class BookLife {
  private readonly agenda: Agenda = { early: new Map(), stops: new Map(), recoveries: new Map() };
  private readonly running = new Map<string, Running>();
  /** The last evening that was closed, and the last day on which jobs and events were seen to. */
  private last = calendarDate('1970-01-01');
  private ticked = this.last;

  constructor(
    private readonly run: BookRun,
    private readonly span: Span,
  ) {}

  async begin(on: CalendarDate, taken: readonly TakenLoan[]): Promise<void> {
    const { run } = this;
    const { loans, takeovers } = run.services;
    run.tell(this.lived(on), `${taken.length} loans of ${on.slice(0, 7)}`);
    run.world.clock.moveTo(`${on}T00:05:00Z`);
    // The evenings that were leapt over are not opened one by one.
    await this.closeEvening(addDays(on, -1));
    await originate(run, taken);
    await run.refresh();
    const keys = new Set(taken.map(({ key }) => key));
    const bookId = must(taken[0], 'a loan of the month').bookId;
    const all = await run.office.read((db) => takeovers.list(db, bookId));
    for (const row of all) {
      const { offeringId } = row;
      if (!keys.has(row.key) || offeringId === undefined) continue;
      const loan = await run.office.read((db) => loans.findByOffering(db, offeringId));
      if (loan?.status === 'active') await this.plan({ row, loan });
    }
  }

  /** The next day on which something falls due or is to be done. */
  async nextDay(): Promise<CalendarDate | undefined> {
    const { loanDebits, loans } = this.run.services;
    const due = await this.run.office.read((db) => loanDebits.nextDay(db, this.last));
    const planned = [...this.agenda.recoveries.keys()].filter((day) => day > this.last);
    const days = [...planned, ...(due === undefined ? [] : [due])].toSorted();
    if (days[0] !== undefined) return days[0];
    const late = await this.run.office.read((db) => loans.list(db, { status: 'active', limit: 1 }));
    return late.length > 0 ? addMonths(this.last, 1) : undefined;
  }

  async live(on: CalendarDate): Promise<void> {
    const { run } = this;
    const { loanDebits } = run.services;
    const { clock } = run.world;
    run.tell(this.lived(on), on);
    clock.moveTo(`${on}T0${TOLD}:00:00Z`);
    await run.timed('debits', async () => {
      for (let isDone = false; !isDone;) {
        const asked = await run.office.write(undefined, (tx) => loanDebits.requestPart(tx));
        isDone = asked?.isDone ?? true;
      }
      await this.dispatch(PAID - TOLD);
    });
    await this.recover(this.agenda.recoveries.get(on) ?? []);
    clock.moveTo(`${on}T${EVENING}:00:00Z`);
    await this.closeEvening(on);
    clock.moveTo(`${addDays(on, 1)}T0${TOLD}:00:00Z`);
    await this.settle(this.agenda.early.get(on) ?? []);
    await this.stop(this.agenda.stops.get(on) ?? []);
    await this.writeOff();
    if (this.ticked.slice(0, 7) === on.slice(0, 7)) return;
    this.ticked = on;
    await run.timed('jobs and events', () => run.world.tick());
  }

  /** The accounts of loans that ended are closed: what still came is sent back. */
  async end(): Promise<void> {
    const { office, services } = this.run;
    const ended = await office.read((db) =>
      services.loans.list(db, { status: 'repaid', limit: 1_000_000 }),
    );
    const order = { phase: 'jobs and events', keyOf: ({ id }: Loan) => id } as const;
    await this.run.each(ended, order, (tx, { id }) => services.loanArrivals.settle(tx, id, 'book'));
    await this.run.timed('jobs and events', () => this.run.world.tick());
  }

  private async closeEvening(on: CalendarDate): Promise<void> {
    if (on <= this.last) return;
    const { office, services } = this.run;
    await this.run.timed('evening closes', () =>
      services.eveningClose.closeDay(office.operator.id, on),
    );
    this.last = on;
  }

  /** How much of the time is over in which something can still fall due, from 0 to 1. */
  private lived(on: CalendarDate): number {
    const { from, to } = this.span;
    return Math.min(1, Math.max(0, daysBetween(from, on) / daysBetween(from, to)));
  }

  /** Reads in the schedule on which day the borrower begins to pay otherwise. */
  private async plan({ row, loan }: Running): Promise<void> {
    const { loans } = this.run.services;
    this.running.set(loan.id, { row, loan });
    const fate = this.run.fateOf(row);
    if (fate.kind === 'to-term' || fate.after === 0) return;
    const { instalments } = await this.run.office.read((db) => loans.schedule(db, loan));
    const { dueOn } = must(instalments[fate.after - 1], 'the instalment after which it changes');
    add(fate.kind === 'early' ? this.agenda.early : this.agenda.stops, dueOn, { row, loan });
  }

  /** Hands what is due to the custodian, and asks it again when it has carried it out. */
  private async dispatch(hours: number): Promise<void> {
    const { paymentDispatcher } = this.run.services;
    const { id } = this.run.office.operator;
    await paymentDispatcher.run(id);
    this.run.world.clock.advance(hours * HOUR_MS);
    await paymentDispatcher.run(id);
  }

  private async settle(early: readonly Running[]): Promise<void> {
    if (early.length === 0) return;
    const { run } = this;
    const { collections, loanEarlyRepayments } = run.services;
    const order = { phase: 'early repayments', keyOf } as const;
    const on = this.today();
    const quotes = new Map<string, Parameters<typeof loanEarlyRepayments.settle>[1]>();
    await run.each(early, order, async (tx, { loan }) => {
      const quote = await loanEarlyRepayments.quote(tx, { loanId: loan.id, on });
      quotes.set(loan.id, { loanId: loan.id, quoteId: quote.id });
      await collections.request(tx, [
        {
          owner: { kind: 'loan', id: loan.id },
          amount: quote.total,
          dueOn: on,
          source: `payoff:${quote.id}`,
        },
      ]);
    });
    await run.timed('early repayments', () => this.dispatch(PAID - TOLD));
    await run.each(early, order, (tx, { loan }) =>
      loanEarlyRepayments.settle(tx, must(quotes.get(loan.id), 'the quote')),
    );
  }

  /** They take the leave back to draw on their accounts, and pay nothing any more. */
  private async stop(stopping: readonly Running[]): Promise<void> {
    const { references } = this.run.services;
    await this.run.each(stopping, { phase: 'losses', keyOf }, (tx, { loan }) =>
      references.endDebitMandate(tx, loan.reference),
    );
  }

  /** By one who proposes it and another who agrees. */
  private async writeOff(): Promise<void> {
    const { run } = this;
    const dueBefore = addDays(this.last, -WRITTEN_OFF_AFTER_DAYS);
    const late = await run.office.read((db) =>
      listOverdueLoans(db, { dueBefore, after: 0n as LoanNo, limit: 1_000_000 }),
    );
    const lost = late.flatMap(({ id }) => {
      const running = this.running.get(id);
      this.running.delete(id);
      return running ? [running] : [];
    });
    const reason = `No payment for more than ${WRITTEN_OFF_AFTER_DAYS} days`;
    await this.measure(lost, reason, () => ({ kind: 'write-off' }));
    const on = addMonths(this.today(), RECOVERED_AFTER_MONTHS);
    for (const each of lost) add(this.agenda.recoveries, on, each);
  }

  /** A part comes back, less what it cost to bring it back. */
  private async recover(written: readonly Running[]): Promise<void> {
    const { run } = this;
    const { custodian, loanPayments, loans, paymentDispatcher } = run.services;
    const { id: operatorId } = run.office.operator;
    const amounts = new Map<string, Money>();
    for (const { loan } of written) {
      const { outstanding } = await run.office.read((db) => loans.get(db, loan.id));
      amounts.set(loan.id, outstanding.times(percent(USUAL_FATE.recoveredPercent), 'floor'));
    }
    const what = 'What a collection agency kept back';
    const receiptSha256 = sha256(what);
    await this.measure(written, what, ({ loan }) => {
      const amount = must(amounts.get(loan.id), 'what came back');
      const costs = amount.times(percent(USUAL_FATE.costPercent), 'floor');
      return { kind: 'costs', amount: costs, what, receiptSha256 };
    });
    await run.timed('losses', async () => {
      for (const { loan } of written) {
        const amount = must(amounts.get(loan.id), 'what came back');
        const payer = { name: 'Collection agency', account: 'BKAGENCY00' };
        await custodian.receiveTransfer({ operatorId, amount, reference: loan.reference, payer });
      }
      for (let booked = 0; booked < written.length; booked += ROUND) {
        await paymentDispatcher.run(operatorId);
      }
    });
    await run.each(written, { phase: 'losses', keyOf }, (tx, { loan }) =>
      loanPayments.receive(tx, {
        loanId: loan.id,
        amount: must(amounts.get(loan.id), 'what came back'),
        source: { type: 'recovery', id: loan.id },
        paidOn: this.today(),
        kind: 'recovery',
      }),
    );
  }

  /** Proposed by one, and agreed to by another where the policy wants that. */
  private async measure(
    loans: readonly Running[],
    reason: string,
    orderOf: (running: Running) => MeasureOrder,
  ): Promise<void> {
    const { arrearsDesk } = this.run.services;
    const open = new Map<string, number>();
    const order = { phase: 'losses', keyOf } as const;
    await this.run.each(loans, { ...order, by: KEEPER }, async (tx, running) => {
      const { id } = running.loan;
      const proposal = { order: orderOf(running), reason };
      const { no, status } = await arrearsDesk.propose(tx, id, proposal);
      if (status === 'proposed') open.set(id, no);
    });
    const waiting = loans.filter(({ loan }) => open.has(loan.id));
    await this.run.each(waiting, { ...order, by: REVIEWER }, (tx, { loan }) =>
      arrearsDesk.approve(tx, loan.id, must(open.get(loan.id), 'the proposal')),
    );
  }

  private today(): CalendarDate {
    return dateIn(this.run.office.operator.timeZone, this.run.world.now);
  }
}

/** From the first loan to the latest day on which one of them can end. */
function spanOf(starts: readonly (readonly [CalendarDate, readonly TakenLoan[]])[]): Span {
  const [first] = starts;
  const ends = starts.flatMap(([on, loans]) =>
    loans.map(({ termMonths }) => addMonths(on, termMonths + RECOVERED_AFTER_MONTHS)),
  );
  const from = first?.[0] ?? calendarDate('1970-01-01');
  return { from, to: ends.reduce((last, end) => (end > last ? end : last), addMonths(from, 1)) };
}

function percent(value: number): Rate {
  return rate(String(value)).dividedBy(100);
}

function keyOf({ row }: Running): string {
  return row.key;
}

function add(days: Map<CalendarDate, Running[]>, day: CalendarDate, running: Running): void {
  const known = days.get(day);
  if (known) known.push(running);
  else days.set(day, [running]);
}

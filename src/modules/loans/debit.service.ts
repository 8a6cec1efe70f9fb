import { addDays, dateIn, type CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { Collection, CollectionService } from '../payments';
import { firstSourceOf, planDebits, retryOn, type AskedDebit, type DrawnLoan } from './debit';
import { advanceDebitRun, lockDebitRun, lockDrawn, nextDueDay } from './debit.store';
import type { Loan } from './loan';
import { findLoanRow, lockLoanRows, type LoanRow } from './payment.store';
import type { Payer, PaymentRun } from './payment-run.service';
import type { ServicingPolicies } from './policy';

export interface LoanDebitDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly collections: Pick<CollectionService, 'request' | 'cancel' | 'lockOfOwners' | 'list'>;
  readonly paymentRun: PaymentRun;
  readonly servicingPolicies: ServicingPolicies;
  /** Where an operator's day begins. */
  readonly timeZoneOf: (operatorId: number) => string;
}

/** A debit as a borrower and the arrears desk see it. */
export interface LoanDebit extends Pick<
  Collection,
  'id' | 'source' | 'status' | 'amount' | 'dueOn' | 'requestedAt' | 'executedAt' | 'reasonCode'
> {
  /** The day from which it is asked for again, where it was refused. */
  readonly retryOn: CalendarDate | undefined;
}

/** What a part of the asking came to. */
export interface DebitsAsked {
  readonly requested: number;
  readonly cancelled: number;
}

/** How many debits of a loan are looked back upon. */
const MOST_SHOWN = 100;

/** Loans looked at in one transaction. */
const PART = 500;

/** So many days before the due day it is asked for at the earliest: the bank hears the day before. */
const AHEAD_DAYS = 2;

/** What fell due before that is not looked at any more: it is for its borrower to send. */
const BACK_DAYS = 30;

/** Draws what falls due from the banks of borrowers who gave leave for it. */
export class LoanDebits {
  constructor(
    private readonly deps: LoanDebitDeps,
    private readonly part = PART,
  ) {}

  /**
   * Asks for what falls due on the next days, part by part: each is one transaction that notes how
   * far it came, so that a crash repeats and skips nothing, and a day is gone through once.
   *
   * @returns undefined when the day was done before.
   */
  async requestPart(tx: Tx): Promise<(DebitsAsked & { readonly isDone: boolean }) | undefined> {
    const at = this.deps.clock.now();
    const today = this.today(tx);
    const run = await lockDebitRun(tx, { on: today, at });
    if (run.isFinished) return undefined;
    const until = addDays(today, AHEAD_DAYS);
    const rows = await lockDrawn(tx, { until, after: run.lastNo, limit: this.part });
    const asked = await this.plan(tx, rows, today);
    const lastNo = rows.at(-1)?.loanNo ?? run.lastNo;
    const isDone = rows.length < this.part;
    await advanceDebitRun(tx, today, { ...asked, lastNo, finishedAt: isDone ? at : undefined });
    return { ...asked, isDone };
  }

  /**
   * Looks again at what was asked for of one loan, after it was paid, replanned or ended: what has
   * not gone to the bank is asked for anew, or not at all.
   */
  async review(tx: Tx, id: Id<'lon'>): Promise<void> {
    const found = await findLoanRow(tx, id);
    if (!found) return;
    await this.plan(tx, await lockLoanRows(tx, [found.loanNo]), this.today(tx));
  }

  /** Notes on a loan that its borrower's bank refused, and when it is asked again. */
  async noteRefused(
    tx: Tx,
    id: Id<'lon'>,
    refused: { readonly source: string; readonly reasonCode: string },
  ): Promise<void> {
    const found = await findLoanRow(tx, id);
    if (!found) return;
    const debits = await this.list(tx, found, MOST_SHOWN);
    const retryOn = debits.find(({ source }) => source === refused.source)?.retryOn;
    const details = { ...refused, retryOn };
    await this.deps.audit.record(tx, { action: 'loans.debit-refused', subject: id, details });
  }

  /** Debits of a loan, the latest asked for on top. */
  async list(
    db: Db,
    { id, policy }: Pick<Loan, 'id' | 'policy'>,
    limit: number,
  ): Promise<readonly LoanDebit[]> {
    const { collections, servicingPolicies } = this.deps;
    const found = (await collections.list(db, { ownerId: id, limit })).slice(0, limit);
    const asked = found.map((one) => this.asked(db, one)).toReversed();
    const { debitRetry } = servicingPolicies.get(policy);
    return found.map((one) => ({
      ...one,
      retryOn: retryOn(upTo(asked, one.source), debitRetry),
    }));
  }

  /** The first day after one on which something falls due on a loan that is not late. */
  async nextDay(db: Db, after: CalendarDate): Promise<CalendarDate | undefined> {
    return nextDueDay(db, after);
  }

  /** Asks for what is wanted of loans that are locked, and takes back what is not. */
  private async plan(tx: Tx, rows: readonly LoanRow[], today: CalendarDate): Promise<DebitsAsked> {
    const { collections, paymentRun } = this.deps;
    const until = addDays(today, AHEAD_DAYS);
    const payers = await paymentRun.payers(tx, rows, until);
    const asked = await collections.lockOfOwners(
      tx,
      rows.map(({ id }) => id),
      addDays(today, -BACK_DAYS),
    );
    const byLoan = new Map<string, AskedDebit[]>(rows.map(({ id }) => [id, []]));
    for (const one of asked) byLoan.get(one.owner.id)?.push(this.asked(tx, one));
    const plans = payers.map((payer) =>
      planDebits(this.drawn(payer, byLoan.get(payer.row.id) ?? []), { today, until }),
    );
    return {
      cancelled: await collections.cancel(
        tx,
        plans.flatMap((one) => one.cancelled),
      ),
      requested: (
        await collections.request(
          tx,
          plans.flatMap(({ orders }) => orders),
        )
      ).length,
    };
  }

  /** Nothing is drawn for a loan that does not run. */
  private drawn({ row, debt, available }: Payer, asked: readonly AskedDebit[]): DrawnLoan {
    const { waterfall, debitRetry } = this.deps.servicingPolicies.get(row.policy);
    const { id, status } = row;
    const nothing = { currency: debt.currency, instalments: [], charges: [] };
    const owed = status === 'active' ? debt : nothing;
    return { id, debt: owed, available, waterfall, retry: debitRetry, asked };
  }

  private asked(db: Db, { source, status, amount, resolvedAt }: Collection): AskedDebit {
    return { source, status, amount, endedOn: resolvedAt && this.dayOf(db, resolvedAt) };
  }

  private today(db: Db): CalendarDate {
    return this.dayOf(db, this.deps.clock.now());
  }

  private dayOf(db: Db, at: Date): CalendarDate {
    return dateIn(this.deps.timeZoneOf(operatorIdOf(db)), at);
  }
}

/** What was asked for of the same instalment, up to one of them. */
function upTo(asked: readonly AskedDebit[], source: string): readonly AskedDebit[] {
  const first = firstSourceOf(source);
  const own = asked.filter((each) => firstSourceOf(each.source) === first);
  return own.slice(0, own.findIndex((each) => each.source === source) + 1);
}

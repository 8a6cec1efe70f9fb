import { addDays, dateIn, startOfDay, type CalendarDate } from '../../kernel/calendar-date';
import { HOUR_MS, type Clock } from '../../kernel/clock';
import type { Rate } from '../../kernel/rate';
import type { Audit } from '../../platform/audit';
import type { Database, Db, Scope, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { isInDefault, daysPastDue } from './arrears';
import * as store from './close.store';
import { lateFeeOn } from './late-fee';
import type { LoanNo } from './loan';
import { owedOn, sumOwed, wantedNow } from './owed';
import { listUnpaidInstalments } from './payment.store';
import type { Payer, PaymentRun, Recorded } from './payment-run.service';
import type { ServicingPolicies } from './policy';

export interface EveningCloseDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly transactions: Pick<Database, 'write'>;
  readonly paymentRun: PaymentRun;
  readonly servicingPolicies: ServicingPolicies;
  /** The most a loan agreed on a day may cost a year, where the operator's law says so. */
  readonly lateFeeCeiling: (operatorId: number, agreedOn: CalendarDate) => Rate | undefined;
}

/** The hour, where the operator is, from which a day's business is closed. */
const CLOSING_HOUR = 23;

/** A slice is one transaction: so many numbers of loans at most, and so many loans due. */
const SLICE = { loans: 20_000, due: 2000 } as const;

/**
 * The evening close: collects what fell due from the loans' accounts and distributes it, charges for
 * lateness, marks defaults, and keeps how every loan stands. Days are closed in their order; a day
 * is cut into slices of loans, each one transaction that ends with the row that says it is done. So
 * a crash repeats nothing and skips nothing, and several processes do nothing twice.
 */
export class EveningClose {
  constructor(
    private readonly deps: EveningCloseDeps,
    private readonly size: { readonly loans: number; readonly due: number } = SLICE,
  ) {}

  /** Opens every evening that has come since the last one, from the first loan on. @returns how many. */
  async openDue(
    tx: Tx,
    { now, timeZone }: { readonly now: Date; readonly timeZone: string },
  ): Promise<number> {
    const last = latestEvening(now, timeZone);
    const before = await store.lastCloseDay(tx);
    if (before === undefined && !(await store.hasLent(tx))) return 0;
    let opened = 0;
    for (
      let on = before === undefined ? last : addDays(before, 1);
      on <= last;
      on = addDays(on, 1)
    ) {
      if (await this.open(tx, on)) opened += 1;
    }
    return opened;
  }

  /** Opens the evening of a day. @returns false when it was opened before. */
  async open(tx: Tx, on: CalendarDate): Promise<boolean> {
    const at = this.deps.clock.now();
    return store.insertClose(tx, { on, sliceSize: this.size.loans, at });
  }

  async hasDue(db: Db): Promise<boolean> {
    return store.hasOpenClose(db);
  }

  /** Closes slice after slice until no evening of the operator is left open. */
  async run(operatorId: number): Promise<void> {
    const scope: Scope = { operatorId, actor: { kind: 'system', id: 'loans.close' } };
    while (await this.deps.transactions.write(scope, (tx) => this.step(tx, operatorId)));
  }

  /** Opens the evening of a day, closes it and any before it. */
  async closeDay(operatorId: number, on: CalendarDate): Promise<void> {
    const scope: Scope = { operatorId, actor: { kind: 'system', id: 'loans.close' } };
    await this.deps.transactions.write(scope, (tx) => this.open(tx, on));
    await this.run(operatorId);
  }

  /** Makes room for the snapshots of the months to come. */
  async extendPartitions(tx: Tx, monthsAhead: number): Promise<number> {
    const from = dateIn('UTC', this.deps.clock.now());
    return store.ensureSnapshotPartitions(tx, { from, months: monthsAhead + 1 });
  }

  /** One slice, or the end of a day. @returns whether there was anything to do. */
  private async step(tx: Tx, operatorId: number): Promise<boolean> {
    const close = await store.lockOpenClose(tx);
    if (!close) return false;
    const fromNo = await store.findNext(tx, close);
    if (fromNo === undefined) await this.finish(tx, close.on);
    else await this.closeSlice(tx, { operatorId, close, fromNo });
    return true;
  }

  /**
   * A range of numbers, cut short where more of it is due than one transaction should hold: so what a
   * slice takes of memory does not grow with how many loans fall due on one day.
   */
  private async closeSlice(
    tx: Tx,
    {
      operatorId,
      close,
      fromNo,
    }: {
      readonly operatorId: number;
      readonly close: store.OpenClose;
      readonly fromNo: LoanNo;
    },
  ): Promise<void> {
    const { clock, paymentRun, servicingPolicies } = this.deps;
    const { on } = close;
    const whole = { fromNo, toNo: lastOf(fromNo, close) };
    const limit = this.size.due;
    const rows = await store.lockDue(tx, on, { ...whole, limit });
    const cutAt = rows.length === limit ? rows.at(-1)?.loanNo : undefined;
    const range = { ...whole, toNo: cutAt ?? whole.toNo };
    const slice = { operatorId, on, range };
    const payers = await paymentRun.payers(tx, rows, on);
    const collected = await paymentRun.collect(tx, payers, on);
    await this.chargeLateFees(
      tx,
      slice,
      payers.filter((payer) => isLeftOwing(payer, on)),
    );
    const policies = servicingPolicies.all;
    const defaulted = await store.markDefaults(tx, { on, range, policies });
    const snapshots = await store.insertSnapshots(tx, on, range);
    const postings = collected.drafts.reduce((sum, draft) => sum + draft.postings.length, 0);
    const counts = { due: rows.length, paid: collected.drafts.length, postings, snapshots };
    await store.insertSlice(tx, { on, range, counts, at: clock.now() });
    await this.announce(tx, slice, { counts, defaulted, repaid: collected.repaid });
  }

  private async chargeLateFees(
    tx: Tx,
    { operatorId, on }: Slice,
    late: readonly Payer[],
  ): Promise<void> {
    const chargeable = late.flatMap(({ row, loan }) => {
      const policy = loan?.policy ?? this.deps.servicingPolicies.get(row.policy);
      const days = daysPastDue(row.nextDueOn, on);
      const isOver = policy.lateFee?.endsWithDefault && isInDefault(days, policy.arrears);
      return policy.lateFee && !isOver && row.status === 'active'
        ? [{ row, lateFee: policy.lateFee }]
        : [];
    });
    if (chargeable.length === 0) return;
    const rows = chargeable.map(({ row }) => row);
    const unpaid = await listUnpaidInstalments(tx, rows, on);
    const sinces = rows.map(({ loanNo }) => unpaid.get(loanNo)?.[0]?.dueOn ?? on);
    const soFar = await store.listLateFees(tx, rows, sinces);
    const ceilings = new Map<CalendarDate, Rate | undefined>();
    for (const { agreedOn } of rows) {
      if (ceilings.has(agreedOn)) continue;
      ceilings.set(agreedOn, this.deps.lateFeeCeiling(operatorId, agreedOn));
    }
    const fees = chargeable.flatMap(({ row, lateFee }) => {
      const { loanNo, currency } = row;
      const before = soFar.get(loanNo);
      if (!before) return [];
      const debt = { currency, instalments: unpaid.get(loanNo) ?? [], ...before };
      const ceiling = ceilings.get(row.agreedOn);
      const fee = lateFeeOn(debt, lateFee, { on, ceiling });
      return fee ? [{ ...fee, loanNo, no: before.lastChargeNo + 1 }] : [];
    });
    await store.insertLateFees(tx, fees, { on, at: this.deps.clock.now() });
  }

  private async announce(
    tx: Tx,
    { on, range }: Slice,
    {
      counts,
      defaulted,
      repaid,
    }: { readonly counts: store.SliceCounts; readonly defaulted: readonly string[] } & Pick<
      Recorded,
      'repaid'
    >,
  ): Promise<void> {
    const details = { on, fromNo: Number(range.fromNo), toNo: Number(range.toNo), ...counts };
    await this.deps.audit.record(tx, { action: 'loans.slice-closed', subject: on, details });
    await this.deps.outbox.publishMany(tx, [
      ...(counts.paid > 0 ? [{ type: 'loans.distributed', subject: on, payload: details }] : []),
      ...defaulted.map((subject) => ({ type: 'loans.defaulted', subject, payload: { on } })),
      ...repaid.map((subject) => ({ type: 'loans.repaid', subject, payload: { on } })),
    ]);
  }

  private async finish(tx: Tx, on: CalendarDate): Promise<void> {
    const { clock, audit, outbox } = this.deps;
    await store.finishClose(tx, on, clock.now());
    await audit.record(tx, { action: 'loans.day-closed', subject: on });
    await outbox.publish(tx, { type: 'loans.day-closed', subject: on, payload: {} });
  }
}

interface Slice {
  readonly operatorId: number;
  readonly on: CalendarDate;
  readonly range: store.SliceRange;
}

function lastOf(fromNo: LoanNo, { toNo, sliceSize }: store.OpenClose): LoanNo {
  const last = (fromNo + BigInt(sliceSize) - 1n) as LoanNo;
  return last < toNo ? last : toNo;
}

/** The latest day whose evening has come where the operator is. */
function latestEvening(now: Date, timeZone: string): CalendarDate {
  const today = dateIn(timeZone, now);
  const isEvening = now.getTime() >= startOfDay(addDays(today, 1), timeZone).getTime() - EVENING_MS;
  return isEvening ? today : addDays(today, -1);
}

const EVENING_MS = (24 - CLOSING_HOUR) * HOUR_MS;

/** Whether something that was due before is unpaid after the evening's collection. */
function isLeftOwing({ row, debt, available }: Payer, on: CalendarDate): boolean {
  if (row.nextDueOn === undefined || row.nextDueOn >= on) return false;
  return available.isLessThan(sumOwed(wantedNow(owedOn(debt, on)), row.currency));
}

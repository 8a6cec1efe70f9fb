import { addDays, type CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { CollectionOrder, CollectionStatus } from '../payments';
import { owedOn, wantedNow, type Debt, type InstalmentStanding, type OwedFor } from './owed';
import { splitPayment, type Waterfall } from './waterfall';

/** When a debit that the payer's bank refused is asked for again: so often, and so much later. */
export interface DebitRetry {
  readonly times: number;
  readonly afterDays: number;
}

/** A debit that was asked for, in the order of asking. */
export interface AskedDebit {
  readonly source: string;
  readonly status: CollectionStatus;
  readonly amount: Money;
  /** The day on which it ended. */
  readonly endedOn: CalendarDate | undefined;
}

/** A running loan, as far as drawing from its borrower goes. */
export interface DrawnLoan {
  readonly id: Id<'lon'>;
  readonly debt: Debt;
  /** What lies on its account. */
  readonly available: Money;
  readonly waterfall: Waterfall;
  readonly retry: DebitRetry | undefined;
  readonly asked: readonly AskedDebit[];
}

/** What is to be asked for, and the sources of what was asked for and is not needed any more. */
export interface DebitPlan {
  readonly orders: readonly CollectionOrder[];
  readonly cancelled: readonly string[];
}

/**
 * The fact that asks for a debit: an instalment of a schedule, and which time it is asked for, so
 * that a schedule that takes its place, or another try, is drawn apart.
 */
export function debitSource(
  id: Id<'lon'>,
  { version, no }: Pick<InstalmentStanding, 'version' | 'no'>,
  time = 1,
): string {
  return [id, version, no, ...(time === 1 ? [] : [time])].join('/');
}

/** Which instalment a source was for; undefined where somebody asked for something else. */
export function instalmentOf(
  source: string,
): Pick<InstalmentStanding, 'version' | 'no'> | undefined {
  const [, version, no] = /^lon_\w+\/(\d+)\/(\d+)/.exec(source) ?? [];
  return version === undefined ? undefined : { version: Number(version), no: Number(no) };
}

/**
 * What is to be drawn for the instalments that fall due from one day up to another: what is owed of
 * each with the charges that go with the first, less what lies on the account for it. What is
 * overdue is drawn again only where the bank refused it and the policy says so: several instalments
 * at once would only be refused together. What was asked for and has not gone to the bank is asked
 * for anew when the amount has changed, and not at all when nothing is left to draw.
 */
export function planDebits(
  loan: DrawnLoan,
  { today, until }: { readonly today: CalendarDate; readonly until: CalendarDate },
): DebitPlan {
  const wanted = wantedBy(loan, { today, until });
  const histories = historiesOf(loan.asked);
  const steps = [...wanted].map(([source, want]) =>
    stepFor(loan, { ...want, history: histories.get(source) ?? [] }, today),
  );
  const isWanted = ({ source }: AskedDebit): boolean => wanted.has(firstSourceOf(source));
  const stray = loan.asked.filter(
    (each) => each.status === 'requested' && instalmentOf(each.source) && !isWanted(each),
  );
  return {
    orders: steps.flatMap(({ order }) => order ?? []),
    cancelled: [...steps.flatMap(({ cancelled }) => cancelled ?? []), ...stray.map(sourceOf)],
  };
}

interface Want {
  readonly instalment: InstalmentStanding;
  readonly amount: Money;
  readonly isPastDue: boolean;
}

/** What is left to draw of each instalment that has fallen or falls due, by its first source. */
function wantedBy(
  { id, debt, available, waterfall }: DrawnLoan,
  { today, until }: { readonly today: CalendarDate; readonly until: CalendarDate },
): ReadonlyMap<string, Want> {
  const none = Money.zero(debt.currency);
  const owed = wantedNow(owedOn(debt, until));
  const { parts } = splitPayment(available, owed, waterfall);
  const due = debt.instalments
    .filter(({ dueOn }) => dueOn <= until)
    .toSorted((a, b) => (a.dueOn < b.dueOn ? -1 : 1));
  const first = due.find(({ dueOn }) => dueOn >= today);
  const left = new Map<string, Money>();
  const add = (of: OwedFor, amount: Money): void => {
    const key = keyOf(of);
    left.set(key, (left.get(key) ?? none).plus(amount));
  };
  for (const { of, amount } of owed) add(of, amount);
  for (const { of, amount } of parts) add(of, amount.negated());
  return new Map(
    due.map((instalment) => {
      const own = left.get(`${instalment.version}/${instalment.no}`) ?? none;
      const amount = instalment === first ? own.plus(left.get(CHARGES) ?? none) : own;
      const isPastDue = instalment.dueOn < today;
      return [debitSource(id, instalment), { instalment, amount, isPastDue }];
    }),
  );
}

const CHARGES = 'charges';

function keyOf(of: OwedFor): string {
  return 'chargeNo' in of ? CHARGES : `${of.version}/${of.instalmentNo}`;
}

function historiesOf(asked: readonly AskedDebit[]): ReadonlyMap<string, readonly AskedDebit[]> {
  const histories = new Map<string, AskedDebit[]>();
  for (const each of asked) {
    const first = firstSourceOf(each.source);
    histories.set(first, [...(histories.get(first) ?? []), each]);
  }
  return histories;
}

interface Step {
  readonly order?: CollectionOrder;
  readonly cancelled?: string;
}

type AskedFor = Want & { readonly history: readonly AskedDebit[] };

function stepFor({ id, retry }: DrawnLoan, asked: AskedFor, today: CalendarDate): Step {
  const { instalment, history, amount } = asked;
  const last = history.at(-1);
  const waiting = last?.status === 'requested' ? last : undefined;
  if (waiting && isRight(waiting, asked)) return {};
  const isWanted = amount.isPositive && (waiting !== undefined || isNext(asked, retry, today));
  const order: CollectionOrder = {
    owner: { kind: 'loan', id },
    amount,
    dueOn: instalment.dueOn,
    source: debitSource(id, instalment, history.length + 1),
  };
  return { ...(waiting && { cancelled: waiting.source }), ...(isWanted && { order }) };
}

/** Whether what was asked for may go to the bank as it is. */
function isRight(waiting: AskedDebit, { amount, isPastDue }: Want): boolean {
  return amount.isPositive && (isPastDue || waiting.amount.equals(amount));
}

/** Whether it is to be asked for now, since it was not, or was taken back, or was refused. */
function isNext(
  { history, isPastDue }: AskedFor,
  retry: DebitRetry | undefined,
  today: CalendarDate,
): boolean {
  const last = history.at(-1);
  if (last === undefined || last.status === 'cancelled') return !isPastDue;
  const on = retryOn(history, retry);
  return on !== undefined && on <= today;
}

/** The first day on which a refused debit is asked for again; undefined when it is not. */
export function retryOn(
  history: readonly AskedDebit[],
  retry: DebitRetry | undefined,
): CalendarDate | undefined {
  const last = history.at(-1);
  if (!retry || last?.endedOn === undefined || !hasFailed(last)) return undefined;
  const isOver = history.filter(hasFailed).length > retry.times;
  return isOver ? undefined : addDays(last.endedOn, retry.afterDays);
}

function hasFailed({ status }: AskedDebit): boolean {
  return status === 'rejected' || status === 'expired';
}

function sourceOf({ source }: AskedDebit): string {
  return source;
}

/** Under which source the instalment was asked for the first time. */
export function firstSourceOf(source: string): string {
  return source.split('/').slice(0, 3).join('/');
}

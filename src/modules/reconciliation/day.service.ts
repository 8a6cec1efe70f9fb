import { addDays, dateIn, startOfDay, yearOf, type CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import type { WorkingDays } from '../../kernel/working-days';
import type { Audit } from '../../platform/audit';
import type { DocumentSigner } from '../../platform/auth';
import { calendarNamed } from '../../platform/calendars';
import type { Db, Tx } from '../../platform/db';
import type { Outbox, Payload } from '../../platform/outbox';
import { operatorIdOf, type Operator, type OperatorDirectory } from '../identity';
import { balanceAsOf, clientMoneyAsOf, custodianAccount, type LedgerService } from '../ledger';
import {
  reckon,
  requireDayStatus,
  requireExplained,
  requireSigner,
  SIGNED_WITHIN_WORKING_DAYS,
  type Balances,
  type Reckoning,
  type ReconciliationDay,
} from './day';
import {
  findDay,
  flagMissed,
  insertDay,
  lastDay,
  listCovered,
  listDays,
  updateDay,
  type DayFilter,
} from './day.store';
import { listDifferences } from './difference.store';
import { documentOf, signedDocument } from './document';
import { reconciliationProblem } from './errors';
import type { MatchingService } from './matching.service';
import { bankBalance, findCovering, lockAccount } from './statement.store';
import type { KeptStatement } from './statement';

export interface DayDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly signer: DocumentSigner;
  readonly ledger: LedgerService;
  readonly operators: OperatorDirectory;
  readonly calendars: ReadonlyMap<string, WorkingDays>;
  readonly matching: MatchingService;
}

/** In days: within so many there are working days before and after any day. */
const CALENDAR_MARGIN = 20;

/** Which reconciliation: of a day, the newest version unless one is named. */
export interface DayKey {
  readonly day: CalendarDate;
  readonly version?: number | undefined;
}

/** The daily proof that the money of clients is where the books say: drafted, prepared, signed. */
export class DayService {
  constructor(private readonly deps: DayDeps) {}

  /** @throws Problem `reconciliation.day-not-found`. */
  async get(db: Db, key: DayKey): Promise<ReconciliationDay> {
    const found = await findDay(db, { ...key, currency: this.operator(db).homeCurrency });
    if (!found) throw reconciliationProblem('day-not-found');
    return found;
  }

  async list(db: Db, filter: DayFilter): Promise<readonly ReconciliationDay[]> {
    return listDays(db, { ...filter, currency: this.operator(db).homeCurrency });
  }

  /**
   * Opens the working days that have ended since it was last asked, drafts those that a statement
   * covers, and tells of days that should have been signed by now.
   */
  async runDue(tx: Tx): Promise<string> {
    const { homeCurrency: currency } = this.operator(tx);
    const custodian = await this.deps.ledger.findAccount(tx, custodianAccount(currency));
    if (!custodian) return 'no client money';
    await lockAccount(tx, currency);
    const opened = await this.openDays(tx, currency);
    for (const found of await listCovered(tx, currency, ['due'])) await this.draft(tx, found);
    const missed = await flagMissed(tx, this.deps.clock.now());
    for (const { day, version, dueAt } of missed) {
      const details = { day, version, dueAt: dueAt.toISOString() };
      await this.announce(tx, day, { step: 'deadline-missed', details });
    }
    return `${opened} days opened, ${missed.length} deadlines missed`;
  }

  /** Drafts anew every day that a statement covers and nobody prepared yet. */
  async redraft(tx: Tx): Promise<void> {
    const { homeCurrency: currency } = this.operator(tx);
    const found = await listCovered(tx, currency, ['due', 'draft']);
    for (const each of found) await this.draft(tx, each);
  }

  /**
   * Puts a day forward for signing, with its breaks explained.
   *
   * @throws Problem `reconciliation.day-not-found`, `reconciliation.day-status`,
   *   `reconciliation.statement-missing`, `reconciliation.breaks-unexplained`.
   */
  async prepare(tx: Tx, key: DayKey): Promise<ReconciliationDay> {
    const { homeCurrency: currency } = this.operator(tx);
    await lockAccount(tx, currency);
    await this.deps.matching.run(tx, currency);
    const found = await this.get(tx, key);
    requireDayStatus(found, 'due', 'draft', 'prepared');
    const drafted = await this.draft(tx, found);
    if (!drafted) throw reconciliationProblem('statement-missing');
    requireExplained(drafted.reckoning.differences);
    const preparedAt = this.deps.clock.now();
    const preparedBy = tx.scope.actor.id;
    const prepared = { ...drafted.found, status: 'prepared', preparedBy, preparedAt } as const;
    await updateDay(tx, prepared, preparedAt);
    await this.announce(tx, key.day, { step: 'prepared', details: standingOf(prepared) });
    return prepared;
  }

  /**
   * Signs a day as it was prepared. From then on it does not change.
   *
   * @throws Problem `reconciliation.day-not-found`, `reconciliation.day-status`,
   *   `reconciliation.four-eyes`.
   */
  async sign(tx: Tx, key: DayKey): Promise<ReconciliationDay> {
    await lockAccount(tx, this.operator(tx).homeCurrency);
    const found = await this.get(tx, key);
    const signedBy = tx.scope.actor.id;
    requireSigner(found, signedBy);
    const signedAt = this.deps.clock.now();
    const content = signedDocument(found, { signedBy, signedAt });
    const { jws, sha256 } = this.deps.signer.sign(content, 'client-money-reconciliation');
    const signed = {
      ...found,
      status: 'signed',
      content,
      signedBy,
      signedAt,
      jws,
      sha256,
    } as const;
    await updateDay(tx, signed, signedAt);
    const details = { ...standingOf(signed), sha256 };
    await this.announce(tx, key.day, { step: 'signed', details });
    return signed;
  }

  /**
   * Opens a signed day again, because something became known late: as a new version, the signed one
   * stays.
   *
   * @throws Problem `reconciliation.day-not-found`, `reconciliation.day-status`.
   */
  async reopen(tx: Tx, day: CalendarDate, because: string): Promise<ReconciliationDay> {
    const { homeCurrency: currency, timeZone } = this.operator(tx);
    await lockAccount(tx, currency);
    const signed = await this.get(tx, { day });
    requireDayStatus(signed, 'signed');
    const now = this.deps.clock.now();
    const version = signed.version + 1;
    const fresh: ReconciliationDay = {
      day,
      currency,
      version,
      status: 'due',
      dueAt: this.dueAfter(tx, dateIn(timeZone, now)),
      reopenedBy: tx.scope.actor.id,
      reopenedBecause: because,
    };
    await insertDay(tx, fresh, now);
    const details = { version, because };
    await this.announce(tx, day, { step: 'reopened', details });
    await this.deps.matching.run(tx, currency);
    await this.redraft(tx);
    return this.get(tx, { day });
  }

  private async openDays(tx: Tx, currency: Currency): Promise<number> {
    const now = this.deps.clock.now();
    const today = dateIn(this.operator(tx).timeZone, now);
    const workingDays = this.workingDays(tx);
    // Where the calendar ends no deadline can be set: days are opened once it reaches further.
    const around = [addDays(today, -CALENDAR_MARGIN), addDays(today, CALENDAR_MARGIN)];
    if (!around.every((each) => workingDays.covers(yearOf(each)))) return 0;
    const newest = workingDays.addWorkingDays(today, -1);
    const last = await lastDay(tx, currency);
    let opened = 0;
    for (
      let day = last === undefined ? newest : workingDays.addWorkingDays(last, 1);
      day <= newest;
      day = workingDays.addWorkingDays(day, 1)
    ) {
      const dueAt = this.dueAfter(tx, day);
      await insertDay(tx, { day, currency, version: 1, status: 'due', dueAt }, now);
      opened += 1;
    }
    return opened;
  }

  private async draft(
    tx: Tx,
    found: ReconciliationDay,
  ): Promise<{ readonly found: ReconciliationDay; readonly reckoning: Reckoning } | undefined> {
    const { currency, day } = found;
    const statement = await findCovering(tx, currency, day);
    if (!statement) return undefined;
    const workingDays = this.workingDays(tx);
    const differences = await listDifferences(tx, { currency, day, workingDays });
    const reckoning = reckon(await this.balances(tx, statement, day), differences);
    const drafted: ReconciliationDay = {
      ...found,
      status: 'draft',
      statementId: statement.id,
      balances: reckoning,
      explained: reckoning.explained,
      timing: reckoning.timing,
      breakCount: differences.filter(({ kind }) => kind !== 'timing').length,
      content: documentOf(found, { statement, reckoning, operator: this.operator(tx) }),
      preparedBy: undefined,
      preparedAt: undefined,
    };
    await updateDay(tx, drafted, this.deps.clock.now());
    return { found: drafted, reckoning };
  }

  private async balances(db: Db, statement: KeptStatement, day: CalendarDate): Promise<Balances> {
    const { currency } = statement;
    const end = startOfDay(addDays(day, 1), this.operator(db).timeZone);
    const custodian = await this.deps.ledger.findAccount(db, custodianAccount(currency));
    // What was recorded up to an instant, that instant included: the last one of the day.
    const last = new Date(end.getTime() - 1);
    return {
      bank: await bankBalance(db, statement, day),
      ledger: custodian ? await balanceAsOf(db, custodian, last) : Money.zero(currency),
      owed: await clientMoneyAsOf(db, currency, last),
    };
  }

  private dueAfter(db: Db, day: CalendarDate): Date {
    const last = this.workingDays(db).addWorkingDays(day, SIGNED_WITHIN_WORKING_DAYS);
    return startOfDay(addDays(last, 1), this.operator(db).timeZone);
  }

  private operator(db: Db): Operator {
    return this.deps.operators.get(operatorIdOf(db));
  }

  private workingDays(db: Db): WorkingDays {
    return calendarNamed(this.deps.calendars, this.operator(db).calendar);
  }

  private async announce(
    tx: Tx,
    day: CalendarDate,
    { step, details }: { readonly step: string; readonly details: Payload },
  ): Promise<void> {
    const { audit, outbox } = this.deps;
    await audit.record(tx, { action: `reconciliation.${step}`, subject: day, details });
    await outbox.publish(tx, { type: `reconciliation.${step}`, subject: day, payload: details });
  }
}

/** What whoever is told of a day must know at once: whether anything is amiss. */
function standingOf({ version, breakCount, balances }: ReconciliationDay): Payload {
  const surplus = balances?.bank.minus(balances.owed);
  return { version, breakCount, surplus: surplus?.toString() };
}

import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import { startOfDay } from '../../kernel/calendar-date';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { FieldCipher } from '../../platform/field-cipher';
import type { Outbox } from '../../platform/outbox';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import {
  bankDifferencesAccount,
  credit,
  custodianAccount,
  debit,
  type LedgerService,
} from '../ledger';
import type { OperatorFunds, TransferService } from '../payments';
import { decline, propose, requireSecondPerson, type Break, type Settlement } from './break';
import { getBreak, listBreaks, updateBreak, type BreakFilter } from './break.store';
import { reconciliationProblem } from './errors';
import type { MatchDraft } from './match';
import type { MatchingService } from './matching.service';
import { copyPostings, listKnownAs, listOpen, partsOf, postingsOf, undoMatch } from './match.store';
import { lockAccount, StatementStore } from './statement.store';

export interface BreakDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly cipher: FieldCipher;
  readonly ledger: LedgerService;
  readonly operators: OperatorDirectory;
  readonly operatorFunds: OperatorFunds;
  readonly transfers: TransferService;
  readonly matching: MatchingService;
}

/** Breaks: who sees to them, what is known, and how those end that cannot be matched. */
export class BreakService {
  private readonly statements: StatementStore;

  constructor(private readonly deps: BreakDeps) {
    this.statements = new StatementStore(deps.cipher);
  }

  async list(db: Db, filter: BreakFilter): Promise<readonly Break[]> {
    return listBreaks(db, filter);
  }

  /** @throws Problem `reconciliation.break-not-found`. */
  async get(db: Db, id: Id<'brk'>): Promise<Break> {
    return getBreak(db, id);
  }

  /**
   * Says who sees to a break, and what is known of it.
   *
   * @throws Problem `reconciliation.break-not-found`, `reconciliation.break-status`.
   */
  async explain(
    tx: Tx,
    id: Id<'brk'>,
    { owner, note }: { readonly owner: string; readonly note: string },
  ): Promise<Break> {
    const found = await this.locked(tx, id);
    if (found.status === 'resolved') throw reconciliationProblem('break-status');
    return this.save(tx, { ...found, owner, note }, { step: 'explained', note });
  }

  /**
   * Proposes to settle a break: at the operator's cost where the bank has less, else into suspense.
   *
   * @throws Problem `reconciliation.break-not-found`, `reconciliation.break-status`,
   *   `reconciliation.not-for-suspense`, `reconciliation.not-for-own-funds`.
   */
  async propose(
    tx: Tx,
    id: Id<'brk'>,
    { to, reason }: { readonly to: Settlement; readonly reason: string },
  ): Promise<Break> {
    const proposal = { to, reason, by: tx.scope.actor.id, at: this.deps.clock.now() };
    const proposed = propose(await this.locked(tx, id), proposal);
    return this.save(tx, proposed, { step: 'settlement-proposed', note: reason });
  }

  /** Takes a proposal back. @throws Problem `reconciliation.break-status`. */
  async decline(tx: Tx, id: Id<'brk'>): Promise<Break> {
    const declined = decline(await this.locked(tx, id));
    return this.save(tx, declined, { step: 'settlement-declined' });
  }

  /**
   * Carries out what somebody else proposed, with a balanced entry in the books.
   *
   * @throws Problem `reconciliation.break-status`, `reconciliation.four-eyes`,
   *   `reconciliation.own-funds-short`.
   */
  async confirm(tx: Tx, id: Id<'brk'>): Promise<Break> {
    const found = await this.locked(tx, id);
    const by = tx.scope.actor.id;
    const { to, reason } = requireSecondPerson(found, by);
    const { currency } = found.amount;
    const settled: Break = {
      ...found,
      status: 'resolved',
      resolution: to,
      resolvedBy: by,
      resolvedAt: this.deps.clock.now(),
    };
    await this.save(tx, settled, { step: 'settled', note: reason });
    if (to === 'suspense') await this.bookArrival(tx, found, reason);
    else await this.writeOff(tx, found, reason);
    await this.deps.matching.run(tx, currency);
    return settled;
  }

  /** What the bank has more comes into the books: to whoever its reference names, else to suspense. */
  private async bookArrival(tx: Tx, found: Break, reason: string): Promise<void> {
    const { operators, transfers, matching } = this.deps;
    const { amount, id, kind, sinceOn } = found;
    const { timeZone } = operators.get(operatorIdOf(tx));
    const parts = await this.partsOf(tx, found);
    const line = await this.soleLine(tx, parts);
    // The number of a line names what is booked of it already; what is not is known by its break.
    const custodianRef = (kind === 'line-without-posting' ? line?.bankRef : undefined) ?? id;
    await transfers.receive(tx, {
      custodianRef,
      amount,
      reference: line?.text ?? '',
      payer: line?.counterparty ?? { name: '', account: '' },
      receivedAt: startOfDay(sinceOn, timeZone),
    });
    await copyPostings(tx, amount.currency, timeZone);
    const arrived = await listKnownAs(tx, amount.currency, custodianRef);
    // None where the custodian told of it before, and it was matched with something else.
    if (arrived.length === 0) return;
    const postings = [...parts.postings, ...arrived];
    await matching.keep(tx, amount.currency, [
      { rule: 'suspense', lines: parts.lines, postings, reason },
    ]);
  }

  /** What a break is known by, where it is one line: who paid, and what for. */
  private async soleLine(db: Db, { lines }: Pick<MatchDraft, 'lines'>) {
    const [line, ...others] = lines;
    if (line === undefined || others.length > 0) return undefined;
    return this.statements.arrivalOf(db, line.lineNo);
  }

  /** Brings the books down to the bank's balance, at the operator's cost. */
  private async writeOff(tx: Tx, found: Break, reason: string): Promise<void> {
    const { ledger, clock, operators, operatorFunds, matching } = this.deps;
    const { amount, id } = found;
    const { currency } = amount;
    const cost = amount.negated();
    const own = await operatorFunds.lockAvailable(tx, currency);
    if (cost.isMoreThan(own)) {
      throw reconciliationProblem('own-funds-short', {
        detail: `They come to ${own.toString()}; pay ${cost.minus(own).toString()} in first.`,
      });
    }
    const custodian = await ledger.ensureAccount(tx, custodianAccount(currency));
    const differences = await ledger.ensureAccount(tx, bankDifferencesAccount(currency));
    const [entryNo] = await ledger.post(tx, [
      {
        kind: 'bank-difference',
        source: { type: 'bank-difference', id },
        description: `Bank difference ${id}: ${reason}`,
        occurredAt: clock.now(),
        postings: [debit(custodian, amount), credit(differences, amount)],
      },
    ]);
    await copyPostings(tx, currency, operators.get(operatorIdOf(tx)).timeZone);
    const written = await postingsOf(tx, currency, must(entryNo, 'the entry of the difference'));
    const parts = await this.partsOf(tx, found);
    const match = {
      rule: 'write-off',
      lines: parts.lines,
      postings: [...parts.postings, ...written],
      reason,
    } as const;
    await matching.keep(tx, currency, [match]);
  }

  /** What the break is of; a match that differs is made anew with what settles it. */
  private async partsOf(tx: Tx, { lineNo, accountSeq, matchId, amount }: Break) {
    if (matchId !== undefined) {
      const parts = await partsOf(tx, matchId);
      await undoMatch(tx, matchId, { reason: 'settled', at: this.deps.clock.now() });
      return parts;
    }
    const named = {
      lines: lineNo === undefined ? [] : [lineNo],
      postings: accountSeq === undefined ? [] : [accountSeq],
    };
    return listOpen(tx, amount.currency, named);
  }

  /** The break under the lock of its account: matching and settling do not cross. */
  private async locked(tx: Tx, id: Id<'brk'>): Promise<Break> {
    const { amount } = await getBreak(tx, id);
    await lockAccount(tx, amount.currency);
    return getBreak(tx, id, 'FOR UPDATE OF b');
  }

  private async save(
    tx: Tx,
    found: Break,
    { step, note }: { readonly step: string; readonly note?: string },
  ): Promise<Break> {
    const { audit, outbox } = this.deps;
    await updateBreak(tx, found);
    const details = {
      kind: found.kind,
      amount: found.amount.toString(),
      note,
      to: found.proposal?.to,
    };
    await audit.record(tx, { action: `reconciliation.break-${step}`, subject: found.id, details });
    if (step === 'settled') {
      const payload = { amount: { ...found.amount.toWire() }, to: must(found.proposal, 'it').to };
      await outbox.publish(tx, {
        type: 'reconciliation.break-settled',
        subject: found.id,
        payload,
      });
    }
    return found;
  }
}

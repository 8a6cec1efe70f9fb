import { createHash } from 'node:crypto';
import { addDays, dateIn } from '../../kernel/calendar-date';
import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { FieldCipher } from '../../platform/field-cipher';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import { readCamt } from './camt';
import { reconciliationProblem } from './errors';
import type { MatchingService } from './matching.service';
import {
  LineFaults,
  plainAccount,
  requireContinuity,
  requireWhole,
  type BankLine,
  type BankStatement,
  type KeptStatement,
  type StatementFormat,
} from './statement';
import {
  findByContent,
  findLatest,
  getStatement,
  listRepeated,
  listStatements,
  lockAccount,
  StatementStore,
} from './statement.store';

export interface StatementDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly cipher: FieldCipher;
  readonly operators: OperatorDirectory;
  readonly matching: MatchingService;
}

/** A file as it came: a camt.053, or what a CSV was read to. */
export type StatementFile =
  | { readonly format: 'camt.053'; readonly content: string }
  | { readonly format: 'csv'; readonly content: string; readonly read: () => BankStatement };

/** What came of a file: whether it was taken before, and how much was matched by it. */
export interface TakenStatement {
  readonly statement: KeptStatement;
  readonly isNew: boolean;
  readonly matched: number;
}

/** Statement files: each is taken whole or not at all, and once. */
export class StatementService {
  private readonly store: StatementStore;

  constructor(private readonly deps: StatementDeps) {
    this.store = new StatementStore(deps.cipher);
  }

  /** @throws Problem `reconciliation.statement-not-found`. */
  async get(db: Db, id: Id<'bst'>): Promise<KeptStatement> {
    const found = await getStatement(db, id);
    if (!found) throw reconciliationProblem('statement-not-found');
    return found;
  }

  async list(
    db: Db,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<readonly KeptStatement[]> {
    return listStatements(db, page);
  }

  /**
   * Takes a statement in and matches its lines. The same content again changes nothing.
   *
   * @throws Problem `reconciliation.statement-unreadable`, `reconciliation.statement-lines`,
   *   `reconciliation.statement-unbalanced`, `reconciliation.statement-account`,
   *   `reconciliation.statement-gap`, `reconciliation.day-not-over`.
   */
  async take(tx: Tx, file: StatementFile): Promise<TakenStatement> {
    const sha256 = createHash('sha256').update(file.content).digest('hex');
    const statement = file.format === 'csv' ? file.read() : readCamt(file.content);
    const { currency } = statement;
    await lockAccount(tx, currency);
    const known = await findByContent(tx, sha256, statement.toOn);
    if (known) return { statement: known, isNew: false, matched: 0 };
    const before = await this.check(tx, statement);
    const kept = this.kept(tx, statement, { format: file.format, sha256 });
    const opening = before ? [] : openingLine(statement);
    await this.store.insert(tx, kept, [...opening, ...statement.lines]);
    if (!before) await this.deps.matching.begin(tx, kept);
    const matched = await this.deps.matching.run(tx, currency);
    await this.deps.audit.record(tx, {
      action: 'reconciliation.statement-taken',
      subject: kept.id,
      details: { sha256, currency, toOn: kept.toOn, lines: kept.lineCount, matched },
    });
    return { statement: kept, isNew: true, matched };
  }

  /** @returns the statement before it. */
  private async check(tx: Tx, statement: BankStatement): Promise<KeptStatement | undefined> {
    requireWhole(statement);
    const { custodian, homeCurrency, timeZone } = this.deps.operators.get(operatorIdOf(tx));
    if (statement.currency !== homeCurrency) {
      throw reconciliationProblem('statement-account', {
        detail: `It is in ${statement.currency}; the books are in ${homeCurrency}.`,
      });
    }
    if (statement.toOn > dateIn(timeZone, this.deps.clock.now())) {
      throw reconciliationProblem('day-not-over', { detail: `It ends on ${statement.toOn}.` });
    }
    if (custodian && plainAccount(custodian.accountReference) !== plainAccount(statement.account)) {
      throw reconciliationProblem('statement-account', {
        detail: `It is of ${statement.account}; client money lies on ${custodian.accountReference}.`,
      });
    }
    const before = await findLatest(tx, statement.currency);
    if (before) requireContinuity(statement, before);
    const faults = new LineFaults();
    for (const no of await listRepeated(tx, statement.currency, statement.lines)) {
      faults.add(no, 'It stands in an earlier statement.');
    }
    faults.refuseAny();
    return before;
  }

  private kept(
    tx: Tx,
    { lines, ...head }: BankStatement,
    { format, sha256 }: { readonly format: StatementFormat; readonly sha256: string },
  ): KeptStatement {
    return {
      ...head,
      id: this.deps.newId('bst'),
      format,
      contentSha256: sha256,
      lineCount: lines.length,
      takenBy: must(tx.scope.actor.id, 'who takes the statement in'),
      takenAt: this.deps.clock.now(),
    };
  }
}

/** What lay on the account before the first statement is a line of its own, of the day before. */
function openingLine({ opening, fromOn }: BankStatement): readonly BankLine[] {
  if (opening.isZero) return [];
  const text = 'Opening balance';
  return [{ no: 0, bookedOn: addDays(fromOn, -1), amount: opening, refs: [], text }];
}

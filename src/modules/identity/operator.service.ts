import { dateIn } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import { identityProblem } from './errors';
import {
  goLiveBlockers,
  withStatus,
  type Blocker,
  type Custodian,
  type FeeTerms,
  type Licence,
  type Operator,
  type OperatorStatus,
} from './operator';
import type { OperatorDirectory } from './operator-directory.service';
import * as store from './operator.store';
import { checkIdentity } from './party';

export interface OperatorDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly directory: OperatorDirectory;
  /** Why a rulebook may not be used with live money; empty when it may. Throws if it is unknown. */
  readonly rulebookBlockers: (rulebookId: string) => readonly string[];
}

export type OperatorDraft = Omit<Operator, 'id' | 'status' | 'createdAt'> & {
  /** For imports and seeds; otherwise numbered by the database. */
  readonly id?: number | undefined;
};

/** What may change; what is left out stays. */
export interface OperatorChanges {
  readonly legalName?: string | undefined;
  readonly licence?: Licence | undefined;
  readonly custodian?: Custodian | undefined;
  readonly calendar?: string | undefined;
  readonly feeTerms?: FeeTerms | undefined;
}

export class OperatorService {
  constructor(private readonly deps: OperatorDeps) {}

  /**
   * Registers an operator, in sandbox until it goes live.
   *
   * @throws Problem `identity.operator-code-taken`, `identity.operator-has-a-line`,
   *   `identity.invalid-identity-number`, `rulebooks.unknown-rulebook`.
   */
  async create(tx: Tx, draft: OperatorDraft): Promise<Operator> {
    const { clock, audit, rulebookBlockers } = this.deps;
    rulebookBlockers(draft.rulebookId);
    const claim = { kind: draft.identityKind, number: draft.identityNumber };
    const { number } = checkIdentity(claim, dateIn(draft.timeZone, clock.now()));
    const operator = await store.insertOperator(tx, {
      ...draft,
      identityNumber: number,
      status: 'sandbox',
      createdAt: clock.now(),
    });
    await audit.record(tx, {
      action: 'operator.created',
      subject: operator.code,
      details: { line: operator.line, rulebookId: operator.rulebookId },
    });
    return operator;
  }

  async update(tx: Tx, id: number, changes: OperatorChanges): Promise<Operator> {
    const before = await store.getOperatorAndLock(tx, id);
    const operator: Operator = {
      ...before,
      legalName: changes.legalName ?? before.legalName,
      licence: changes.licence ?? before.licence,
      custodian: changes.custodian ?? before.custodian,
      calendar: changes.calendar ?? before.calendar,
      feeTerms: changes.feeTerms ?? before.feeTerms,
    };
    await store.updateOperator(tx, operator);
    await this.deps.audit.record(tx, {
      action: 'operator.updated',
      subject: operator.code,
      details: { changed: Object.keys(changes) },
    });
    return operator;
  }

  /**
   * Moves the operator to another status.
   *
   * @throws Problem `identity.operator-status`, `identity.operator-not-ready` (with every reason,
   *   when the step is to go live).
   */
  async changeStatus(tx: Tx, id: number, status: OperatorStatus): Promise<Operator> {
    const operator = withStatus(await store.getOperatorAndLock(tx, id), status);
    if (status === 'live') {
      const blockers = this.goLiveBlockers(operator);
      if (blockers.length > 0) {
        throw identityProblem('operator-not-ready', {
          detail: blockers.map(({ message }) => message).join(' '),
          errors: blockers.map(({ code, message }) => ({ pointer: `#/${code}`, detail: message })),
        });
      }
    }
    await store.updateOperator(tx, operator);
    await this.deps.audit.record(tx, {
      action: 'operator.status-changed',
      subject: operator.code,
      details: { status },
    });
    return operator;
  }

  /** What still keeps the operator from taking live money. */
  goLiveBlockers(operator: Operator): readonly Blocker[] {
    return goLiveBlockers(operator, {
      on: dateIn(operator.timeZone, this.deps.clock.now()),
      rulebookBlockers: this.deps.rulebookBlockers(operator.rulebookId),
    });
  }

  /** Brings the directory up to date. */
  async loadDirectory(db: Db): Promise<void> {
    this.deps.directory.replaceAll(await store.listOperators(db));
  }
}

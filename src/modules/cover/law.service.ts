import type { Clock } from '../../kernel/clock';
import type { Db } from '../../platform/db';
import { operatorIdOf, type Operator, type OperatorDirectory } from '../identity';
import { mustPermit, permits, type Permission, type Practice, type Rulebooks } from '../rulebooks';

export interface LawDeps {
  readonly clock: Clock;
  readonly operators: Pick<OperatorDirectory, 'get'>;
  readonly rulebooks: Rulebooks;
}

/** What the law of the operator of a transaction says of cover. */
export class CoverLaw {
  constructor(private readonly deps: LawDeps) {}

  operatorOf(db: Db): Operator {
    return this.deps.operators.get(operatorIdOf(db));
  }

  /** @throws Problem `rulebooks.not-permitted` with the clause that forbids it. */
  require(db: Db, practice: Practice): void {
    const { rulebookId } = this.operatorOf(db);
    mustPermit(this.deps.rulebooks.get(rulebookId), practice, this.deps.clock.now());
  }

  ask(db: Db, practice: Practice): Permission {
    const { rulebookId } = this.operatorOf(db);
    return permits(this.deps.rulebooks.get(rulebookId), practice, this.deps.clock.now());
  }
}

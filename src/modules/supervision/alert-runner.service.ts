import type { Database, Scope } from '../../platform/db';
import type { Operator } from '../identity';
import type { AlertService } from './alert.service';

/** Looks at operators anew when a threshold changed: each in a transaction of its own scope. */
export class AlertRunner {
  constructor(
    private readonly deps: {
      readonly alerts: AlertService;
      readonly transactions: Pick<Database, 'write'>;
    },
  ) {}

  async examine(operators: readonly Operator[], actor: Scope['actor']): Promise<void> {
    for (const { id: operatorId } of operators) {
      await this.deps.transactions.write({ operatorId, actor }, (tx) =>
        this.deps.alerts.examine(tx),
      );
    }
  }
}

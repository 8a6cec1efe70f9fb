import { INSTALLATION } from '../../platform/auth';
import type { Database } from '../../platform/db';
import type { SupervisorService } from './supervisor.service';

const SCOPE = {
  operatorId: INSTALLATION,
  actor: { kind: 'system', id: 'supervision' },
} as const;

/** Shuts out supervisors whose time has come, in the scope of the installation, where no job is. */
export class SupervisorRunner {
  constructor(
    private readonly deps: {
      readonly supervisors: SupervisorService;
      readonly transactions: Pick<Database, 'write'>;
    },
  ) {}

  /** @returns how many. */
  async endExpired(): Promise<number> {
    return this.deps.transactions.write(SCOPE, (tx) => this.deps.supervisors.endExpired(tx));
  }
}

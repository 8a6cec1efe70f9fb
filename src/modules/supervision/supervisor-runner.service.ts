import { INSTALLATION } from '../../platform/auth';
import type { Database } from '../../platform/db';
import type { SessionService } from '../identity';
import type { SupervisorService } from './supervisor.service';

const SCOPE = {
  operatorId: INSTALLATION,
  actor: { kind: 'system', id: 'supervision' },
} as const;

/** Keeps house among supervisors, in the scope of the installation, where no job is. */
export class SupervisorRunner {
  constructor(
    private readonly deps: {
      readonly supervisors: SupervisorService;
      readonly sessions: SessionService;
      readonly transactions: Pick<Database, 'write'>;
    },
  ) {}

  /**
   * Shuts out whose time has come, and forgets log-ins that ended long ago.
   *
   * @returns how many of each.
   */
  async run(): Promise<{ readonly ended: number; readonly forgotten: number }> {
    const { supervisors, sessions, transactions } = this.deps;
    return transactions.write(SCOPE, async (tx) => ({
      ended: await supervisors.endExpired(tx),
      forgotten: await sessions.forgetEnded(tx),
    }));
  }
}

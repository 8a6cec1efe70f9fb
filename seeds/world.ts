import { allChecks } from '../src/app/checks';
import type { Role } from '../src/platform/auth';
import { runChecks, type CheckResult } from '../src/platform/integrity';
import { House } from './house';
import { Office } from './office';
import { createUser, hireStaff, registerOperator, type LogIn, type OperatorPlan } from './people';
import { openStage, Stage, type StageOptions } from './stage';

export { House } from './house';
export type { Company, CompanyDraft } from './issuing';
export type { Investor, InvestorDraft, LogIn, Staff } from './people';
export { ACKNOWLEDGED, type OfferingPlan, type OrderPlan } from './raising';
export type { StageOptions } from './stage';

/**
 * Opens the application on a migrated database, on a clock of its own, and brings people and
 * offerings about through its services as the API would: every step in a transaction of its own,
 * in the scope of an operator and in the name of whoever would do it. What time makes happen is
 * done by the jobs, so nothing stands on an impossible state. For seeds, the demo and tests.
 */
export async function openWorld(options: StageOptions): Promise<World> {
  return new World(await openStage(options));
}

export class World extends Stage {
  readonly houses: House[] = [];

  /** Registers an operator with a staff of its own. */
  async operator(plan: OperatorPlan): Promise<House> {
    const operator = await registerOperator(this, plan);
    const house = new House(this, operator, await hireStaff(new Office(this, operator)));
    this.houses.push(house);
    return house;
  }

  /** A user made by the installation itself, in the rows of that operator. */
  user(house: House, mailbox: string, roles: readonly Role[]): Promise<LogIn> {
    return createUser(house, mailbox, { roles });
  }

  /** Everything that must be true, asked of the database. */
  check(): Promise<readonly CheckResult[]> {
    const ids = this.services.directory.all().map(({ id }) => id);
    return runChecks(this.app.platform.database, allChecks, ids);
  }
}

import { must } from '../../src/kernel/assert';
import type { Id } from '../../src/kernel/id';
import { INSTALLATION as NO_OPERATOR, type AuthenticatedUser } from '../../src/platform/auth';
import type { Db, Tx } from '../../src/platform/db';
import type { Run } from '../../src/modules/reporting';
import type { House } from '../house';
import { WESER } from '../operators';
import type { World } from '../world';
import { LifeOfLoans } from './life-loans';
import type { Narrator } from './narrator';

type Reading = World['services']['supervisedReading'];
export type Visit = Parameters<Parameters<Reading['show']>[2]>[1];

/** The report that supervisors watch. */
export const DAILY = 'platform-risk-daily';

/** What the scenes of supervision share: a lender, and somebody who may look at it. */
export class WatchedLender {
  readonly life: LifeOfLoans;
  private known: Partial<Milestones> = {};

  constructor(
    readonly world: World,
    readonly tell: Narrator,
  ) {
    this.life = new LifeOfLoans(world, tell, WESER);
  }

  get house(): House {
    return this.life.house;
  }

  /** What came about in an earlier scene. */
  get<K extends keyof Milestones>(what: K): Milestones[K] {
    return must(this.known[what], what) as Milestones[K];
  }

  /** Notes what later scenes ask for. */
  note(milestones: Partial<Milestones>): void {
    this.known = { ...this.known, ...milestones };
  }

  /** The supervisor as the API knows them. */
  get supervisor(): AuthenticatedUser {
    return { id: this.get('supervisor'), operatorId: NO_OPERATOR, roles: ['regulator'] };
  }

  /** What the supervisor sees of an operator; that it looked is kept. */
  look<T>(
    at: { readonly operator?: string; readonly what: string; readonly subject?: string },
    read: (db: Db, visit: Visit) => Promise<T>,
  ): Promise<T> {
    return this.answer(at, { read, keep: async (_tx, found: T) => found });
  }

  /** The same, and what the supervisor does about it. */
  answer<Found, Kept>(
    at: { readonly operator?: string; readonly what: string; readonly subject?: string },
    work: {
      readonly read: (db: Db, visit: Visit) => Promise<Found>;
      readonly keep: (tx: Tx, found: Found, visit: Visit) => Promise<Kept>;
    },
  ): Promise<Kept> {
    const { operator = WESER.code, what, subject = 'all' } = at;
    return this.world.services.supervisedReading.visit(
      this.supervisor,
      { operator, what, subject },
      work,
    );
  }

  /** The newest report of a template. */
  async latestReport(templateId: string): Promise<Run> {
    const { reports } = this.world.services;
    const [run] = await this.house.read((db) => reports.list(db, { templateId, limit: 1 }));
    return must(run, templateId);
  }
}

interface Milestones {
  readonly supervisor: Id<'usr'>;
  /** Of the day on which a transfer went astray. */
  readonly daily: Run;
  readonly inspection: Id<'isp'>;
  readonly nonce: string;
}

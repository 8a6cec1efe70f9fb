import type { CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import type { LoanNo } from '../loans';
import {
  moved,
  requireOrder,
  requireStanding,
  type Collateral,
  type Realisation,
  type Registration,
  type ValuedCollateral,
  type Valuation,
} from './collateral';
import * as store from './collateral.store';
import { coverProblem } from './errors';
import type { CoverLaw } from './law.service';
import type { CoveredLoans } from './ports';
import type { ProviderService } from './provider.service';

export interface CollateralDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly law: CoverLaw;
  readonly loans: CoveredLoans;
  readonly providers: Pick<ProviderService, 'today'>;
}

export type CollateralDraft = Pick<Collateral, 'kind' | 'description' | 'owner' | 'prior'>;
export type ValuationDraft = Pick<
  Valuation,
  'valuedOn' | 'amount' | 'method' | 'valuer' | 'documentSha256'
>;

export interface RealisationDraft {
  readonly realisedOn: CalendarDate;
  readonly proceeds: Money;
  readonly costs: Money;
  readonly documentSha256: string;
  /** Nothing more is to come of it. */
  readonly isLast: boolean;
}

/** A piece of collateral with all that happened to it. */
export interface CollateralFile {
  readonly collateral: Collateral;
  readonly valuations: readonly Valuation[];
  readonly realisations: readonly Realisation[];
}

/** What borrowers, or others for them, gave lenders as security: 知识产权质押 and 抵押. */
export class CollateralService {
  constructor(private readonly deps: CollateralDeps) {}

  /**
   * Records what is offered as security for a loan.
   *
   * @throws Problem `rulebooks.not-permitted` where only unsecured loans are allowed,
   *   `cover.loan-ended`, `cover.mixed-currencies`.
   */
  async offer(tx: Tx, loanId: Id<'lon'>, draft: CollateralDraft): Promise<Collateral> {
    const { clock, newId, law, loans } = this.deps;
    law.require(tx, 'secured-loan');
    const loan = await loans.lock(tx, loanId);
    if (loan.isEnded) throw coverProblem('loan-ended');
    if (draft.prior.currency !== loan.currency) throw coverProblem('mixed-currencies');
    const collateral: Collateral = {
      ...draft,
      id: newId('clt'),
      loanNo: loan.loanNo,
      loanId,
      currency: loan.currency,
      status: 'offered',
      recordedBy: tx.scope.actor.id,
      recordedAt: clock.now(),
    };
    await store.insertCollateral(tx, collateral);
    await this.announce(tx, collateral, 'offered');
    return collateral;
  }

  /**
   * Adds a valuation; earlier ones stay.
   *
   * @throws Problem `cover.collateral-not-found`, `cover.collateral-status`,
   *   `cover.valuation-order`, `cover.mixed-currencies`.
   */
  async value(tx: Tx, id: Id<'clt'>, draft: ValuationDraft): Promise<Valuation> {
    const collateral = await store.lockCollateral(tx, id);
    requireStanding(collateral);
    if (draft.amount.currency !== collateral.currency) throw coverProblem('mixed-currencies');
    const before = await store.listValuations(tx, collateral);
    requireOrder(draft.valuedOn, before.at(-1), this.deps.providers.today(tx));
    const valuation: Valuation = {
      ...draft,
      collateralId: id,
      no: before.length + 1,
      recordedBy: tx.scope.actor.id,
      recordedAt: this.deps.clock.now(),
    };
    await store.insertValuation(tx, valuation);
    await this.announce(tx, collateral, 'valued');
    return valuation;
  }

  /** @throws Problem `cover.collateral-status`, `cover.already-charged`. */
  async register(tx: Tx, id: Id<'clt'>, registration: Registration): Promise<Collateral> {
    const collateral = await store.lockCollateral(tx, id);
    return this.save(tx, { ...moved(collateral, 'registered'), registration });
  }

  /**
   * Records that the charge was taken off, on the registry's paper.
   *
   * @throws Problem `cover.collateral-status`: what is registered is released once the loan is repaid.
   */
  async release(
    tx: Tx,
    id: Id<'clt'>,
    release: NonNullable<Collateral['release']>,
  ): Promise<Collateral> {
    const collateral = await store.lockCollateral(tx, id);
    return this.save(tx, { ...moved(collateral, 'released'), release });
  }

  /** What stood for a loan that is repaid must be released. @returns how much of it there is. */
  async dueForRelease(tx: Tx, loanNo: LoanNo): Promise<number> {
    const items = await store.listValued(tx, loanNo);
    const charged = items.filter(
      ({ collateral: { status } }) => status === 'registered' || status === 'enforcing',
    );
    for (const { collateral } of charged) await this.save(tx, moved(collateral, 'release-due'));
    return charged.length;
  }

  /**
   * A repayment that was taken back leaves the loan owed again: what was not released yet stands.
   *
   * @returns how much of it there is.
   */
  async standAgain(tx: Tx, loanNo: LoanNo): Promise<number> {
    const items = await store.listValued(tx, loanNo);
    const due = items.filter(({ collateral }) => collateral.status === 'release-due');
    for (const { collateral } of due) await this.save(tx, moved(collateral, 'registered'));
    return due.length;
  }

  /** @throws Problem `cover.collateral-status`, `cover.loan-not-overdue`. */
  async enforce(tx: Tx, id: Id<'clt'>): Promise<Collateral> {
    const { loanId } = await store.getCollateral(tx, id);
    const loan = await this.deps.loans.lock(tx, loanId);
    const collateral = await store.lockCollateral(tx, id);
    const today = this.deps.providers.today(tx);
    if (loan.nextDueOn === undefined || loan.nextDueOn >= today) {
      throw coverProblem('loan-not-overdue');
    }
    return this.save(tx, moved(collateral, 'enforcing'));
  }

  /**
   * Records what a sale brought and puts it to the loan: its costs first, the rest as a recovery that
   * lenders and guarantors share. The money lies on the loan's collections.
   *
   * @throws Problem `cover.collateral-status`, `cover.mixed-currencies`, and those of the loan.
   */
  async realise(tx: Tx, id: Id<'clt'>, draft: RealisationDraft): Promise<Collateral> {
    const { clock, loans } = this.deps;
    const { loanId } = await store.getCollateral(tx, id);
    await loans.lock(tx, loanId);
    const collateral = await store.lockCollateral(tx, id);
    if (collateral.status !== 'enforcing') {
      throw coverProblem('collateral-status', { detail: `It is ${collateral.status}.` });
    }
    const { isLast, ...sale } = draft;
    if ([sale.proceeds, sale.costs].some(({ currency }) => currency !== collateral.currency)) {
      throw coverProblem('mixed-currencies');
    }
    const no = (await store.listRealisations(tx, collateral)).length + 1;
    await store.insertRealisation(tx, {
      ...sale,
      collateralId: id,
      no,
      recordedBy: tx.scope.actor.id,
      recordedAt: clock.now(),
    });
    const after = isLast ? await this.save(tx, moved(collateral, 'enforced')) : collateral;
    const { proceeds, costs, realisedOn: on } = sale;
    await loans.recover(tx, { loanId, proceeds, costs, on, source: { collateralId: id, no } });
    await this.announce(tx, after, 'realised');
    return after;
  }

  /** @throws Problem `cover.collateral-not-found`. */
  async file(db: Db, id: Id<'clt'>): Promise<CollateralFile> {
    const collateral = await store.getCollateral(db, id);
    return {
      collateral,
      valuations: await store.listValuations(db, collateral),
      realisations: await store.listRealisations(db, collateral),
    };
  }

  async listOfLoan(db: Db, loanNo: LoanNo): Promise<readonly ValuedCollateral[]> {
    return store.listValued(db, loanNo);
  }

  async list(db: Db, filter: store.CollateralFilter): Promise<readonly ValuedCollateral[]> {
    return store.listCollaterals(db, filter);
  }

  private async save(tx: Tx, collateral: Collateral): Promise<Collateral> {
    await store.updateCollateral(tx, collateral);
    await this.announce(tx, collateral, collateral.status);
    return collateral;
  }

  private async announce(tx: Tx, { id, loanId, kind }: Collateral, step: string): Promise<void> {
    const { audit, outbox } = this.deps;
    const type = `cover.collateral-${step}`;
    await audit.record(tx, { action: type, subject: id, details: { loanId, kind } });
    await outbox.publish(tx, { type, subject: loanId, payload: { collateralId: id, kind } });
  }
}

import type { CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { DueDiligenceService } from './due-diligence.service';
import { requireOneCurrency, verified, type FinancialYear } from './financials';
import * as store from './financials.store';
import { requireActive } from './issuer';
import type { IssuerService } from './issuer.service';

export interface FinancialsDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly issuers: IssuerService;
  readonly dueDiligence: DueDiligenceService;
}

export type FinancialYearDraft = Pick<
  FinancialYear,
  'fiscalYearEndsOn' | 'currency' | 'assurance' | 'employees' | 'figures'
>;

/** Figures of issuers, year by year. */
export class FinancialsService {
  constructor(private readonly deps: FinancialsDeps) {}

  async list(db: Db, issuerId: Id<'iss'>): Promise<readonly FinancialYear[]> {
    return store.listYears(db, issuerId);
  }

  /**
   * Records a year, or replaces what was recorded of it. Changed figures are unverified, and the
   * due diligence on financial statements is opened again.
   *
   * @throws Problem `issuers.mixed-currencies`, `issuers.not-active`.
   */
  async record(tx: Tx, issuerId: Id<'iss'>, draft: FinancialYearDraft): Promise<FinancialYear> {
    const { clock, audit, issuers, dueDiligence } = this.deps;
    const issuer = await issuers.getAndLock(tx, issuerId);
    requireActive(issuer);
    requireOneCurrency(draft.figures, draft.currency);
    const year: FinancialYear = {
      ...draft,
      issuerId,
      recordedBy: tx.scope.actor.id,
      recordedAt: clock.now(),
    };
    await store.upsertYear(tx, year);
    await dueDiligence.reopen(tx, issuer, ['financial-statements']);
    await audit.record(tx, {
      action: 'issuer.financials-recorded',
      subject: issuerId,
      details: { fiscalYearEndsOn: year.fiscalYearEndsOn },
    });
    return year;
  }

  /**
   * A second person's word that the figures agree with the statements.
   *
   * @throws Problem `issuers.financials-not-found`, `issuers.financials-verified`,
   *   `issuers.four-eyes`.
   */
  async verify(
    tx: Tx,
    issuerId: Id<'iss'>,
    fiscalYearEndsOn: CalendarDate,
  ): Promise<FinancialYear> {
    const { clock, audit } = this.deps;
    const before = await store.getYearAndLock(tx, issuerId, fiscalYearEndsOn);
    const year = verified(before, tx.scope.actor.id, clock.now());
    await store.updateVerified(tx, year);
    await audit.record(tx, {
      action: 'issuer.financials-verified',
      subject: issuerId,
      details: { fiscalYearEndsOn },
    });
    return year;
  }
}

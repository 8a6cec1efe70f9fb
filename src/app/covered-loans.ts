import type { CalendarDate } from '../kernel/calendar-date';
import type { Id } from '../kernel/id';
import type { CoveredLoan, CoveredLoans, Recovered, TakeOver } from '../modules/cover';
import {
  isLive,
  lastClosedOn,
  lenderStandingByGrade,
  lenderStandings,
  listOverdueLoans,
  type CompensationService,
  type GradeScope,
  type Loan,
  type LoanNo,
  type LoanService,
  type RealisationService,
} from '../modules/loans';
import type { PartyFiles } from '../modules/payments';
import type { Db, Tx } from '../platform/db';

export interface CoveredLoansDeps {
  readonly loans: Pick<LoanService, 'get'>;
  readonly compensations: CompensationService;
  readonly files: Pick<PartyFiles<Db>, 'getIssuer'>;
  readonly realisations: RealisationService;
}

/** The loans as what stands behind them needs to know them. */
export class StoredCoveredLoans implements CoveredLoans {
  constructor(private readonly deps: CoveredLoansDeps) {}

  async get(db: Db, id: Id<'lon'>): Promise<CoveredLoan> {
    return covered(await this.deps.loans.get(db, id));
  }

  async borrowerOf(db: Db, id: Id<'lon'>): Promise<Id<'pty'>> {
    const { issuerId } = await this.deps.loans.get(db, id);
    return (await this.deps.files.getIssuer(db, issuerId)).partyId;
  }

  async lock(tx: Tx, id: Id<'lon'>): Promise<CoveredLoan> {
    return covered(await this.deps.compensations.lock(tx, id));
  }

  async lastClosedOn(db: Db): Promise<CalendarDate | undefined> {
    return lastClosedOn(db);
  }

  async listOverdue(db: Db, page: Parameters<CoveredLoans['listOverdue']>[1]) {
    return listOverdueLoans(db, page);
  }

  async owedToLenders(db: Db, loanNos: readonly LoanNo[], on: CalendarDate) {
    return lenderStandings(db, loanNos, on);
  }

  async compensate(tx: Tx, order: TakeOver) {
    return this.deps.compensations.compensate(tx, order);
  }

  async recover(tx: Tx, recovered: Recovered): Promise<void> {
    const { source, ...sale } = recovered;
    const id = `${source.collateralId}/${source.no}`;
    await this.deps.realisations.apply(tx, { ...sale, source: { type: 'realisation', id } });
  }

  async exposureByGrade(db: Db, scope: GradeScope) {
    return lenderStandingByGrade(db, scope);
  }
}

function covered(loan: Loan): CoveredLoan {
  const { id, loanNo, principal, terms, outstanding, disbursedOn, nextDueOn, status } = loan;
  return {
    id,
    loanNo,
    currency: principal.currency,
    grade: terms.grade,
    outstanding,
    exposure: disbursedOn === undefined ? principal : outstanding,
    isEnded: disbursedOn === undefined ? status === 'cancelled' : !isLive(loan),
    disbursedOn,
    nextDueOn,
  };
}

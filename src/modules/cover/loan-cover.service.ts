import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import type { Claim, Compensation } from './claim';
import { listClaimsOf, listCompensations } from './claim.store';
import {
  isRevaluationDue,
  loanToValue,
  type LoanToValue,
  type ValuedCollateral,
} from './collateral';
import { listValued } from './collateral.store';
import type { Contract } from './contract';
import { listContracts } from './contract.store';
import { looksTo } from './fund';
import type { CoverLaw } from './law.service';
import { strengthLevel, type Bilingual, type CoverPolicy, type Level } from './policy';
import type { CoveredLoan, CoveredLoans } from './ports';
import type { Fund, Guarantor, Standing } from './provider';
import type { ProviderService } from './provider.service';
import { listByIds } from './provider.store';
import { WHOLE_PPM } from './risk-sharing';

export interface LoanCoverDeps {
  readonly law: CoverLaw;
  readonly loans: CoveredLoans;
  readonly providers: ProviderService;
  readonly policy: CoverPolicy;
}

/** A promise beside the strength of whoever made it. */
export interface ShownContract {
  readonly contract: Contract;
  readonly guarantor: Guarantor;
  readonly standing: Standing;
  readonly level: Level;
}

export interface ShownCollateral extends ValuedCollateral {
  readonly isRevaluationDue: boolean;
}

/** Everything that stands behind a loan, and what it has come to. */
export interface LoanCover {
  readonly loan: CoveredLoan;
  readonly contracts: readonly ShownContract[];
  /** Of a loss, in millionths: what no contract covers. */
  readonly ownPpm: number;
  readonly claims: readonly Claim[];
  readonly compensations: readonly Compensation[];
  readonly collateral: readonly ShownCollateral[];
  readonly loanToValue: LoanToValue;
  /** A fund that looks to the loan, which promises nothing. */
  readonly fund: { readonly id: Id<'cov'>; readonly warning: Bilingual } | undefined;
}

const MOST_FUNDS = 100;

/** What a loan's page shows of its cover. */
export class LoanCoverService {
  constructor(private readonly deps: LoanCoverDeps) {}

  /** @throws Problem `loans.loan-not-found`. */
  async of(db: Db, loanId: Id<'lon'>): Promise<LoanCover> {
    const { loans, policy, providers } = this.deps;
    const loan = await loans.get(db, loanId);
    const loanNos = [loan.loanNo];
    const contracts = await listContracts(db, loanNos);
    const collateral = await listValued(db, loan.loanNo);
    const today = providers.today(db);
    const standing = contracts.filter(({ status }) => status !== 'ended');
    return {
      loan,
      contracts: await this.withStrength(db, contracts),
      ownPpm: WHOLE_PPM - standing.reduce((sum, { sharePpm }) => sum + sharePpm, 0),
      claims: await listClaimsOf(db, loanNos),
      compensations: await listCompensations(db, loanNos),
      collateral: collateral.map((item) => ({
        ...item,
        isRevaluationDue: isRevaluationDue(item, policy, today),
      })),
      loanToValue: loanToValue(loan.exposure, collateral, policy),
      fund: await this.fundOf(db, loan),
    };
  }

  private async withStrength(
    db: Db,
    contracts: readonly Contract[],
  ): Promise<readonly ShownContract[]> {
    const { providers, policy } = this.deps;
    const ids = [...new Set(contracts.map(({ providerId }) => providerId))];
    const found = [...(await listByIds(db, ids)).values()];
    const guarantors = found.filter((provider) => provider.kind !== 'fund');
    const strengths = await providers.withStandings(db, guarantors);
    return contracts.flatMap((contract) =>
      strengths
        .filter(({ guarantor }) => guarantor.id === contract.providerId)
        .map((each) => ({ ...each, contract, level: strengthLevel(each.standing.ratio, policy) })),
    );
  }

  private async fundOf(db: Db, loan: CoveredLoan): Promise<LoanCover['fund']> {
    const { law, providers, policy } = this.deps;
    if (!law.ask(db, 'provision-fund').isAllowed) return undefined;
    const funds = await providers.listFunds(db, { status: 'active', limit: MOST_FUNDS });
    const fund = funds.find((each) => isFundOf(each, loan));
    return fund && { id: fund.id, warning: policy.fund.warning };
  }
}

function isFundOf({ terms, currency }: Fund, loan: CoveredLoan): boolean {
  return currency === loan.currency && looksTo(terms, loan);
}

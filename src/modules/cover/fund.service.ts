import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import { coverageOf, UNSTRESSED, type Coverage, type Stress } from './fund';
import type { CoverLaw } from './law.service';
import type { Bilingual, CoverPolicy } from './policy';
import type { CoveredLoans, LossOfGrade } from './ports';
import type { Fund } from './provider';
import type { ProviderService } from './provider.service';

export interface FundDeps {
  readonly law: CoverLaw;
  readonly loans: CoveredLoans;
  readonly providers: ProviderService;
  readonly policy: CoverPolicy;
  readonly lossOfGrade: LossOfGrade;
}

/** A fund as it is shown: what it holds against what is to be expected, and what it does not promise. */
export interface FundStatement {
  readonly fund: Fund;
  readonly coverage: Coverage;
  readonly stress: Stress;
  readonly stressed: Coverage;
  readonly warning: Bilingual;
  /** The clause under which such a fund may be kept. */
  readonly citation: string | undefined;
}

/** Provision funds: how far their money goes, reckoned as it is asked. */
export class FundService {
  constructor(private readonly deps: FundDeps) {}

  /**
   * @param stress by default that of the policy; a reader may choose another.
   * @throws Problem `cover.provider-not-found`; `rulebooks.not-permitted` where the law forbids such
   *   funds, so that none is shown as if it protected anybody.
   */
  async statement(db: Db, id: Id<'cov'>, stress?: Partial<Stress>): Promise<FundStatement> {
    const { law, loans, providers, policy, lossOfGrade } = this.deps;
    law.require(db, 'provision-fund');
    const fund = await providers.getFund(db, id);
    const today = providers.today(db);
    const { grades, from, until } = fund.terms;
    const facts = {
      currency: fund.currency,
      balance: await providers.cashOf(db, fund),
      exposures: await loans.exposureByGrade(db, { currency: fund.currency, grades, from, until }),
      lossOf: (grade: string) => lossOfGrade(grade, today),
    };
    const chosen = { ...policy.fund.stress, ...stress };
    return {
      fund,
      coverage: coverageOf(facts, UNSTRESSED),
      stress: chosen,
      stressed: coverageOf(facts, chosen),
      warning: policy.fund.warning,
      citation: law.ask(db, 'provision-fund').citation,
    };
  }
}

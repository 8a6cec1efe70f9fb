import { join } from 'node:path';
import { rate } from '../kernel/rate';
import type { CapsService } from '../modules/caps';
import {
  ClaimService,
  CollateralService,
  CompensationDesk,
  ContractService,
  CoverLaw,
  FundService,
  loadCoverPolicy,
  LoanCoverService,
  ProviderWithdrawals,
  ProviderService,
  type LossOfGrade,
} from '../modules/cover';
import { lossGivenDefault, pdOf, type ModelLibrary } from '../modules/credit';
import type { OperatorDirectory, PartyService } from '../modules/identity';
import type { LedgerService } from '../modules/ledger';
import {
  CompensationService,
  RealisationService,
  type LoanService,
  type PaymentService,
} from '../modules/loans';
import type { BankAccountService, ReferenceService, WithdrawalService } from '../modules/payments';
import type { Rulebooks } from '../modules/rulebooks';
import { StoredCoveredLoans } from './covered-loans';
import type { StoredPartyFiles } from './party-files';
import { COMPLIANCE, type Platform } from './platform';

export interface BelowCover {
  readonly ledger: LedgerService;
  readonly caps: CapsService;
  readonly rulebooks: Rulebooks;
  readonly directory: OperatorDirectory;
  readonly parties: PartyService;
  readonly files: StoredPartyFiles;
  readonly references: ReferenceService;
  readonly bankAccounts: BankAccountService;
  readonly withdrawals: WithdrawalService;
  readonly creditModels: ModelLibrary;
  readonly loans: LoanService;
  readonly loanPayments: PaymentService;
}

/** What stands behind loans beside their borrowers. */
export function composeCover(platform: Platform, below: BelowCover) {
  const { clock } = platform;
  const policy = loadCoverPolicy(join(COMPLIANCE, 'cover-policies', 'standard'));
  const coveredLoans = new StoredCoveredLoans({
    ...below,
    compensations: new CompensationService({ ...platform, ...below }),
    realisations: new RealisationService({ ...platform, ...below }),
  });
  const law = new CoverLaw({ clock, operators: below.directory, rulebooks: below.rulebooks });
  const providers = new ProviderService({ ...platform, ...below, law });
  const deps = { ...platform, law, policy, providers, loans: coveredLoans };
  const coverContracts = new ContractService(deps);
  return {
    coverPolicy: policy,
    coveredLoans,
    coverProviders: providers,
    coverContracts,
    providerWithdrawals: new ProviderWithdrawals({ ...platform, ...below, providers }),
    coverClaims: new ClaimService(deps),
    coverDesk: new CompensationDesk({ ...deps, contracts: coverContracts }),
    collaterals: new CollateralService(deps),
    provisionFunds: new FundService({ ...deps, lossOfGrade: lossesOf(below.creditModels) }),
    loanCover: new LoanCoverService(deps),
  };
}

/** The pricing policy whose scale says what a grade is expected to lose. */
const PRICED_BY = 'consumer-instalment';

/** What the scale of the day reckons; of a grade it does not know, that all of it is lost. */
function lossesOf(library: ModelLibrary): LossOfGrade {
  return (name, on) => {
    const scale = library.inForce(PRICED_BY, on).scale.value;
    const grade = scale.grades.find((each) => each.grade === name);
    if (!grade) return { pd: rate('1'), severity: rate('1') };
    const { severity } = lossGivenDefault(scale, { product: PRICED_BY, security: 'none' });
    return { pd: pdOf(grade), severity };
  };
}

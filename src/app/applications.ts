import { join } from 'node:path';
import { dateIn } from '../kernel/calendar-date';
import type { Rate } from '../kernel/rate';
import {
  AcceptanceService,
  ApplicationClearances,
  ApplicationDocuments,
  ApplicationImports,
  ApplicationRunner,
  ApplicationService,
  AssessmentService,
  CreditLists,
  CreditReports,
  ListExchange,
  loadPolicies,
  offlineBureau,
  offlineIncome,
} from '../modules/applications';
import type { CapsService } from '../modules/caps';
import type { CreditMonitoring, CreditService, ModelLibrary } from '../modules/credit';
import type { OperatorDirectory, PartyService } from '../modules/identity';
import { IssuerTakeover, type IssuerService } from '../modules/issuers';
import type { LoanListing, OfferingLifecycle, OfferingService } from '../modules/offerings';
import type { Rulebooks } from '../modules/rulebooks';
import { COMPLIANCE, type Platform } from './platform';

export interface BelowApplications {
  readonly directory: OperatorDirectory;
  readonly rulebooks: Rulebooks;
  readonly caps: CapsService;
  readonly parties: PartyService;
  readonly issuers: IssuerService;
  readonly credit: CreditService;
  readonly creditModels: ModelLibrary;
  readonly creditMonitoring: CreditMonitoring;
}

/** What an application is until it is accepted: the offerings ask it for their clearances. */
export function composeIntake(platform: Platform, below: BelowApplications) {
  const deps = { ...platform, ...below, borrowers: below.issuers, policies: POLICIES };
  const applications = new ApplicationService(deps);
  const creditLists = new CreditLists(deps);
  const originationFee = (id: string): Rate => {
    const today = dateIn('UTC', platform.clock.now());
    return below.creditModels.inForce(id, today).policy.value.originationFee;
  };
  return {
    applications,
    applicationPolicies: POLICIES,
    applicationDocuments: new ApplicationDocuments(deps),
    creditLists,
    listExchange: new ListExchange({ ...deps, creditLists }),
    creditReports: new CreditReports(deps),
    assessments: new AssessmentService({
      ...deps,
      applications,
      lists: creditLists,
      originationFee,
    }),
    applicationImports: new ApplicationImports({
      ...deps,
      applications,
      originationFee,
      takeover: new IssuerTakeover({ ...platform, parties: below.parties }),
    }),
    clearances: new ApplicationClearances({ ...deps, applications }),
  };
}

export type Intake = ReturnType<typeof composeIntake>;

/** What becomes of an application once there are offers: above the offerings. */
export function composeAcceptance(
  platform: Platform,
  below: BelowApplications &
    Intake & {
      readonly listing: LoanListing;
      readonly offerings: OfferingService;
      readonly lifecycle: OfferingLifecycle;
    },
) {
  const deps = { ...platform, ...below, borrowers: below.issuers, policies: POLICIES };
  return {
    acceptances: new AcceptanceService(deps),
    applicationRunner: new ApplicationRunner({
      ...deps,
      incomeProvider: offlineIncome,
      creditBureau: offlineBureau,
    }),
  };
}

const POLICIES = loadPolicies(join(COMPLIANCE, 'application-policies'));

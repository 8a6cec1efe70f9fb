import { join } from 'node:path';
import {
  ComplaintService,
  DisputeMessages,
  DisputeOutcomes,
  loadComplaintPolicies,
  type DisputeSubjects,
} from '../modules/disputes';
import type { OperatorDirectory } from '../modules/identity';
import { IncidentService, loadIncidentPolicies } from '../modules/incidents';
import type { LedgerService } from '../modules/ledger';
import type { LoanService } from '../modules/loans';
import type { OfferingService } from '../modules/offerings';
import type { DepositService, WithdrawalService } from '../modules/payments';
import type { SubscriptionService } from '../modules/subscriptions';
import type { StoredPartyFiles } from './party-files';
import { COMPLIANCE, type Platform } from './platform';

export interface BelowDisputes {
  readonly directory: OperatorDirectory;
  readonly ledger: LedgerService;
  readonly files: StoredPartyFiles;
  readonly offerings: OfferingService;
  readonly subscriptions: SubscriptionService;
  readonly loans: LoanService;
  readonly deposits: DepositService;
  readonly withdrawals: WithdrawalService;
}

/** Complaints, the disputes that become of them, and security incidents. */
export function composeDisputes(platform: Platform, below: BelowDisputes) {
  const deps = { ...platform, ...below, operators: below.directory };
  return {
    complaints: new ComplaintService({
      ...deps,
      subjects: subjectsOf(below),
      policies: loadComplaintPolicies(join(COMPLIANCE, 'complaint-policies')),
    }),
    disputeMessages: new DisputeMessages(deps),
    disputeOutcomes: new DisputeOutcomes(deps),
    incidents: new IncidentService({
      ...deps,
      policies: loadIncidentPolicies(join(COMPLIANCE, 'incident-policies')),
    }),
  };
}

function subjectsOf(below: BelowDisputes): DisputeSubjects {
  const { offerings, subscriptions, loans, deposits, withdrawals } = below;
  return {
    require: async (db, subject) => {
      switch (subject.kind) {
        case 'offering':
          return void (await offerings.get(db, subject.id));
        case 'subscription':
          return void (await subscriptions.get(db, subject.id));
        case 'loan':
          return void (await loans.get(db, subject.id));
        case 'deposit':
          return void (await deposits.get(db, subject.id));
        case 'withdrawal':
          return void (await withdrawals.get(db, subject.id));
        case 'other':
          return undefined;
      }
    },
  };
}

import { auditChecks } from '../platform/audit';
import type { IntegrityCheck } from '../platform/integrity';
import { applicationChecks } from '../modules/applications';
import { capChecks } from '../modules/caps';
import { coverChecks } from '../modules/cover';
import { creditChecks } from '../modules/credit';
import { disputeChecks } from '../modules/disputes';
import { holdingChecks } from '../modules/holdings';
import { incidentChecks } from '../modules/incidents';
import { investorChecks } from '../modules/investors';
import { issuerChecks } from '../modules/issuers';
import { kiisChecks } from '../modules/kiis';
import { ledgerChecks } from '../modules/ledger';
import { arrearsChecks, debitChecks, loanChecks } from '../modules/loans';
import { marketChecks } from '../modules/market';
import { auctionChecks, bookChecks, matchingChecks } from '../modules/matching';
import { offeringChecks } from '../modules/offerings';
import { paymentChecks } from '../modules/payments';
import { reconciliationChecks } from '../modules/reconciliation';
import { reportChecks } from '../modules/reporting';
import { subscriptionChecks } from '../modules/subscriptions';
import { supervisionChecks } from '../modules/supervision';
import { takeoverChecks } from '../modules/takeovers';

/** Everything that must be true at every moment, as SQL that returns no rows. */
export const allChecks: readonly IntegrityCheck[] = [
  ...ledgerChecks,
  ...capChecks,
  ...paymentChecks,
  ...reconciliationChecks,
  ...creditChecks,
  ...applicationChecks,
  ...offeringChecks,
  ...subscriptionChecks,
  ...matchingChecks,
  ...auctionChecks,
  ...bookChecks,
  ...loanChecks,
  ...arrearsChecks,
  ...debitChecks,
  ...takeoverChecks,
  ...coverChecks,
  ...marketChecks,
  ...disputeChecks,
  ...incidentChecks,
  ...holdingChecks,
  ...investorChecks,
  ...issuerChecks,
  ...reportChecks,
  ...supervisionChecks,
  ...kiisChecks,
  ...auditChecks,
];

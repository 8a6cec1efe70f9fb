import { auditChecks } from '../platform/audit';
import type { IntegrityCheck } from '../platform/integrity';
import { capChecks } from '../modules/caps';
import { holdingChecks } from '../modules/holdings';
import { investorChecks } from '../modules/investors';
import { issuerChecks } from '../modules/issuers';
import { ledgerChecks } from '../modules/ledger';
import { offeringChecks } from '../modules/offerings';
import { paymentChecks } from '../modules/payments';
import { subscriptionChecks } from '../modules/subscriptions';

/** Everything that must be true at every moment, as SQL that returns no rows. */
export const allChecks: readonly IntegrityCheck[] = [
  ...ledgerChecks,
  ...capChecks,
  ...paymentChecks,
  ...offeringChecks,
  ...subscriptionChecks,
  ...holdingChecks,
  ...investorChecks,
  ...issuerChecks,
  ...auditChecks,
];

import type { Id } from '../kernel/id';
import { auditRoutes } from '../platform/audit';
import type { AuthenticatedUser } from '../platform/auth';
import type { Db } from '../platform/db';
import { keyRoutes, type Route } from '../platform/http';
import { sandboxRoutes, type SandboxClock } from '../platform/sandbox-clock';
import { amlRoutes } from '../modules/aml';
import { applicationRoutes } from '../modules/applications';
import { coverRoutes } from '../modules/cover';
import { creditRoutes } from '../modules/credit';
import { disclosureRoutes } from '../modules/disclosure';
import { disputeRoutes } from '../modules/disputes';
import { filingRoutes } from '../modules/filings';
import { holdingRoutes } from '../modules/holdings';
import { identityRoutes } from '../modules/identity';
import { incidentRoutes } from '../modules/incidents';
import { investorRoutes } from '../modules/investors';
import { issuerRoutes, ownershipRoutes } from '../modules/issuers';
import { kiisRoutes } from '../modules/kiis';
import { ledgerRoutes } from '../modules/ledger';
import {
  arrivalRoutes,
  arrearsRoutes,
  loanPaymentRoutes,
  loanRoutes,
  restructuringRoutes,
} from '../modules/loans';
import { marketRoutes } from '../modules/market';
import { auctionRoutes, bookRoutes, matchingRoutes } from '../modules/matching';
import { offeringRoutes } from '../modules/offerings';
import { paymentRoutes } from '../modules/payments';
import { reconciliationRoutes } from '../modules/reconciliation';
import { labelRoutes, reportRoutes } from '../modules/reporting';
import { returnsRoutes } from '../modules/returns';
import { rulebookRoutes } from '../modules/rulebooks';
import { scheduleRoutes } from '../modules/schedules';
import {
  closingRoutes,
  evidenceRoutes,
  subscriptionRoutes,
  type SubscriptionRouteDeps,
} from '../modules/subscriptions';
import { supervisionRoutes } from '../modules/supervision';
import type { Platform } from './platform';
import type { Services } from './services';

/** Every route of the API, module by module. */
export function composeRoutes(
  platform: Platform,
  services: Services,
  sandbox: SandboxClock | undefined,
): readonly Route[] {
  const { clock, config } = platform;
  const deps = { ...platform, ...services };
  const investorOf = rememberedInvestors(platform, services);
  const showing = {
    ...deps,
    operators: services.directory,
    isVerified: (db: Db, user: AuthenticatedUser) => isVerified(db, user, services),
  };
  return [
    ...identityRoutes(deps),
    ...investorRoutes(deps),
    ...issuerRoutes(deps),
    ...ownershipRoutes({ ...deps, operators: services.directory }),
    ...rulebookRoutes(deps),
    ...scheduleRoutes(deps),
    ...creditRoutes(deps),
    ...applicationRoutes({ ...deps, operators: services.directory }),
    ...offeringRoutes(showing),
    ...kiisRoutes(showing),
    ...subscriptionRoutes({ ...deps, investorOf }),
    ...evidenceRoutes({ ...deps, investorOf }),
    ...closingRoutes(deps),
    ...holdingRoutes({ ...deps, parties: services.files }),
    ...paymentRoutes({
      ...deps,
      sandbox: config.mode === 'sandbox' ? services.custodian : undefined,
    }),
    ...reconciliationRoutes({
      ...deps,
      operators: services.directory,
      sandbox: config.mode === 'sandbox' ? services.custodian : undefined,
    }),
    ...auctionRoutes(deps),
    ...bookRoutes({ ...deps, operators: services.directory }),
    ...matchingRoutes({ ...deps, transactions: platform.database }),
    ...loanRoutes(deps),
    ...loanPaymentRoutes(deps),
    ...arrivalRoutes(deps),
    ...arrearsRoutes(deps),
    ...restructuringRoutes(deps),
    ...coverRoutes({
      ...deps,
      operators: services.directory,
      providers: services.coverProviders,
      policy: services.coverPolicy,
      funds: services.provisionFunds,
    }),
    ...marketRoutes({ ...deps, investorOf }),
    ...returnsRoutes(deps),
    ...disputeRoutes(deps),
    ...incidentRoutes(deps),
    ...labelRoutes(deps),
    ...disclosureRoutes({ ...deps, operators: services.directory }),
    ...reportRoutes({ ...deps, transactions: platform.database }),
    ...supervisionRoutes(deps),
    ...ledgerRoutes(deps),
    ...filingRoutes(deps),
    ...amlRoutes(deps),
    ...keyRoutes(platform),
    ...auditRoutes({ ...deps, operators: services.directory }),
    ...sandboxRoutes({ mode: config.mode, clock, sandbox }),
  ];
}

/** Whether the user's identity is established with the operator, as investor or as issuer. */
async function isVerified(db: Db, user: AuthenticatedUser, services: Services): Promise<boolean> {
  const { files } = services;
  const investorId = await files.findInvestorOf(db, user.id);
  if (investorId !== undefined) return (await files.getInvestor(db, investorId)).isVerified;
  const issuerId = await files.findIssuerOf(db, user.id);
  return issuerId !== undefined && (await files.getIssuer(db, issuerId)).isVerified;
}

const REMEMBERED = 50_000;

/**
 * The investor's file of each user. The link is made once and never changes, so the hottest path
 * need not ask the database for it again. Who has a transaction asks in it: waiting for a second
 * connection while holding one, many callers at once would wait for each other.
 */
function rememberedInvestors(
  { database }: Platform,
  { files }: Services,
): SubscriptionRouteDeps['investorOf'] {
  const known = new Map<Id<'usr'>, Id<'inv'>>();
  return async ({ id, operatorId }, within) => {
    const remembered = known.get(id);
    if (remembered !== undefined) return remembered;
    const scope = { operatorId, actor: { kind: 'user', id } } as const;
    const find = (db: Db): Promise<Id<'inv'> | undefined> => files.findInvestorOf(db, id);
    const found = await (within ? find(within) : database.read(scope, find));
    if (known.size >= REMEMBERED) known.clear();
    if (found !== undefined) known.set(id, found);
    return found;
  };
}

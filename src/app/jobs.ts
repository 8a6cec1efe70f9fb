import { auditJobs } from '../platform/audit';
import { integrityJobs } from '../platform/integrity-jobs';
import type { Db, Scope } from '../platform/db';
import { defineJob, HOUSEKEEPING, type Errand, type Job } from '../platform/jobs';
import type { Listener } from '../platform/outbox';
import { forgetReplies } from '../platform/http';
import { DAY_MS } from '../kernel/clock';
import { amlJobs } from '../modules/aml';
import { applicationJobs, applicationListeners } from '../modules/applications';
import { coverJobs, coverListeners } from '../modules/cover';
import { creditMonitoringJobs, creditReplayJobs } from '../modules/credit';
import { disputeJobs } from '../modules/disputes';
import { filingJobs } from '../modules/filings';
import { identityJobs } from '../modules/identity';
import { incidentJobs } from '../modules/incidents';
import { investorJobs } from '../modules/investors';
import { issuerJobs } from '../modules/issuers';
import { ledgerJobs } from '../modules/ledger';
import {
  arrivalListeners,
  closeJobs,
  debitJobs,
  deskListeners,
  loanJobs,
  loanListeners,
} from '../modules/loans';
import { auctionListeners, bookJobs, matchingJobs, matchingListeners } from '../modules/matching';
import { marketJobs, marketListeners } from '../modules/market';
import { offeringJobs } from '../modules/offerings';
import { reconciliationJobs } from '../modules/reconciliation';
import { reportJobs } from '../modules/reporting';
import { supervisionListeners } from '../modules/supervision';
import { closingJobs, closingListeners, subscriptionJobs } from '../modules/subscriptions';
import { allChecks } from './checks';
import type { Platform } from './platform';
import type { Services } from './services';

/** Replies to retried requests are kept this long; the keys themselves for ever. */
const REPLIES_KEPT_MS = 90 * DAY_MS;

/**
 * Everything the clock makes happen, in the order in which it runs when due together.
 *
 * @param options.withChecks whether everything is checked, taken again and reported every night, and
 *   the audit trail sealed every hour; a seed that lives through a year in a minute checks once, at its end.
 */
export function composeJobs(
  { outbox, log }: Platform,
  services: Services,
  { withChecks = true }: { readonly withChecks?: boolean | undefined } = {},
): readonly Job[] {
  return [
    ...ledgerJobs({ ledger: services.ledger, timeZone: 'UTC' }),
    ...investorJobs(services),
    ...issuerJobs(services),
    ...offeringJobs(services.lifecycle),
    ...subscriptionJobs(services),
    ...closingJobs(services),
    ...filingJobs(services),
    ...amlJobs(services),
    ...applicationJobs(services),
    ...matchingJobs({
      ...services,
      currenciesOf: (operatorId) => [services.directory.get(operatorId).homeCurrency],
    }),
    ...bookJobs({
      ...services,
      currenciesOf: (operatorId) => [services.directory.get(operatorId).homeCurrency],
    }),
    ...loanJobs(services),
    ...closeJobs(services),
    ...debitJobs(services),
    ...coverJobs(services),
    ...marketJobs(services),
    ...disputeJobs(services),
    ...incidentJobs(services),
    ...reconciliationJobs(services),
    ...creditMonitoringJobs(services),
    ...identityJobs(services),
    ...(withChecks ? nightly({ outbox, log }, services) : []),
    defineJob({
      name: 'caps.roll-windows',
      cron: '10 0 * * *',
      timeZone: 'UTC',
      perOperator: false,
      run: async (tx, { now }) => `${await services.caps.rollWindows(tx, now)} windows rolled`,
    }),
    defineJob({
      name: 'platform.forget-replies',
      ...HOUSEKEEPING,
      perOperator: true,
      run: async (tx, { now }) => {
        const forgotten = await forgetReplies(tx, new Date(now.getTime() - REPLIES_KEPT_MS));
        return `${forgotten} replies forgotten`;
      },
    }),
    // Last, so that what the others recorded is covered.
    ...(withChecks ? auditJobs(services.checkpoints) : []),
  ];
}

/** What only looks back, once a night: replays, the checks, and the reports that tell of them. */
function nightly({ outbox, log }: Pick<Platform, 'outbox' | 'log'>, services: Services) {
  return [
    ...creditReplayJobs(services),
    ...integrityJobs({ checks: allChecks, outbox, log, timeZone: 'UTC' }),
    ...reportJobs(services),
  ];
}

/** What reacts to events after the commit that published them. */
export function composeListeners(platform: Platform, services: Services): readonly Listener[] {
  return [
    ...closingListeners(services),
    ...applicationListeners(services),
    ...matchingListeners(services),
    ...auctionListeners(services),
    ...loanListeners(services),
    ...deskListeners(services),
    ...arrivalListeners({ ...platform, ...services }),
    ...coverListeners(services),
    ...marketListeners(services),
    ...supervisionListeners(services),
    openedSubscriptionsAudit(platform),
  ];
}

/**
 * The order desk writes one event for a batch; here each subscription of it enters the audit
 * trail. The event was committed with the subscriptions, so none can be missing.
 */
function openedSubscriptionsAudit({ audit }: Platform): Listener {
  return {
    name: 'audit.subscriptions-opened',
    types: ['subscriptions.opened'],
    handle: async (tx, { payload }) => {
      const { ids, actors } = payload as {
        readonly ids: readonly string[];
        readonly actors: readonly string[];
      };
      for (const [position, subject] of ids.entries()) {
        const by = actors[position] ?? '';
        await audit.record(tx, { action: 'subscription.opened', subject, details: { by } });
      }
    },
  };
}

/** What needs transactions of its own, or waits for somebody outside. */
export function composeErrands(services: Services): readonly Errand[] {
  const { verificationRunner, issuerVerificationRunner, applicationRunner } = services;
  const { paymentDispatcher, windows, auctions, bookRounds, eveningClose, reportRunner } = services;
  const pending = (name: string, runner: PendingRunner): Errand => ({
    name,
    hasDue: (db) => runner.hasPending(db),
    run: (operatorId) => runner.runPending({ operatorId, actor: { kind: 'system', id: name } }),
  });
  const carriedOn = (name: string, runner: OperatorRunner): Errand => ({
    name,
    hasDue: (db) => runner.hasDue(db),
    run: (operatorId) => runner.run(operatorId),
  });
  return [
    { name: 'payments.listen', run: (operatorId) => paymentDispatcher.listen(operatorId) },
    pending('verification', verificationRunner),
    pending('issuer-verification', issuerVerificationRunner),
    pending('applications', applicationRunner),
    carriedOn('payments', paymentDispatcher),
    carriedOn('matching.windows', windows),
    carriedOn('matching.auctions', auctions),
    carriedOn('matching.book-rounds', bookRounds),
    carriedOn('loans.close', eveningClose),
    {
      name: 'reporting',
      hasDue: (db) => reportRunner.hasDue(db),
      run: (operatorId) => reportRunner.runAll([operatorId]),
    },
  ];
}

interface PendingRunner {
  hasPending(db: Db): Promise<boolean>;
  runPending(scope: Scope): Promise<unknown>;
}

interface OperatorRunner {
  hasDue(db: Db): Promise<boolean>;
  run(operatorId: number): Promise<void>;
}

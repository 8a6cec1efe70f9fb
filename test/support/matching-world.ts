import { createHash } from 'node:crypto';
import { rate } from '../../src/kernel/rate';
import type { Id } from '../../src/kernel/id';
import { DAY_MS } from '../../src/kernel/clock';
import { Metrics } from '../../src/platform/metrics';
import { FieldCipher } from '../../src/platform/field-cipher';
import { runChecks } from '../../src/platform/integrity';
import type { Scope } from '../../src/platform/db';
import { InvestorService, type LendingLimit } from '../../src/modules/investors';
import {
  matchingChecks,
  MandateService,
  MatchingMeters,
  MatchingWindows,
  mandateText,
  PlacementService,
  RunLogService,
  SnapshotService,
  type MandateTerms,
  type MatchWindow,
} from '../../src/modules/matching';
import type { LoanRequest } from '../../src/modules/offerings';
import { loanWorld, type LoanWorld } from './loan-world';

/** What lenders confirm when they sign in these worlds. */
export const CONFIRMED = ['riskWarning', 'lossOfAll', 'limitsObserved', 'consentAboveThreshold'];

export type MatchingWorld = Awaited<ReturnType<typeof matchingWorld>>;

/** Loans, lenders with cash and mandates, and the windows in which they meet. */
export async function matchingWorld(rulebookId: 'eu-ecspr' | 'in-p2p' = 'eu-ecspr') {
  const world = await loanWorld(rulebookId);
  await world.trustDecisions();
  const services = composeMatching(world);
  const operatorId = rulebookId === 'eu-ecspr' ? 2 : 3;
  const scope: Scope = { operatorId, actor: { kind: 'system', id: 'test' } };
  const more = {
    ...services,
    operatorId,
    scope,
    terms: (changes: Partial<MandateTerms> = {}) => someTerms(world, changes),
    /** A lender with cash and a signed mandate. */
    lender: async (cash: string, changes: Partial<MandateTerms> = {}) => {
      const tier = rulebookId === 'eu-ecspr' ? 'non-sophisticated' : 'uncertified';
      const investorId = await world.investor(cash, tier);
      const terms = someTerms(world, changes);
      const mandateId = await world.write(async (tx) => {
        const { mandate, text } = await services.mandates.draft(tx, investorId, terms);
        await services.mandates.sign(tx, mandate.id, {
          textSha256: sha256(text.en),
          acknowledged: CONFIRMED,
        });
        return mandate.id;
      });
      return { investorId, mandateId };
    },
    /** Assesses the lender so that these grades alone are open to them. */
    assess: (investorId: Id<'inv'>, loanGrades: readonly string[]) =>
      world.write((tx) =>
        services.investors.amend(tx, investorId, (_, facts) => ({
          declared: { ...facts, appetite: someAssessment(world, loanGrades) },
          reason: 'lending.assessed',
        })),
      ),
    /** From now on the lender is known to be linked with the borrower of every loan. */
    link: async (investorId: Id<'inv'>) => {
      const { partyId } = await world.read((db) => services.investors.get(db, investorId));
      world.links.set(world.issuer.partyId, new Set([partyId]));
    },
    /** Why the pair came to what it did. */
    why: async (
      id: Id<'win'>,
      pair: { readonly mandateId: Id<'mnd'>; readonly offeringId: Id<'off'> },
    ) => (await world.read((db) => services.runLog.pair(db, id, pair))).reason,
    loan: async (amount: string, minimumFill = amount, changes: Partial<LoanRequest> = {}) => {
      const closesAt = new Date(world.clock.now().getTime() + 14 * DAY_MS);
      const request = world.vetted({
        amount: world.money(amount),
        minimumFill: world.money(minimumFill),
        step: world.money('10.00'),
        minimumTicket: world.money('50.00'),
        closesAt,
        ...changes,
      });
      return (await world.list(request)).id;
    },
    /** Opens a window that is due now, and carries it to its end. */
    window: async (): Promise<MatchWindow> => {
      await more.openWindow();
      await services.windows.run(operatorId);
      const [window] = await world.read((db) => services.windows.list(db, { limit: 1 }));
      if (!window) throw new Error('no window was opened');
      return window;
    },
    openWindow: () =>
      world.write((tx) =>
        services.windows.open(tx, { currency: world.currency, dueAt: world.clock.now() }),
      ),
    positions: (id: Id<'win'>) =>
      world.read((db) => services.runLog.positions(db, id, { limit: 1000 })),
    brokenMatching: async () => {
      const results = await runChecks(world.test.owner, matchingChecks, [operatorId]);
      return [
        ...(await world.broken()),
        ...results.filter(({ violations }) => violations.length > 0),
      ];
    },
  };
  return Object.assign(world, more);
}

function composeMatching(world: LoanWorld) {
  const { clock, newId, audit, outbox, operators, rulebooks, participants, books } = world;
  const { ledger, caps, mandatedOrders, test } = world;
  const investors = new InvestorService({
    clock,
    newId,
    audit,
    outbox,
    cipher: new FieldCipher([{ id: 'k1', secret: Buffer.alloc(32, 7) }]),
    directory: operators,
    rulebooks,
    // Files are made by the world: nobody registers or logs in here.
    parties: undefined as never,
    users: undefined as never,
  });
  const metrics = new Metrics();
  const meters = new MatchingMeters(metrics);
  const placements = new PlacementService({
    clock,
    transactions: test.database,
    orders: mandatedOrders,
    meters,
    log: { error: () => undefined },
  });
  const snapshots = new SnapshotService({
    clock,
    newId,
    participants,
    offerings: books,
    ledger,
    caps,
  });
  return {
    metrics,
    meters,
    investors,
    placements,
    snapshots,
    runLog: new RunLogService(),
    mandates: new MandateService({
      clock,
      newId,
      audit,
      outbox,
      investors,
      directory: operators,
      rulebooks,
    }),
    windows: new MatchingWindows({
      clock,
      newId,
      audit,
      outbox,
      transactions: test.database,
      ledger,
      snapshots,
      placements,
      meters,
    }),
  };
}

function someAssessment(world: LoanWorld, loanGrades: readonly string[]): LendingLimit {
  const now = world.clock.now();
  return {
    policy: 'standard/1',
    points: 20,
    grade: 'C1',
    assessedGrade: 'C1',
    maxOutstanding: world.money('5000.00'),
    maxPerLoan: world.money('1000.00'),
    loanGrades,
    losses: world.money('0.00'),
    assessedAt: now,
    expiresAt: new Date(now.getTime() + 30 * DAY_MS),
  };
}

function someTerms(world: LoanWorld, changes: Partial<MandateTerms>): MandateTerms {
  return {
    currency: world.currency,
    budget: world.money('100000.00'),
    keepUninvested: world.money('0.00'),
    ticket: world.money('50.00'),
    grades: ['A', 'B', 'C'],
    maxPerGrade: [],
    leastTermMonths: 6,
    mostTermMonths: 36,
    minimumRate: rate('0.1'),
    reinvest: true,
    approvesEach: world.currency === 'INR',
    ...changes,
  };
}

export function textHash(terms: MandateTerms, language: 'en' | 'zh' = 'en'): string {
  return sha256(mandateText(terms)[language]);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

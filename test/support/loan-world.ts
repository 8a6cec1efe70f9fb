import type { Id } from '../../src/kernel/id';
import { Money } from '../../src/kernel/money';
import { rate } from '../../src/kernel/rate';
import type { LoanClearance, LoanNote, LoanRequest, Offering } from '../../src/modules/offerings';
import type { MandatedOrder } from '../../src/modules/subscriptions';
import { offeringWorld, type OfferingWorld } from './offering-world';

export interface LoanWorld extends OfferingWorld {
  readonly currency: 'EUR' | 'INR';
  money(amount: string): Money;
  /** A decision in favour of the world's borrower, and a request within it. */
  vetted(changes?: Partial<LoanRequest>, clearance?: Partial<LoanClearance>): LoanRequest;
  /** Listed as an accepted application would be: live where the policy lets the decision review. */
  list(request: LoanRequest): Promise<Offering>;
  /** Lets credit decisions stand for the review of loans. */
  trustDecisions(): Promise<void>;
  mandated(
    order: Pick<MandatedOrder, 'investorId' | 'offeringId' | 'amount'> & Partial<MandatedOrder>,
  ): MandatedOrder;
}

const PLACES = {
  'eu-ecspr': { currency: 'EUR', document: 'kiis' },
  'in-p2p': { currency: 'INR', document: 'loan-summary' },
} as const;

export const MANDATE_SIGNED = { riskWarning: true, lossOfAll: true, limitsObserved: true };

/** Loans under one rulebook: an operator that lends, and a borrower whom decisions speak of. */
export async function loanWorld(rulebookId: keyof typeof PLACES = 'in-p2p'): Promise<LoanWorld> {
  const world = await offeringWorld(rulebookId, 'lending');
  const { currency, document } = PLACES[rulebookId];
  const money = (amount: string) => Money.parse(amount, currency);
  // As an application hands its borrower over: a person whose papers the decision rests on.
  world.changeIssuer({ openDueDiligence: ['income', 'indebtedness'], facts: {} });
  const more = {
    currency,
    money,
    vetted: (changes = {}, clearance = {}) => {
      const decisionId: Id<'cdn'> = world.newId('cdn');
      const request = aLoanRequest(world, { decisionId, money, changes });
      world.clearances.set(decisionId, {
        decisionId,
        borrowerId: request.borrowerId,
        outcome: 'approve',
        isOverridden: false,
        grade: request.note.grade,
        maximum: request.amount,
        termMonths: request.note.termMonths,
        rate: request.note.rate,
        settles: ['income', 'indebtedness'],
        borrower: { kind: 'natural', hasLimitCertificate: true, residence: 'domestic' },
        ...clearance,
      });
      return request;
    },
    list: (request) =>
      world.write((tx) =>
        world.listing.list(tx, {
          request,
          documents: [
            {
              kind: document,
              title: 'The loan',
              mustAcknowledge: true,
              contentType: 'text/plain',
              content: Buffer.from(`The loan of ${request.note.decisionId}`),
            },
          ],
        }),
      ),
    trustDecisions: async () => {
      const policy = { reviewedBy: 'credit-decision', note: 'Decisions are explained' } as const;
      await world.write((tx) => world.listing.setPolicy(tx, policy), 'usr_compliance');
    },
    mandated: (order) => ({
      windowId: 'win_1',
      mandateId: `mnd_${order.investorId.slice(4)}`,
      acknowledged: MANDATE_SIGNED,
      isApproved: true,
      ...order,
    }),
  } satisfies Omit<LoanWorld, keyof OfferingWorld>;
  // Its getters and fields that tests set must stay those of the world itself.
  return Object.assign(world, more);
}

function aLoanRequest(
  world: OfferingWorld,
  {
    decisionId,
    money,
    changes,
  }: {
    readonly decisionId: Id<'cdn'>;
    readonly money: (amount: string) => Money;
    readonly changes: Partial<LoanRequest>;
  },
): LoanRequest {
  const note: LoanNote = {
    kind: 'loan-note',
    rate: rate('0.1450'),
    rateMode: 'fixed',
    termMonths: 24,
    repayment: 'annuity',
    apr: rate('0.1689'),
    grade: 'C',
    expectedLossRate: rate('0.0240'),
    purpose: 'equipment',
    security: 'none',
    scorecard: 'consumer/1',
    decisionId,
  };
  return {
    borrowerId: world.issuer.id,
    title: 'A sewing workshop',
    summary: 'Two machines and a year of thread.',
    note,
    amount: money('100000.00'),
    minimumFill: money('60000.00'),
    step: money('100.00'),
    minimumTicket: money('500.00'),
    closesAt: new Date('2025-03-24T16:00:00Z'),
    feeRate: rate('0.02'),
    ...changes,
  };
}

import { join } from 'node:path';
import { must } from '../../src/kernel/assert';
import type { CalendarDate } from '../../src/kernel/calendar-date';
import { DAY_MS } from '../../src/kernel/clock';
import type { Id } from '../../src/kernel/id';
import type { Money } from '../../src/kernel/money';
import type { Db } from '../../src/platform/db';
import { BlindIndex, FieldCipher } from '../../src/platform/field-cipher';
import { runChecks, type CheckResult } from '../../src/platform/integrity';
import { capChecks } from '../../src/modules/caps';
import { credit, custodianAccount, debit, loanCollectionsAccount } from '../../src/modules/ledger';
import {
  loanChecks,
  LoanCancellation,
  LoanDisbursals,
  LoanOrigination,
  LoanService,
  NoteService,
  PaymentRun,
  RenewalService,
  type CancellationDeps,
  type DisbursalDeps,
  type Loan,
  type Note,
} from '../../src/modules/loans';
import { loadServicingPolicies } from '../../src/modules/loans/policy.schema';
import { hashesOf } from '../../src/modules/loans/signature';
import type { LoanRequest } from '../../src/modules/offerings';
import {
  BankAccountService,
  BankAccountStore,
  OperatorFunds,
  paymentChecks,
  ReferenceService,
  WithdrawalService,
  type PartyFiles,
} from '../../src/modules/payments';
import { loanWorld, type LoanWorld } from './loan-world';
import { ISSUER_USER } from './offering-world';

/** What a test says of a loan; everything else is as `LoanWorld.vetted` has it. */
export interface LoanWish {
  /** What each of its lenders lends; their sum is the loan. In `in-p2p` at most 50000.00 each. */
  readonly parts?: readonly string[];
  /** Who lends them, in their order; new lenders where left out. */
  readonly lenders?: readonly Id<'inv'>[];
  /** Changes of its note: rate, term, repayment. */
  readonly note?: Partial<LoanRequest['note']>;
  readonly request?: Partial<LoanRequest>;
}

/** A loan and who lent it, in the order of its parts. */
export interface ServicedLoan {
  readonly loan: Loan;
  readonly lenders: readonly Id<'inv'>[];
  readonly notes: readonly Note[];
}

export type ServicingWorld = Awaited<ReturnType<typeof servicingWorld>>;

/** Where the money of the world's borrower goes. */
const IBAN = 'DE89370400440532013000';
const PARTS = ['50000.00', '30000.00', '20000.00'];

/**
 * Loans on a database of their own, with everything below them:
 *
 * ```ts
 * const world = await servicingWorld();
 * const { loan, lenders, notes } = await world.active({ parts: ['50000.00', '25000.00'] });
 * await world.collect(loan, '5000.00');
 * await world.until('2025-04-03');
 * ```
 *
 * `agreed`, `signed` and `active` go as far as they say, by the same steps as the program does. The
 * loan of `active` was paid out on the day the clock shows (3 March 2025 at first) and falls due a
 * month later. `services` is what the services of loans are built from. Check `broken()` at the end
 * of each test, then `end()`.
 */
export async function servicingWorld(rulebookId: 'in-p2p' | 'eu-ecspr' = 'in-p2p') {
  const base = await loanWorld(rulebookId);
  await base.trustDecisions();
  const services = buildServices(base);
  const below = base.broken.bind(base);
  return Object.assign(base, steps(base, services), {
    services,
    broken: async (): Promise<readonly CheckResult[]> => {
      const checks = [...capChecks, ...paymentChecks, ...loanChecks];
      const operatorId = must(base.operators.all()[0], 'the operator').id;
      const results = await runChecks(base.test.database, checks, [operatorId]);
      return [...(await below()), ...results.filter(({ count }) => count > 0n)];
    },
  });
}

function buildServices(base: LoanWorld) {
  const { clock, newId, ledger } = base;
  const lendersByUser = new Map<Id<'usr'>, Id<'inv'>>();
  const files = filesOf(base, lendersByUser);
  const cipher = new FieldCipher([{ id: 'k1', secret: Buffer.alloc(32, 7) }]);
  const accountStore = new BankAccountStore(cipher, new BlindIndex(Buffer.alloc(32, 9)));
  const shared = { ...base, files, bankAccounts: accountStore };
  const references = new ReferenceService(shared);
  const withdrawals = new WithdrawalService({
    ...shared,
    references,
    funds: new OperatorFunds({ ledger }),
  });
  const servicingPolicies = loadServicingPolicies(
    join(__dirname, '../../compliance/servicing-policies'),
  );
  const withPolicies = { ...shared, references, withdrawals, servicingPolicies };
  const paymentRun = new PaymentRun(withPolicies);
  const renewals = new RenewalService({ ...withPolicies, paymentRun });
  const deps: DisbursalDeps & CancellationDeps = { ...withPolicies, renewals };
  return {
    deps,
    files,
    /** Which lender a log-in acts for. */
    lendersByUser,
    references,
    withdrawals,
    servicingPolicies,
    bankAccounts: new BankAccountService({ ...base, store: accountStore }),
    loans: new LoanService(deps),
    loanOrigination: new LoanOrigination(deps),
    loanDisbursals: new LoanDisbursals(deps),
    loanCancellation: new LoanCancellation(deps),
    loanNotes: new NoteService({ clock, ledger, caps: base.caps }),
    newId,
  };
}

type Services = ReturnType<typeof buildServices>;

/** The file of the world's one borrower, for whom `ISSUER_USER` acts, and of whom is named. */
function filesOf(
  base: LoanWorld,
  lendersByUser: ReadonlyMap<Id<'usr'>, Id<'inv'>>,
): PartyFiles<Db> {
  const active = { isActive: true, isVerified: true };
  return {
    getInvestor: async () => Promise.reject(new Error('no lender is paid out here')),
    getIssuer: async () => ({
      partyId: base.issuer.partyId,
      name: base.issuer.legalName,
      ...active,
    }),
    findInvestorOf: async (_, userId) => Promise.resolve(lendersByUser.get(userId)),
    findIssuerOf: async (_, userId) =>
      Promise.resolve(userId === ISSUER_USER ? base.issuer.id : undefined),
  };
}

function steps(base: LoanWorld, services: Services) {
  const { clock } = base;
  let account: Id<'bac'> | undefined;

  const self = {
    /** Settled: its lenders have paid, and it waits for the borrower's signature. */
    agreed: async (wish: LoanWish = {}): Promise<ServicedLoan> => {
      const { parts = PARTS, note, request } = wish;
      const total = parts.map((part) => base.money(part)).reduce((sum, part) => sum.plus(part));
      const vetted = base.vetted();
      const closesAt = new Date(clock.now().getTime() + 14 * DAY_MS);
      const wanted = { ...vetted, amount: total, minimumFill: total, closesAt, ...request };
      base.clearances.set(vetted.note.decisionId, {
        ...must(base.clearances.get(vetted.note.decisionId), 'the decision'),
        maximum: total,
        termMonths: note?.termMonths ?? vetted.note.termMonths,
        rate: note?.rate ?? vetted.note.rate,
      });
      const offering = await base.list({ ...wanted, note: { ...vetted.note, ...note } });
      const lenders: Id<'inv'>[] = [];
      for (const [at, part] of parts.entries()) {
        const lender =
          wish.lenders?.[at] ?? (await base.investor('1000000.00', TIERS[base.currency]));
        await base.subscribe(lender, offering.id, part);
        lenders.push(lender);
      }
      if (!(await base.write((tx) => base.closings.closeFull(tx, offering.id)))) {
        await base.close(offering.id);
      }
      await base.write((tx) => base.closings.settle(tx, offering.id));
      const loan = await base.write((tx) => services.loanOrigination.originate(tx, offering.id));
      return self.look({ loan: must(loan, 'the loan'), lenders });
    },

    /** Signed by its borrower, and by the operator where the policy says so. */
    signed: async (wish?: LoanWish): Promise<ServicedLoan> => {
      const agreed = await self.agreed(wish);
      const { id } = agreed.loan;
      const { isCountersigned, hash } = await self.toSign(agreed.loan);
      const sign = (side: 'borrower' | 'operator', by: string) =>
        base.write((tx) => services.loans.sign(tx, id, { side, textSha256: hash }), by);
      await sign('borrower', ISSUER_USER);
      if (isCountersigned) await sign('operator', 'usr_operations');
      return self.look(agreed);
    },

    /** Paid out by the bank today: its schedule runs. */
    active: async (wish?: LoanWish): Promise<ServicedLoan> => {
      const signed = await self.signed(wish);
      const withdrawalId = await self.disburse(signed.loan);
      await self.bankPays(withdrawalId);
      return self.look(signed);
    },

    /** Told to the custodian. @returns the withdrawal that the bank answers. */
    disburse: async ({ id }: Loan): Promise<Id<'wdr'>> => {
      const bankAccountId = await self.bankAccount();
      const loan = await base.write((tx) =>
        services.loanDisbursals.instruct(tx, id, bankAccountId),
      );
      const attempts = await base.read((db) => services.loanDisbursals.list(db, loan));
      return must(attempts.at(-1), 'the attempt').withdrawalId;
    },

    /** The bank's line, and what follows from it. */
    bankPays: async (id: Id<'wdr'>): Promise<void> => {
      await self.bankTakes(id);
      await base.write((tx) => services.loanDisbursals.confirm(tx, id));
    },

    /** The bank's line about any withdrawal. */
    bankTakes: async (id: Id<'wdr'>): Promise<void> => {
      const executed = { state: 'executed', custodianRef: `SBX-${id}` } as const;
      const executedAt = clock.now();
      await base.write((tx) => services.withdrawals.instruct(tx, id));
      await base.write((tx) =>
        services.withdrawals.recordAnswer(tx, id, { ...executed, executedAt }),
      );
    },

    bankRefuses: async (id: Id<'wdr'>): Promise<void> => {
      const rejected = { state: 'rejected', reasonCode: 'AC04' } as const;
      await base.write((tx) => services.withdrawals.instruct(tx, id));
      await base.write((tx) => services.withdrawals.recordAnswer(tx, id, rejected));
      await base.write((tx) => services.loanDisbursals.reject(tx, id));
    },

    /** The borrower's own account, verified. */
    bankAccount: async (): Promise<Id<'bac'>> => {
      if (account !== undefined) return account;
      const { partyId, legalName: holder } = base.issuer;
      const order = { partyId, holder, scheme: 'iban', account: IBAN } as const;
      const { id } = await base.write((tx) => services.bankAccounts.register(tx, order));
      await base.write((tx) => services.bankAccounts.recordAnswer(tx, id, { answer: 'match' }));
      account = id;
      return id;
    },

    toSign: async (loan: Loan) => {
      const { text, isCountersigned } = await base.read((db) => services.loans.agreement(db, loan));
      return { text, isCountersigned, hash: hashesOf(text).en };
    },

    /** Puts the borrower's money on the loan's collections, as the custodian would. */
    collect: async ({ id }: Pick<Loan, 'id'>, amount: string): Promise<Money> => {
      const money = base.money(amount);
      await base.write(async (tx) => {
        const custodian = await base.ledger.ensureAccount(tx, custodianAccount(money.currency));
        const spec = loanCollectionsAccount(id, money.currency);
        const collections = await base.ledger.ensureAccount(tx, spec);
        await base.ledger.post(tx, [
          {
            kind: 'collection',
            source: { type: 'test-collection', id: base.newId('trf') },
            description: `Paid on ${id}`,
            occurredAt: clock.now(),
            postings: [debit(custodian, money), credit(collections, money)],
          },
        ]);
      });
      return money;
    },

    /** Moves the clock to the noon of a day. */
    until: (day: string): CalendarDate => {
      clock.moveTo(new Date(`${day}T12:00:00Z`));
      return day as CalendarDate;
    },

    /** The loan and its notes as they stand now. */
    look: async (known: { loan: Loan; lenders: readonly Id<'inv'>[] }): Promise<ServicedLoan> =>
      base.read(async (db) => ({
        loan: await services.loans.get(db, known.loan.id),
        lenders: known.lenders,
        notes: await services.loanNotes.list(db, { loanNo: known.loan.loanNo, limit: 1000 }),
      })),
  };
  return self;
}

/** Tiers that may lend at once, under each law. */
const TIERS = { INR: 'uncertified', EUR: 'non-sophisticated' } as const;

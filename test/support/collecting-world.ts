import { applyForLoan, openBorrower } from '../../seeds/lending';
import { disburseLoan, loanOf, signLoan } from '../../seeds/servicing';
import { GANGES } from '../../seeds/ganges';
import type { Company, House, Investor, World } from '../../seeds/world';
import { must } from '../../src/kernel/assert';
import type { CalendarDate } from '../../src/kernel/calendar-date';
import { DAY_MS, HOUR_MS } from '../../src/kernel/clock';
import type { Id } from '../../src/kernel/id';
import { Money } from '../../src/kernel/money';
import { clawbackAccount, naturalBalance } from '../../src/modules/ledger';
import type { Loan, LoanAccount, LoanInstalment } from '../../src/modules/loans';
import type { Collection, Withdrawal } from '../../src/modules/payments';
import { testWorld, type TestWorld } from './world';

/** A loan that runs in the composed program, with whoever pays it and whoever lent it. */
export interface DrawnLoan {
  readonly id: Id<'lon'>;
  readonly borrower: Company;
  readonly bankAccountId: Id<'bac'>;
}

export type CollectingWorld = Awaited<ReturnType<typeof collectingWorld>>;

const HALVES = ['40000.00', '40000.00'] as const;

/**
 * The whole program with a lending platform in it, its sandbox bank, and two lenders who halve every
 * loan of 80,000 rupees over a year. `loan` makes one whose borrower lets it draw from an account of
 * that number: what the bank does with it is told by the last two digits. The borrower logs in under
 * the number, in small letters; lenders as `lender-0` and `lender-1`.
 */
export async function collectingWorld() {
  const test: TestWorld = await testWorld('2025-03-02T20:00:00Z');
  const { world } = test;
  const house = await world.operator(GANGES);
  await house.write(house.staff.compliance, (tx) =>
    world.services.listing.setPolicy(tx, { reviewedBy: 'credit-decision', note: 'As decided.' }),
  );
  const lenders: Investor[] = [];
  for (const at of HALVES.keys()) {
    lenders.push(await house.investor({ mailbox: `lender-${at}`, cash: '300000.00' }));
  }
  return { ...test, house, lenders, ...loanSteps(house, lenders), ...looks(test, house, lenders) };
}

function loanSteps(house: House, lenders: readonly Investor[]) {
  const { stage } = house;
  const world = stage as World;
  const services = stage.services;

  const self = {
    /** A loan that was paid out just now. */
    loan: async (account: string): Promise<DrawnLoan> => {
      const borrower = await openBorrower(house, { mailbox: account.toLowerCase() });
      const application = await applyForLoan(house, borrower, {
        amount: '80000.00',
        months: 12,
        purpose: 'small-business',
        project: 'A sewing machine.',
        monthlyIncome: '90000.00',
      });
      const offeringId = must(application.offeringId, 'a listed loan');
      for (const [at, part] of HALVES.entries()) {
        await house.subscribe(must(lenders[at], 'a lender'), offeringId, part);
      }
      await world.moveBy(HOUR_MS);
      const agreed = await loanOf(house, offeringId);
      await disburseLoan(house, borrower, await signLoan(house, borrower, agreed));
      await world.moveBy(3 * HOUR_MS);
      const bankAccountId = await self.mandate(agreed, borrower, account);
      return { id: agreed.id, borrower, bankAccountId };
    },

    /** The borrower gives leave to draw from an account of that number. */
    mandate: async (
      { reference }: Pick<Loan, 'reference'>,
      borrower: Company,
      account: string,
    ): Promise<Id<'bac'>> => {
      const { partyId, name: holder } = borrower;
      const draft = { partyId, holder, scheme: 'account-reference', account } as const;
      const { id } = await house.write(borrower, (tx) => services.bankAccounts.register(tx, draft));
      await services.paymentDispatcher.run(house.operator.id);
      await house.write(borrower, (tx) =>
        services.references.giveDebitMandate(tx, { reference, bankAccountId: id }),
      );
      return id;
    },

    /** Moves to an hour of a day in the operator's time; the last two days go by in hours. */
    until: async (day: CalendarDate, hour = 12): Promise<void> => {
      const target = new Date(`${day}T${String(hour).padStart(2, '0')}:00:00+05:30`);
      while (world.now < target) {
        const near = target.getTime() - 2 * DAY_MS;
        const next = Math.max(near, world.now.getTime() + 4 * HOUR_MS);
        await world.moveTo(new Date(Math.min(next, target.getTime())));
      }
      // What the last step made happen is told, and what follows from it.
      await world.tick();
      await world.tick();
    },

    /** The borrower sends money with the loan's reference. */
    transfer: async ({ id }: DrawnLoan, amount: Money): Promise<void> => {
      const { reference } = await house.read((db) => services.loans.get(db, id));
      const payer = { name: 'The borrower', account: 'ACCT900' };
      const operatorId = house.operator.id;
      await services.custodian.receiveTransfer({ operatorId, amount, reference, payer });
      await world.tick();
      await world.tick();
    },
  };
  return self;
}

function looks({ owner, world }: TestWorld, house: House, lenders: readonly Investor[]) {
  const { services } = world;
  const look = {
    read: (id: Id<'lon'>): Promise<Loan> => house.read((db) => services.loans.get(db, id)),

    /** The instalments of the schedule in force. */
    instalments: (id: Id<'lon'>): Promise<readonly LoanInstalment[]> =>
      house.read(async (db) => {
        const { instalments } = await services.loans.schedule(db, await services.loans.get(db, id));
        return instalments;
      }),

    /** Debits of a loan in the order of asking. */
    debits: async (id: Id<'lon'>): Promise<readonly Collection[]> => {
      const page = { ownerId: id, limit: 50 };
      return (await house.read((db) => services.collections.list(db, page))).toReversed();
    },

    account: (id: Id<'lon'>): Promise<LoanAccount> =>
      house.read(async (db) => services.loanArrivals.account(db, await services.loans.get(db, id))),

    lyingOn: async (id: Id<'lon'>): Promise<Money> => (await look.account(id)).available,

    /** What was sent back to borrowers. */
    refunds: async (id: Id<'lon'>): Promise<readonly Withdrawal[]> => {
      const all = await house.read((db) => services.withdrawals.list(db, { limit: 100 }));
      return all.filter(({ owner: paid }) => paid?.id === id);
    },

    /** What a lender owes the operator for a distribution that was taken back. */
    owes: (lender: Investor): Promise<bigint> =>
      house.read(async (db) => {
        const spec = clawbackAccount(lender.id, house.operator.homeCurrency);
        const account = await services.ledger.findAccount(db, spec);
        return account ? naturalBalance(account).minor : 0n;
      }),

    /** What a payment changes of a loan and its return brings back, but for the numbers of both. */
    footprint: (id: Id<'lon'>): Promise<unknown> =>
      owner.read(house.scope(), async (db) => ({
        loan: await db.query(
          `SELECT status, outstanding_minor, next_due_on, ended_at, schedule_version
           FROM loans WHERE id = :id`,
          { id },
        ),
        instalments: await db.query(
          `SELECT i.* FROM loan_instalments i JOIN loans l USING (operator_id, loan_no)
           WHERE l.id = :id ORDER BY i.version, i.no`,
          { id },
        ),
        notes: await db.query(
          `SELECT n.* FROM loan_notes n JOIN loans l USING (operator_id, loan_no)
           WHERE l.id = :id ORDER BY n.note_no`,
          { id },
        ),
      })),

    /** What is counted against every cap, and what each lender may spend, less what it owes. */
    sums: async (): Promise<ReadonlyMap<string, bigint>> => {
      const rows = await owner.read(house.scope(), (db) =>
        db.query<{ name: string; counted_minor: bigint }>(
          `SELECT subject || ' ' || cap_key || ' ' || currency AS name, counted_minor
           FROM cap_usages ORDER BY 1`,
        ),
      );
      const sums = new Map(rows.map(({ name, counted_minor }) => [name, counted_minor]));
      for (const lender of lenders) {
        const { available } = await house.cash(lender);
        sums.set(lender.id, available.minor - (await look.owes(lender)));
      }
      return sums;
    },

    /** Checks that find something, of all there are. */
    broken: async () => (await world.check()).filter(({ count }) => count > 0n),

    /** What the loan's audit trail has of a kind. */
    audited: async (id: Id<'lon'>, action: string): Promise<readonly string[]> =>
      owner.read(house.scope(), async (db) => {
        const rows = await db.query<{ details: string }>(
          `SELECT details FROM platform_audit_records
           WHERE subject = :id AND action = :action ORDER BY seq`,
          { id, action },
        );
        return rows.map(({ details }) => details);
      }),
  };
  return look;
}

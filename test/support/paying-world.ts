import { must } from '../../src/kernel/assert';
import type { CalendarDate } from '../../src/kernel/calendar-date';
import type { Id } from '../../src/kernel/id';
import { Money } from '../../src/kernel/money';
import type { Rate } from '../../src/kernel/rate';
import type { Database } from '../../src/platform/db';
import {
  clawbackAccount,
  credit,
  custodianAccount,
  debit,
  feeAccount,
  investorCashAccount,
  loanCollectionsAccount,
  naturalBalance,
  type AccountSpec,
} from '../../src/modules/ledger';
import {
  ClawbackService,
  EarlyRepayment,
  EveningClose,
  PaymentReversal,
  PaymentRun,
  PaymentService,
  type Loan,
} from '../../src/modules/loans';
import { listInstalments } from '../../src/modules/loans/schedule.store';
import { servicingWorld } from './servicing-world';

export type PayingWorld = Awaited<ReturnType<typeof payingWorld>>;

/** Loans that run, and everything by which they are paid, repaid early, taken back and closed. */
export async function payingWorld(rulebookId?: 'in-p2p' | 'eu-ecspr') {
  const base = await servicingWorld(rulebookId);
  const { deps, servicingPolicies } = base.services;
  const timeZoneOf = (): string => 'UTC';
  const paymentRun = new PaymentRun(deps);
  const shared = { ...deps, paymentRun, timeZoneOf };
  const closing = (
    transactions: Pick<Database, 'write'> = base.test.database,
    size?: { readonly loans: number; readonly due: number },
    ceiling?: Rate,
  ): EveningClose =>
    new EveningClose(
      {
        ...shared,
        transactions,
        servicingPolicies,
        lateFeeCeiling: () => ceiling,
      },
      size,
    );
  /** Debits one account and credits another. */
  const move = async (from: AccountSpec, to: AccountSpec, amount: Money): Promise<void> => {
    await base.write(async (tx) => {
      const postings = [
        debit(await base.ledger.ensureAccount(tx, from), amount),
        credit(await base.ledger.ensureAccount(tx, to), amount),
      ];
      const source = { type: 'test-movement', id: base.newId('trf') };
      const occurredAt = base.clock.now();
      await base.ledger.post(tx, [
        { kind: 'movement', source, description: 'Moved', occurredAt, postings },
      ]);
    });
  };
  const custodian = custodianAccount(base.currency);
  return Object.assign(base, {
    clawbacks: new ClawbackService(deps),
    /** A lender has that much taken out, or brings it in. */
    spend: (lender: Id<'inv'>, minor: bigint) =>
      move(
        investorCashAccount(lender, base.currency),
        custodian,
        Money.ofMinor(minor, base.currency),
      ),
    fund: (lender: Id<'inv'>, amount: string) =>
      move(custodian, investorCashAccount(lender, base.currency), base.money(amount)),
    /** The operator earns a fee, which lies with the custodian. */
    earn: (amount: string) =>
      move(custodian, feeAccount('success', base.currency), base.money(amount)),
    /** What a bank took back leaves the loan's account. */
    goBack: ({ id }: Pick<Loan, 'id'>, amount: string) =>
      move(loanCollectionsAccount(id, base.currency), custodian, base.money(amount)),
    owedToOperator: async (lender: Id<'inv'>): Promise<bigint> =>
      base.read(async (db) => {
        const account = await base.ledger.findAccount(db, clawbackAccount(lender, base.currency));
        return account ? naturalBalance(account).minor : 0n;
      }),
    paymentRun,
    payments: new PaymentService(shared),
    early: new EarlyRepayment(shared),
    reversals: new PaymentReversal(shared),
    closing,
    /** Closes the evening of a day, and any before it that was opened. */
    closeDay: async (day: string, close: EveningClose = closing()): Promise<void> => {
      await close.closeDay(must(base.operators.all()[0], 'the operator').id, day as CalendarDate);
    },
    /** Each instalment of the schedule in force: due date, principal, interest, paid of both. */
    schedule: async ({ loan }: { readonly loan: Loan }) =>
      base.read(async (db) => {
        const now = await base.services.loans.get(db, loan.id);
        const rows = await listInstalments(db, now, now.scheduleVersion);
        return rows.map((row) => ({
          no: row.no,
          dueOn: row.dueOn,
          principal: row.principal.minus(row.paidPrincipal).minor,
          interest: row.interest.minus(row.paidInterest).minor,
          paidOn: row.paidOn,
        }));
      }),
    cashOf: async (lender: Id<'inv'>): Promise<bigint> =>
      base.read(async (db) => {
        const account = await base.ledger.getAccount(
          db,
          investorCashAccount(lender, base.currency),
        );
        return naturalBalance(account).minor;
      }),
  });
}

import { must } from '../../src/kernel/assert';
import type { CalendarDate } from '../../src/kernel/calendar-date';
import type { Id } from '../../src/kernel/id';
import type { Rate } from '../../src/kernel/rate';
import { runChecks, type CheckResult } from '../../src/platform/integrity';
import {
  arrearsChecks,
  ArrearsDesk,
  ContactService,
  DefaultService,
  deskListeners,
  PromiseService,
  RestructuringService,
  WriteOffService,
  type Loan,
} from '../../src/modules/loans';
import { bucketOf } from '../../src/modules/loans/arrears';
import type { RestructuringTerms } from '../../src/modules/loans/restructuring';
import { payingWorld } from './paying-world';

export type DeskWorld = Awaited<ReturnType<typeof deskWorld>>;

/** Loans that run, and the desk that works on those in arrears. */
export async function deskWorld(rulebookId?: 'in-p2p' | 'eu-ecspr') {
  const base = await payingWorld(rulebookId);
  const { deps } = base.services;
  const defaults = new DefaultService(deps);
  const writeOffs = new WriteOffService(deps);
  const promises = new PromiseService(deps);
  const restructurings = new RestructuringService(deps);
  const law: { ceiling: Rate | undefined } = { ceiling: undefined };
  const lateFeeCeiling = (): Rate | undefined => law.ceiling;
  const desk = new ArrearsDesk({ ...deps, defaults, writeOffs, lateFeeCeiling });
  const [listener] = deskListeners({
    loanPromises: promises,
    loanRestructurings: restructurings,
    loanDefaults: defaults,
  });
  const below = base.broken;
  const self = {
    desk,
    writeOffs,
    promises,
    restructurings,
    contacts: new ContactService(deps),
    broken: async (): Promise<readonly CheckResult[]> => {
      const operatorId = must(base.operators.all()[0], 'the operator').id;
      const results = await runChecks(base.test.database, arrearsChecks, [operatorId]);
      return [...(await below()), ...results.filter(({ count }) => count > 0n)];
    },
    /** Closes a day, with what follows from that. */
    evening: async (day: string): Promise<void> => {
      await base.closeDay(day);
      const event = { subject: day } as Parameters<NonNullable<typeof listener>['handle']>[1];
      await base.write((tx) => must(listener, 'the listener').handle(tx, event));
    },
    now: (loan: Loan): Promise<Loan> => base.read((db) => base.services.loans.get(db, loan.id)),
    /** Proposed, approved, and agreed to by every lender. */
    arrange: async (loan: Loan, terms: RestructuringTerms): Promise<void> => {
      const order = { terms, reason: 'Asked for' };
      const { id } = await base.write((tx) => restructurings.propose(tx, loan.id, order), 'usr_a');
      await base.write((tx) => restructurings.approve(tx, loan.id, id), 'usr_b');
      const notes = await base.read((db) =>
        base.services.loanNotes.list(db, { loanNo: loan.loanNo, limit: 100 }),
      );
      for (const { holder } of notes) {
        const open = await base.read((db) => restructurings.get(db, loan, id));
        if (open.status !== 'voting') return;
        const vote = { investorId: holder.id as Id<'inv'>, isInFavour: true };
        await base.write((tx) => restructurings.vote(tx, { loanId: loan.id, id }, vote));
      }
    },
    /** How many instalments another schedule took over. */
    superseded: async ({ loanNo }: Loan): Promise<number> => {
      const rows = await base.read((db) =>
        db.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM loan_instalments i
           WHERE i.loan_no = :loanNo AND i.is_superseded`,
          { loanNo },
        ),
      );
      return rows[0]?.count ?? 0;
    },
    noteSum: async ({ loanNo }: Loan): Promise<bigint> => {
      const notes = await base.read((db) =>
        base.services.loanNotes.list(db, { loanNo, limit: 100 }),
      );
      return notes.reduce((sum, { principal }) => sum + principal.minor, 0n);
    },
    /** Where the snapshot of an evening put the loan. */
    bucket: async (loan: Loan, day: string): Promise<readonly [string, number]> => {
      const rows = await base.read((db) =>
        db.query<{ days: number }>(
          `SELECT s.days_past_due AS days FROM loan_snapshots s
           WHERE s.loan_no = :loanNo AND s.on_day = :on`,
          { loanNo: loan.loanNo, on: day as CalendarDate },
        ),
      );
      const { days } = must(rows[0], 'the snapshot');
      const { arrears } = base.services.servicingPolicies.get(loan.policy);
      return [bucketOf(days, arrears).id, days];
    },
    cash: (lenders: readonly Id<'inv'>[]): Promise<readonly bigint[]> =>
      Promise.all(lenders.map((lender) => base.cashOf(lender))),
    /** What still counts of the lenders under caps on what is outstanding. */
    lenderExposure: async (lenders: readonly Id<'inv'>[]): Promise<bigint> => {
      const rows = await base.read((db) =>
        db.query<{ caps: bigint }>(
          `SELECT coalesce(sum(cardinality(n.cap_keys)), 0)::bigint AS caps FROM loan_notes n
           WHERE n.holder_id = ANY (:lenders)`,
          { lenders },
        ),
      );
      return rows[0]?.caps ?? 0n;
    },
  };
  return Object.defineProperty(Object.assign(base, self), 'ceiling', {
    set: (ceiling: Rate | undefined) => {
      law.ceiling = ceiling;
    },
  }) as typeof base & typeof self & { ceiling: Rate | undefined };
}

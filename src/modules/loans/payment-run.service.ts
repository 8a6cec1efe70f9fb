import type { CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import { must } from '../../kernel/assert';
import type { Db, Tx } from '../../platform/db';
import type { CapsService } from '../caps';
import {
  FEE_KINDS,
  feeAccount,
  loanCollectionsAccount,
  type AccountNo,
  type LedgerService,
} from '../ledger';
import { owedOn, wantedNow, type Debt } from './owed';
import {
  draftPayment,
  entryOf,
  type FeeAccounts,
  type PayingLoan,
  type PaymentDraft,
  type PaymentKind,
  type PaymentOrder,
  type PaymentSource,
} from './payment';
import {
  insertPayments,
  listPaidNotes,
  listUnpaidCharges,
  listUnpaidInstalments,
  type LoanRow,
} from './payment.store';
import type { ServicingPolicies } from './policy';
import { updateStandings } from './standing.store';
import { splitPayment, type PaymentPart } from './waterfall';

export interface PaymentRunDeps {
  readonly clock: Clock;
  readonly ledger: LedgerService;
  readonly caps: CapsService;
  readonly servicingPolicies: ServicingPolicies;
}

/** A loan with what is owed on it and what lies on its account. */
export interface Payer {
  readonly row: LoanRow;
  readonly loan: PayingLoan | undefined;
  readonly debt: Debt;
  readonly available: Money;
}

/** A decision that is still to be carried out: which parts of which debt are paid. */
export interface Decided {
  readonly loan: PayingLoan;
  readonly kind: PaymentKind;
  readonly source: PaymentSource;
  readonly paidOn: CalendarDate;
  readonly parts: readonly PaymentPart[];
}

export interface Recorded {
  readonly drafts: readonly PaymentDraft[];
  /** Loans of which nothing is left. */
  readonly repaid: readonly Id<'lon'>[];
}

/**
 * The one path by which money on collections accounts becomes payments, whether of one loan or of
 * thousands: what there is is read for all of them at once, decided loan by loan in memory, and
 * written at once, with one call to the ledger. The caller holds the loans' rows.
 */
export class PaymentRun {
  constructor(private readonly deps: PaymentRunDeps) {}

  /** @param upTo leaves out what falls due later; everything unpaid when absent. */
  async payers(db: Db, rows: readonly LoanRow[], upTo?: CalendarDate): Promise<readonly Payer[]> {
    if (rows.length === 0) return [];
    const { ledger, servicingPolicies } = this.deps;
    const specs = rows.map(({ id, currency }) => loanCollectionsAccount(id, currency));
    const accounts = await ledger.listAccountNumbers(db, specs);
    const money = await ledger.listAvailable(db, [...accounts.values()]);
    const instalments = await listUnpaidInstalments(db, rows, upTo);
    const charges = await listUnpaidCharges(db, rows);
    return rows.map((row, at) => {
      const { currency } = row;
      const collections = accounts.get(`${must(specs[at], 'a path').path} ${currency}`);
      const available = collections === undefined ? undefined : money.get(collections);
      return {
        row,
        loan: collections && { ...row, policy: servicingPolicies.get(row.policy), collections },
        debt: {
          currency,
          instalments: instalments.get(row.loanNo) ?? [],
          charges: charges.get(row.loanNo) ?? [],
        },
        available: Money.ofMinor(available ?? 0n, currency),
      };
    });
  }

  /** Pays what is due by a day out of what lies on the accounts. Who has nothing pays nothing. */
  async collect(tx: Tx, payers: readonly Payer[], on: CalendarDate): Promise<Recorded> {
    const decided = payers.flatMap(({ row, loan, debt, available }): readonly Decided[] => {
      if (!loan || !available.isPositive) return [];
      const owed = wantedNow(owedOn(debt, on));
      const { parts } = splitPayment(available, owed, loan.policy.waterfall);
      if (parts.length === 0) return [];
      // What lay on the account and was applied is no longer there: it cannot be applied twice.
      const source = { type: 'collections', id: `${on}/${loan.lastPaymentNo + 1}` };
      const kind = row.status === 'written-off' ? 'recovery' : 'instalment';
      return [{ loan, kind, source, paidOn: on, parts }];
    });
    return this.record(tx, decided);
  }

  /**
   * Divides the payments among the holders, posts them and brings loans, notes, instalments and caps
   * up to them.
   */
  async record(tx: Tx, decided: readonly Decided[]): Promise<Recorded> {
    if (decided.length === 0) return { drafts: [], repaid: [] };
    const { clock, ledger, caps } = this.deps;
    const at = clock.now();
    const feeAccounts = await this.feeAccounts(
      tx,
      decided.map(({ loan }) => loan.currency),
    );
    const notes = await listPaidNotes(
      tx,
      decided.map(({ loan }) => loan),
    );
    const drafts = decided.map((each) => draftPayment(withNotes(each, notes), feeAccounts));
    await caps.repay(
      tx,
      drafts.flatMap(({ freed }) => freed),
      at,
    );
    const entryNos = await ledger.post(
      tx,
      drafts.map((draft) => entryOf(draft, at)),
    );
    await insertPayments(tx, drafts, { entryNos, at });
    const repaid = await updateStandings(tx, drafts.map(progressOf), at);
    return { drafts, repaid };
  }

  private async feeAccounts(tx: Tx, used: readonly Currency[]): Promise<FeeAccounts> {
    const { ledger } = this.deps;
    const specs = [...new Set(used)].flatMap((currency) =>
      FEE_KINDS.map((kind) => feeAccount(kind, currency)),
    );
    const known = new Map(await ledger.listAccountNumbers(tx, specs));
    for (const spec of specs) {
      const key = `${spec.path} ${spec.currency}`;
      if (!known.has(key)) known.set(key, await ledger.ensureAccount(tx, spec));
    }
    return (kind, currency): AccountNo =>
      must(known.get(`${feeAccount(kind, currency).path} ${currency}`), 'the fee account');
  }
}

function withNotes(
  decided: Decided,
  notes: Awaited<ReturnType<typeof listPaidNotes>>,
): PaymentOrder {
  return { ...decided, notes: notes.get(decided.loan.loanNo) ?? [] };
}

function progressOf({ loan, paymentNo, byPortion, paidOn }: PaymentDraft) {
  return {
    loanNo: loan.loanNo,
    paymentNo,
    principalMinor: byPortion.principal.minor,
    paidOn,
  };
}

import { must } from '../../src/kernel/assert';
import type { CalendarDate } from '../../src/kernel/calendar-date';
import type { Money } from '../../src/kernel/money';
import { findPostedEntry } from '../../src/modules/ledger';
import { listPayments, type Loan, type Note, type PaymentRecord } from '../../src/modules/loans';
import type { House } from '../house';
import type { Company } from '../issuing';
import { applyForLoan, openBorrower } from '../lending';
import { ELBE } from '../operators';
import type { Investor, OperatorPlan } from '../people';
import { loanOf, runLoan } from '../servicing';
import type { World } from '../world';
import type { Narrator } from './narrator';

/** A borrower and their loan. */
export interface Lent {
  readonly borrower: Company;
  readonly loan: Loan;
}

/** What the scenes of running loans share: a platform under the European rulebook and its people. */
export class LifeOfLoans {
  private readonly people = new Map<string, Investor>();
  private readonly lent = new Map<string, Lent>();
  private readonly names = new Map<string, string>();
  private opened: House | undefined;

  constructor(
    readonly world: World,
    readonly tell: Narrator,
    private readonly plan: OperatorPlan = ELBE,
  ) {}

  get house(): House {
    return must(this.opened, 'the platform');
  }

  async open(): Promise<void> {
    const house = await this.world.operator(this.plan);
    this.opened = house;
    await house.write(house.staff.compliance, (tx) =>
      this.world.services.listing.setPolicy(tx, {
        reviewedBy: 'credit-decision',
        note: 'Every decision is explained to its borrower.',
      }),
    );
    for (const name of ['Ada', 'Ben', 'Cleo', 'Dora']) {
      const person = { ...this.world.cast.person(house.land), name };
      const lender = await house.investor({ person, tier: 'sophisticated', cash: '20000.00' });
      this.people.set(name, lender);
      this.names.set(lender.id, name);
    }
  }

  lender(name: string): Investor {
    return must(this.people.get(name), name);
  }

  of(name: string): Lent {
    return must(this.lent.get(name), `the loan of ${name}`);
  }

  /** The loan as it stands now. */
  async loan(name: string): Promise<Loan> {
    return loanOf(this.house, this.of(name).loan.offeringId);
  }

  call(id: string, name: string): void {
    this.names.set(id, name);
  }

  nameOf(text: string): string {
    const [, kind = '', id = '', part] = text.split(':');
    if (id === '') return this.names.get(text) ?? text;
    const known = this.names.get(id);
    return known === undefined
      ? text
      : `${known}${part === undefined ? '' : `, ${part}`} (${kind})`;
  }

  /** Somebody borrows over twelve months: so much from each lender. */
  async borrow(
    name: string,
    of: { readonly amount: string; readonly parts: readonly (readonly [string, string])[] },
  ): Promise<Loan> {
    const { house } = this;
    const person = { ...this.world.cast.person(house.land), name };
    const borrower = await openBorrower(house, { person });
    const { offeringId } = await applyForLoan(house, borrower, {
      amount: of.amount,
      months: 12,
      purpose: 'home-improvement',
      project: `The roof of ${name}.`,
      monthlyIncome: '5200.00',
    });
    const parts = of.parts.map(([lender, amount]) => ({ lender: this.lender(lender), amount }));
    const id = must(offeringId, 'a loan that is listed');
    const loan = await runLoan(house, id, { borrower, parts });
    if (loan.status !== 'active') throw new Error(`the loan of ${name} should run`);
    this.lent.set(name, { borrower, loan });
    this.call(loan.id, name);
    return loan;
  }

  notes(loan: Pick<Loan, 'loanNo'>): Promise<readonly Note[]> {
    const { loanNotes } = this.world.services;
    return this.house.read((db) => loanNotes.list(db, { loanNo: loan.loanNo, limit: 100 }));
  }

  /** The payments of a loan, the latest on top. */
  payments(loan: Loan): Promise<readonly PaymentRecord[]> {
    return this.house.read((db) => listPayments(db, loan, { limit: 100 }));
  }

  async available(name: string): Promise<Money> {
    return (await this.house.cash(this.lender(name))).available;
  }

  /** The journal's lines of a payment. Debits are positive, and all of them sum to nothing. */
  async tellEntry({ entryNo }: Pick<PaymentRecord, 'entryNo'>): Promise<void> {
    const entry = must(
      await this.house.read((db) => findPostedEntry(db, entryNo)),
      'the entry of a payment',
    );
    this.tell.say(`Journal entry ${entryNo}, ${entry.kind}: ${entry.description}`);
    this.tell.table(
      ['account', 'debit', 'credit'],
      entry.postings.map(({ path, amount }) => [
        this.nameOf(path),
        amount.isPositive ? amount.toString() : '',
        amount.isPositive ? '' : amount.negated().toString(),
      ]),
    );
  }

  async tellNotes(loan: Loan): Promise<void> {
    const notes = await this.notes(loan);
    this.tell.table(
      ['note', 'holder', 'paid for it', 'outstanding', 'since', 'until'],
      notes.map((note) => [
        String(note.noteNo),
        this.nameOf(note.holder.id),
        note.cost.toString(),
        note.principal.toString(),
        note.openedOn,
        note.closedOn ?? '',
      ]),
    );
  }

  dueOn(loan: Loan): CalendarDate {
    return must(loan.nextDueOn, 'a day on which something is due');
  }
}

/** Says that something holds, or that it does not. */
export function tellWhether(tell: Narrator, isSo: boolean, text: string): void {
  if (isSo) tell.done(text);
  else tell.broken(`Not so: ${text}`);
}

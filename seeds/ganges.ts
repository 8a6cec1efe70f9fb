import { must } from '../src/kernel/assert';
import { calendarDate, dateIn } from '../src/kernel/calendar-date';
import type { Application } from '../src/modules/applications';
import { applyForLoan, openBorrower, STRAINED, type LoanPlan } from './lending';
import { OperatorYear } from './operator-year';
import type { Company } from './issuing';
import type { OperatorPlan } from './people';
import type { Scene } from './scene';
import {
  disburseLoan,
  expectInstalments,
  giveLeave,
  loanOf,
  sendTransfer,
  signLoan,
} from './servicing';
import { legalEntityIdentifier } from './synthetic-numbers';

/** A peer-to-peer lending platform in Patna under the Reserve Bank's directions. */
export const GANGES: OperatorPlan = {
  code: 'ganges',
  legalName: 'Ganges Peer Lending Private Limited',
  line: 'lending',
  jurisdiction: 'IN',
  rulebookId: 'in-p2p',
  identityKind: 'lei',
  identityNumber: legalEntityIdentifier(90_002),
  licence: {
    number: 'N-00.00000',
    authority: 'Reserve Bank of India (sandbox)',
    validFrom: calendarDate('2021-04-01'),
  },
  custodian: { name: 'Sandbox Trustee Services Limited', accountReference: 'SANDBOX-ESCROW-INR' },
  homeCurrency: 'INR',
  timeZone: 'Asia/Kolkata',
  calendar: 'in',
  successFeeRate: '0.02',
};

/** A lender's step in rupees, and how many of them each lends at least and at most. */
const STEP = 1000;
const PARTS = [8, 25] as const;
const MINUTE_MS = 60_000;

/** A loan that somebody wants, and the mailbox of whoever can log in as its borrower. */
interface Wish extends LoanPlan {
  readonly mailbox?: string;
}

/** Of whoever can log in as a borrower. */
const STALL: Wish = {
  mailbox: 'borrower',
  amount: '90000.00',
  months: 12,
  purpose: 'small-business',
  project: 'A stall for sewn goods at the station.',
  monthlyIncome: '78000.00',
};

/** The year of a lending platform: loans asked for, decided, filled by many, and paid out. */
export class GangesYear extends OperatorYear {
  private readonly loans = new Map<string, { borrower: Company; application: Application }>();
  /** Those whom somebody can log in as, by mailbox. */
  private readonly borrowers = new Map<string, Company>();

  scenes(): readonly Scene[] {
    return [
      { day: 8, what: 'The first lenders join Ganges', play: () => this.joinFirst() },
      ...this.loan('A dairy', 40, {
        amount: '180000.00',
        months: 24,
        purpose: 'small-business',
        project: 'Two milk cows and a cooling tank.',
        monthlyIncome: '62000.00',
      }),
      ...this.loan('A roof', 120, {
        amount: '120000.00',
        months: 36,
        purpose: 'home-improvement',
        project: 'A roof that outlives the monsoon, with panels on it.',
        monthlyIncome: '55000.00',
        housing: '4000.00',
      }),
      ...this.ends(),
      ...this.loan('A stall', 150, STALL),
      {
        day: 210,
        what: 'Somebody owes too much to be lent more',
        play: () =>
          this.ask('A motorcycle', {
            amount: '150000.00',
            months: 24,
            purpose: 'car',
            project: 'A motorcycle to work.',
            monthlyIncome: '21000.00',
            otherLoans: '14000.00',
            facts: STRAINED,
          }),
      },
      ...this.today(),
    ];
  }

  /** One loan falls behind, and one is repaid long before its term. */
  private ends(): readonly Scene[] {
    return [
      ...this.loan('A fridge', 60, {
        amount: '60000.00',
        months: 12,
        purpose: 'major-purchase',
        project: 'A fridge for a shop.',
        monthlyIncome: '48000.00',
      }),
      { day: 240, what: 'The fridge is repaid early', play: () => this.settle('A fridge') },
      { day: 300, what: 'The roof falls behind', play: () => this.fallBehind('A roof') },
    ];
  }

  /** Whoever can log in as a borrower has a loan that runs, and one that lenders are filling now. */
  private today(): readonly Scene[] {
    return [
      {
        day: 352,
        what: 'A sewing workshop asks its lenders',
        play: () =>
          this.ask('A workshop', {
            mailbox: 'borrower',
            amount: '240000.00',
            months: 24,
            purpose: 'working-capital',
            project: 'Six sewing machines and a year of thread.',
            monthlyIncome: '78000.00',
          }),
      },
      {
        day: 354,
        what: 'Most of the workshop is lent',
        // Not by whoever logs in as a lender: a mandate of theirs has something to find.
        play: () => this.lend('A workshop', this.crowd.slice(1), '50000.00'),
      },
      {
        day: 360,
        what: 'Somebody begins to fill in an application',
        play: () =>
          this.ask('A wedding', {
            amount: '90000.00',
            months: 12,
            purpose: 'wedding',
            project: 'A wedding for two hundred.',
            monthlyIncome: '48000.00',
            until: 'draft',
          }),
      },
    ];
  }

  private async joinFirst(): Promise<void> {
    const { house } = this;
    const { listing } = house.stage.services;
    await house.write(house.staff.compliance, (tx) =>
      listing.setPolicy(tx, {
        reviewedBy: 'credit-decision',
        note: 'The scorecard is explained to every borrower; a sample is read every week.',
      }),
    );
    this.crowd.push(await house.investor({ mailbox: 'investor', cash: '260000.00' }));
    await this.join(17, '150000.00');
  }

  /** A loan from the asking to the money on its borrower's account. */
  private loan(name: string, day: number, wish: Wish): readonly Scene[] {
    return [
      { day, what: `${name} is asked for`, play: () => this.ask(name, wish) },
      { day: day + 2, what: `${name} is lent by many`, play: () => this.lend(name, this.crowd) },
      { day: day + 4, what: `${name} is paid out`, play: () => this.payOut(name) },
      { day: day + 5, what: `${name} may be drawn on`, play: () => this.begin(name) },
    ];
  }

  private async ask(name: string, { mailbox, ...plan }: Wish): Promise<void> {
    const known = mailbox === undefined ? undefined : this.borrowers.get(mailbox);
    const borrower = known ?? (await openBorrower(this.house, { mailbox }));
    if (mailbox !== undefined) this.borrowers.set(mailbox, borrower);
    const application = await applyForLoan(this.house, borrower, plan);
    this.loans.set(name, { borrower, application });
  }

  /** Each lends what they like of what is left, until no more is than is to stay open. */
  private async lend(
    name: string,
    lenders: OperatorYear['crowd'],
    staysOpen = '0.00',
  ): Promise<void> {
    const { house } = this;
    const { offerings } = house.stage.services;
    const offeringId = this.listed(name);
    for (const lender of lenders) {
      const book = must(await house.read((db) => offerings.findBook(db, offeringId)), 'its book');
      const left = book.limit.minus(book.committed).minus(house.money(staysOpen));
      if (!left.isPositive) break;
      const part = house.money(`${house.stage.cast.between(...PARTS) * STEP}.00`).atMost(left);
      await house.subscribe(lender, offeringId, part.toDecimalString());
    }
    house.stage.expect(new Date(house.stage.now.getTime() + MINUTE_MS));
  }

  private async payOut(name: string): Promise<void> {
    const { borrower } = this.found(name);
    const agreed = await loanOf(this.house, this.listed(name));
    await disburseLoan(this.house, borrower, await signLoan(this.house, borrower, agreed));
  }

  private async begin(name: string): Promise<void> {
    const { borrower } = this.found(name);
    const loan = await loanOf(this.house, this.listed(name));
    await giveLeave(this.house, borrower, { loan });
    await expectInstalments(this.house, loan);
  }

  /** Takes the leave back to draw what falls due, and sends nothing either. */
  private async fallBehind(name: string): Promise<void> {
    const { references } = this.house.stage.services;
    const { borrower } = this.found(name);
    const { reference } = await loanOf(this.house, this.listed(name));
    await this.house.write(borrower, (tx) => references.endDebitMandate(tx, reference));
  }

  private async settle(name: string): Promise<void> {
    const { house } = this;
    const { loanEarlyRepayments } = house.stage.services;
    const { borrower } = this.found(name);
    const { id: loanId, reference } = await loanOf(house, this.listed(name));
    const on = dateIn(house.operator.timeZone, house.stage.now);
    const { id: quoteId, total } = await house.write(borrower, (tx) =>
      loanEarlyRepayments.quote(tx, { loanId, on }),
    );
    await sendTransfer(house, total, { reference, from: borrower.name });
    await house.write(borrower, (tx) => loanEarlyRepayments.settle(tx, { loanId, quoteId }));
  }

  private listed(name: string): NonNullable<Application['offeringId']> {
    const { application } = this.found(name);
    if (application.offeringId) return application.offeringId;
    throw new Error(`${name} should be listed; its application is ${application.status}`);
  }

  private found(name: string) {
    const loan = this.loans.get(name);
    if (!loan) throw new Error(`${name} was not asked for yet`);
    return loan;
  }
}

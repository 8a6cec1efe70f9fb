import type { Id } from '../src/kernel/id';
import { HOUR_MS } from '../src/kernel/clock';
import { Problem } from '../src/kernel/problem';
import type { Operator } from '../src/modules/identity';
import type { OfferingInForce, OfferingTerms } from '../src/modules/offerings';
import type { Deposit, InvestorCash, Withdrawal } from '../src/modules/payments';
import type { Opened, Subscription } from '../src/modules/subscriptions';
import { openIssuer, type Company, type CompanyDraft } from './issuing';
import { Office } from './office';
import {
  openBankAccount,
  openInvestor,
  payIn,
  type Investor,
  type InvestorDraft,
  type Staff,
} from './people';
import {
  changeTerms,
  openOffering,
  subscribe,
  withdrawOffering,
  type OfferingPlan,
  type OrderPlan,
} from './raising';
import type { Stage } from './stage';

/** An operator with its staff, and everything that can be done at it. */
export class House extends Office {
  constructor(
    stage: Stage,
    operator: Operator,
    readonly staff: Staff,
  ) {
    super(stage, operator);
  }

  /** An investor with a log-in: verified, with means, tested where the rulebook asks for it. */
  investor(draft: InvestorDraft = {}): Promise<Investor> {
    return openInvestor(this, draft, this.staff.compliance);
  }

  /** A company with a log-in: screened, its figures verified, its due diligence settled. */
  issuer(draft: CompanyDraft): Promise<Company> {
    return openIssuer(this, draft, this.staff);
  }

  /** An offering: drafted, submitted, approved by another person, published. */
  offering(issuer: Company, plan: OfferingPlan): Promise<Id<'off'>> {
    return openOffering(this, issuer, { plan, staff: this.staff });
  }

  readOffering(id: Id<'off'>): Promise<OfferingInForce> {
    return this.read((db) => this.stage.services.offerings.get(db, id));
  }

  /** @throws Problem of `subscriptions`, with the rule that refused it. */
  subscribe(investor: Investor, offeringId: Id<'off'>, order: string | OrderPlan): Promise<Opened> {
    const plan = typeof order === 'string' ? { amount: order } : order;
    return subscribe(this, investor, { offeringId, plan });
  }

  /** An order that must not be accepted. @returns why it was refused. */
  async refused(
    investor: Investor,
    offeringId: Id<'off'>,
    order: string | OrderPlan,
  ): Promise<Problem> {
    try {
      const { subscription } = await this.subscribe(investor, offeringId, order);
      throw new Error(`${subscription.id} should have been refused`);
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
  }

  revoke(investor: Investor, id: Id<'sub'>): Promise<Subscription> {
    return this.write(investor, (tx) => this.stage.services.subscriptions.revoke(tx, id));
  }

  reconfirm(investor: Investor, id: Id<'sub'>): Promise<Subscription> {
    return this.write(investor, (tx) => this.stage.services.subscriptions.reconfirm(tx, id));
  }

  readSubscription(id: Id<'sub'>): Promise<Subscription> {
    return this.read((db) => this.stage.services.subscriptions.get(db, id));
  }

  /** What the investor ordered last. */
  async latestSubscription(investor: Investor): Promise<Subscription> {
    const { subscriptions } = this.stage.services;
    const [latest] = await this.read((db) =>
      subscriptions.list(db, { investorId: investor.id, limit: 1 }),
    );
    if (!latest) throw new Error(`${investor.name} has ordered nothing`);
    return latest;
  }

  /** @returns until when investors may reconfirm. */
  changeTerms(
    offeringId: Id<'off'>,
    reason: string,
    change: (terms: OfferingTerms) => OfferingTerms,
  ): Promise<Date | undefined> {
    return changeTerms(this, offeringId, { staff: this.staff, reason, change });
  }

  async withdrawOffering(offeringId: Id<'off'>, by: Company, reason: string): Promise<void> {
    await withdrawOffering(this, offeringId, { by, reason });
  }

  /** A bank transfer that is booked at once. */
  async payIn(investor: Investor, amount: string): Promise<void> {
    await payIn(this, investor, amount);
  }

  /** A direct debit, which the custodian carries out or not within the hour. */
  async deposit(investor: Investor, amount: string): Promise<Deposit> {
    const { deposits, paymentDispatcher } = this.stage.services;
    const order = {
      investorId: investor.id,
      amount: this.money(amount),
      method: 'direct-debit' as const,
    };
    const deposit = await this.write(investor, (tx) => deposits.request(tx, order));
    await paymentDispatcher.run(this.operator.id);
    this.stage.expect(new Date(this.stage.now.getTime() + HOUR_MS));
    return deposit;
  }

  /** Pays an investor's own cash to a bank account of theirs, opened for it. */
  async withdraw(investor: Investor, amount: string): Promise<Withdrawal> {
    const { withdrawals, paymentDispatcher } = this.stage.services;
    const bankAccountId = await openBankAccount(this, investor);
    const order = { investorId: investor.id, amount: this.money(amount), bankAccountId };
    const withdrawal = await this.write(investor, (tx) => withdrawals.request(tx, order));
    await paymentDispatcher.run(this.operator.id);
    this.stage.expect(new Date(this.stage.now.getTime() + 2 * HOUR_MS));
    return withdrawal;
  }

  /** Pays what an issuer raised to its bank account, opened for it. */
  async payProceeds(issuer: Company, amount: string): Promise<Withdrawal> {
    const { withdrawals, paymentDispatcher } = this.stage.services;
    const bankAccountId = await openBankAccount(this, issuer);
    const order = { issuerId: issuer.id, amount: this.money(amount), bankAccountId };
    const withdrawal = await this.write(issuer, (tx) => withdrawals.payProceeds(tx, order));
    await paymentDispatcher.run(this.operator.id);
    this.stage.expect(new Date(this.stage.now.getTime() + 2 * HOUR_MS));
    return withdrawal;
  }

  /** Sends the fees earned to the operator's own bank, each kind apart. */
  async sweepFees(): Promise<readonly Withdrawal[]> {
    const { withdrawals, paymentDispatcher } = this.stage.services;
    const sweeps = await this.write(this.staff.operations, (tx) => withdrawals.sweepFees(tx));
    await paymentDispatcher.run(this.operator.id);
    this.stage.expect(new Date(this.stage.now.getTime() + 2 * HOUR_MS));
    return sweeps;
  }

  /** Shuts an investor out of everything that commits money. */
  async suspend(investor: Investor, reason: string): Promise<void> {
    const change = { status: 'suspended' as const, reason };
    await this.write(this.staff.compliance, (tx) =>
      this.stage.services.investors.changeStatus(tx, investor.id, change),
    );
  }

  /** An investor's cash: available, reserved, on its way. */
  async cash(investor: Investor): Promise<InvestorCash> {
    const [cash] = await this.read((db) => this.stage.services.cash.list(db, investor.id));
    if (!cash) throw new Error(`${investor.name} has no cash account`);
    return cash;
  }
}

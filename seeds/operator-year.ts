import type { Id } from '../src/kernel/id';
import type { CastPerson } from './cast';
import type { House } from './house';
import type { Company, CompanyDraft } from './issuing';
import type { Investor } from './people';
import type { OfferingPlan } from './raising';
import { everybodySubscribes, type Scene, type Year } from './scene';

/** An operator's year: whom it gets to know, and what is offered there. */
export abstract class OperatorYear {
  /** Investors of the lowest tier, in the order in which they came. */
  protected readonly crowd: Investor[] = [];
  private readonly companies = new Map<string, Company>();
  private readonly offerings = new Map<string, Id<'off'>>();
  private readonly subscriptions = new Map<string, Map<Investor, Id<'sub'>>>();

  constructor(
    protected readonly house: House,
    protected readonly year: Year,
    /** People whom another operator knows too. */
    protected readonly shared: readonly CastPerson[],
  ) {}

  abstract scenes(): readonly Scene[];

  protected async join(count: number, cash: string): Promise<void> {
    for (let joined = 0; joined < count; joined += 1) {
      this.crowd.push(await this.house.investor({ cash }));
    }
  }

  /** Whom the provider turns down or leaves to people, and who never came to that. */
  protected async joinDoubtful(): Promise<void> {
    const { house } = this;
    const called = (name: string): CastPerson => ({ ...house.stage.cast.person(house.land), name });
    await house.investor({ isVerified: false });
    await house.investor({ isVerified: false });
    await house.investor({ person: called('Sandbox REJECT') });
    await house.investor({ person: called('Sandbox REVIEW') });
  }

  protected async apply(name: string, draft: Partial<CompanyDraft> = {}): Promise<void> {
    this.companies.set(name, await this.house.issuer({ name, ...draft }));
  }

  protected async open(name: string, plan: OfferingPlan): Promise<void> {
    this.offerings.set(name, await this.house.offering(this.issuer(name), plan));
  }

  /** Each orders from `least` to `most` times `step`. */
  protected async subscribe(
    name: string,
    investors: readonly Investor[],
    [step, least, most]: readonly [step: number, least: number, most: number],
  ): Promise<void> {
    const orders = { investors, steps: { step, least, most } };
    const made = await everybodySubscribes(this.house, this.offering(name), orders);
    const before = this.subscriptions.get(name) ?? [];
    this.subscriptions.set(name, new Map([...before, ...made]));
  }

  protected async revoke(name: string, investor: Investor | undefined): Promise<void> {
    const id = investor && this.subscriptions.get(name)?.get(investor);
    if (investor && id) await this.house.revoke(investor, id);
  }

  /** All but the last `silent` stand by what they ordered before a change. */
  protected async reconfirm(name: string, silent: number): Promise<void> {
    const made = [...(this.subscriptions.get(name) ?? [])];
    for (const [investor, id] of made.slice(0, made.length - silent)) {
      await this.house.reconfirm(investor, id);
    }
  }

  protected async payProceeds(name: string): Promise<void> {
    const { closings } = this.house.stage.services;
    const id = this.offering(name);
    const closing = await this.house.read((db) => closings.findClosing(db, id));
    if (!closing) throw new Error(`${name} should have settled by now`);
    const proceeds = closing.raised.minus(closing.fee);
    await this.house.payProceeds(this.issuer(name), proceeds.toDecimalString());
  }

  protected issuer(name: string): Company {
    const issuer = this.companies.get(name);
    if (!issuer) throw new Error(`${name} has not applied yet`);
    return issuer;
  }

  protected offering(name: string): Id<'off'> {
    const id = this.offerings.get(name);
    if (!id) throw new Error(`${name} has not opened yet`);
    return id;
  }
}

import type { Id } from '../../src/kernel/id';
import { DAY_MS } from '../../src/kernel/clock';
import type { Contact } from '../../src/modules/applications';
import type { CastPerson } from '../cast';
import type { House } from '../house';
import type { Company } from '../issuing';
import { openBorrower, type BorrowerDraft } from '../lending';
import type { Investor } from '../people';
import type { World } from '../world';
import type { Narrator } from './narrator';

/** What the scenes of a loan hand to each other. */
export class LendingRound {
  /** Everybody's names, by the ids that stand in journals and run logs. */
  readonly names = new Map<string, string>();
  readonly mandates = new Map<string, Id<'mnd'>>();
  readonly loans = new Map<string, Id<'off'>>();
  private readonly people = new Map<string, CastPerson>();
  private readonly lenders = new Map<string, Investor>();
  private readonly borrowers = new Map<string, Company>();
  private known: Partial<Milestones> = {};

  constructor(
    readonly world: World,
    readonly tell: Narrator,
    readonly houses: { readonly ganges: House; readonly brahmaputra: House },
  ) {}

  /** What came about in an earlier scene. */
  get<K extends keyof Milestones>(what: K): Milestones[K] {
    const found = this.known[what];
    if (found === undefined) throw new Error(`there is no ${what} yet`);
    return found as Milestones[K];
  }

  /** Notes what later scenes ask for. */
  note(milestones: Partial<Milestones>): void {
    this.known = { ...this.known, ...milestones };
  }

  borrower(name: string): Company {
    return present(this.borrowers, name);
  }

  lender(name: string): Investor {
    return present(this.lenders, name);
  }

  loan(name: string): Id<'off'> {
    return present(this.loans, name);
  }

  mandate(name: string): Id<'mnd'> {
    return present(this.mandates, name);
  }

  nameOf(id: string): string {
    return this.names.get(id) ?? id;
  }

  async borrows(house: House, name: string, draft: BorrowerDraft = {}): Promise<Company> {
    const person = draft.person ?? this.person(house, name);
    const borrower = await openBorrower(house, { ...draft, person });
    this.borrowers.set(this.at(house, name), borrower);
    this.names.set(borrower.id, name);
    return borrower;
  }

  /** A lender with means that let the law's caps bind before the assessment's do. */
  async lends(
    house: House,
    name: string,
    draft: Parameters<House['investor']>[0] = {},
  ): Promise<Investor> {
    const person = draft.person ?? this.person(house, name);
    const means = {
      annualIncome: house.money('2400000.00'),
      netWorth: house.money('6500000.00'),
      liquidAssets: house.money('3000000.00'),
      annualCommitments: house.money('600000.00'),
    };
    const lender = await house.investor({ means, ...draft, person });
    this.lenders.set(this.at(house, name), lender);
    this.names.set(lender.id, name);
    return lender;
  }

  /** Whoever has that name: the same person at every operator. */
  private person(house: House, name: string): CastPerson {
    const person = this.people.get(name) ?? { ...this.world.cast.person(house.land), name };
    this.people.set(name, person);
    return person;
  }

  listed(name: string, offeringId: Id<'off'>): void {
    this.loans.set(name, offeringId);
    this.names.set(offeringId, name);
  }

  inDays(days: number): Date {
    return new Date(this.world.now.getTime() + days * DAY_MS);
  }

  /** Those of the other operator stand under `Meera (brahmaputra)`. */
  private at(house: House, name: string): string {
    return house === this.houses.ganges ? name : `${name} (${house.operator.code})`;
  }
}

interface Milestones {
  readonly application: Id<'app'>;
  readonly contact: Contact;
  readonly decision: Id<'cdn'>;
  readonly window: Id<'win'>;
}

function present<T>(found: ReadonlyMap<string, T>, name: string): T {
  const value = found.get(name);
  if (value === undefined) throw new Error(`${name} has not entered yet`);
  return value;
}

import type { Id } from '../../src/kernel/id';
import { DAY_MS } from '../../src/kernel/clock';
import type { CastPerson } from '../cast';
import type { House } from '../house';
import type { Company } from '../issuing';
import type { Investor } from '../people';
import type { World } from '../world';
import type { Narrator } from './narrator';

/** What the scenes of an equity round hand to each other. */
export class EquityRound {
  readonly investors = new Map<string, Investor>();
  /** Everybody's names, by the ids that stand in journals. */
  readonly names = new Map<string, string>();
  private issued: Company | undefined;
  private offered: Id<'off'> | undefined;
  private failing: Id<'off'> | undefined;

  constructor(
    readonly world: World,
    readonly tell: Narrator,
    readonly houses: {
      readonly hudson: House;
      readonly lakeshore: House;
      readonly pleisse: House;
      readonly lanzhou: House;
    },
  ) {}

  get issuer(): Company {
    return known(this.issued, 'the issuer');
  }

  set issuer(issuer: Company) {
    this.issued = issuer;
    this.names.set(issuer.id, 'lantern');
  }

  get offering(): Id<'off'> {
    return known(this.offered, 'the offering');
  }

  set offering(id: Id<'off'>) {
    this.offered = id;
    this.names.set(id, 'round');
  }

  /** The offering that will not reach its target. */
  get bakery(): Id<'off'> {
    return known(this.failing, 'the bakery');
  }

  set bakery(id: Id<'off'>) {
    this.failing = id;
    this.names.set(id, 'bakery');
  }

  /** Those of other operators stand under `Emil (lakeshore)`. */
  person(name: string): Investor {
    return known(this.investors.get(name), name);
  }

  /** Somebody with a name that is easy to remember, who joins an operator. */
  async joins(
    house: House,
    name: string,
    draft: Parameters<House['investor']>[0] = {},
  ): Promise<Investor> {
    const person: CastPerson = draft.person ?? { ...this.world.cast.person(house.land), name };
    const investor = await house.investor({ ...draft, person });
    this.investors.set(
      house === this.houses.hudson ? name : `${name} (${house.operator.code})`,
      investor,
    );
    this.names.set(investor.id, name.toLowerCase().replaceAll(' ', '-'));
    return investor;
  }

  inDays(days: number): Date {
    return new Date(this.world.now.getTime() + days * DAY_MS);
  }
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} has not entered yet`);
  return value;
}

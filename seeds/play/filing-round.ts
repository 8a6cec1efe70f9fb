import type { Id } from '../../src/kernel/id';
import { Money } from '../../src/kernel/money';
import type { ImportedFiling } from '../../src/modules/filings';
import type { OfferingTerms } from '../../src/modules/offerings';
import type { House } from '../house';
import type { Company } from '../issuing';
import type { Investor, InvestorDraft } from '../people';
import type { World } from '../world';
import type { Narrator } from './narrator';

/** A filing as it is brought to the play. */
export interface BroughtFiling {
  /** What the file is called, for the reader. */
  readonly file: string;
  readonly xml: string;
}

/** Somebody in the play, with what they paid in. */
export interface Participant {
  readonly investor: Investor;
  readonly tier: 'accredited' | 'non-accredited';
  readonly paidIn: Money;
}

/** What the scenes of a filing's round hand to each other. */
export class FilingRound {
  readonly participants: Participant[] = [];
  private imported: ImportedFiling | undefined;
  private issued: Company | undefined;

  readonly house: House;
  readonly brought: BroughtFiling;

  constructor(
    readonly world: World,
    readonly tell: Narrator,
    at: { readonly house: House; readonly brought: BroughtFiling },
  ) {
    this.house = at.house;
    this.brought = at.brought;
  }

  get filing(): ImportedFiling {
    return known(this.imported, 'the filing');
  }

  set filing(filing: ImportedFiling) {
    this.imported = filing;
  }

  get offering(): Id<'off'> {
    return known(this.filing.filing.offeringId, 'the offering');
  }

  /** The issuer; operations act for it, since it has no log-in. */
  get issuer(): Company {
    return known(this.issued, 'the issuer');
  }

  set issuer(issuer: Company) {
    this.issued = issuer;
  }

  async terms(): Promise<OfferingTerms> {
    return (await this.house.readOffering(this.offering)).version.terms;
  }

  async joins(
    tier: Participant['tier'],
    cash: Money,
    draft: InvestorDraft = {},
  ): Promise<Investor> {
    const investor = await this.house.investor({
      ...draft,
      cash: cash.toDecimalString(),
      ...(tier === 'accredited' ? { tier } : {}),
    });
    this.participants.push({ investor, tier, paidIn: cash });
    return investor;
  }

  participant(id: Id<'inv'>): Participant {
    return known(
      this.participants.find(({ investor }) => investor.id === id),
      id,
    );
  }
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} has not entered yet`);
  return value;
}

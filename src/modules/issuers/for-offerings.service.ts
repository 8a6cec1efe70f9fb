import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import type { IssuerFacts } from '../rulebooks';
import { openItems } from './due-diligence';
import type { DueDiligenceService } from './due-diligence.service';
import { currentAssurance, type Assurance } from './financials';
import type { FinancialsService } from './financials.service';
import { isVerified, issuerFacts, type IssuerStatus } from './issuer';
import type { IssuerService } from './issuer.service';
import { listPartyIds } from './issuer.store';

/** An issuer as the steps of its offerings need to know it. */
export interface IssuerForOffering {
  readonly id: Id<'iss'>;
  readonly partyId: Id<'pty'>;
  readonly legalName: string;
  readonly status: IssuerStatus;
  /** Identity and everybody behind it were checked, and the check still holds. */
  readonly isVerified: boolean;
  /** Items of due diligence that are not satisfied. */
  readonly openDueDiligence: readonly string[];
  readonly facts: IssuerFacts;
  /** Of the newest verified year. */
  readonly financialStatements?: Assurance | undefined;
}

/** The side of issuers that offerings and orders work with. */
export class IssuersForOfferings {
  constructor(
    private readonly deps: {
      readonly issuers: IssuerService;
      readonly dueDiligence: DueDiligenceService;
      readonly financials: FinancialsService;
    },
  ) {}

  /** @throws Problem `issuers.not-found`. */
  async get(db: Db, id: Id<'iss'>): Promise<IssuerForOffering> {
    const { issuers, dueDiligence, financials } = this.deps;
    const issuer = await issuers.get(db, id);
    return {
      id,
      partyId: issuer.partyId,
      legalName: issuer.legalName,
      status: issuer.status,
      isVerified: isVerified(issuer),
      openDueDiligence: openItems(await dueDiligence.linesOf(db, issuer)),
      facts: issuerFacts(issuer),
      financialStatements: currentAssurance(await financials.list(db, id)),
    };
  }

  /** The party behind each issuer; those the operator does not have are missing. */
  async getPartyIds(db: Db, ids: readonly Id<'iss'>[]): Promise<ReadonlyMap<Id<'iss'>, Id<'pty'>>> {
    return listPartyIds(db, ids);
  }
}

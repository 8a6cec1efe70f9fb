import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import type { IssuerFacts } from '../rulebooks';
import { openItems } from './due-diligence';
import type { DueDiligenceService } from './due-diligence.service';
import { currentAssurance, type Assurance } from './financials';
import type { FinancialsService } from './financials.service';
import { isVerified, issuerFacts, type IssuerStatus } from './issuer';
import type { IssuerService } from './issuer.service';
import { listForOrders } from './issuer.store';

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

/** An issuer as an order for one of its offerings needs to know it. */
export type IssuerForOrders = Pick<IssuerForOffering, 'partyId' | 'facts'>;

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

  /** What orders need of each issuer; those the operator does not have are missing. */
  async listForOrders(
    db: Db,
    ids: readonly Id<'iss'>[],
  ): Promise<ReadonlyMap<Id<'iss'>, IssuerForOrders>> {
    const issuers = await listForOrders(db, ids);
    return new Map(
      issuers.map(({ id, partyId, ...rest }) => [id, { partyId, facts: issuerFacts(rest) }]),
    );
  }
}

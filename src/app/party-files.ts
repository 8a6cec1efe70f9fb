import { must } from '../kernel/assert';
import type { Id } from '../kernel/id';
import type { Db } from '../platform/db';
import type { RegisterParties } from '../modules/holdings';
import type { InvestorService, InvestorsForOrders } from '../modules/investors';
import { isVerified, type IssuerService } from '../modules/issuers';
import type { PartyFile, PartyFiles } from '../modules/payments';

/** Answers what payments and registers ask of the files that investors and issuers keep. */
export class StoredPartyFiles implements PartyFiles<Db>, RegisterParties<Db> {
  constructor(
    private readonly deps: {
      readonly investors: InvestorService;
      readonly issuers: IssuerService;
      readonly investorsForOrders: InvestorsForOrders;
    },
  ) {}

  async getInvestor(db: Db, id: Id<'inv'>): Promise<PartyFile> {
    const { investors } = this.deps;
    const investor = await investors.get(db, id);
    const details = await investors.detailsOf(db, [id]);
    return {
      partyId: investor.partyId,
      name: must(details.get(id), 'the name of the investor').name,
      isActive: investor.status === 'active',
      isVerified: investor.verification === 'verified',
    };
  }

  async getIssuer(db: Db, id: Id<'iss'>): Promise<PartyFile> {
    const { issuers } = this.deps;
    const issuer = await issuers.get(db, id);
    return {
      partyId: issuer.partyId,
      name: await issuers.nameOf(db, issuer),
      isActive: issuer.status === 'active',
      isVerified: isVerified(issuer),
    };
  }

  async findInvestorOf(db: Db, userId: Id<'usr'>): Promise<Id<'inv'> | undefined> {
    return (await this.deps.investors.findByUser(db, userId))?.id;
  }

  async findIssuerOf(db: Db, userId: Id<'usr'>): Promise<Id<'iss'> | undefined> {
    const [issuer] = await this.deps.issuers.list(db, { userId, limit: 1 });
    return issuer?.id;
  }

  async listPartyIds(
    db: Db,
    ids: readonly Id<'inv'>[],
  ): Promise<ReadonlyMap<Id<'inv'>, Id<'pty'>>> {
    const rows = await this.deps.investorsForOrders.listForOrders(db, ids);
    return new Map(rows.map((row) => [row.id, row.partyId]));
  }

  async listNames(db: Db, ids: readonly Id<'inv'>[]): Promise<ReadonlyMap<Id<'inv'>, string>> {
    const details = await this.deps.investors.detailsOf(db, ids);
    return new Map([...details].map(([id, { name }]) => [id, name]));
  }

  async issuerName(db: Db, issuerId: Id<'iss'>): Promise<string> {
    return (await this.deps.issuers.get(db, issuerId)).legalName;
  }

  async actsFor(db: Db, userId: Id<'usr'>, issuerId: Id<'iss'>): Promise<boolean> {
    return (await this.findIssuerOf(db, userId)) === issuerId;
  }
}

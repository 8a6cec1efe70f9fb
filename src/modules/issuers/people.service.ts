import type { Id } from '../../kernel/id';
import type { Tx } from '../../platform/db';
import type { VerificationCases } from '../verification';
import { ITEMS_ABOUT_PEOPLE } from './due-diligence';
import type { DueDiligenceService } from './due-diligence.service';
import type { Issuer } from './issuer';
import type { IssuerService } from './issuer.service';
import type { Person } from './people';

/** The officers and owners of an issuer, who are never changed without being screened. */
export class PeopleService {
  constructor(
    private readonly deps: {
      readonly issuers: IssuerService;
      readonly dueDiligence: DueDiligenceService;
      readonly issuerVerifications: VerificationCases<'iss'>;
    },
  ) {}

  /**
   * Records new officers and owners, and has them screened: a change of people is how a bad actor
   * would come in after the check. Due diligence about people is opened again.
   *
   * @throws Problem `issuers.not-active`, `issuers.no-officer`, `issuers.shares-exceed-whole`.
   */
  async replace(tx: Tx, issuerId: Id<'iss'>, people: readonly Person[]): Promise<Issuer> {
    const { issuers, dueDiligence, issuerVerifications } = this.deps;
    const before = await issuers.getAndLock(tx, issuerId);
    const issuer = await issuers.replacePeople(tx, before, people);
    await dueDiligence.reopen(tx, issuer, ITEMS_ABOUT_PEOPLE);
    if (before.verification === 'unverified') return issuer;
    await issuerVerifications.requestAgain(tx, issuerId);
    return issuers.get(tx, issuerId);
  }
}

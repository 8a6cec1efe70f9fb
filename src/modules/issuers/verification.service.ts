import type { Id } from '../../kernel/id';
import type { Tx } from '../../platform/db';
import type { PartyService } from '../identity';
import type { FilesToVerify, VerificationCase, VerificationSubject } from '../verification';
import { issuerProblem } from './errors';
import { awaitingVerification, settled } from './issuer';
import type { IssuerService } from './issuer.service';

/** What establishing an identity means for an issuer's file: everybody behind it is screened. */
export class IssuersToVerify implements FilesToVerify<'iss'> {
  readonly noun = 'issuer';
  readonly table = 'issuer_verifications';
  readonly problems = issuerProblem;

  constructor(
    private readonly deps: { readonly parties: PartyService; readonly issuers: IssuerService },
  ) {}

  async lock(tx: Tx, id: Id<'iss'>): Promise<void> {
    await this.deps.issuers.getAndLock(tx, id);
  }

  /** What is checked is a version of the officers and owners. */
  async awaitCase(tx: Tx, id: Id<'iss'>): Promise<number> {
    const { issuers } = this.deps;
    const waiting = awaitingVerification(await issuers.getAndLock(tx, id));
    await issuers.save(tx, waiting);
    return waiting.peopleVersion;
  }

  async describe(tx: Tx, id: Id<'iss'>): Promise<VerificationSubject> {
    const { issuers, parties } = this.deps;
    const issuer = await issuers.get(tx, id);
    const people = await issuers.peopleOf(tx, id);
    return {
      kind: issuer.kind,
      name: await issuers.nameOf(tx, issuer),
      country: issuer.country,
      identityKind: issuer.identityKind,
      identityNumber: await parties.revealNumber(tx, issuer.partyId, 'verification'),
      bornOn: issuer.kind === 'natural' ? people[0]?.bornOn : undefined,
      people: people.map(({ name, bornOn }) => ({ name, bornOn })),
    };
  }

  async settle(tx: Tx, decided: VerificationCase<'iss'>): Promise<void> {
    const { issuers } = this.deps;
    const issuer = await issuers.getAndLock(tx, decided.subjectId);
    await issuers.save(tx, settled(issuer, decided));
  }
}

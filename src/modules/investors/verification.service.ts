import type { Id } from '../../kernel/id';
import type { Tx } from '../../platform/db';
import { operatorIdOf, type OperatorDirectory, type PartyService } from '../identity';
import { investorCashAccount, type LedgerService } from '../ledger';
import type { FilesToVerify, VerificationCase, VerificationSubject } from '../verification';
import { investorProblem } from './errors';
import { awaitingVerification, settled } from './investor';
import type { InvestorService } from './investor.service';

/** What establishing an identity means for an investor's file. */
export class InvestorsToVerify implements FilesToVerify<'inv'> {
  readonly noun = 'investor';
  readonly table = 'investor_verifications';
  readonly problems = investorProblem;

  constructor(
    private readonly deps: {
      readonly directory: OperatorDirectory;
      readonly parties: PartyService;
      readonly investors: InvestorService;
      readonly ledger: Pick<LedgerService, 'ensureAccount'>;
    },
  ) {}

  async lock(tx: Tx, id: Id<'inv'>): Promise<void> {
    await this.deps.investors.getAndLock(tx, id);
  }

  async awaitCase(tx: Tx, id: Id<'inv'>): Promise<number> {
    const { profileVersion } = await this.deps.investors.amend(tx, id, (before) => ({
      investor: awaitingVerification(before),
      reason: 'verification.requested',
    }));
    return profileVersion;
  }

  async describe(tx: Tx, id: Id<'inv'>): Promise<VerificationSubject> {
    const { investors, parties } = this.deps;
    const investor = await investors.get(tx, id);
    const details = (await investors.detailsOf(tx, [id])).get(id);
    return {
      kind: investor.kind,
      name: details?.name ?? '',
      country: investor.country,
      identityKind: investor.identityKind,
      identityNumber: await parties.revealNumber(tx, investor.partyId, 'verification'),
      bornOn: details?.bornOn,
      people: [],
    };
  }

  /** The money of whoever is verified has a place from now on; verifying again finds it there. */
  async settle(tx: Tx, decided: VerificationCase<'inv'>): Promise<void> {
    const { directory, investors, ledger } = this.deps;
    const isVerified = decided.status === 'verified';
    const { id } = await investors.amend(tx, decided.subjectId, (before) => ({
      investor: settled(before, decided),
      reason: isVerified ? 'verification.succeeded' : 'verification.rejected',
    }));
    if (!isVerified) return;
    const { homeCurrency } = directory.get(operatorIdOf(tx));
    await ledger.ensureAccount(tx, investorCashAccount(id, homeCurrency));
  }
}

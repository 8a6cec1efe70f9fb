import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import type { LoanNo } from '../loans';
import { listClaimsOf } from './claim.store';
import { ended, exposureOf, requireRoom, type Contract, type ContractTerms } from './contract';
import * as store from './contract.store';
import { coverProblem } from './errors';
import { isCapacityRecent, type CoverPolicy } from './policy';
import type { CoveredLoan, CoveredLoans } from './ports';
import { requireActive, type Guarantor } from './provider';
import type { ProviderService } from './provider.service';
import { lockProvider } from './provider.store';

export interface ContractDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly policy: CoverPolicy;
  readonly loans: CoveredLoans;
  readonly providers: ProviderService;
}

export interface ContractDraft extends ContractTerms {
  readonly providerId: Id<'cov'>;
}

/** Guarantees and insurances of loans. */
export class ContractService {
  constructor(private readonly deps: ContractDeps) {}

  /**
   * Puts a guarantor behind a loan.
   *
   * @throws Problem `cover.loan-ended`, `cover.provider-not-found`, `cover.provider-status`,
   *   `cover.capacity-outdated`, `cover.mixed-currencies`, `cover.own-guarantee`,
   *   `cover.already-covered`, `cover.shares-exceed-whole`, `cover.limit-exceeded`.
   */
  async make(tx: Tx, loanId: Id<'lon'>, draft: ContractDraft): Promise<Contract> {
    const { clock, loans } = this.deps;
    // The loan's lock keeps the sum of shares, the guarantor's its limit.
    const loan = await loans.lock(tx, loanId);
    if (loan.isEnded) throw coverProblem('loan-ended');
    const guarantor = await this.lockGuarantor(tx, draft.providerId);
    await this.requireFit(tx, { loan, guarantor, draft });
    const contracts = await store.listContracts(tx, [loan.loanNo]);
    requireRoom(contracts, draft);
    await this.requireWithinLimit(tx, { loan, guarantor, draft });
    const contract: Contract = {
      ...draft,
      loanNo: loan.loanNo,
      no: contracts.length + 1,
      loanId,
      status: 'active',
      madeBy: tx.scope.actor.id,
      madeAt: clock.now(),
    };
    await store.insertContract(tx, contract);
    await this.announce(tx, contract, { step: 'made' });
    return contract;
  }

  /**
   * Ends a contract before its time, where its parties agreed to.
   *
   * @throws Problem `cover.contract-not-found`, `cover.contract-ended`, `cover.claim-open`.
   */
  async end(
    tx: Tx,
    loanId: Id<'lon'>,
    { no, reason }: { readonly no: number; readonly reason: string },
  ): Promise<Contract> {
    const loan = await this.deps.loans.lock(tx, loanId);
    const contract = store.numbered(await store.listContracts(tx, [loan.loanNo]), no);
    const claims = await listClaimsOf(tx, [loan.loanNo]);
    const isClaimed = claims.some(
      ({ contractNo, status }) => contractNo === no && (status === 'made' || status === 'accepted'),
    );
    if (isClaimed) throw coverProblem('claim-open');
    return this.close(tx, contract, { status: 'ended', reason });
  }

  /** It paid all it owed. */
  async fulfil(tx: Tx, loanNo: LoanNo, no: number): Promise<void> {
    const contract = store.numbered(await store.listContracts(tx, [loanNo]), no);
    await this.close(tx, contract, { status: 'fulfilled', reason: 'claim paid' });
  }

  /** What was agreed for a loan that is repaid ends with it. @returns how many ended. */
  async endAll(tx: Tx, loanNo: LoanNo): Promise<number> {
    const contracts = await store.listContracts(tx, [loanNo]);
    const active = contracts.filter(({ status }) => status === 'active');
    for (const contract of active) {
      await this.close(tx, contract, { status: 'ended', reason: 'loan repaid' });
    }
    return active.length;
  }

  /** The contracts of loans, by loan and number. */
  async list(db: Db, loanNos: readonly LoanNo[]): Promise<readonly Contract[]> {
    return store.listContracts(db, loanNos);
  }

  async listOf(
    db: Db,
    providerId: Id<'cov'>,
    page: { readonly after?: LoanNo | undefined; readonly limit: number },
  ): Promise<readonly Contract[]> {
    return store.listContractsOf(db, providerId, page);
  }

  private async lockGuarantor(tx: Tx, id: Id<'cov'>): Promise<Guarantor> {
    const provider = await lockProvider(tx, id);
    if (provider.kind === 'fund') throw coverProblem('provider-not-found');
    return provider;
  }

  private async requireFit(tx: Tx, { loan, guarantor, draft }: Fitting): Promise<void> {
    const { policy, providers, loans } = this.deps;
    requireActive(guarantor);
    const { statedOn } = guarantor.capacity;
    if (!isCapacityRecent(policy, statedOn, providers.today(tx))) {
      throw coverProblem('capacity-outdated', { detail: `It was stated on ${statedOn}.` });
    }
    if (guarantor.currency !== loan.currency || draft.fee.currency !== loan.currency) {
      throw coverProblem('mixed-currencies', { detail: `The loan is in ${loan.currency}.` });
    }
    if ((await loans.borrowerOf(tx, loan.id)) === guarantor.partyId) {
      throw coverProblem('own-guarantee');
    }
  }

  private async requireWithinLimit(tx: Tx, { loan, guarantor, draft }: Fitting): Promise<void> {
    const [standing] = await this.deps.providers.withStandings(tx, [guarantor]);
    const { exposure } = must(standing, 'the standing of a guarantor').standing;
    const after = exposure.plus(exposureOf(draft, loan.exposure));
    if (guarantor.limit.isLessThan(after)) {
      throw coverProblem('limit-exceeded', {
        detail: `It would answer for ${after.toString()} of at most ${guarantor.limit.toString()}.`,
      });
    }
  }

  private async close(
    tx: Tx,
    contract: Contract,
    { status, reason }: { readonly status: 'fulfilled' | 'ended'; readonly reason: string },
  ): Promise<Contract> {
    const after = ended(contract, status, this.deps.clock.now());
    await store.updateContract(tx, after);
    await this.announce(tx, after, { step: status, reason });
    return after;
  }

  private async announce(
    tx: Tx,
    { loanId, no, providerId, sharePpm }: Contract,
    { step, reason }: { readonly step: string; readonly reason?: string },
  ): Promise<void> {
    const { audit, outbox } = this.deps;
    await audit.record(tx, {
      action: `cover.contract-${step}`,
      subject: loanId,
      details: { no, providerId, sharePpm, reason },
    });
    await outbox.publish(tx, {
      type: `cover.contract-${step}`,
      subject: loanId,
      payload: { no, providerId },
    });
  }
}

interface Fitting {
  readonly loan: CoveredLoan;
  readonly guarantor: Guarantor;
  readonly draft: ContractDraft;
}

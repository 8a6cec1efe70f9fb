import { must } from '../../kernel/assert';
import { daysBetween, type CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import type { LoanNo, OverdueLoan } from '../loans';
import { accepted, rejected, type Claim, type Compensation } from './claim';
import * as store from './claim.store';
import { answersFor, type Contract } from './contract';
import { listContracts } from './contract.store';
import { mostOfFund, sharedAmong, type LossOf } from './due';
import { looksTo } from './fund';
import type { CoverLaw } from './law.service';
import type { CoveredLoans } from './ports';
import type { Fund } from './provider';
import { listProviders } from './provider.store';

export interface ClaimDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly law: CoverLaw;
  readonly loans: CoveredLoans;
}

const PAGE = 1000;
const MOST_FUNDS = 100;

/** Claims on guarantors and requests to funds: made by the evening, looked at by people. */
export class ClaimService {
  constructor(private readonly deps: ClaimDeps) {}

  /**
   * Makes every claim that the last evening's close gives cause for: loans are read in pages, and
   * whatever is claimed already is left. Running it twice makes nothing twice.
   *
   * @returns how many were made.
   */
  async makeDue(tx: Tx): Promise<number> {
    const { loans } = this.deps;
    const on = await loans.lastClosedOn(tx);
    if (on === undefined) return 0;
    const funds = await this.activeFunds(tx);
    let made = 0;
    for (let after = 0n as LoanNo; ;) {
      const overdue = await loans.listOverdue(tx, { dueBefore: on, after, limit: PAGE });
      made += await this.makeFor(tx, { on, overdue, funds });
      const last = overdue.at(-1);
      if (!last || overdue.length < PAGE) return made;
      after = last.loanNo;
    }
  }

  /** @throws Problem `cover.claim-not-found`. */
  async get(db: Db, id: Id<'clm'>): Promise<Claim> {
    return store.getClaim(db, id);
  }

  async list(db: Db, filter: store.ClaimFilter): Promise<readonly Claim[]> {
    return store.listClaims(db, filter);
  }

  /** What was paid for a loan, by claim. */
  async compensations(db: Db, loanNo: LoanNo): Promise<readonly Compensation[]> {
    return store.listCompensations(db, [loanNo]);
  }

  /**
   * Lets a claim be paid. Of a fund, so much as it grants; a contract is kept in full.
   *
   * @throws Problem `cover.claim-not-found`, `cover.claim-status`, `cover.grant-out-of-range`,
   *   `rulebooks.not-permitted` for a fund that the law forbids by now.
   */
  async accept(
    tx: Tx,
    id: Id<'clm'>,
    {
      granted,
      reason,
    }: { readonly granted?: Money | undefined; readonly reason?: string | undefined },
  ): Promise<Claim> {
    const claim = await store.lockClaim(tx, id);
    if (claim.contractNo === undefined) this.deps.law.require(tx, 'provision-fund');
    const review = { by: tx.scope.actor.id, at: this.deps.clock.now(), reason };
    return this.save(tx, accepted(claim, review, granted), 'accepted');
  }

  /** @throws Problem `cover.claim-not-found`, `cover.claim-status`. */
  async reject(tx: Tx, id: Id<'clm'>, reason: string): Promise<Claim> {
    const claim = await store.lockClaim(tx, id);
    const review = { by: tx.scope.actor.id, at: this.deps.clock.now(), reason };
    return this.save(tx, rejected(claim, review), 'rejected');
  }

  private async activeFunds(tx: Tx): Promise<readonly Fund[]> {
    // What the law forbids is not asked, though it was founded when it could be.
    if (!this.deps.law.ask(tx, 'provision-fund').isAllowed) return [];
    const found = await listProviders(tx, { isFund: true, status: 'active', limit: MOST_FUNDS });
    return found.filter((provider) => provider.kind === 'fund');
  }

  private async makeFor(tx: Tx, evening: Evening): Promise<number> {
    const { on, overdue } = evening;
    const all = overdue.map(({ loanNo }) => loanNo);
    const contracts = grouped(await listContracts(tx, all));
    const candidates = overdue.filter((loan) => isCandidate(loan, contracts, evening));
    const loanNos = candidates.map(({ loanNo }) => loanNo);
    if (loanNos.length === 0) return 0;
    const owed = await this.deps.loans.owedToLenders(tx, loanNos, on);
    const compensations = grouped(await store.listCompensations(tx, loanNos));
    const standing = new Set((await store.listClaimsOf(tx, loanNos)).map(keyOf));
    const drafts = candidates.flatMap((loan) =>
      this.claimsOn(loan, evening, {
        owed: must(owed.get(loan.loanNo), 'what lenders are owed'),
        contracts: contracts.get(loan.loanNo) ?? [],
        compensations: compensations.get(loan.loanNo) ?? [],
      }),
    );
    const made = await store.insertClaims(
      tx,
      drafts.filter((claim) => !standing.has(keyOf(claim))),
    );
    for (const claim of made) await this.announce(tx, claim, 'made');
    return made.length;
  }

  private claimsOn(loan: OverdueLoan, { on, funds }: Evening, loss: LossOf): readonly Claim[] {
    const shared = sharedAmong(loss);
    const onContracts = loss.contracts
      .filter((contract) => answersFor(contract, arrearsOf(loan, on)))
      .map((contract) => ({
        contract,
        providerId: contract.providerId,
        amount: must(shared.byContract.get(contract.no), 'what a contract owes'),
      }));
    const onFunds = fundsOf(loan, { on, funds })
      // Several funds would each reckon with the whole of what lenders bear: the first one is asked.
      .slice(0, 1)
      .map((fund) => ({
        contract: undefined,
        providerId: fund.id,
        amount: mostOfFund(loss, fund),
      }));
    return [...onContracts, ...onFunds]
      .filter(({ amount }) => amount.isPositive)
      .map(({ contract, providerId, amount }) =>
        this.draft(loan, { on, owed: loss.owed, contract, providerId, amount }),
      );
  }

  private draft(loan: OverdueLoan, demand: Demand): Claim {
    const { on, owed, contract, providerId, amount } = demand;
    const { clock, newId } = this.deps;
    const claim: Claim = {
      id: newId('clm'),
      loanNo: loan.loanNo,
      loanId: loan.id,
      providerId,
      contractNo: contract?.no,
      madeOn: on,
      daysPastDue: daysBetween(loan.dueOn, on),
      owed,
      claimed: amount,
      paid: Money.zero(amount.currency),
      status: 'made',
    };
    if (contract?.review !== 'automatic') return claim;
    return accepted(claim, { by: 'system:cover', at: clock.now() });
  }

  private async save(tx: Tx, claim: Claim, step: string): Promise<Claim> {
    await store.updateClaim(tx, claim);
    await this.announce(tx, claim, step);
    return claim;
  }

  private async announce(tx: Tx, claim: Claim, step: string): Promise<void> {
    const { audit, outbox } = this.deps;
    const { id, loanId, providerId, claimed, granted, reason } = claim;
    await audit.record(tx, {
      action: `cover.claim-${step}`,
      subject: id,
      details: {
        loanId,
        providerId,
        claimed: claimed.toString(),
        granted: granted?.toString(),
        reason,
      },
    });
    await outbox.publish(tx, {
      type: `cover.claim-${step}`,
      subject: loanId,
      payload: { claimId: id, providerId, claimed: { ...claimed.toWire() } },
    });
  }
}

interface Evening {
  readonly on: CalendarDate;
  readonly overdue: readonly OverdueLoan[];
  readonly funds: readonly Fund[];
}

interface Demand {
  readonly on: CalendarDate;
  readonly owed: Claim['owed'];
  readonly contract: Contract | undefined;
  readonly providerId: Id<'cov'>;
  readonly amount: Money;
}

function isCandidate(
  loan: OverdueLoan,
  contracts: ReadonlyMap<LoanNo, readonly Contract[]>,
  evening: Evening,
): boolean {
  const arrears = arrearsOf(loan, evening.on);
  const own = contracts.get(loan.loanNo) ?? [];
  return own.some((contract) => answersFor(contract, arrears)) || fundsOf(loan, evening).length > 0;
}

function fundsOf(loan: OverdueLoan, { on, funds }: Pick<Evening, 'on' | 'funds'>): readonly Fund[] {
  const { daysPastDue } = arrearsOf(loan, on);
  return funds.filter(
    ({ terms, currency }) =>
      currency === loan.currency && daysPastDue >= terms.triggerDays && looksTo(terms, loan),
  );
}

/** Of what has been missed: the day it fell due, and how many have passed. */
function arrearsOf({ dueOn }: OverdueLoan, on: CalendarDate) {
  return { since: dueOn, daysPastDue: daysBetween(dueOn, on) };
}

/** One demand on one provider for one loan; the contract is the provider's only one there. */
function keyOf({ loanNo, providerId }: Pick<Claim, 'loanNo' | 'providerId'>): string {
  return `${loanNo} ${providerId}`;
}

function grouped<T extends { readonly loanNo: LoanNo }>(
  items: readonly T[],
): ReadonlyMap<LoanNo, readonly T[]> {
  const groups = new Map<LoanNo, T[]>();
  for (const item of items) {
    const own = groups.get(item.loanNo);
    if (own) own.push(item);
    else groups.set(item.loanNo, [item]);
  }
  return groups;
}

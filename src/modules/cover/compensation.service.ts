import { must } from '../../kernel/assert';
import type { CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Audit } from '../../platform/audit';
import type { Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { afterPayment, lapsed, openOf, type Claim } from './claim';
import * as store from './claim.store';
import type { ContractService } from './contract.service';
import { listContracts } from './contract.store';
import { mostOfFund, sharedAmong, type LossOf } from './due';
import type { CoveredLoan, CoveredLoans } from './ports';
import type { Provider } from './provider';
import type { ProviderService } from './provider.service';
import { getProvider, listByIds } from './provider.store';
import { splitPayment } from './risk-sharing';

export interface CompensationDeps {
  readonly clock: Clock;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly loans: CoveredLoans;
  readonly providers: ProviderService;
  readonly contracts: ContractService;
}

/** How many claims one transaction pays. */
const BATCH = 25;
const PAGE = 200;

/** Pays lenders what their claims on guarantors and funds came to (代偿). */
export class CompensationDesk {
  constructor(private readonly deps: CompensationDeps) {}

  /**
   * Pays accepted claims, the oldest first, as far as each provider's money goes; what it does not
   * reach stays open.
   *
   * @returns whether there is more to do.
   */
  async payDue(tx: Tx): Promise<{ readonly handled: number; readonly more: boolean }> {
    let handled = 0;
    for (let after = ''; ;) {
      const page = await store.listAccepted(tx, { after, limit: PAGE });
      for (const claim of await this.withMoney(tx, page)) {
        if (handled === BATCH) return { handled, more: true };
        await this.pay(tx, claim.id);
        handled += 1;
      }
      const last = page.at(-1);
      if (!last || page.length < PAGE) return { handled, more: false };
      after = last.id;
    }
  }

  /**
   * Pays one accepted claim as far as there is money. A claim whose loan is not overdue any more
   * lapses; what the borrower paid since lowers what is owed on it.
   */
  async pay(tx: Tx, id: Id<'clm'>): Promise<Claim> {
    const { loanId } = await store.getClaim(tx, id);
    const loan = await this.deps.loans.lock(tx, loanId);
    const claim = await store.lockClaim(tx, id);
    if (claim.status !== 'accepted') return claim;
    const on = must(await this.deps.loans.lastClosedOn(tx), 'the evening a claim was made on');
    if (!isOverdue(loan, on)) return this.lapse(tx, claim);
    const provider = await getProvider(tx, claim.providerId);
    const loss = await this.lossOf(tx, loan, on);
    const due = dueOn(claim, provider, loss);
    if (due.isZero) return this.lapse(tx, claim);
    const cash = await this.deps.providers.cashOf(tx, provider);
    const amount = openOf(claim).atMost(due).atMost(cash);
    if (!amount.isPositive) return claim;
    return this.carryOut(tx, claim, { loss, provider, amount, due });
  }

  private async withMoney(tx: Tx, claims: readonly Claim[]): Promise<readonly Claim[]> {
    const ids = [...new Set(claims.map(({ providerId }) => providerId))];
    const providers = await listByIds(tx, ids);
    const withCash = new Set<Id<'cov'>>();
    for (const provider of providers.values()) {
      const cash = await this.deps.providers.cashOf(tx, provider);
      if (cash.isPositive) withCash.add(provider.id);
    }
    return claims.filter(({ providerId }) => withCash.has(providerId));
  }

  private async lossOf(tx: Tx, { loanNo }: CoveredLoan, on: CalendarDate): Promise<LossOf> {
    const owed = await this.deps.loans.owedToLenders(tx, [loanNo], on);
    return {
      owed: must(owed.get(loanNo), 'what lenders are owed'),
      contracts: await listContracts(tx, [loanNo]),
      compensations: await store.listCompensations(tx, [loanNo]),
    };
  }

  private async carryOut(tx: Tx, claim: Claim, payment: Payment): Promise<Claim> {
    const { clock, loans, providers, contracts, audit, outbox } = this.deps;
    const { loss, provider, amount, due } = payment;
    const at = clock.now();
    const paid = splitPayment(amount, loss.owed);
    const earlier = loss.compensations.filter(({ claimId }) => claimId === claim.id);
    const no = earlier.length + 1;
    const paidOn = providers.today(tx);
    const booked = await loans.compensate(tx, {
      loanId: claim.loanId,
      provider,
      ...paid,
      source: { type: 'claim', id: `${claim.id}/${no}` },
      paidOn,
    });
    const { id: claimId, loanNo, loanId, providerId } = claim;
    await store.insertCompensation(tx, {
      ...{ claimId, no, loanNo, providerId, paidOn, paidAt: at },
      ...paid,
      ...booked,
    });
    const after = afterPayment(claim, { amount, stillDue: due.minus(amount), at });
    await store.updateClaim(tx, after);
    if (after.status === 'paid' && claim.contractNo !== undefined) {
      await contracts.fulfil(tx, loanNo, claim.contractNo);
    }
    const wire = { ...amount.toWire() };
    await audit.record(tx, {
      action: 'cover.compensated',
      subject: claimId,
      details: { loanId, providerId, amount: wire, paymentNo: booked.paymentNo },
    });
    await outbox.publish(tx, {
      type: 'cover.compensated',
      subject: loanId,
      payload: { claimId, no, providerId, amount: wire },
    });
    return after;
  }

  private async lapse(tx: Tx, claim: Claim): Promise<Claim> {
    const { clock, audit, outbox } = this.deps;
    const after = lapsed(claim, clock.now());
    await store.updateClaim(tx, after);
    const { id, loanId, status } = after;
    await audit.record(tx, { action: 'cover.claim-lapsed', subject: id, details: { status } });
    await outbox.publish(tx, {
      type: 'cover.claim-lapsed',
      subject: loanId,
      payload: { claimId: id },
    });
    return after;
  }
}

interface Payment {
  readonly loss: LossOf;
  readonly provider: Provider;
  readonly amount: Money;
  /** What the provider owes lenders before it. */
  readonly due: Money;
}

function isOverdue({ isEnded, nextDueOn }: CoveredLoan, on: CalendarDate): boolean {
  return !isEnded && nextDueOn !== undefined && nextDueOn < on;
}

function dueOn(claim: Claim, provider: Provider, loss: LossOf): Money {
  if (provider.kind === 'fund') return mostOfFund(loss, provider);
  const { byContract } = sharedAmong(loss);
  const due = claim.contractNo === undefined ? undefined : byContract.get(claim.contractNo);
  return due ?? Money.zero(claim.claimed.currency);
}

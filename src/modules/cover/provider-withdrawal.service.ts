import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import type {
  BankAccount,
  BankAccountDraft,
  BankAccountService,
  OwnerWithdrawal,
  Withdrawal,
  WithdrawalService,
} from '../payments';
import { coverProblem } from './errors';
import { exposuresOf } from './exposure.queries';
import { ownerOf, type Provider } from './provider';
import type { ProviderService } from './provider.service';
import { lockProvider } from './provider.store';

export interface ProviderWithdrawalDeps {
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly providers: Pick<ProviderService, 'cashOf'>;
  readonly bankAccounts: Pick<BankAccountService, 'register' | 'listOfParty'>;
  readonly withdrawals: Pick<WithdrawalService, 'payOut'>;
}

/** Money that goes back to whoever paid it in: a guarantor, or the keeper of a fund. */
export class ProviderWithdrawals {
  constructor(private readonly deps: ProviderWithdrawalDeps) {}

  /**
   * Registers an account held in the provider's own name, as its bank confirms.
   *
   * @throws Problem `cover.provider-not-found`, `cover.provider-status`, and those of
   *   `BankAccountService.register`.
   */
  async registerAccount(
    tx: Tx,
    id: Id<'cov'>,
    account: Pick<BankAccountDraft, 'scheme' | 'account'>,
  ): Promise<BankAccount> {
    const { partyId, name, status } = await lockProvider(tx, id);
    if (status === 'closed') throw coverProblem('provider-status');
    return this.deps.bankAccounts.register(tx, { ...account, partyId, holder: name });
  }

  async listAccounts(db: Db, { partyId }: Provider): Promise<readonly BankAccount[]> {
    return this.deps.bankAccounts.listOfParty(db, partyId);
  }

  /**
   * Pays out of a provider's money what no claim asks for. A fund keeps all of it for lenders until it
   * is asked no more: that is another person's step.
   *
   * @throws Problem `cover.provider-not-found`, `cover.provider-status`, `cover.mixed-currencies`,
   *   `cover.money-claimed`, and those of `WithdrawalService.payOut`.
   */
  async pay(
    tx: Tx,
    id: Id<'cov'>,
    order: Pick<OwnerWithdrawal, 'amount' | 'bankAccountId'>,
  ): Promise<Withdrawal> {
    const { audit, outbox, withdrawals } = this.deps;
    const { amount } = order;
    const provider = await lockProvider(tx, id);
    if (amount.currency !== provider.currency) throw coverProblem('mixed-currencies');
    if (provider.kind === 'fund' && provider.status === 'active') {
      throw coverProblem('provider-status', {
        detail: 'A fund is suspended before it is emptied.',
      });
    }
    await this.requireFree(tx, provider, amount);
    const withdrawal = await withdrawals.payOut(tx, { ...order, owner: ownerOf(provider) });
    const step = 'cover.withdrawal-requested';
    const details = { withdrawalId: withdrawal.id, amount: { ...amount.toWire() } };
    await audit.record(tx, { action: step, subject: id, details });
    await outbox.publish(tx, { type: step, subject: id, payload: details });
    return withdrawal;
  }

  private async requireFree(tx: Tx, provider: Provider, amount: Money): Promise<void> {
    const cash = await this.deps.providers.cashOf(tx, provider);
    const exposure = (await exposuresOf(tx, [provider])).get(provider.id);
    const claimed = exposure?.openClaims ?? Money.zero(provider.currency);
    if (!claimed.isPositive || !amount.plus(claimed).isMoreThan(cash)) return;
    throw coverProblem('money-claimed', {
      detail: `It has ${cash.toString()}, of which claims that are not paid ask for ${claimed.toString()}.`,
    });
  }
}

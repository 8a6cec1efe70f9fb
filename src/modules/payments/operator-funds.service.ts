import type { Currency } from '../../kernel/currency';
import { Money } from '../../kernel/money';
import type { Tx } from '../../platform/db';
import {
  FEE_KINDS,
  feeAccount,
  naturalBalance,
  ownFunds,
  type FeeKind,
  type LedgerService,
} from '../ledger';
import { lockFact, sumPendingSweeps, sumSweptFees } from './withdrawal.store';

export interface OperatorFundsDeps {
  readonly ledger: LedgerService;
}

/** What lies with the custodian and is not the clients', but the operator's. */
export class OperatorFunds {
  constructor(private readonly deps: OperatorFundsDeps) {}

  /**
   * What the operator's own money with the custodian comes to, less fees on their way out;
   * negative when clients are not covered. Whoever asks after it in the same currency waits for
   * the end of this transaction, so that two do not spend the same.
   */
  async lockAvailable(tx: Tx, currency: Currency): Promise<Money> {
    await lockFact(tx, `own-funds:${currency}`);
    return (await ownFunds(tx, currency)).minus(await sumPendingSweeps(tx, currency));
  }

  /** Fees by kind, earned less sent; negative where some were given back after they were sent. */
  async listUnswept(tx: Tx, currency: Currency): Promise<ReadonlyMap<FeeKind, Money>> {
    const swept = await sumSweptFees(tx, currency);
    const unswept = new Map<FeeKind, Money>();
    for (const kind of FEE_KINDS) {
      const income = await this.deps.ledger.findAccount(tx, feeAccount(kind, currency));
      if (!income) continue;
      const sent = swept.get(kind) ?? Money.zero(currency);
      unswept.set(kind, naturalBalance(income).minus(sent));
    }
    return unswept;
  }
}

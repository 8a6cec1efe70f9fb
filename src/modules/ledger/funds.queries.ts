import { asCurrency, type Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db } from '../../platform/db';
import { available, naturalBalance, type AccountNo } from './account';
import { investorCashAccount } from './chart';
import { findAccount } from './store';

/** What an investor's cash comes to; what is invested lies elsewhere. */
export interface CashStanding {
  readonly balance: Money;
  /** Held for what the investor has committed to and has not settled yet. */
  readonly reserved: Money;
  /** What may be spent or paid out: the balance less what is reserved. */
  readonly available: Money;
}

/** The investor's cash in one currency; zero where there has been none. */
export async function cashOf(
  db: Db,
  investorId: Id<'inv'>,
  currency: Currency,
): Promise<CashStanding> {
  const account = await findAccount(db, investorCashAccount(investorId, currency));
  if (!account) {
    const zero = Money.zero(currency);
    return { balance: zero, reserved: zero, available: zero };
  }
  return {
    balance: naturalBalance(account),
    reserved: account.held,
    available: available(account),
  };
}

/**
 * What of the money with the custodian is the operator's own: what is left when every client is
 * paid. Since the books sum to zero, it is what the few accounts come to that are not the clients',
 * with the sign turned; negative when clients are not covered.
 */
export async function ownFunds(db: Db, currency: Currency): Promise<Money> {
  const rows = await db.query<{ own_minor: bigint }>(
    `SELECT coalesce(-sum(a.balance_minor), 0)::bigint AS own_minor FROM ledger_accounts a
     WHERE NOT a.is_client_money AND a.currency = :currency`,
    { currency },
  );
  return Money.ofMinor(rows[0]?.own_minor ?? 0n, currency);
}

/** What an investor owes the operator, and the cash that may repay it. */
export interface Clawback {
  readonly investorId: Id<'inv'>;
  readonly clawback: AccountNo;
  readonly cash: AccountNo;
  readonly owed: Money;
  readonly postingCount: bigint;
}

/** Every investor who owes the operator something: few, found among the operator's own accounts. */
export async function listClawbacks(db: Db): Promise<readonly Clawback[]> {
  const rows = await db.query<{
    investor_id: Id<'inv'>;
    account_no: AccountNo;
    cash_no: AccountNo;
    balance_minor: bigint;
    currency: string;
    posting_count: bigint;
  }>(
    `SELECT split_part(a.path, ':', 3) AS investor_id, a.account_no, c.account_no AS cash_no,
            a.balance_minor, a.currency, a.posting_count
     FROM ledger_accounts a
     JOIN ledger_accounts c ON c.operator_id = a.operator_id AND c.currency = a.currency
       AND c.path = 'liabilities:investor:' || split_part(a.path, ':', 3) || ':cash'
     WHERE NOT a.is_client_money AND a.path LIKE 'assets:clawback:%' AND a.balance_minor > 0
     ORDER BY a.account_no`,
  );
  return rows.map((row) => ({
    investorId: row.investor_id,
    clawback: row.account_no,
    cash: row.cash_no,
    owed: Money.ofMinor(row.balance_minor, asCurrency(row.currency)),
    postingCount: row.posting_count,
  }));
}

/**
 * What the books owed to clients at an instant, that instant included, by the time of recording: the
 * sum of every client's account, reckoned back from now by what was posted since.
 */
export async function clientMoneyAsOf(db: Db, currency: Currency, at: Date): Promise<Money> {
  const rows = await db.query<{ owed_minor: bigint }>(
    `SELECT (
       (SELECT coalesce(sum(-a.balance_minor), 0) FROM ledger_accounts a
        WHERE a.currency = :currency AND a.is_client_money AND a.normal_side = -1)
       + (SELECT coalesce(sum(p.amount_minor), 0) FROM ledger_entries e
          JOIN ledger_postings p ON p.operator_id = e.operator_id AND p.entry_no = e.entry_no
          JOIN ledger_accounts a ON a.operator_id = p.operator_id AND a.account_no = p.account_no
          WHERE e.recorded_at > :at AND p.recorded_at > :at AND p.currency = :currency
            AND a.is_client_money AND a.normal_side = -1)
     )::bigint AS owed_minor`,
    { currency, at },
  );
  return Money.ofMinor(rows[0]?.owed_minor ?? 0n, currency);
}

import type { Currency } from '../../kernel/currency';
import type { Id } from '../../kernel/id';
import type { AccountSpec } from './account';

/**
 * The chart of accounts: every path the engine posts to is made here and nowhere else.
 * `docs/chart-of-accounts.md` says when each moves.
 */

/** Client money as it lies with the custodian. */
export function custodianAccount(currency: Currency): AccountSpec {
  return account(`assets:custodian:${currency.toLowerCase()}`, currency, { isClientMoney: true });
}

/** The operator's own bank account, where earned fees go. */
export function operatorBankAccount(currency: Currency): AccountSpec {
  return account(`assets:operator-bank:${currency.toLowerCase()}`, currency, {});
}

/** Money at the custodian that nobody could yet be found for. */
export function suspenseAccount(currency: Currency): AccountSpec {
  return account(`liabilities:suspense:${currency.toLowerCase()}`, currency, {
    isClientMoney: true,
  });
}

export function investorCashAccount(investorId: Id<'inv'>, currency: Currency): AccountSpec {
  return account(`liabilities:investor:${investorId}:cash`, currency, { isClientMoney: true });
}

/** Subscribed money between the close of an offering and its settlement. */
export function offeringEscrowAccount(offeringId: Id<'off'>, currency: Currency): AccountSpec {
  return account(`liabilities:offering:${offeringId}:escrow`, currency, { isClientMoney: true });
}

/** What a settled offering raised for its issuer and has not been paid out. */
export function issuerProceedsAccount(issuerId: Id<'iss'>, currency: Currency): AccountSpec {
  return account(`liabilities:issuer:${issuerId}:proceeds`, currency, { isClientMoney: true });
}

/** Money received for a loan and not yet applied or distributed. */
export function loanCollectionsAccount(loanId: Id<'lon'>, currency: Currency): AccountSpec {
  return account(`liabilities:loan:${loanId}:collections`, currency, { isClientMoney: true });
}

/** What a guarantor or insurer has paid in, or received back, and has not been paid out. */
export function guarantorCashAccount(guarantorId: Id<'cov'>, currency: Currency): AccountSpec {
  return account(`liabilities:guarantor:${guarantorId}:cash`, currency, { isClientMoney: true });
}

/** Money set aside, apart from the operator's own, out of which lenders' losses may be met. */
export function provisionFundAccount(fundId: Id<'cov'>, currency: Currency): AccountSpec {
  return account(`liabilities:provision-fund:${fundId}`, currency, { isClientMoney: true });
}

/** What an investor owes the operator, who paid it for the investor when a payment bounced. */
export function clawbackAccount(investorId: Id<'inv'>, currency: Currency): AccountSpec {
  return account(`assets:clawback:${investorId}`, currency, {});
}

/** What the bank has less than the books and nobody else answers for: the operator's cost. */
export function bankDifferencesAccount(currency: Currency): AccountSpec {
  return account('expenses:bank-differences', currency, {});
}

/** What an operator earns, by what it is for: each an account of its own below `income:fees`. */
export const FEE_KINDS = [
  'success',
  'origination',
  'servicing',
  'late',
  'market',
  'costs',
] as const;

export type FeeKind = (typeof FEE_KINDS)[number];

export function feeAccount(kind: FeeKind, currency: Currency): AccountSpec {
  return account(`income:fees:${kind}`, currency, { floorMinor: undefined });
}

function account(
  path: string,
  currency: Currency,
  options: { readonly isClientMoney?: boolean; readonly floorMinor?: bigint | undefined },
): AccountSpec {
  return {
    path,
    currency,
    isClientMoney: options.isClientMoney ?? false,
    floorMinor: 'floorMinor' in options ? options.floorMinor : 0n,
  };
}

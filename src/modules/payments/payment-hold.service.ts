import type { Money } from '../../kernel/money';
import { Problem } from '../../kernel/problem';
import type { Tx } from '../../platform/db';
import { available, type AccountSpec, type HoldNo, type LedgerService } from '../ledger';
import { paymentProblem } from './errors';

/** Reserves what is to be paid out. @throws Problem `payments.above-available`. */
export async function holdForPayment(
  tx: Tx,
  ledger: LedgerService,
  { spec, amount }: { readonly spec: AccountSpec; readonly amount: Money },
): Promise<HoldNo> {
  const account = await ledger.findAccount(tx, spec);
  const left = account && available(account);
  if (!account || !left || amount.isMoreThan(left)) throw aboveAvailable(amount, left);
  // Somebody else may have taken it since; then the ledger refuses, in its own words.
  return ledger
    .placeHold(tx, { accountNo: account.accountNo, amount, purpose: 'withdrawal' })
    .catch((error: unknown) => {
      throw isInsufficient(error) ? aboveAvailable(amount, undefined, error) : error;
    });
}

function aboveAvailable(amount: Money, left: Money | undefined, cause?: unknown): Problem {
  const shown = left === undefined ? '' : ` ${left.toString()} is available.`;
  return paymentProblem('above-available', {
    detail: `${amount.toString()} was asked for.${shown}`,
    cause,
  });
}

function isInsufficient(error: unknown): boolean {
  return error instanceof Problem && error.code === 'ledger.insufficient-funds';
}

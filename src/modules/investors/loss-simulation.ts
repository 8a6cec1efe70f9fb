import { Money } from '../../kernel/money';
import { rate } from '../../kernel/rate';

/** Yearly figures of one person, all in one currency. */
export interface LossSimulationInput {
  readonly netAnnualIncome: Money;
  readonly liquidAssets: Money;
  readonly annualCommitments: Money;
}

export interface LossSimulationResult {
  readonly netWorth: Money;
  readonly abilityToBearLoss: Money;
}

const SHARE = rate('0.10');

/**
 * What a non-sophisticated investor can bear to lose: a tenth of net worth, which here means
 * income plus liquid assets less commitments. Nothing when commitments exceed the rest. The
 * fraction of a cent is dropped, since the figure is a ceiling.
 *
 * Source: Delegated Regulation (EU) 2022/2114, Articles 7 to 10.
 *
 * @throws Problem `money.mixed-currencies`.
 */
export function simulateLoss(input: LossSimulationInput): LossSimulationResult {
  const { netAnnualIncome, liquidAssets, annualCommitments } = input;
  const netWorth = netAnnualIncome.plus(liquidAssets).minus(annualCommitments);
  const nothing = Money.zero(netWorth.currency);
  return { netWorth, abilityToBearLoss: netWorth.atLeast(nothing).times(SHARE, 'floor') };
}

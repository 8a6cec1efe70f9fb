import { Money } from '../../src/kernel/money';
import type { OfferingTerms } from '../../src/modules/offerings';

export const US_OPERATOR = 1;
export const EU_OPERATOR = 2;
export const IN_OPERATOR = 3;

/** Under which rulebook which operator raises money, and what it discloses with. */
export const REGIMES = {
  'us-reg-cf': { operatorId: US_OPERATOR, currency: 'USD', document: 'form-c' },
  'eu-ecspr': { operatorId: EU_OPERATOR, currency: 'EUR', document: 'kiis' },
  'in-p2p': { operatorId: IN_OPERATOR, currency: 'INR', document: 'loan-summary' },
} as const;

export type RegimeCurrency = (typeof REGIMES)[keyof typeof REGIMES]['currency'];

/** Everything an investor may be asked to acknowledge. */
export const ACKNOWLEDGED = {
  riskWarning: true,
  educationalMaterials: true,
  cancellationLimits: true,
  resaleDifficulty: true,
  lossOfAll: true,
  understanding: true,
  consentAboveThreshold: true,
  limitsObserved: true,
};

/** The same terms, in the currency of the regime. */
export function inCurrency(terms: OfferingTerms, currency: RegimeCurrency): OfferingTerms {
  const into = (amount: Money) => Money.ofMinor(amount.minor, currency);
  return {
    ...terms,
    currency,
    target: into(terms.target),
    maximum: into(terms.maximum),
    orderLimit: into(terms.orderLimit),
    minimumTicket: into(terms.minimumTicket),
    ...(terms.maximumTicket === undefined ? {} : { maximumTicket: into(terms.maximumTicket) }),
  };
}

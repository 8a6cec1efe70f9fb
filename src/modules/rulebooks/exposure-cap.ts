import type { BoundRule } from './bound-rule';
import { bindAmountCap, type FlowCapRule } from './flow-cap';
import type { Scope } from './scope';

/** At most so much principal may be outstanding at any moment. What is repaid is free again. */
export type ExposureCapRule = Omit<FlowCapRule, 'kind' | 'window' | 'sharedWhen'> & {
  readonly kind: 'exposure-cap';
};

export function bindExposureCap(rule: ExposureCapRule, scope: Scope): BoundRule {
  return bindAmountCap(rule, scope, () => ({ measure: 'outstanding-principal', isShared: false }));
}

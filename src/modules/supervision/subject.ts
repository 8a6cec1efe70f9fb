import type { Id } from '../../kernel/id';
import type { SubjectId } from './ports';

/** An investor or issuer without what is sealed. */
export interface Subject {
  readonly id: SubjectId;
  readonly kind: 'natural' | 'legal';
  readonly country: string;
  readonly status: string;
  readonly verification: string;
  readonly identityKind: string;
  readonly identityMasked: string;
  /** Of companies, whose names are public. */
  readonly name: string | undefined;
}

/** Why personal data is opened. */
export const UNMASK_REASONS = [
  'complaint',
  'inspection',
  'market-abuse',
  'money-laundering',
  'court-order',
] as const;
export type UnmaskReason = (typeof UNMASK_REASONS)[number];

/** Leave to see what is sealed of somebody. */
export interface Unmasking {
  readonly id: Id<'unm'>;
  readonly operatorId: number;
  readonly subject: SubjectId;
  readonly authorityId: Id<'aut'>;
  readonly userId: Id<'usr'>;
  readonly reasonCode: UnmaskReason;
  readonly reason: string;
  readonly grantedAt: Date;
  readonly expiresAt: Date;
}

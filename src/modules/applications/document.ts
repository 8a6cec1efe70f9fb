import type { Id } from '../../kernel/id';

/** What a borrower brings as evidence. */
export const DOCUMENT_KINDS = [
  'payslip',
  'employment-contract',
  'tax-return',
  'pension-notice',
  'benefit-notice',
  'bank-statement',
  'financial-statements',
  'project-contract',
  'address-proof',
  'other',
] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/** A document of an application; its bytes lie sealed, its hash is of the bytes in clear. */
export interface ApplicationDocument {
  readonly id: Id<'doc'>;
  readonly kind: DocumentKind;
  readonly title: string;
  readonly sha256: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly uploadedAt: Date;
}

/** The most bytes of one document. */
export const LARGEST_DOCUMENT = 200 * 1024;

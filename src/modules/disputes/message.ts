import type { Id } from '../../kernel/id';
import type { Side } from './complaint';

/** What one side said to the others. An answer is the operator's position on the complaint. */
export interface Message {
  readonly no: number;
  readonly side: Side;
  readonly kind: 'message' | 'answer';
  readonly text: string;
  readonly by: string;
  readonly at: Date;
}

/** Evidence of one side; its bytes lie sealed, its hash is of the bytes in clear. */
export interface DisputeDocument {
  readonly id: Id<'doc'>;
  readonly side: Side;
  readonly title: string;
  readonly contentType: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly uploadedBy: string;
  readonly uploadedAt: Date;
}

/** The most bytes of one document, and the most documents of one complaint. */
export const LARGEST_DOCUMENT = 200 * 1024;
export const MOST_DOCUMENTS = 40;

import { hash } from 'node:crypto';
import type { Json } from '../../kernel/canonical-json';
import { readSigned, type DocumentSigner, type PublicDocumentKey } from '../auth';

/** How far a chain went at a moment, and what was in it: short enough to be kept elsewhere. */
export interface Checkpoint {
  /** 0 is the installation itself. */
  readonly operator: number;
  /** 1 for an operator's first, without gaps. */
  readonly number: bigint;
  /** Records in the chain. */
  readonly size: bigint;
  /** Of the Merkle tree over the hashes of all records; hexadecimal, as every hash here. */
  readonly rootHash: string;
  /** Of the last record. */
  readonly headHash: string;
  /** Where the chains of the ledger stood: `chain:links:hash`. */
  readonly ledgerHeads: readonly string[];
  readonly takenAt: Date;
  /** SHA-256 of the checkpoint before, or zeros. */
  readonly previous: string;
}

export interface SignedCheckpoint extends Checkpoint {
  /** JWS in compact form. */
  readonly jws: string;
  /** SHA-256 of the canonical JSON that was signed. */
  readonly sha256: string;
}

export type VerifyingKey = Pick<PublicDocumentKey, 'kty' | 'crv' | 'x' | 'kid'>;

/** What its header says a checkpoint is, so that no other signed document passes for one. */
const TYPE = 'audit-checkpoint+jws';

export function signCheckpoint(checkpoint: Checkpoint, signer: DocumentSigner): SignedCheckpoint {
  const { jws, sha256 } = signer.sign(documentOf(checkpoint), TYPE);
  return { ...checkpoint, jws, sha256 };
}

/** The checkpoint inside a JWS; undefined unless one of the keys signed it as a checkpoint. */
export function readCheckpoint(
  jws: string,
  keys: readonly VerifyingKey[],
): SignedCheckpoint | undefined {
  const document = readSigned(jws, keys);
  if (document === undefined) return undefined;
  const [header = '', payload = ''] = jws.split('.').map((part) => Buffer.from(part, 'base64url'));
  const { typ } = JSON.parse(header.toString()) as { readonly typ?: unknown };
  if (typ !== TYPE) return undefined;
  return { ...checkpointOf(document as unknown as Document), jws, sha256: hash('sha256', payload) };
}

interface Document {
  readonly operator: number;
  readonly number: string;
  readonly size: string;
  readonly rootHash: string;
  readonly headHash: string;
  readonly ledgerHeads: readonly string[];
  readonly takenAt: string;
  readonly previous: string;
}

function documentOf(checkpoint: Checkpoint): Json {
  const document: Document = {
    ...checkpoint,
    number: checkpoint.number.toString(),
    size: checkpoint.size.toString(),
    takenAt: checkpoint.takenAt.toISOString(),
  };
  return { ...document };
}

function checkpointOf(document: Document): Checkpoint {
  return {
    ...document,
    number: BigInt(document.number),
    size: BigInt(document.size),
    takenAt: new Date(document.takenAt),
  };
}

import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../../kernel/canonical-json';
import { keyAsPem, type DocumentSigner } from '../../platform/auth';
import { writeZip } from '../../platform/documents';
import { KEY_FILE, MANIFEST_FILE, PACK_FILE, SIGNATURE_FILE } from './file-names';
import type { StoredFile } from './store';

export const JSON_TYPE = 'application/json';

/** What a manifest says besides its files, and the type under which it is signed. */
export interface ManifestDraft {
  readonly says: Readonly<Record<string, Json | undefined>>;
  readonly type: string;
}

export function storedFile(name: string, mediaType: string, content: Buffer | string): StoredFile {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  return { name, mediaType, bytes, sha256: sha256(bytes) };
}

export function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * The files with a manifest that has the hash of each, its detached signature, the key, and all of them
 * in one archive, which `verifyPack` verifies.
 */
export function signedFiles(
  files: readonly StoredFile[],
  { says, type }: ManifestDraft,
  signer: DocumentSigner,
): readonly StoredFile[] {
  const listed = files.map(({ name, mediaType, bytes, sha256: hash }) => ({
    name,
    mediaType,
    size: bytes.length,
    sha256: hash,
  }));
  const manifest = canonicalJson({ ...says, files: listed });
  const signed = [
    ...files,
    storedFile(MANIFEST_FILE, JSON_TYPE, manifest),
    storedFile(SIGNATURE_FILE, 'application/jose', signer.signDetached(manifest, type)),
    storedFile(KEY_FILE, 'application/x-pem-file', keyAsPem(signer.publicKey)),
  ];
  return [...signed, storedFile(PACK_FILE, 'application/zip', writeZip(signed))];
}

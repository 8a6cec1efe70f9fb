import { createHash } from 'node:crypto';
import { keyOfPem, verifiesDetached } from '../../platform/auth';
import { KEY_FILE, MANIFEST_FILE, SIGNATURE_FILE } from './file-names';

/** What was found of a pack. It is good when nothing is wrong with it. */
export interface Verdict {
  /** The name of the key that signed; it counts if it is among those the operator publishes. */
  readonly keyId: string;
  readonly files: number;
  readonly wrong: readonly string[];
}

interface Manifest {
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
}

/** What every archive holds besides the files that its manifest names. */
const FRAME: readonly string[] = [MANIFEST_FILE, SIGNATURE_FILE, KEY_FILE];

/**
 * Whether the files of a pack are those that were signed: the signature over the manifest, and the
 * manifest's hash of each file. Needs nothing but the files.
 *
 * @param entries the files of the archive.
 * @param trustedKey the PEM of the key that must have signed; the one in the pack where left out.
 */
export function verifyPack(
  entries: readonly { readonly name: string; readonly bytes: Buffer }[],
  trustedKey?: string,
): Verdict {
  const files = new Map(entries.map(({ name, bytes }) => [name, bytes]));
  const missing = FRAME.filter((name) => !files.has(name));
  if (missing.length > 0) {
    return { keyId: '', files: 0, wrong: missing.map((name) => `${name} is missing`) };
  }
  const textOf = (name: string): string => files.get(name)?.toString('utf8') ?? '';
  const manifest = textOf(MANIFEST_FILE);
  const key = keyIn(trustedKey ?? textOf(KEY_FILE));
  if (key === undefined) return { keyId: '', files: 0, wrong: [`${KEY_FILE} is no Ed25519 key`] };
  if (!verifiesDetached(textOf(SIGNATURE_FILE), manifest, key)) {
    const wrong = [`${SIGNATURE_FILE} is no signature of ${key.kid} over ${MANIFEST_FILE}`];
    return { keyId: key.kid, files: 0, wrong };
  }
  const named = (JSON.parse(manifest) as Manifest).files;
  const wrong = named.flatMap(({ name, sha256 }) => {
    const bytes = files.get(name);
    if (bytes === undefined) return [`${name} is missing`];
    const found = createHash('sha256').update(bytes).digest('hex');
    return found === sha256 ? [] : [`${name} is not the file that was signed`];
  });
  const known = new Set([...named.map(({ name }) => name), ...FRAME]);
  const strays = [...files.keys()].filter((name) => !known.has(name));
  return {
    keyId: key.kid,
    files: named.length,
    wrong: [...wrong, ...strays.map((name) => `${name} was added`)],
  };
}

function keyIn(pem: string): ReturnType<typeof keyOfPem> | undefined {
  try {
    return keyOfPem(pem);
  } catch {
    return undefined;
  }
}

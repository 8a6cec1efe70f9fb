import {
  createHash,
  createPrivateKey,
  createPublicKey,
  sign,
  verify,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { assert } from '../../kernel/assert';
import { canonicalJson, type Json } from '../../kernel/canonical-json';

/** A public key as RFC 8037 writes it, with the name under which documents cite it. */
export interface PublicDocumentKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'EdDSA';
}

export interface SignedDocument {
  /** JWS in compact form (RFC 7515) over the canonical JSON of the document. */
  readonly jws: string;
  readonly keyId: string;
  /** SHA-256 of the canonical JSON, hexadecimal: short enough to be printed. */
  readonly sha256: string;
}

/** What precedes the 32 bytes of an Ed25519 seed in PKCS #8 (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Signs documents that leave the installation, so that anybody can verify them offline, with the
 * public key and no connection: Ed25519 (RFC 8032) in a JWS of type EdDSA (RFC 8037). The payload is
 * canonical JSON (RFC 8785): one document has one signature.
 */
export class DocumentSigner {
  private readonly key: KeyObject;
  readonly publicKey: PublicDocumentKey;
  /** By which what was signed here is verified: the present key, then those before it. */
  readonly keys: readonly PublicDocumentKey[];

  /**
   * @param seed 32 secret bytes.
   * @param former keys that signed before this one, as the `x` of RFC 8037.
   */
  constructor(seed: Uint8Array, former: readonly string[] = []) {
    assert(seed.length === 32, 'a signing key is 32 bytes');
    this.key = createPrivateKey({
      key: Buffer.concat([PKCS8_PREFIX, seed]),
      format: 'der',
      type: 'pkcs8',
    });
    const { x = '' } = createPublicKey(this.key).export({ format: 'jwk' });
    this.publicKey = publicKeyOf(x);
    this.keys = [this.publicKey, ...former.map(publicKeyOf)];
  }

  /**
   * Signs a text that stays a file of its own: a JWS without its payload (RFC 7515, appendix F), over
   * the text as it is (RFC 7797), so that OpenSSL can verify it with the file beside it.
   */
  signDetached(text: string, type: string): string {
    const { kid } = this.publicKey;
    const header = segment(
      canonicalJson({ alg: 'EdDSA', b64: false, crit: ['b64'], kid, typ: type }),
    );
    const signature = sign(undefined, Buffer.from(`${header}.${text}`, 'utf8'), this.key);
    return `${header}..${signature.toString('base64url')}`;
  }

  sign(document: Json, type: string): SignedDocument {
    const payload = canonicalJson(document);
    const { kid } = this.publicKey;
    const header = segment(canonicalJson({ alg: 'EdDSA', kid, typ: type }));
    const signed = `${header}.${segment(payload)}`;
    const signature = sign(undefined, Buffer.from(signed, 'ascii'), this.key).toString('base64url');
    return {
      jws: `${signed}.${signature}`,
      keyId: kid,
      sha256: createHash('sha256').update(payload).digest('hex'),
    };
  }
}

/**
 * The document inside a JWS that one of the keys signed; undefined for anything else. Reads no key
 * and no algorithm out of the document: what it says of itself decides nothing.
 */
export function readSigned(
  jws: string,
  keys: readonly Pick<PublicDocumentKey, 'kty' | 'crv' | 'x' | 'kid'>[],
): Json | undefined {
  const parts = jws.split('.');
  const [header = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3) return undefined;
  for (const key of keys) {
    if (!isOurs(header, key.kid)) continue;
    const { kty, crv, x } = key;
    const jwk: JsonWebKey = { kty, crv, x };
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
    const bytes = Buffer.from(signature, 'base64url');
    // One spelling per signature, so that a changed character is a changed document.
    if (bytes.toString('base64url') !== signature) continue;
    if (!verify(undefined, Buffer.from(`${header}.${payload}`, 'ascii'), publicKey, bytes))
      continue;
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Json;
  }
  return undefined;
}

/** Whether the key signed the text, as `signDetached` does. */
export function verifiesDetached(
  jws: string,
  text: string,
  { kty, crv, x, kid }: Pick<PublicDocumentKey, 'kty' | 'crv' | 'x' | 'kid'>,
): boolean {
  const [header = '', payload, signature = '', ...more] = jws.trim().split('.');
  if (payload !== '' || more.length > 0 || !isOurs(header, kid)) return false;
  const jwk: JsonWebKey = { kty, crv, x };
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
  const bytes = Buffer.from(signature, 'base64url');
  if (bytes.toString('base64url') !== signature) return false;
  return verify(undefined, Buffer.from(`${header}.${text}`, 'utf8'), publicKey, bytes);
}

/** The key as OpenSSL reads it. */
export function keyAsPem({ kty, crv, x }: Pick<PublicDocumentKey, 'kty' | 'crv' | 'x'>): string {
  const jwk: JsonWebKey = { kty, crv, x };
  return createPublicKey({ key: jwk, format: 'jwk' })
    .export({ format: 'pem', type: 'spki' })
    .toString();
}

/**
 * A key that OpenSSL wrote, with the name that documents cite it by.
 *
 * @throws Error where it is not an Ed25519 key.
 */
export function keyOfPem(pem: string): Pick<PublicDocumentKey, 'kty' | 'crv' | 'x' | 'kid'> {
  const { crv, x } = createPublicKey(pem).export({ format: 'jwk' });
  if (crv !== 'Ed25519' || x === undefined) throw new Error('this is not an Ed25519 key');
  return { kty: 'OKP', crv: 'Ed25519', x, kid: thumbprint(x) };
}

function publicKeyOf(x: string): PublicDocumentKey {
  // The thumbprint of RFC 7638, shortened: the same key has the same name everywhere.
  return { kty: 'OKP', crv: 'Ed25519', x, kid: thumbprint(x), use: 'sig', alg: 'EdDSA' };
}

function isOurs(header: string, kid: string): boolean {
  try {
    const said = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as {
      readonly alg?: unknown;
      readonly kid?: unknown;
    } | null;
    return said?.alg === 'EdDSA' && said.kid === kid;
  } catch {
    return false;
  }
}

function thumbprint(x: string): string {
  const members = canonicalJson({ crv: 'Ed25519', kty: 'OKP', x });
  return createHash('sha256').update(members).digest('base64url').slice(0, 16);
}

function segment(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}

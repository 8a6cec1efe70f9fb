import {
  createHash,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  sign,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { must } from '../../kernel/assert';
import * as der from './der';

/** Whom a seal names, where it makes its own certificate. */
const COMMON_NAME = 'Yunchou installation';
/** A certificate of our own stands for a key that is published: it need not run out. */
const VALID = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2049-12-31T23:59:59Z') };

const OID = {
  commonName: '2.5.4.3',
  keyUsage: '2.5.29.15',
  p256: '1.2.840.10045.3.1.7',
  ecdsaSha256: '1.2.840.10045.4.3.2',
  rsaSha256: '1.2.840.113549.1.1.11',
  sha256: '2.16.840.1.101.3.4.2.1',
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
} as const;

/**
 * What printed documents are signed with: a key and the certificate that names its holder. Whoever
 * opens a PDF is told by their own reader whether it is as it was signed.
 */
export class Seal {
  private constructor(
    private readonly key: KeyObject,
    /** The signer's first, in DER. */
    readonly certificates: readonly Buffer[],
  ) {}

  /**
   * A seal that a certification authority issued.
   *
   * @param pem a private key (RSA, or EC on P-256) and its certificates, the holder's first.
   * @throws Error where key and certificate do not belong together.
   */
  static ofPem(pem: string): Seal {
    const key = createPrivateKey(pem);
    const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    const certificates = blocks.map((block) => new X509Certificate(block));
    const [own] = certificates;
    if (!own?.checkPrivateKey(key)) throw new Error('its first certificate is not of its key');
    return new Seal(
      key,
      certificates.map(({ raw }) => raw),
    );
  }

  /**
   * A seal without an authority: a key on P-256 that follows from the installation's own, since PDF
   * readers know no Ed25519, and a certificate that it signs itself.
   *
   * @param seed 32 secret bytes.
   */
  static ofSeed(seed: Uint8Array): Seal {
    const scalar = Buffer.from(hkdfSync('sha256', seed, '', 'yunchou seal', 32));
    const key = createPrivateKey({
      key: der.sequence(der.smallInteger(1), der.octets(scalar), der.tagged(0, der.oid(OID.p256))),
      format: 'der',
      type: 'sec1',
    });
    return new Seal(key, [selfSigned(key)]);
  }

  /** A detached signature (CMS, RFC 5652) over a content, in DER. */
  sign(content: Buffer, at: Date): Buffer {
    const own = must(this.certificates[0], 'the certificate of a seal');
    const digest = createHash('sha256').update(content).digest();
    const attributes = [
      attribute(OID.contentType, der.oid(OID.data)),
      attribute(OID.signingTime, der.utcTime(at)),
      attribute(OID.messageDigest, der.octets(digest)),
    ];
    const signed = der.setOf(...attributes);
    const algorithm = der.sequence(der.oid(OID.sha256), der.absent());
    const signer = der.sequence(
      der.smallInteger(1),
      issuerAndSerial(own),
      algorithm,
      // What is signed has the tag of a set; in its place it has the tag of the field.
      Buffer.concat([Buffer.from([0xa0]), signed.subarray(1)]),
      signatureAlgorithm(this.key),
      der.octets(sign('sha256', signed, this.key)),
    );
    return der.sequence(
      der.oid(OID.signedData),
      der.tagged(
        0,
        der.sequence(
          der.smallInteger(1),
          der.setOf(algorithm),
          der.sequence(der.oid(OID.data)),
          der.tagged(0, ...this.certificates),
          der.setOf(signer),
        ),
      ),
    );
  }
}

/** X.509 version 3 (RFC 5280), for signing alone. */
function selfSigned(key: KeyObject): Buffer {
  const holder = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const name = der.sequence(
    der.setOf(der.sequence(der.oid(OID.commonName), der.utf8(COMMON_NAME))),
  );
  const algorithm = signatureAlgorithm(key);
  // Digital signature and content commitment.
  const usage = der.octets(der.bits(Buffer.from([0b1100_0000]), 6));
  const certificate = der.sequence(
    der.tagged(0, der.smallInteger(2)),
    der.integer(createHash('sha256').update(holder).digest().subarray(0, 16)),
    algorithm,
    name,
    der.sequence(der.utcTime(VALID.from), der.utcTime(VALID.to)),
    name,
    holder,
    der.tagged(3, der.sequence(der.sequence(der.oid(OID.keyUsage), usage))),
  );
  return der.sequence(certificate, algorithm, der.bits(sign('sha256', certificate, key)));
}

function signatureAlgorithm({ asymmetricKeyType }: KeyObject): Buffer {
  if (asymmetricKeyType === 'rsa') return der.sequence(der.oid(OID.rsaSha256), der.absent());
  if (asymmetricKeyType === 'ec') return der.sequence(der.oid(OID.ecdsaSha256));
  throw new Error(`a seal cannot be made with a key of type ${asymmetricKeyType}`);
}

function attribute(type: string, value: Buffer): Buffer {
  return der.sequence(der.oid(type), der.setOf(value));
}

/** By which a signature names its certificate. */
function issuerAndSerial(certificate: Buffer): Buffer {
  const [body] = der.childrenOf(certificate);
  const [, serial, , issuer] = der.childrenOf(must(body, 'the body of a certificate'));
  return der.sequence(must(issuer, 'an issuer'), must(serial, 'a serial number'));
}

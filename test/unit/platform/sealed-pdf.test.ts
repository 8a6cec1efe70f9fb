import { execFileSync, spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderTable, Seal, sealPdf } from '../../../src/platform/pdf';

const MADE_AT = new Date('2026-03-02T04:00:00Z');
const seal = Seal.ofSeed(Buffer.alloc(32, 1));
let folder: string;
let plain: Buffer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'yunchou-seal-'));
  plain = await renderTable({
    title: 'Risk report 风险报告',
    facts: [['Period', '2026-02']],
    columns: [{ heading: 'Figure', width: 1, align: 'left' }],
    rows: Array.from({ length: 90 }, (_, i) => [`Figure ${i}`]),
    totals: [],
    notes: [],
    madeAt: MADE_AT,
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const sealed = (by = seal): Buffer =>
  sealPdf(plain, { seal: by, at: MADE_AT, reason: 'Published' });

/** What the signature covers, and the signature itself, as a reader of the file finds them. */
function partsOf(pdf: Buffer) {
  const text = pdf.toString('latin1');
  const range = /\/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]/.exec(text)?.slice(1).map(Number) ?? [];
  const [a = 0, b = 0, c = 0, d = 0] = range;
  const covered = Buffer.concat([pdf.subarray(a, a + b), pdf.subarray(c, c + d)]);
  const hex = text.slice(b + 1, c - 1);
  return { covered, end: c + d, cms: Buffer.from(hex, 'hex') };
}

/** @returns what OpenSSL says of a signature, and whether it holds. */
function openssl(pdf: Buffer): boolean {
  const { covered, cms } = partsOf(pdf);
  const [content, signature] = [join(folder, 'content'), join(folder, 'signature')];
  writeFileSync(content, covered);
  writeFileSync(signature, cms);
  const command = ['cms', '-verify', '-binary', '-noverify', '-inform', 'der', '-in', signature];
  const { status } = spawnSync('openssl', [...command, '-content', content, '-out', '/dev/null']);
  return status === 0;
}

it('keeps every byte of the document, and covers all of the file but the signature', () => {
  const pdf = sealed();
  expect(pdf.subarray(0, plain.length).equals(plain)).toBe(true);
  const { covered, end, cms } = partsOf(pdf);
  expect(end).toBe(pdf.length);
  expect(covered.length).toBeGreaterThan(plain.length);
  expect(cms.length).toBeGreaterThan(500);
});

it('holds by OpenSSL, and no longer once a byte is another', () => {
  const pdf = sealed();
  expect(openssl(pdf)).toBe(true);
  for (const place of [100, plain.length - 50, pdf.length - 20]) {
    const changed = Buffer.from(pdf);
    changed[place] = (changed[place] ?? 0) ^ 1;
    expect(openssl(changed)).toBe(false);
  }
});

it('names one holder, whose key follows from the seed', () => {
  const [own] = seal.certificates;
  const certificate = new X509Certificate(own ?? Buffer.alloc(0));
  expect(certificate.subject).toBe('CN=Yunchou installation');
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  const keyOf = (by: Seal) =>
    new X509Certificate(by.certificates[0] ?? '').publicKey.export({ format: 'jwk' }).x;
  expect(keyOf(Seal.ofSeed(Buffer.alloc(32, 1)))).toBe(keyOf(seal));
  expect(keyOf(Seal.ofSeed(Buffer.alloc(32, 2)))).not.toBe(keyOf(seal));
});

it('is made with a key and certificate of an authority too', () => {
  const [key, crt] = [join(folder, 'key.pem'), join(folder, 'crt.pem')];
  const asked = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=Elbe', '-days', '9'];
  execFileSync('openssl', ['req', ...asked, '-keyout', key, '-out', crt], { stdio: 'ignore' });
  const read = (path: string): string => execFileSync('cat', [path]).toString();
  expect(openssl(sealed(Seal.ofPem(read(key) + read(crt))))).toBe(true);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const stranger = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  expect(() => Seal.ofPem(stranger + read(crt))).toThrow('not of its key');
  expect(createPublicKey(read(crt)).asymmetricKeyType).toBe('rsa');
});

const { error: missing } = spawnSync('pdfsig', ['-v']);
if (missing)
  process.stderr.write('pdfsig is not installed (apt-get install poppler-utils): skipped.\n');

(missing ? it.skip : it)('is found valid by pdfsig', () => {
  const path = join(folder, 'sealed.pdf');
  writeFileSync(path, sealed());
  const stdout = execFileSync('pdfsig', ['-nocert', path], { encoding: 'utf8' });
  expect(stdout).toContain('Signature is Valid');
  expect(stdout).toContain('Total document signed');
});

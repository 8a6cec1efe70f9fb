import { readFileSync } from 'node:fs';
import { readZip, ZipError } from '../platform/documents';
import { verifyPack, type Verdict } from '../modules/reporting';
import { runProgram } from './program';

const WITH_OPENSSL = `  The same with OpenSSL, in the unpacked folder:

    { cut -d. -f1 manifest.jws | tr -d '\\n'; printf .; cat manifest.json; } > signed
    printf '%s==' "$(cut -d. -f3 manifest.jws | tr '_-' '/+')" | base64 -d > signature
    openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in signed -sigfile signature
    tr '{' '\\n' < manifest.json | sed -n \\
      's/.*"name":"\\([^"]*\\)".*"sha256":"\\([0-9a-f]*\\)".*/\\2  \\1/p' | sha256sum -c
`;

/**
 * `npm run verify -- pack.zip [key.pem]`: whether the files of a report are those that were signed,
 * without a database or a connection; then how OpenSSL says the same. The exit code is 1 if not.
 */
runProgram(async (print) => {
  const [pack, trusted] = process.argv.slice(2);
  if (pack === undefined) throw new Error('Usage: npm run verify -- pack.zip [key.pem]');
  const key = trusted === undefined ? undefined : readFileSync(trusted, 'utf8');
  const verdict = judged(readFileSync(pack), key);
  for (const wrong of verdict.wrong) print(`  wrong: ${wrong}`);
  if (verdict.wrong.length > 0) process.exitCode = 1;
  else print(`  ${verdict.files} files are as key ${verdict.keyId} signed them.`);
  if (trusted === undefined) {
    print('  The key came with the pack: compare it with the one that is published.');
  }
  print(`\n${WITH_OPENSSL}`);
});

/** An archive that cannot be read is not what was signed either. */
function judged(archive: Buffer, key: string | undefined): Verdict {
  try {
    return verifyPack(readZip(archive), key);
  } catch (error) {
    if (error instanceof ZipError) return { keyId: '', files: 0, wrong: [error.message] };
    throw error;
  }
}

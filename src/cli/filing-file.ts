import { open, stat } from 'node:fs/promises';
import { systemCode } from '../platform/db/startup-problem';
import { interpretFormC, parseFormC } from '../modules/filings';

/** A file named on the command line: its text, or why it has none. */
export type FilingFile =
  | { readonly path: string; readonly xml: string }
  | { readonly path: string; readonly unreadable: string };

/** What the largest filing may have; more is not even read. */
const LARGEST_BYTES = 2 * 1024 * 1024;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file.',
  ENOTDIR: 'There is no such file.',
  EACCES: 'This user may not read it.',
  EPERM: 'This user may not read it.',
  EISDIR: 'It is a directory, not a file.',
  ELOOP: 'It is a link that leads nowhere.',
};

/** Reads the text of a file that may be anything at all. */
export async function readFilingFile(path: string): Promise<FilingFile> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return { path, unreadable: 'It is a directory, not a file.' };
    if (!found.isFile()) return { path, unreadable: 'It is not a file that can be read.' };
    if (found.size === 0) return { path, unreadable: 'It is empty.' };
    if (found.size > LARGEST_BYTES) {
      return {
        path,
        unreadable: `It has ${found.size} bytes; a form has ${LARGEST_BYTES} at most.`,
      };
    }
    return { path, ...textOf(await readBytes(path)) };
  } catch (error) {
    const reason = REASONS[systemCode(error) ?? ''];
    return { path, unreadable: reason ?? `It cannot be read: ${String(error)}` };
  }
}

/**
 * The files in the order in which their filings were signed, so that an update finds the offering
 * it is about, whatever the shell made of `*.xml`. Unreadable ones keep their place at the end.
 */
export function inOrderOfSigning(files: readonly FilingFile[]): readonly FilingFile[] {
  const dated = files.map((file) => ({ file, day: signingDay(file) }));
  return dated
    .toSorted((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0))
    .map((at) => at.file);
}

/** After every day where a file tells none. */
const UNKNOWN_DAY = '9999';

function signingDay(file: FilingFile): string {
  if (!('xml' in file)) return UNKNOWN_DAY;
  try {
    return interpretFormC(parseFormC(file.xml)).signedOn ?? UNKNOWN_DAY;
  } catch {
    // Whatever is wrong with it is said when its turn comes.
    return UNKNOWN_DAY;
  }
}

async function readBytes(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** The mark at the head of some files is kept: the bytes stay those of the file. */
function textOf(bytes: Buffer): { readonly xml: string } | { readonly unreadable: string } {
  try {
    return { xml: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { unreadable: 'It is not text in UTF-8.' };
  }
}

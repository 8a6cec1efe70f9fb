import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inOrderOfSigning, readFilingFile, type FilingFile } from '../../../src/cli/filing-file';
import { fixture } from '../../support/filings';

describe('a file named on the command line', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'yunchou-filings-'));
    mkdirSync(join(folder, 'folder'));
    writeFileSync(join(folder, 'empty'), '');
    writeFileSync(join(folder, 'binary'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe]));
    writeFileSync(join(folder, 'utf16'), Buffer.from('\ufeff<a/>', 'utf16le'));
    writeFileSync(join(folder, 'three-megabytes'), ' '.repeat(3 * 1024 * 1024));
    writeFileSync(join(folder, 'marked'), '\ufeff<a/>');
    symlinkSync('nowhere', join(folder, 'dangling'));
    symlinkSync('round', join(folder, 'round'));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    { name: 'folder', says: 'It is a directory, not a file.' },
    { name: 'empty', says: 'It is empty.' },
    { name: 'binary', says: 'It is not text in UTF-8.' },
    { name: 'utf16', says: 'It is not text in UTF-8.' },
    { name: 'three-megabytes', says: 'It has 3145728 bytes; a form has 2097152 at most.' },
    { name: 'missing', says: 'There is no such file.' },
    { name: 'empty/inside', says: 'There is no such file.' },
    { name: 'dangling', says: 'There is no such file.' },
    { name: 'round', says: 'It is a link that leads nowhere.' },
  ])('that is $name: $says', async ({ name, says }) => {
    const path = join(folder, name);
    expect(await readFilingFile(path)).toEqual({ path, unreadable: says });
  });

  it('gives all of its text, with the mark at its head', async () => {
    const path = join(folder, 'marked');
    expect(await readFilingFile(path)).toEqual({ path, xml: '\ufeff<a/>' });
  });
});

describe('files', () => {
  it('are taken in the order of their signing, those that tell none at the end', () => {
    const named = (name: string): FilingFile => ({ path: name, xml: fixture(name) });
    const files: readonly FilingFile[] = [
      { path: 'gone', unreadable: 'There is no such file.' },
      { path: 'torn', xml: '<a' },
      named('c-mini-update.xml'),
      named('c-mini-amendment.xml'),
      named('c-mini.xml'),
    ];
    expect(inOrderOfSigning(files).map(({ path }) => path)).toEqual([
      'c-mini.xml',
      'c-mini-amendment.xml',
      'c-mini-update.xml',
      'gone',
      'torn',
    ]);
  });
});

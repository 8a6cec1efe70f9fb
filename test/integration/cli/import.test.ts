import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Books } from '../../../src/cli/books';
import { filingOperator, importFilings } from '../../../src/cli/filing-import';
import {
  filingReport,
  importSummary,
  outcomeJson,
  type FileOutcome,
} from '../../../src/cli/filing-report';
import { HUDSON, PLEISSE } from '../../../seeds/operators';
import { changed, fixture, USUAL_IMPORT } from '../../support/filings';
import { testWorld, type TestWorld } from '../../support/world';

const MINI = fixture('c-mini.xml');

/** What people name on a command line, and the one line that each is answered with. */
const BAD: readonly {
  readonly name: string;
  readonly content: string | Buffer;
  readonly says: RegExp;
}[] = [
  { name: 'text.xml', content: 'Dear Sirs', says: /not well-formed XML: .*\(filings\.not-xml\)$/ },
  { name: 'truncated.xml', content: MINI.slice(0, 2000), says: /\(filings\.not-xml\)$/ },
  {
    name: 'entities.xml',
    content: `<!DOCTYPE a [<!ENTITY x "y">]>${MINI.trim().replace(/^<\?.*\?>/, '')}`,
    says: /declares a document type or entities: .+\. \(filings\.dtd-refused\)$/,
  },
  {
    name: 'wrong-type.xml',
    content: changed('c-mini.xml', [['<submissionType>C<', '<submissionType>D<']]),
    says: /"D" is not among C, C\/A, .*\(filings\.unsupported-type\)$/,
  },
  { name: 'feed.xml', content: '<rss/>', says: /not an EDGAR Form C: The root is rss/ },
  {
    name: 'missing.xml',
    content: MINI.replace(/<nameOfIssuer>.*<\/nameOfIssuer>/, ''),
    says: /nameOfIssuer is required on a C.*\(filings\.field-missing\)$/,
  },
  {
    name: 'malformed.xml',
    content: changed('c-mini.xml', [['<price>1.20000', '<price>cheap']]),
    says: /"cheap" is not a price .*\(filings\.field-malformed\)$/,
  },
  {
    name: 'binary.xml',
    content: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00]),
    says: /not text in UTF-8\.$/,
  },
  { name: 'large.xml', content: ' '.repeat(3 * 1024 * 1024), says: /It has 3145728 bytes/ },
  { name: 'empty.xml', content: '', says: /It is empty\.$/ },
];

describe('npm run import', () => {
  let test: TestWorld;
  let books: Books;
  let folder: string;

  beforeAll(async () => {
    test = await testWorld('2025-03-25T15:00:00Z');
    await test.world.operator(PLEISSE);
    await test.world.operator(HUDSON);
    const { clock, services } = test.world;
    const { database } = test;
    books = { clock, database, services, operators: services.directory.all() };
    folder = mkdtempSync(join(tmpdir(), 'yunchou-import-'));
    mkdirSync(join(folder, 'a-folder'));
    for (const { name, content } of BAD) writeFileSync(join(folder, name), content);
    for (const name of ['c-mini.xml', 'c-mini-update.xml', 'c-debt.xml']) {
      writeFileSync(join(folder, name), fixture(name));
    }
  });

  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await test.end();
  });

  const run = (...names: readonly string[]): Promise<readonly FileOutcome[]> =>
    importFilings(
      books,
      names.map((name) => join(folder, name)),
      { operator: filingOperator(books.operators, undefined), ...USUAL_IMPORT },
    );

  it.each(BAD)('answers $name with one clear line', async ({ name, says }) => {
    const [outcome] = await run(name);
    const report = outcome && filingReport(outcome);
    expect(report).toMatch(says);
    expect(report?.split('\n')).toHaveLength(1);
  });

  it('takes what is good out of a pile of what is bad, and says so', async () => {
    const names = [...BAD.map(({ name }) => name), 'a-folder', 'no-such-file'];
    const good = ['c-mini-update.xml', 'c-debt.xml', 'c-mini.xml'];
    const outcomes = await run(...names, ...good);
    expect(importSummary(outcomes)).toBe('15 files: 3 imported, 0 already imported, 12 refused.');
    const again = await run(...names, ...good);
    expect(importSummary(again)).toBe('15 files: 0 imported, 3 already imported, 12 refused.');
  });

  it('reports what was taken, refused, assumed and found, for people and for programs', async () => {
    const [debt] = await run('c-debt.xml');
    expect(debt && filingReport(debt)).toMatch(
      /already imported, nothing changed\.\n {2}Form C of .*\n {2}on file {2}fil_.*\n {2}refused {2}offering: .*decision/,
    );
    const [mini] = await run('c-mini.xml');
    expect(JSON.parse(JSON.stringify(mini && outcomeJson(mini)))).toMatchObject({
      outcome: 'already-imported',
      filing: { formType: 'C', signedOn: '2025-03-10' },
      taken: [],
      refused: [],
    });
    const [gone] = await run('no-such-file');
    expect(gone && outcomeJson(gone)).toEqual({
      file: join(folder, 'no-such-file'),
      outcome: 'refused',
      reason: 'There is no such file.',
    });
  });

  it('works for the first operator under Regulation Crowdfunding, or the one that is named', () => {
    expect(filingOperator(books.operators, undefined).code).toBe('hudson');
    expect(filingOperator(books.operators, 'pleisse').code).toBe('pleisse');
    expect(() => filingOperator(books.operators, 'nobody')).toThrow(
      'There is no operator nobody. Known are: hudson, pleisse.',
    );
    expect(() => filingOperator([], undefined)).toThrow(/npm start/);
  });
});

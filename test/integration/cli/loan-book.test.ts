import { lastClosedOn } from '../../../src/modules/loans';
import { live } from '../../../src/cli/loan-book';
import { testWorld, type TestWorld } from '../../support/world';

/** Twelve loans that are made up, of three months; three went bad. And four rows that are broken. */
const ORDER = {
  file: 'test/fixtures/loan-books/made-up.csv',
  mapping: 'compliance/mappings/lendingclub-2018-book.json',
  rows: 100,
};

describe('npm run import -- loan-book', () => {
  let test: TestWorld;

  beforeAll(async () => {
    test = await testWorld('2026-01-01T00:00:00Z');
  });
  afterAll(() => test.end());

  async function told(): Promise<{ readonly isSound: boolean; readonly text: string }> {
    const lines: string[] = [];
    const print = (line: string): void => void lines.push(line);
    const isSound = await live(test.world, ORDER, {
      print,
      stop: { isMade: false, made: new Promise(() => undefined) },
      refresh: async () => Promise.resolve(),
    });
    return { isSound, text: lines.join('\n').replaceAll(/[ \n]+/g, ' ') };
  }

  it('lives every loan to the end its row has, and shows returns beside defaults', async () => {
    const { isSound, text } = await told();
    expect(isSound).toBe(true);
    expect(text).toContain('16 rows: 12 taken, 0 taken before, 4 refused');
    expect(text).toContain('line 14 refused: It lent no whole amount. (amount-unusable)');
    expect(text).toContain('line 17 refused: The row has 4 cells, the file has 8 columns');
    expect(text).toContain('9 repaid, 3 written off, 0 still running');
    expect(text).toContain('Assumed: Of loans that were charged off');
    // Two of the three loans of grade D went bad, here as in the file.
    expect(text).toMatch(/ D 3 \d+\.00 EUR 19\.00 % 66\.67 % 66\.67 % /);
    expect(text).toMatch(/ 2019-01 4 \d+\.00 EUR \S+ % 25\.00 % 25\.00 % /);
    expect(text).toMatch(/Return of lenders, after servicing fees and losses: -?\d/);
    expect(text).toContain('0 broken');
  }, 120_000);

  it('takes nothing twice, and comes to the same', async () => {
    const [office] = test.world.services.directory.all();
    const scope = { operatorId: office?.id, actor: { kind: 'system', id: 'test' } } as const;
    const before = await test.world.read(scope, (db) => lastClosedOn(db));
    const { isSound, text } = await told();
    expect(isSound).toBe(true);
    expect(text).toContain('16 rows: 0 taken, 12 taken before, 4 refused');
    expect(text).toContain('9 repaid, 3 written off, 0 still running');
    expect(await test.world.read(scope, (db) => lastClosedOn(db))).toBe(before);
  }, 60_000);
});

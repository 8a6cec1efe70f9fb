import { Narrator } from '../../../seeds/play/narrator';
import { loanBookPlay } from '../../../src/cli/demo-play';
import { testWorld } from '../../support/world';

/** Forty applications that are made up, and a line that breaks off. */
const FILE = 'test/fixtures/applications/made-up.csv';
const MAPPING = 'compliance/mappings/lendingclub-2018.json';

describe('npm run demo -- --applications', () => {
  it('takes a file in, lends it out window by window, and shows what became of each grade', async () => {
    const play = loanBookPlay({ file: FILE, mapping: MAPPING, rows: 100 });
    const test = await testWorld(play.beginsAt.toString());
    try {
      const lines: string[] = [];
      const tell = new Narrator({ print: (line) => lines.push(line), hasColours: false });
      for (const { scenes } of await play.acts(test.world, tell)) {
        for (const scene of scenes) await scene.play();
      }
      const told = lines.join('\n').replaceAll(/\s+/g, ' ');
      expect(told).toContain('20 lenders with');
      expect(told).toContain('line 42 refused: The row has 3 cells, the file has 36 columns');
      expect(told).toContain('41 rows: 40 taken (39 offered, 0 referred, 1 declined)');
      expect(told).toContain('39 loans listed');
      expect(told).toMatch(/window due .* 20 39 \d+ 173000\.00 EUR/);
      // Eight of grade G, approved, listed and funded, of which the file knows two as bad.
      expect(told).toMatch(/ G 8 20\.0 % 100\.0 % 8 100\.0 % \S+ % \S+ % 25\.0 % 8 /);
      const broken = (await test.world.check()).filter(({ count }) => count > 0n);
      expect(broken).toEqual([]);
    } finally {
      await test.end();
    }
  }, 60_000);

  it('says at once that a file or a mapping is not there', () => {
    const order = { file: FILE, mapping: MAPPING, rows: 1 };
    expect(() => loanBookPlay({ ...order, file: 'none.csv' })).toThrow('There is no file none.csv');
    expect(() => loanBookPlay({ ...order, mapping: 'none.json' })).toThrow('none.json');
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filingAct, beginningOf } from '../../../seeds/play/filing';
import { Narrator } from '../../../seeds/play/narrator';
import { changed, fixture, SAMPLES } from '../../support/filings';
import { testWorld, type TestWorld } from '../../support/world';

const DISCRETION = changed('c-mini.xml', [
  [
    '<overSubscriptionAllocationType>First-come, first-served basis<',
    '<overSubscriptionAllocationType>Other<',
  ],
  [
    '      <maximumOfferingAmount>',
    '      <descOverSubscription>As the board likes</descOverSubscription>\n      <maximumOfferingAmount>',
  ],
]);

/** Plays a filing's round on a database of its own. @returns what was told, as one text. */
async function played(file: string, xml: string): Promise<{ told: string; broken: unknown }> {
  const brought = { file, xml };
  const test: TestWorld = await testWorld(beginningOf(brought).toISOString());
  try {
    const lines: string[] = [];
    const tell = new Narrator({ print: (line) => lines.push(line), hasColours: false });
    const { scenes } = await filingAct(test.world, tell, brought);
    for (const scene of scenes) await scene.play();
    const broken = (await test.world.check()).filter(({ count }) => count > 0n);
    // As one text, whatever the width of the terminal.
    return { told: lines.join('\n').replaceAll(/\s+/g, ' '), broken };
  } finally {
    await test.end();
  }
}

const REFUSALS = [
  'offerings.not-ready',
  'offerings.four-eyes',
  'subscriptions.cap-exceeded',
  'subscriptions.documents-not-acknowledged',
  'subscriptions.insufficient-funds',
  'subscriptions.offering-full',
];

describe('a filing, from its import to the register', () => {
  it('is allocated to those who came first, where it says so, and settled', async () => {
    const { told, broken } = await played('c-mini.xml', fixture('c-mini.xml'));
    for (const code of REFUSALS) expect(told).toContain(code);
    // 20,000.00 at 1.20: 16,666 shares, and 4.5 percent of it, rounded down.
    expect(told).toContain('settled, by first-come: 19999.20 USD raised of');
    expect(told).toContain('16666 shares to');
    expect(told).toContain('fee 899.96 USD');
    expect(told).toContain('It adds up for each of them.');
    expect(told).toContain('kind:settlement');
    expect(told).toContain('Membership Units: 16666 shares');
    expect(broken).toEqual([]);
  }, 60_000);

  it('is allocated by staff, where it leaves it to them', async () => {
    const { told, broken } = await played('c-mini.xml', DISCRETION);
    expect(told).toContain('The filing says of it: "As the board likes".');
    expect(told).toContain('subscriptions.allocation-needed');
    expect(told).toContain('subscriptions.invalid-allocation');
    expect(told).toContain('settled, by discretionary');
    expect(told).toContain('0 got everything back');
    expect(broken).toEqual([]);
  }, 60_000);

  it('of debt or of a report cannot be played, and says why', async () => {
    await expect(played('c-debt.xml', fixture('c-debt.xml'))).rejects.toThrow(
      'c-debt.xml holds no offering of equity to play.',
    );
    await expect(played('c-annual-report.xml', fixture('c-annual-report.xml'))).rejects.toThrow(
      'Choose a Form C that offers shares or units.',
    );
  }, 60_000);

  const isThere = existsSync(SAMPLES);
  const samples = isThere
    ? [
        { file: 'pickleball.FormC.xml', method: 'first-come' },
        { file: 'alto.FormC.xml', method: 'discretionary' },
        { file: 'HiddenSea.FormCU.xml', method: 'discretionary' },
      ]
    : [{ file: '(the real filings are not beside this project)', method: '' }];
  (isThere ? it : it.skip).each(samples)(
    'that is real: $file, $method',
    async ({ file, method }) => {
      const { told, broken } = await played(file, readFileSync(join(SAMPLES, file), 'utf8'));
      expect(told).toContain(`settled, by ${method}`);
      expect(broken).toEqual([]);
    },
    60_000,
  );
});

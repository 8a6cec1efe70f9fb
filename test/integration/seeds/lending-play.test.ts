import { lendingAct } from '../../../seeds/play/lending';
import { Narrator } from '../../../seeds/play/narrator';
import { testWorld } from '../../support/world';

const REFUSALS = [
  'applications.stale-version',
  'applications.consent-missing',
  'applications.wrong-status',
  'matching.mandate-not-permitted',
  'matching.text-changed',
  'matching.position-answered',
  'matching.mandate-not-in-force',
  'subscriptions.cap-exceeded',
  'subscriptions.not-permitted',
  'matching.bid-above-ceiling',
  'matching.auction-not-cleared',
  'payments.above-available',
  'loans.not-signed',
  'loans.quote-over',
  'cover.four-eyes',
  'loans.four-eyes',
];

describe('the lending act', () => {
  it('plays loans from the first field to the last instalment, with what is refused on the way', async () => {
    const test = await testWorld('2026-03-02T14:00:00Z');
    try {
      const lines: string[] = [];
      const tell = new Narrator({ print: (line) => lines.push(line), hasColours: false });
      const { scenes } = await lendingAct(test.world, tell);
      for (const scene of scenes) await scene.play();
      const told = lines.join('\n').replaceAll(/\s+/g, ' ');
      for (const code of REFUSALS) expect(told).toContain(code);
      // The pair's 50,000 is one over both operators.
      expect(told).toContain('30000.00 INR is taken already, so 20000.00 INR is left');
      expect(told).toContain('linked with 1 other borrower');
      expect(told).toContain('180000.00 INR raised, 3600.00 INR fee, 176400.00 INR to Meera');
      expect(told).toContain('Second stage, the bank has paid 176400.00 INR: the loan is active');
      expect(told).toContain('equal to the last character');
      expect(told).toContain('the same positions');
      expect(told).toContain("40000.00 INR of Om's is free");
      expect(told).toContain("60000.00 INR of Om's cash is free again");
      expect(told).toContain('100000.00 INR at ');
      expect(told).toContain('until the amount is reached: the same by hand');
      expect(told).toContain('the same result');
      expect(told).toContain('The notes together are what is outstanding');
      expect(told).toContain('Everything stands as before, to the cent');
      expect(told).toContain('the offer is withdrawn by itself (loan-late)');
      expect(told).toContain('That evening it is broken');
      expect(told).toContain('More than 90 days past due: in default');
      expect(told).toContain('of it to Havel now');
      expect(told).toContain(
        'The parts of all holders are the whole, and the costs were paid first',
      );
      expect(told).toContain('nothing is owed, and every note ended at exactly zero');
      expect(told).toMatch(/all \d+ amounts she paid and received come to nothing/);
      expect(told).not.toContain('! ');
      const broken = (await test.world.check()).filter(({ count }) => count > 0n);
      expect(broken).toEqual([]);
    } finally {
      await test.end();
    }
  }, 240_000);
});

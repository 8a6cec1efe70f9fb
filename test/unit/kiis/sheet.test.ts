import fc from 'fast-check';
import { join } from 'node:path';
import { calendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import { renderText } from '../../../src/platform/pdf';
import { loadKiisModels, parseKiisModel } from '../../../src/modules/kiis/model.schema';
import { missingWords, pointsOf, type KiisKind } from '../../../src/modules/kiis/model';
import { PAGE_POLICY, sheetPage } from '../../../src/modules/kiis/page';
import { blocksOf } from '../../../src/modules/kiis/sheet-pdf.service';
import { NOT_ASKED, sheetOf, type Sheet } from '../../../src/modules/kiis/sheet';
import { overviewOf, type KiisFacts } from '../../../src/modules/kiis/stated';
import type { LoanNote } from '../../../src/modules/offerings';
import { someTerms } from '../../support/builders/offering-terms';

const model = loadKiisModels(join(__dirname, '../../../compliance/kiis')).of('eu-ecspr')!;

const note: LoanNote = {
  kind: 'loan-note',
  rate: rate('0.0725'),
  rateMode: 'fixed',
  termMonths: 36,
  repayment: 'annuity',
  apr: rate('0.0911'),
  grade: 'C',
  expectedLossRate: rate('0.0312'),
  purpose: 'working-capital',
  security: 'guarantee',
  scorecard: 'consumer/1',
  decisionId: 'cdn_01000000000000000000000001',
};

function factsOf(kind: KiisKind): KiisFacts {
  return {
    operator: { legalName: 'Musterhafen GmbH', identityNumber: '529900T8BM49AURSDO55' },
    offering: { id: 'off_01000000000000000000000001', kind },
    terms: someTerms(kind === 'loan' ? { instrument: note } : {}),
    issuer: {
      legalForm: 'limited-liability-company',
      legalFormName: 'Gesellschaft mit beschränkter Haftung',
      jurisdiction: 'DE',
      incorporatedOn: calendarDate('2019-04-01'),
      address: { street: 'Hafenstraße 1', postalCode: '20457', city: 'Hamburg', country: 'DE' },
    },
    issuerName: 'Laternen & <b>Roboter</b> GmbH',
    people: [{ name: 'Ada Berg', roles: ['director'], shareRate: rate('0.6') }],
    years: [
      {
        issuerId: 'iss_01000000000000000000000001',
        fiscalYearEndsOn: calendarDate('2024-12-31'),
        currency: 'EUR',
        assurance: 'audited',
        figures: { revenue: Money.parse('1200000.00', 'EUR') },
        recordedBy: 'usr_a',
        recordedAt: new Date('2025-01-31T00:00:00Z'),
      },
    ],
    completedOfferings: 2,
    redress: 'You may complain to the competent authority.',
  };
}

function wordsFor(kind: KiisKind, text = 'In words.'): Record<string, string> {
  return Object.fromEntries(pointsOf(model, kind).map(({ id }) => [id, text]));
}

function sheetFor(kind: KiisKind, words: Record<string, string> = wordsFor(kind)): Sheet {
  return sheetOf(model, factsOf(kind), { language: 'de', words });
}

const pagesOf = async (sheet: Sheet) => {
  const madeAt = new Date('2025-03-03T00:00:00Z');
  return (await renderText({ title: sheet.title, blocks: blocksOf(sheet), madeAt })).pages;
};

describe('a sheet', () => {
  test('tells shares of a private company from transferable securities, as the yearly report does', () => {
    const kindFor = (legalForm: KiisFacts['issuer']['legalForm']) => {
      const facts = factsOf('equity');
      return overviewOf({ ...facts, issuer: { ...facts.issuer, legalForm } })
        .map(({ value }) => value)
        .find((value) => value.includes('shares of the class'))
        ?.split(':')[0];
    };
    expect(kindFor('limited-liability-company')).toBe(
      'Instruments admitted for crowdfunding purposes',
    );
    expect(kindFor('company')).toBe('Transferable securities');
  });

  test.each(['equity', 'loan'] as const)(
    'of an offering of kind %s has the parts A to I, and something at each of its points',
    (kind) => {
      const words = wordsFor(kind);
      const required = Object.fromEntries(
        pointsOf(model, kind)
          .filter((point) => point.words === 'required')
          .map(({ id }) => [id, words[id]!]),
      );
      expect(missingWords(model, kind, required)).toEqual([]);
      const { parts } = sheetFor(kind, required);
      expect(parts.map(({ letter }) => letter).join('')).toBe('ABCDEFGHI');
      const silent = parts
        .flatMap(({ points }) => points)
        .filter((point) => !point.words && !point.statement && point.facts.length === 0);
      expect(silent).toEqual([]);
      const unasked = parts.filter(({ points }) => points.length === 0);
      expect(unasked.map(({ letter }) => letter).join('')).toBe(kind === 'loan' ? 'DEF' : 'GI');
    },
  );

  test('begins with the disclaimer, the warning and the period of reflection', () => {
    const [disclaimer, warning, reflection] = blocksOf(sheetFor('equity'));
    expect(disclaimer).toMatchObject({ kind: 'notice', text: expect.stringContaining('ESMA') });
    expect(warning).toMatchObject({ title: 'Risk warning' });
    expect(warning).toMatchObject({ text: expect.stringContaining('10 % of your net worth') });
    expect(reflection).toMatchObject({ text: expect.stringContaining('four calendar days') });
  });

  test('states what the engine knows of a loan, rates with two decimals', () => {
    const text = JSON.stringify(sheetFor('loan', {}));
    for (const known of [
      '7.25 %',
      '3.12 %',
      '36 months',
      'guarantee',
      '60.00 %',
      '20457 Hamburg',
    ]) {
      expect(text).toContain(known);
    }
    expect(text).toContain('Turnover 1200000.00 EUR (audited)');
  });

  test('names the points whose words are missing', () => {
    expect(missingWords(model, 'loan', { activities: 'Robots.' })).toContain('loan-defaults');
    expect(missingWords(model, 'loan', {})).not.toContain('spv');
  });
});

describe('the page', () => {
  test('lets nothing that anybody wrote become markup', () => {
    const hostile = fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'a', '\n') });
    fc.assert(
      fc.property(hostile, (text) => {
        const words = wordsFor('equity', `x${text}`);
        const html = sheetPage({ sheet: sheetFor('equity', words), sha256: undefined });
        const known = sheetPage({ sheet: sheetFor('equity'), sha256: undefined });
        const tags = (page: string) => page.match(/<[^>]*>/g)?.length;
        expect(tags(html)).toBe(tags(known));
      }),
      { numRuns: 30 },
    );
  });

  test('shows the owner escaped, the words in their language, what is not asked, and the hash', () => {
    const html = sheetPage({ sheet: sheetFor('equity'), sha256: 'a'.repeat(64) });
    expect(html).toContain('Laternen &#38; &#60;b&#62;Roboter');
    expect(html).toContain('<p class="words" lang="de">In words.</p>');
    expect(html).toContain(NOT_ASKED);
    expect(html).toContain('a'.repeat(64));
    expect(html).not.toContain('<script');
    expect(PAGE_POLICY).toContain("default-src 'none'");
  });
});

describe('the printed sheet', () => {
  test('never grows shorter with more words, and exceeds six pages with enough of them', async () => {
    const short = await pagesOf(sheetFor('equity'));
    expect(short).toBeLessThanOrEqual(model.maximumPages);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 60 }), fc.nat({ max: 60 }), async (some, more) => {
        const pages = (count: number) =>
          pagesOf(sheetFor('equity', wordsFor('equity', 'A word more. '.repeat(count + 1))));
        expect(await pages(some + more)).toBeGreaterThanOrEqual(await pages(some));
      }),
      { numRuns: 6 },
    );
    const long = await pagesOf(sheetFor('equity', wordsFor('equity', 'Words. '.repeat(300))));
    expect(long).toBeGreaterThan(model.maximumPages);
  });
});

describe('a model', () => {
  interface Loose {
    readonly parts: readonly { readonly points: { words: string }[] }[];
  }
  const flawed = (change: (copy: Loose) => void) => {
    const copy = structuredClone(model) as unknown as Loose;
    change(copy);
    return () => parseKiisModel(JSON.stringify(copy), 'model.json');
  };

  test('is refused where a point stands twice, or nothing could stand at one', () => {
    expect(flawed((copy) => copy.parts[0]!.points.push(copy.parts[0]!.points[0]!))).toThrow(
      'twice',
    );
    expect(
      flawed((copy) => {
        copy.parts[2]!.points[0]!.words = 'optional';
      }),
    ).toThrow('Nothing would stand there');
    expect(flawed(() => {})).not.toThrow();
  });
});

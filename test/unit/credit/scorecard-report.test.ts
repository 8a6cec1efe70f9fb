import { trainCard } from '../../../src/modules/credit/card-training';
import { randomFrom } from '../../../src/modules/credit/folds';
import type { ApplicantMapping } from '../../../src/modules/credit/mapping';
import { reportInput } from '../../../src/modules/credit/report/input';
import { renderScorecardReport } from '../../../src/modules/credit/report/scorecard-report';
import { ticksBetween } from '../../../src/modules/credit/report/charts';
import { USUAL_OPTIONS } from '../../../src/modules/credit/training';
import type { TrainingDescription } from '../../../src/modules/credit/training-description';
import { trainingTable } from '../../../src/modules/credit/training-table';

const HOSTILE = '<script>alert("card")</script> & \'more\'';

const text = (en: string) => ({ en, zh: '文字' });

const description: TrainingDescription = {
  id: 'made-up',
  version: 1,
  title: text(HOSTILE),
  note: text('For a test'),
  mapping: 'made-up',
  badDefinition: text('drawn by lot'),
  validation: { method: 'out-of-time', developUntil: '2024-07-01' },
  scaling: { points: 600, odds: 50, pointsToDoubleOdds: 20 },
  options: { ...USUAL_OPTIONS, innerFolds: 2 },
  characteristics: [
    {
      variable: 'income',
      kind: 'numeric',
      title: text('Income'),
      reason: { code: 'R01', text: text('Income is low') },
    },
    {
      variable: 'home',
      kind: 'categorical',
      title: text('Home'),
      reason: { code: 'R02', text: text('The home is not owned') },
    },
  ],
};

const mapping: ApplicantMapping = {
  id: 'made-up',
  title: text('Made up'),
  source: 'nowhere',
  csv: {},
  variables: {},
  leftOut: { '<b>secret</b>': 'known only afterwards' },
};

const draw = randomFrom('report');
const table = trainingTable(
  { income: 'numeric', home: 'categorical' },
  Array.from({ length: 1200 }, (_, at) => {
    const [income, home] = [draw() * 100, draw() < 0.5 ? 'OWN' : '<i>RENT</i>'];
    return {
      applicant: { income, home },
      isBad: draw() < 0.5 - income / 250 + (home === 'OWN' ? -0.08 : 0.08),
      day: at < 800 ? '2024-03-01' : '2024-09-01',
      benchmark: income > 50 ? 'A' : 'B',
    };
  }),
);

const trained = trainCard(table, description, mapping);
const page = renderScorecardReport(
  reportInput(trained, {
    rivals: [{ name: '"Trees"', gives: 'probabilities', scores: trained.validationPd }],
    groups: [{ attribute: 'side', names: ['left', 'right'], groupOf: (row) => row % 2 }],
  }),
);

describe('the report of a scorecard', () => {
  it('stands alone: no script, and nothing from elsewhere', () => {
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:/i);
  });

  it('escapes every text that it did not write itself', () => {
    expect(page).toContain('&lt;script&gt;alert(&quot;card&quot;)&lt;/script&gt; &amp; &#39;more');
    expect(page).toContain('&lt;i&gt;RENT&lt;/i&gt;');
    expect(page).toContain('&lt;b&gt;secret&lt;/b&gt;');
    expect(page).toContain('&quot;Trees&quot;');
  });

  it('closes what it opens', () => {
    const count = (pattern: RegExp) => page.match(pattern)?.length ?? 0;
    for (const tag of ['section', 'table', 'tr', 'td', 'th', 'svg', 'figure', 'h2', 'h3', 'div']) {
      expect([tag, count(new RegExp(`<${tag}[ >]`, 'g'))]).toEqual([
        tag,
        count(new RegExp(`</${tag}>`, 'g')),
      ]);
    }
  });

  it('draws four charts and lists every bin of every characteristic', () => {
    expect(page.match(/<svg/g)).toHaveLength(4);
    for (const { bins } of trained.card.characteristics) {
      expect(bins.length).toBeGreaterThan(1);
    }
    expect(page).toContain('(missing)');
    expect(page).toContain('The home is not owned');
  });

  it('has no figure that is not a number', () => {
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('is the same page for the same card', () => {
    const again = renderScorecardReport(reportInput(trainCard(table, description, mapping)));
    expect(again).toBe(renderScorecardReport(reportInput(trained)));
  });
});

describe('the ticks of an axis', () => {
  it.each([
    { from: 0, until: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] },
    { from: 0, until: 0.42, ticks: [0, 0.1, 0.2, 0.3, 0.4] },
    { from: 412, until: 600, ticks: [450, 500, 550, 600] },
    { from: 3, until: 3, ticks: [3] },
  ])('from $from to $until are round', ({ from, until, ticks }) => {
    const found = ticksBetween(from, until);
    expect(found).toHaveLength(ticks.length);
    found.forEach((tick, at) => {
      expect(tick).toBeCloseTo(ticks[at]!, 9);
    });
  });
});

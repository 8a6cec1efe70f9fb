import { aucEstimate } from '../delong';
import { calibration, ks } from '../metrics';
import { binTables, coefficientTable, originSection } from './card-section';
import { chartSection } from './chart-section';
import { decimals, escaped, percent, whole } from './html';
import type { ScorecardReportInput } from './input';
import { performanceSection } from './performance-section';
import { REPORT_STYLE } from './style';
import { driftSection, fairnessSection } from './watch-section';

interface Section {
  readonly id: string;
  readonly title: string;
  readonly html: string;
}

/**
 * A scorecard as a page for people: how well it ranks, whether its probabilities come true, what it
 * gives for what, whom it was made for, and how groups fare under it. One file without anything
 * from elsewhere; every text of the card is escaped.
 */
export function renderScorecardReport(input: ScorecardReportInput): string {
  const { card } = input;
  const sections: readonly Section[] = [
    { id: 'charts', title: 'At a glance', html: chartSection(input) },
    { id: 'performance', title: 'Performance', html: performanceSection(input) },
    { id: 'weights', title: 'Characteristics', html: coefficientTable(card) },
    { id: 'bins', title: 'Points, bin by bin', html: binTables(card) },
    { id: 'stability', title: 'Stability', html: driftSection(input.drifts) },
    { id: 'fairness', title: 'Fairness', html: fairnessSection(input.fairness) },
    { id: 'origin', title: 'Where the card comes from', html: originSection(card) },
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(card.title.en)}, version ${whole(card.version)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<header>
<p class="kind">Scorecard report</p>
<h1>${escaped(card.title.en)}<small lang="zh">${escaped(card.title.zh)}</small></h1>
<nav>${sections.map(({ id, title }) => `<a href="#${id}">${escaped(title)}</a>`).join('')}</nav>
</header>
${summary(input)}
${sections.map(sectionHtml).join('\n')}
<footer>${escaped(card.id)}/${whole(card.version)} · content <code>${escaped(card.contentHash)}</code></footer>
</main>
</body>
</html>
`;
}

function sectionHtml({ id, title, html }: Section): string {
  return `<section class="long"><h2 id="${id}">${escaped(title)}</h2>${html}</section>`;
}

function summary({ card, pd, bad }: ScorecardReportInput): string {
  const { method, window } = card.performance;
  const { auc, lower, upper } = aucEstimate(pd, bad);
  const { slope, meanPd, badRate } = calibration(pd, bad);
  const how =
    method === 'out-of-time'
      ? `out of time: on the ${whole(bad.length)} cases that came after its development`
      : `by cross-validation: each of the ${whole(bad.length)} cases was judged by a fit that had not seen it`;
  const when = window ? `, ${escaped(window.from)} to ${escaped(window.until)}` : '';
  const figures: readonly (readonly [string, string, string])[] = [
    ['AUC', decimals(auc, 3), `${decimals(lower, 3)} to ${decimals(upper, 3)}`],
    ['KS', decimals(ks(pd, bad), 3), `Gini ${decimals(2 * auc - 1, 3)}`],
    ['Calibration slope', decimals(slope, 2), '1 is right, below it too bold'],
    ['Mean PD', percent(meanPd), `${percent(badRate)} went bad`],
    ['Characteristics', whole(card.characteristics.length), `base ${whole(card.baseScore)} points`],
  ];
  return `<p>Validated ${how}${when}.</p><dl class="figures">${figures
    .map(
      ([name, value, aside]) =>
        `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}<small>${escaped(aside)}</small></dd></div>`,
    )
    .join('')}</dl>`;
}

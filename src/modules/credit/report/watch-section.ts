import type { GroupFairness } from '../fairness';
import type { Drift } from '../stability';
import { decimals, escaped, percent, probabilityText, table, whole, type Cell } from './html';
import type { FairnessSection } from './input';

/** How far those of the validation are from those of the development, by band where they moved. */
export function driftSection(drifts: readonly Drift[]): string {
  const [score] = drifts;
  if (!score) {
    return `<p class="note">The rows of the validation are those of the development: nobody can have
moved between the two.</p>`;
  }
  const summary = table({
    headings: [
      { text: 'What' },
      { text: 'PSI', isFigure: true },
      { text: 'By chance', isFigure: true },
      { text: 'Verdict' },
    ],
    rows: drifts.map(({ name, psi, chance, level }): readonly Cell[] => [
      name,
      decimals(psi, 4),
      decimals(chance, 4),
      { html: `<span class="verdict ${level}">${level}</span>` },
    ]),
  });
  const moved = drifts.filter(({ name, level }) => name === 'score' || level !== 'stable');
  return `${summary}<p class="note">From 0.10 an index is worth a look, from 0.25 an alarm, unless
samples of such sizes show as much by chance one time in twenty.</p>${moved.map(bandTable).join('')}`;
}

function bandTable({ name, bands }: Drift): string {
  return `<h3>${escaped(name)}, band by band</h3>${table({
    headings: [
      { text: 'Band' },
      ...['Development', 'Now', 'Part of the index'].map((text) => ({ text, isFigure: true })),
    ],
    rows: bands.map(({ label, before, now, part }) => [
      label,
      percent(before),
      percent(now),
      decimals(part, 4),
    ]),
  })}`;
}

/** Whether groups fare alike. */
export function fairnessSection(sections: readonly FairnessSection[]): string {
  if (sections.length === 0) {
    return `<p class="note">The file says nothing of the groups that the law protects, so that nothing
can be measured of them here; the monthly monitoring does where the operator knows them.</p>`;
  }
  return sections
    .map(
      ({ attribute, approvedShare, groups }) =>
        `<h3>By ${escaped(attribute)}, the safest ${percent(approvedShare, 0)} approved</h3>${groupTable(groups)}`,
    )
    .join('');
}

export function groupTable(groups: readonly GroupFairness[]): string {
  const headings = [
    'Cases',
    'Approved',
    'Of the rest',
    'Ratio',
    'Good approved',
    'Gap',
    'Bad rate',
    'Of the rest',
    'AUC within',
    'p',
  ];
  return `${table({
    headings: [
      { text: 'Group' },
      ...headings.map((text) => ({ text, isFigure: true })),
      { text: 'Four fifths' },
    ],
    rows: groups.map((each) => [
      each.group,
      whole(each.rows),
      percent(each.approvalRate),
      percent(each.restApprovalRate),
      decimals(each.impactRatio, 3),
      percent(each.goodApprovalRate),
      decimals(each.opportunityGap, 3),
      percent(each.defaultRate),
      percent(each.restDefaultRate),
      decimals(each.auc, 3),
      { html: probabilityText(each.impactPValue) },
      { html: fourFifths(each) },
    ]),
  })}<p class="note">Ratio: approval rate of the group over that of all others; under 0.8 it is
evidence of adverse impact. Gap: how much more, or less, of those who turned out good were approved.
p: of so large a difference of approval rates by chance.</p>`;
}

function fourFifths({ passesFourFifths }: GroupFairness): string {
  const word = passesFourFifths ? 'passes' : 'fails';
  return `<span class="verdict ${word}">${word}</span>`;
}

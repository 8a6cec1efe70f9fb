import { binLabel, type CardBin, type CardCharacteristic } from '../scorecard';
import type { CardFile } from '../card-file';
import { decimals, escaped, percent, table, whole, type Cell, type Heading } from './html';

const figures = (...texts: readonly string[]): readonly Heading[] =>
  texts.map((text) => ({ text, isFigure: true }));

/** What each characteristic weighs, and how surely that is known. */
export function coefficientTable({ characteristics, scaling, baseScore }: CardFile): string {
  const { points, odds, pointsToDoubleOdds } = scaling;
  const rows = characteristics.map((each): readonly Cell[] => {
    const given = each.bins.map((bin) => bin.points);
    return [
      { html: `<a href="#${anchorOf(each)}">${escaped(each.title.en)}</a>` },
      { html: `<code>${escaped(each.variable)}</code>` },
      decimals(each.informationValue, 3),
      decimals(each.coefficient, 3),
      decimals(each.standardError, 3),
      decimals(each.coefficient / each.standardError, 1),
      `${Math.min(...given)} to ${Math.max(...given)}`,
      each.reason.code,
    ];
  });
  return `${table({
    headings: [
      { text: 'Characteristic' },
      { text: 'Variable' },
      ...figures('IV', 'Coefficient', 'Std error', 'z', 'Points'),
      { text: 'Reason' },
    ],
    rows,
  })}<p class="note">A coefficient weighs the evidence of a characteristic in the log odds of being
good. Everybody begins with ${whole(baseScore)} points; ${whole(points)} points are odds of
${whole(odds)} to 1, and ${whole(pointsToDoubleOdds)} more double them.</p>`;
}

/** Every bin of every characteristic: what the applicant is given there, and why. */
export function binTables({ characteristics }: CardFile): string {
  return characteristics.map(binTable).join('');
}

function binTable(characteristic: CardCharacteristic): string {
  const { title, reason, bins } = characteristic;
  const all = bins.reduce((sum, bin) => sum + bin.rows, 0);
  const widest = Math.max(...bins.map(({ woe }) => Math.abs(woe)), 1e-9);
  return `<section><h3 id="${anchorOf(characteristic)}">${escaped(title.en)}<small lang="zh">${escaped(title.zh)}</small></h3>
<p class="note">${escaped(reason.code)}: ${escaped(reason.text.en)} · <span lang="zh">${escaped(reason.text.zh)}</span></p>${table(
    {
      headings: [
        { text: 'Bin' },
        ...figures('Cases', 'Share', 'Bad', 'Bad rate', 'WoE'),
        { text: 'Bad ← evidence → good' },
        ...figures('Points'),
      ],
      rows: bins.map((bin) => binRow(bin, { all, widest })),
    },
  )}</section>`;
}

function binRow(
  bin: CardBin,
  { all, widest }: { readonly all: number; readonly widest: number },
): readonly Cell[] {
  const { rows, bad, woe, points } = bin;
  return [
    binLabel(bin),
    whole(rows),
    percent(rows / all),
    whole(bad),
    rows === 0 ? '–' : percent(bad / rows),
    decimals(woe, 3),
    { html: swing(woe / widest) },
    whole(points),
  ];
}

/** A bar to the right for the good, to the left for the bad; at most half the cell. */
function swing(share: number): string {
  const width = decimals(Math.abs(share) * 50, 1);
  return `<span class="swing"><i class="${share < 0 ? 'down' : 'up'}" style="width:${width}%"></i></span>`;
}

function anchorOf({ variable }: CardCharacteristic): string {
  return `bins-${escaped(variable)}`;
}

/** Where the card comes from, and what was left out of it. */
export function originSection({ training, contentHash, note, id, version }: CardFile): string {
  const { source, window, rows, bad, badDefinition, ridge, shrinkage, excluded } = training;
  const facts: readonly (readonly Cell[])[] = [
    ['Card', `${id}, version ${version}`],
    ['Use', note.en],
    ['Rows', source],
    ['Bad', badDefinition.en],
    ['Development', developmentText({ rows, bad, window })],
    ['Fit', `logistic regression, ridge ${ridge}, shrunk by ${decimals(shrinkage, 3)}`],
    ['Content', { html: `<code>${escaped(contentHash)}</code>` }],
  ];
  const left = Object.entries(training.leftOut).map(([column, why]) => [column, why]);
  return [
    table({ headings: [{ text: 'What' }, { text: 'This card' }], rows: facts }),
    excluded.length === 0
      ? ''
      : `<h3>Considered, and not taken</h3>${table({
          headings: [{ text: 'Variable' }, ...figures('IV'), { text: 'Why' }],
          rows: excluded.map(({ variable, informationValue, reason }) => [
            variable,
            decimals(informationValue, 4),
            reason.replaceAll('-', ' '),
          ]),
        })}`,
    left.length === 0
      ? ''
      : `<h3>Columns that were deliberately not read</h3>${table({
          headings: [{ text: 'Column' }, { text: 'Why' }],
          rows: left,
        })}`,
  ].join('');
}

function developmentText({
  rows,
  bad,
  window,
}: Pick<CardFile['training'], 'rows' | 'bad' | 'window'>): string {
  const when = window ? `, ${window.from} to ${window.until}` : '';
  return `${whole(rows)} cases, ${whole(bad)} bad (${percent(bad / rows)})${when}`;
}

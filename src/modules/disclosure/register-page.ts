import { rateText, type Rate } from '../../kernel/rate';
import type { Operator } from '../identity';
import type { RegisteredInspection } from '../supervision';
import { escaped, htmlPage } from './html';
import { TEXTS, type Language } from './page-text';
import { REGISTER_TEXTS } from './register-text';

/** A page of the register of inspections, and where it goes on. */
export interface RegisterContent {
  readonly operator: Operator;
  readonly inspections: readonly RegisteredInspection[];
  readonly next?: string | undefined;
  readonly language: Language;
}

/** The register of inspections of an operator, for everybody. */
export function registerPage({ operator, inspections, next, language }: RegisterContent): string {
  const { title, about, nothing, back } = REGISTER_TEXTS[language];
  const home = `/public/${operator.code}?lang=${language}`;
  const more =
    next === undefined
      ? ''
      : `<p><a href="?lang=${language}&amp;after=${escaped(next)}">${TEXTS[language].more}</a></p>`;
  return htmlPage({
    title: `${operator.legalName}: ${title}`,
    language,
    main: [
      `<p><a href="${escaped(home)}">${back}</a></p>`,
      `<p>${about}</p>`,
      ...(inspections.length === 0 ? [`<p>${nothing}</p>`] : []),
      ...inspections.map((each) => section(operator, each, language)),
      more,
    ],
  });
}

function section(operator: Operator, of: RegisteredInspection, language: Language): string {
  const { inspection, authority, results } = of;
  const id = escaped(inspection.id);
  const rows = [...termRows(of, language), ...courseRows(operator, of, language)];
  const list = rows.map(([name, html]) => `<dt>${name}</dt><dd>${html}</dd>`);
  const said = results.map(
    ({ text, publishedAt }) =>
      `<blockquote><p>${escaped(text)}</p><footer>${escaped(authority)}, ${instant(publishedAt)}</footer></blockquote>`,
  );
  return `<section aria-labelledby="${id}"><h2 id="${id}">${escaped(authority)}, ${day(inspection.openedAt)}</h2>
<dl>${list.join('\n')}</dl>
${said.join('\n')}</section>`;
}

type Row = readonly [name: string, html: string];

function termRows({ inspection, title }: RegisteredInspection, language: Language): readonly Row[] {
  const text = REGISTER_TEXTS[language];
  const { detectionRate, confidence } = inspection.terms;
  const percent = (part: Rate): string => `${rateText(part.times(100))}%`;
  return [
    [text.drawnFrom, escaped(`${title.report[language]}: ${title.figure[language]}`)],
    [
      text.terms,
      text.aim.replace('{part}', percent(detectionRate)).replace('{sure}', percent(confidence)),
    ],
    [text.commitment, `${instant(inspection.openedAt)}<br><code>${inspection.commitment}</code>`],
  ];
}

function courseRows(
  { code }: Operator,
  { inspection, findings, rectified }: RegisteredInspection,
  language: Language,
): readonly Row[] {
  const text = REGISTER_TEXTS[language];
  const { drawn, withdrawn } = inspection;
  if (withdrawn !== undefined) {
    const state = withdrawn.runId === undefined ? text.withdrawn : text.withdrawnKnowing;
    const at = instant(withdrawn.withdrawnAt);
    return [
      [text.state, `${state}, ${at}`],
      [text.reason, escaped(withdrawn.reason)],
    ];
  }
  if (drawn === undefined) return [[text.state, text.open]];
  const { population, sampleSize, drawnAt, reportSha256 } = drawn;
  const href = escaped(`/public/${code}/inspections/${inspection.id}/draw.json`);
  const sample = text.ofThem
    .replace('{sample}', String(sampleSize))
    .replace('{population}', String(population));
  return [
    [text.state, `${text.drawn}, ${instant(drawnAt)}`],
    [text.sample, `${sample} <a href="${href}">${text.recompute}</a>`],
    [text.report, `<code>${reportSha256}</code>`],
    [
      text.findings,
      text.settled
        .replace('{findings}', String(findings))
        .replace('{rectified}', String(rectified)),
    ],
  ];
}

function instant(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function day(at: Date): string {
  return at.toISOString().slice(0, 10);
}

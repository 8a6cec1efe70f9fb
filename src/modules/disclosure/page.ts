import { rate, rateText } from '../../kernel/rate';
import type { Operator } from '../identity';
import type { Cell, Figure, Run } from '../reporting';
import { escaped, htmlPage } from './html';
import { TEXTS, type Language } from './page-text';
import type { Disclosure } from './publication';

/** What the page shows, and where its list of reports goes on. */
export interface PageContent extends Disclosure {
  readonly next?: string | undefined;
  readonly language: Language;
}

/** The public page of an operator, whole: it needs nothing else to be read. */
export function disclosurePage(page: PageContent): string {
  const { operator, language } = page;
  const { title } = TEXTS[language];
  return htmlPage({
    title: `${operator.legalName}: ${title}`,
    language,
    main: [about(operator, language), figures(page), archive(page), downloads(page)],
  });
}

function about(operator: Operator, language: Language): string {
  const text = TEXTS[language];
  const { licence, custodian } = operator;
  const rows: readonly (readonly [string, string])[] = [
    [text.name, operator.legalName],
    [text.number, operator.identityNumber],
    [text.line, text.lines[operator.line]],
    [text.jurisdiction, operator.jurisdiction],
    [text.status, text.statuses[operator.status]],
    [text.licence, licence ? licenceText(licence, language) : text.noLicence],
    [text.custodian, custodian?.name ?? text.noCustodian],
  ];
  const list = rows.map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value)}</dd>`);
  return `<section aria-labelledby="about"><h2 id="about">${text.about}</h2>
<dl>${list.join('\n')}</dl></section>`;
}

function licenceText(licence: NonNullable<Operator['licence']>, language: Language): string {
  const { number, authority, validFrom, validTo } = licence;
  const { validity, unending } = TEXTS[language];
  const term = (validTo === undefined ? unending : validity)
    .replace('{from}', validFrom)
    .replace('{to}', validTo ?? '');
  return `${number}, ${authority}, ${term}`;
}

function figures({ latest, titles, language }: PageContent): string {
  const text = TEXTS[language];
  if (!latest) return `<p>${text.nothing}</p>`;
  const { from, to } = latest.run.period;
  const heading = text.figures.replace('{from}', from).replace('{to}', to);
  const rows = latest.content.figures.flatMap((figure) => {
    const title = titles.get(figure.id)?.[language] ?? figure.id;
    return figure.cells.map((cell) => figureRow(title, figure, { cell, language }));
  });
  return `<section aria-labelledby="figures"><h2 id="figures">${heading}</h2>
<table aria-labelledby="figures">
<thead><tr><th scope="col">${text.figure}</th><th scope="col">${text.of}</th><th scope="col" class="number">${text.value}</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table></section>`;
}

function figureRow(
  title: string,
  { id, unit }: Figure,
  { cell, language }: { readonly cell: Cell; readonly language: Language },
): string {
  const { lines, none } = TEXTS[language];
  const of = Object.values(cell.by).map((value) => (isLine(value, lines) ? lines[value] : value));
  return `<tr data-figure="${escaped(id)}"><th scope="row">${escaped(title)}</th><td>${escaped(of.join(', '))}</td><td class="number">${escaped(cell.value === null ? none : valueText(cell.value, unit))}</td></tr>`;
}

/** A number for people: `1,200.00`, and `68.75%` for a rate of `0.687500`. */
function valueText(value: string, unit: Figure['unit']): string {
  if (unit === 'rate') return `${rateText(rate(value).times(100))}%`;
  const [whole = '', ...digits] = value.split('.');
  return [whole.replaceAll(/\B(?=(\d{3})+$)/g, ','), ...digits].join('.');
}

function archive({ operator, archive: runs, language, next }: PageContent): string {
  const text = TEXTS[language];
  if (runs.length === 0) return '';
  const rows = runs.map((run) => archiveRow(operator, run, language));
  const more =
    next === undefined
      ? ''
      : `<p><a href="?lang=${language}&amp;after=${escaped(next)}">${text.more}</a></p>`;
  return `<section aria-labelledby="archive"><h2 id="archive">${text.archive}</h2>
<table aria-labelledby="archive">
<thead><tr><th scope="col">${text.period}</th><th scope="col">${text.state}</th><th scope="col">${text.content}</th><th scope="col">${text.changes}</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table>${more}</section>`;
}

function archiveRow({ code }: Operator, run: Run, language: Language): string {
  const { states, content, changes } = TEXTS[language];
  const period = `${run.period.from} – ${run.period.to}`;
  const at = `/public/${escaped(code)}/reports/${run.id}`;
  const state = run.state === 'restated' ? states.restated : states.published;
  const link = (href: string, name: string): string =>
    `<a href="${href}" aria-label="${name} ${period}">${name}</a>`;
  return `<tr><th scope="row">${period}</th><td>${state}</td><td>${link(at, content)}</td><td>${link(`${at}/changes`, changes)}</td></tr>`;
}

function downloads({ operator: { code }, latest, language }: PageContent): string {
  const text = TEXTS[language];
  const items = [
    ...(latest ? [[`/public/${code}/loan-book.csv`, text.loanBook] as const] : []),
    [`/public/${code}.json`, text.json] as const,
    [`/public/${code}/inspections?lang=${language}`, text.inspections] as const,
    ['/open-data/statistics.csv', text.statistics] as const,
  ];
  const list = items.map(([href, name]) => `<li><a href="${escaped(href)}">${name}</a></li>`);
  return `<section aria-labelledby="downloads"><h2 id="downloads">${text.downloads}</h2>
<ul>${list.join('\n')}</ul></section>`;
}

function isLine<Lines extends object>(value: string, lines: Lines): value is string & keyof Lines {
  return Object.hasOwn(lines, value);
}

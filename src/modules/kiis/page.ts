import { createHash } from 'node:crypto';
import type { Notice } from './model';
import { NOT_ASKED, partHeading, type Sheet, type SheetPart, type SheetPoint } from './sheet';
import type { Fact } from './stated';

const STYLE = `
body{font:1rem/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;max-width:52rem;margin:0 auto;padding:1rem}
.notice{border:2px solid #1a1a1a;padding:.5rem 1rem;margin:1rem 0}
dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.25rem 1rem;margin:.5rem 0}
dt{font-weight:600}dd{margin:0}
.words{white-space:pre-line}
`;

/** One style that is named by its hash, and nothing else: no scripts, no images, no frames. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * The sheet as a page that needs nothing else to be read.
 *
 * @param sha256 of the sealed PDF; absent of a draft.
 */
export function sheetPage({
  sheet,
  sha256,
}: {
  readonly sheet: Sheet;
  readonly sha256: string | undefined;
}): string {
  const [offer] = sheet.overview;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(`${sheet.title}: ${offer?.value ?? ''}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(sheet.title)}</h1>
<p class="notice">${escaped(sheet.disclaimer)}</p>
${sheet.notices.map(noticeSection).join('\n')}
${factList(sheet.overview)}
${sheet.parts.map((part) => partSection(part, sheet.language)).join('\n')}
</main>
<footer><p>${sha256 === undefined ? 'A draft: nobody can subscribe on it.' : `SHA-256 of the sealed PDF: ${escaped(sha256)}`}</p></footer>
</body>
</html>
`;
}

function noticeSection({ title, text }: Notice): string {
  return `<section class="notice"><h2>${escaped(title)}</h2><p>${escaped(text)}</p></section>`;
}

function partSection({ letter, title, points }: SheetPart, language: string): string {
  const id = `part-${escaped(letter.toLowerCase())}`;
  const body =
    points.length === 0
      ? `<p>${NOT_ASKED}</p>`
      : points.map((point) => pointBody(point, language)).join('\n');
  return `<section aria-labelledby="${id}"><h2 id="${id}">${escaped(partHeading(letter, title))}</h2>
${body}</section>`;
}

function pointBody({ id, label, facts, statement, words }: SheetPoint, language: string): string {
  const parts = [
    `<h3>${escaped(label)}</h3>`,
    factList(facts),
    words && `<p class="words" lang="${escaped(language)}">${escaped(words)}</p>`,
    statement && `<p>${escaped(statement)}</p>`,
  ];
  return `<div data-point="${escaped(id)}">${parts.filter(Boolean).join('\n')}</div>`;
}

function factList(facts: readonly Fact[]): string {
  if (facts.length === 0) return '';
  const rows = facts.map(
    ({ label, value }) => `<dt>${escaped(label)}</dt><dd>${escaped(value)}</dd>`,
  );
  return `<dl>${rows.join('\n')}</dl>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

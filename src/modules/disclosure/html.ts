import { createHash } from 'node:crypto';
import { TEXTS, type Language } from './page-text';

const STYLE = `
body{font:1rem/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff;max-width:60rem;margin:0 auto;padding:1rem}
nav{text-align:end}
h1{line-height:1.2;margin:.5rem 0 1.5rem}
h2{font-size:1.25rem;margin:2.5rem 0 .75rem}
table{border-collapse:collapse;width:100%}
th,td{border-bottom:1px solid #767676;padding:.4rem .6rem;text-align:start;vertical-align:top}
tbody th{font-weight:400}
.number{text-align:end;font-variant-numeric:tabular-nums;white-space:nowrap}
dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.4rem 1.5rem;margin:0}
dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}
blockquote{margin:1rem 0;padding-inline-start:1rem;border-inline-start:4px solid #767676}
blockquote p{margin:0;white-space:pre-line}footer{color:#595959}
a{color:#1f5c99}a:focus{outline:3px solid #1f5c99;outline-offset:2px}
@media (max-width:40rem){dl{display:block}dd{margin-block-end:.6rem}}
@media print{a{color:inherit}nav{display:none}section{break-inside:avoid}}
`;

/** One style that is named by its hash, and nothing else: no scripts, no images, no frames. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What a public page says. */
export interface HtmlPage {
  readonly title: string;
  readonly language: Language;
  /** Sections, as HTML. */
  readonly main: readonly string[];
}

/** A page, whole: it needs nothing else to be read. */
export function htmlPage({ title, language, main }: HtmlPage): string {
  const { other, ...text } = TEXTS[language];
  return `<!doctype html>
<html lang="${text.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<nav><a href="?lang=${other.language}" hreflang="${other.language}" lang="${other.language}">${other.name}</a></nav>
<h1>${escaped(title)}</h1>
</header>
<main>
${main.join('\n')}
</main>
</body>
</html>
`;
}

/** Text as it stands between tags, or in quotes. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ProblemCatalogue } from '../kernel/problem';
import { statusOf } from '../platform/http';

/** As written, and as compiled. */
const MAKES_PROBLEMS = /problemCatalogue\)?\(\s*['"]/;

/** Every catalogue of problems in the program, found by reading it, so that none is forgotten. */
export function problemCatalogues(sources: string): readonly ProblemCatalogue[] {
  const found = new Set<ProblemCatalogue>();
  for (const file of programFiles(sources)) {
    if (!MAKES_PROBLEMS.test(readFileSync(file, 'utf8'))) continue;
    const exported = require(file) as Readonly<Record<string, unknown>>;
    for (const value of Object.values(exported)) {
      if (isCatalogue(value)) found.add(value);
    }
  }
  return [...found].toSorted((a, b) => (a.module < b.module ? -1 : 1));
}

/** `docs/problems.md`: every code a client may meet, by module. */
export function problemPages(catalogues: readonly ProblemCatalogue[]): string {
  return [HEAD, ...catalogues.map(section)].join('\n');
}

const HEAD = `# Problems

Every refusal is \`application/problem+json\` (RFC 9457) with a stable \`code\`, which is public and never
renamed. \`detail\` says what happened this time; \`errors\` points at the fields that are wrong;
\`findings\` holds what each rule said, with its citation. A bug is answered with status 500 and the code
\`internal\`: it is never part of a decision.

This page is generated from the catalogues in the code: \`npm run docs\`.
`;

function section({ module, definitions }: ProblemCatalogue): string {
  const rows = Object.entries(definitions).map(([slug, { kind, title }]) => {
    const code = `${module}.${slug}`;
    return `| \`${code}\` | ${statusOf({ code, kind })} | ${title} |`;
  });
  return [
    `## ${module}`,
    '',
    '| code | status | meaning |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function programFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|js)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

function isCatalogue(value: unknown): value is ProblemCatalogue {
  return typeof value === 'function' && 'module' in value && 'definitions' in value;
}

import type { DeclaredProblems } from '../kernel/problem';
import { statusOf } from '../platform/http';

/** `docs/problems.md`: every code a client may meet, by module. */
export function problemPages(catalogues: readonly DeclaredProblems[]): string {
  return [HEAD, ...catalogues.map(section)].join('\n');
}

const HEAD = `# Problems

Every refusal is \`application/problem+json\` (RFC 9457) with a stable \`code\`, which is public and never
renamed. \`detail\` says what happened this time; \`errors\` points at the fields that are wrong;
\`findings\` holds what each rule said, with its citation. A bug is answered with status 500 and the code
\`internal\`: it is never part of a decision. A running installation tells the same of one code where the
\`type\` of its replies points: \`GET /problems/{code}\`.

This page is generated from the catalogues in the code: \`npm run docs\`.
`;

function section({ module, definitions }: DeclaredProblems): string {
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

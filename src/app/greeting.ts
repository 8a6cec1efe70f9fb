import type { Config } from '../config';
import { PERSONAS, SANDBOX_PASSWORD, sandboxEmail, type Persona } from './personas';

/**
 * What is printed when the program listens: where, and in the sandbox who to log in as.
 *
 * @param operatorCodes of the operators there are; personas of others are left out.
 */
export function greeting(config: Config, port: number, operatorCodes: readonly string[]): string {
  const address = `http://${shownHost(config.host)}:${port}`;
  const places = [
    '',
    `  Yunchou listens on   ${address}`,
    `  API documentation    ${address}/docs`,
    `  API description      ${address}/openapi.json`,
  ];
  const personas = PERSONAS.filter(
    ({ operator }) => operator === undefined || operatorCodes.includes(operator),
  );
  const [first] = personas.filter(({ role }) => role === 'investor');
  if (config.mode !== 'sandbox' || !first) return [...places, ''].join('\n');
  return [
    ...places,
    '  Mode                 sandbox: a simulated bank, a clock that can be moved, no real money',
    '',
    `  Log in as (the password of everybody is ${SANDBOX_PASSWORD}):`,
    '',
    ...table(personas),
    '',
    '  For example:',
    '',
    ...example(address, first),
    '',
    '  Ctrl-C stops it. What is in it stays for the next start.',
    '',
  ].join('\n');
}

function table(personas: readonly Persona[]): readonly string[] {
  const rows = [
    ['operator', 'role', 'e-mail', 'what there is to do'],
    ...personas.map((persona) => [
      persona.operator ?? '–',
      persona.role,
      sandboxEmail(persona),
      persona.about,
    ]),
  ];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map(
    (row) => `    ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`,
  );
}

function example(address: string, persona: Persona): readonly string[] {
  const body = JSON.stringify({
    operator: persona.operator,
    email: sandboxEmail(persona),
    password: SANDBOX_PASSWORD,
  });
  return [
    `    curl -s ${address}/v1/auth/login -H 'Content-Type: application/json' \\`,
    `      -d '${body}'`,
  ];
}

/** Where a program on this machine reaches it. */
function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

import type { CheckResult } from '../platform/integrity';

/** The results of integrity checks as a table for the terminal, with what was found beneath. */
export function checksReport(
  results: readonly CheckResult[],
  operatorCodes: ReadonlyMap<number, string>,
): string {
  const rows = results.map((result) => [
    result.count === 0n ? 'ok' : 'BROKEN',
    result.check.id,
    result.operatorId === undefined
      ? '(all)'
      : (operatorCodes.get(result.operatorId) ?? String(result.operatorId)),
    result.count.toString(),
    `${result.durationMs} ms`,
    result.check.title,
  ]);
  const header = ['', 'check', 'operator', 'violations', 'took', 'what is true'];
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const isNumber = (column: number): boolean => column === 3 || column === 4;
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return isNumber(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  const lines = [
    line(header),
    ...results.flatMap((result, index) => [line(rows[index] ?? []), ...found(result)]),
  ];
  return `${lines.join('\n')}\n\n${summary(results)}`;
}

function found({ count, violations }: CheckResult): readonly string[] {
  const lines = violations.map(
    (violation) =>
      `          ${Object.entries(violation)
        .map(([name, value]) => `${name}=${value}`)
        .join('  ')}`,
  );
  const hidden = count - BigInt(violations.length);
  return hidden > 0n ? [...lines, `          and ${hidden} more`] : lines;
}

function summary(results: readonly CheckResult[]): string {
  const broken = results.filter(({ count }) => count > 0n).length;
  const seconds = results.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
  const verdict = broken === 0 ? 'all hold' : `${broken} do not hold`;
  return `${results.length} checks in ${seconds} s: ${verdict}.`;
}

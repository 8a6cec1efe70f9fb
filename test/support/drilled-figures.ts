import { must } from '../../src/kernel/assert';
import type { Figure, ReportComputer } from '../../src/modules/reporting';
import type { ReportWorld } from './report-world';

type Run = Parameters<ReportComputer['drill']>[1];

/** Few, so that pages are turned. */
const PAGE = 2;

/**
 * Holds every cell of every figure against the rows that its drill-down shows, page by page: their sum
 * or their number.
 */
export async function compareFigures(
  world: ReportWorld,
  run: Run,
  figures: readonly Figure[],
): Promise<{ readonly cells: number; readonly wrong: readonly string[] }> {
  const wrong: string[] = [];
  let cells = 0;
  for (const figure of figures) {
    for (const { summed, part } of summedOf(run, figure)) {
      for (const cell of figure.cells) {
        const by = Object.fromEntries(
          (summed.by ?? []).map((column) => [column, must(cell.by[column], column)]),
        );
        const rows = await drillAll(world, run, { figureId: figure.id, by, part });
        const value = must((part === undefined ? cell.value : cell[part]) ?? undefined, 'a value');
        const { sum } = summed;
        const drilled =
          sum === undefined
            ? exact(String(rows.length))
            : rows.reduce((all, row) => all + exact(row.values[sum] ?? '0'), 0n);
        cells += 1;
        if (drilled !== exact(value)) {
          wrong.push(`${run.template.id} ${figure.id} ${JSON.stringify(by)}: ${value}, ${drilled}`);
        }
      }
    }
  }
  return { cells, wrong };
}

function summedOf({ template }: Run, { id }: Figure) {
  const specOf = (name: string) =>
    must(
      template.figures.find((each) => each.id === name),
      name,
    );
  const spec = specOf(id);
  if (spec.kind === 'sum') return [{ summed: spec, part: undefined }];
  return (['numerator', 'denominator'] as const).map((part) => {
    const summed = specOf(spec[part]);
    if (summed.kind !== 'sum') throw new Error('a ratio of no sums');
    return { summed, part };
  });
}

async function drillAll(
  world: ReportWorld,
  run: Run,
  of: {
    readonly figureId: string;
    readonly by: Readonly<Record<string, string>>;
    readonly part: 'numerator' | 'denominator' | undefined;
  },
) {
  const rows: Awaited<ReturnType<ReportComputer['drill']>>[number][] = [];
  for (let after = ''; ;) {
    const request = { ...of, after, limit: PAGE };
    const page = await world.read((db) => world.computer.drill(db, run, request));
    rows.push(...page.slice(0, PAGE));
    if (page.length <= PAGE) return rows;
    after = must(page[PAGE - 1], 'the last row').key;
  }
}

/** A decimal as a whole number of its twelfth digit. */
function exact(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const value = BigInt(whole + fraction.padEnd(12, '0'));
  return text.startsWith('-') ? -value : value;
}

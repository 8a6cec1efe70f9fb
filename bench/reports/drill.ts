import { must } from '../../src/kernel/assert';
import type { Id } from '../../src/kernel/id';
import type { Application } from '../../src/app/application';
import type { Cell, SumFigure } from '../../src/modules/reporting';
import type { Scope } from '../../src/platform/db';

/** A cell with more rows than this is not summed again here: a test does that, on a smaller book. */
const MOST_ROWS = 20_000;

export interface Drilled {
  readonly figures: number;
  /** Cells that were summed again from the rows behind them. */
  readonly compared: number;
  readonly mismatches: number;
  readonly leftOut: number;
}

/** Sums the cells of the newest report of a template again, from the rows that drilling shows. */
export async function countMismatches(
  app: Application,
  scope: Scope,
  templateId: string,
): Promise<Drilled> {
  const { reports } = app.services;
  return app.platform.database.read(scope, async (db) => {
    const { run, content } = must(await reports.latest(db, templateId), 'the report');
    const specs = must(
      reports.templates(db).find(({ id }) => id === templateId),
      'the template',
    ).figures;
    let [compared, mismatches, leftOut] = [0, 0, 0];
    for (const { id, cells } of content.figures) {
      const spec = specs.find((each) => each.id === id);
      if (spec?.kind !== 'sum') continue;
      for (const cell of cells) {
        const again = await summedAgain(app, db, { runId: run.id, spec, cell });
        if (again === undefined) leftOut += 1;
        else compared += 1;
        if (again !== undefined && again !== exact(cell.value ?? '0')) mismatches += 1;
      }
    }
    return { figures: content.figures.length, compared, mismatches, leftOut };
  });
}

/** @returns undefined where there are too many rows. */
async function summedAgain(
  app: Application,
  db: Parameters<Application['services']['reports']['drill']>[0],
  {
    runId,
    spec,
    cell,
  }: { readonly runId: Id<'rpt'>; readonly spec: SumFigure; readonly cell: Cell },
): Promise<bigint | undefined> {
  const by = Object.fromEntries(
    (spec.by ?? []).map((column) => [column, must(cell.by[column], column)]),
  );
  const request = { figureId: spec.id, by, after: '', limit: MOST_ROWS };
  const rows = await app.services.reports.drill(db, runId, request);
  if (rows.length > MOST_ROWS) return undefined;
  const { sum } = spec;
  if (sum === undefined) return exact(String(rows.length));
  return rows.reduce((total, { values }) => total + exact(values[sum] ?? '0'), 0n);
}

/** A decimal as a whole number of its twelfth digit. */
function exact(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const value = BigInt(whole + fraction.padEnd(12, '0'));
  return text.startsWith('-') ? -value : value;
}

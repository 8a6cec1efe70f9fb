import { must } from '../../kernel/assert';
import { addDays, startOfDay } from '../../kernel/calendar-date';
import type { Db } from '../../platform/db';
import type { OperatorDirectory } from '../identity';
import { reportProblem } from './errors';
import type { DrilledRow, Figure, ReportContent, RowSet, SumFigure, Table } from './figure';
import {
  drillRows,
  keepToOneProcessor,
  readTable,
  sumRows,
  type RunBindings,
  type Summed,
} from './figure.store';
import { ratioFigure, sumFigure, type RawCell } from './measure';
import type { Pack } from './pack';
import { describeRun, type RunKey } from './run';
import type { KeptTemplate } from './template.schema';

export interface ContentDeps {
  readonly operators: OperatorDirectory;
  readonly packs: readonly Pack[];
}

/** Which rows somebody wants to see. */
export interface DrillRequest {
  readonly figureId: string;
  /** Of a ratio, which of the two it was computed from; the numerator where left out. */
  readonly part?: 'numerator' | 'denominator' | undefined;
  /** Only those of one cell; columns the figure is not cut by are refused. */
  readonly by: Readonly<Record<string, string>>;
  readonly after: string;
  readonly limit: number;
}

/**
 * Computes what a run says, from its key and the records alone: asked again, at any time and wherever,
 * the same run says the same.
 */
export class ReportComputer {
  constructor(private readonly deps: ContentDeps) {}

  async compute(db: Db, template: KeptTemplate, key: RunKey): Promise<ReportContent> {
    const pack = this.packOf(template);
    const bindings = this.bindingsOf(key);
    await keepToOneProcessor(db);
    const sums = await this.sums(db, template, bindings);
    const figures = template.figures.map((spec): Figure => {
      if (spec.kind === 'sum') return sumFigure(template, spec, cellsOf(sums, spec.id));
      const parts = [spec.numerator, spec.denominator].map((id) => ({
        spec: sumSpec(template, id),
        cells: cellsOf(sums, id),
      }));
      const [numerator, denominator] = parts;
      return ratioFigure(template, spec, {
        numerator: must(numerator, 'a numerator'),
        denominator: must(denominator, 'a denominator'),
      });
    });
    const tables: Table[] = [];
    for (const id of template.tables) {
      tables.push(await readTable(db, rowSetOf(pack, id), bindings));
    }
    return { run: describeRun(key), figures, tables };
  }

  /**
   * A page of the rows behind a figure, one more than asked for where there are more.
   *
   * @throws Problem `reporting.figure-not-found`.
   */
  async drill(
    db: Db,
    { template, key }: { readonly template: KeptTemplate; readonly key: RunKey },
    request: DrillRequest,
  ): Promise<readonly DrilledRow[]> {
    const spec = template.figures.find(({ id }) => id === request.figureId);
    if (spec === undefined) throw reportProblem('figure-not-found');
    const figure =
      spec.kind === 'sum' ? spec : sumSpec(template, spec[request.part ?? 'numerator']);
    const cuts = figure.by ?? [];
    const stray = Object.keys(request.by).find((column) => !cuts.includes(column));
    if (stray !== undefined) {
      throw reportProblem('figure-not-found', {
        detail: `${spec.id} is not cut by ${stray}; it is by ${cuts.join(', ') || 'nothing'}.`,
      });
    }
    return drillRows(db, rowSetOf(this.packOf(template), figure.rows), {
      figure,
      by: request.by,
      bindings: this.bindingsOf(key),
      after: request.after,
      limit: request.limit + 1,
    });
  }

  packOf({ pack }: KeptTemplate): Pack {
    return must(
      this.deps.packs.find(({ id }) => id === pack),
      `pack ${pack}`,
    );
  }

  /** Whose reports an operator's are. */
  nameOf({ operatorId }: Pick<RunKey, 'operatorId'>): string {
    return this.deps.operators.get(operatorId).legalName;
  }

  private async sums(
    db: Db,
    template: KeptTemplate,
    bindings: RunBindings,
  ): Promise<ReadonlyMap<string, readonly RawCell[]>> {
    const pack = this.packOf(template);
    const found = new Map<string, readonly RawCell[]>();
    for (const summed of passes(template, pack)) {
      const cells = await sumRows(db, summed, bindings);
      for (const [index, { figure }] of summed.entries()) {
        found.set(figure.id, must(cells[index], 'the cells of a figure'));
      }
    }
    return found;
  }

  private bindingsOf(key: RunKey): RunBindings {
    const { operatorId, period, asOf, knownAt } = key;
    const { timeZone } = this.deps.operators.get(operatorId);
    return {
      operatorId,
      from: period.from,
      to: period.to,
      asOf,
      startsAt: startOfDay(period.from, timeZone),
      endsAt: startOfDay(addDays(period.to, 1), timeZone),
      knownAt,
    };
  }
}

/** Sums over rows of the same SELECT are computed in one pass over them. */
function passes(template: KeptTemplate, pack: Pack): readonly (readonly Summed[])[] {
  const groups = new Map<string, Summed[]>();
  for (const figure of template.figures) {
    if (figure.kind !== 'sum') continue;
    const rowSet = rowSetOf(pack, figure.rows);
    const group = groups.get(rowSet.sql) ?? [];
    groups.set(rowSet.sql, group);
    group.push({ figure, rowSet });
  }
  return [...groups.values()];
}

function cellsOf(sums: ReadonlyMap<string, readonly RawCell[]>, id: string): readonly RawCell[] {
  return must(sums.get(id), `the sum ${id}`);
}

function sumSpec(template: KeptTemplate, id: string): SumFigure {
  const spec = template.figures.find((figure) => figure.id === id);
  return must(spec?.kind === 'sum' ? spec : undefined, `the sum ${id}`);
}

function rowSetOf(pack: Pack, id: string): RowSet {
  return must(
    pack.rowSets.find((rows) => rows.id === id),
    `rows ${id} of pack ${pack.id}`,
  );
}

import type { ColumnKind, Condition, FigureSpec, RatioFigure, RowSet, SumFigure } from './figure';
import type { Pack } from './pack';
import type { ReportTemplate } from './template';

interface Known {
  readonly packs: readonly Pack[];
  readonly calendars: ReadonlyMap<string, unknown>;
}

/** What the shape of a template allows and it cannot mean, each with its place. */
export function flawsOf(template: ReportTemplate, { packs, calendars }: Known): readonly string[] {
  const pack = packs.find(({ id }) => id === template.pack);
  if (pack === undefined) return [`pack: there is no pack ${template.pack}`];
  const rowSets = new Map(pack.rowSets.map((rows) => [rows.id, rows]));
  const figures = new Map(template.figures.map((figure) => [figure.id, figure]));
  const { deadline } = template;
  return [
    ...(deadline.kind === 'working-days' &&
    deadline.calendar !== 'operator' &&
    !calendars.has(deadline.calendar)
      ? [`deadline.calendar: there is no calendar ${deadline.calendar}`]
      : []),
    ...template.tables
      .filter((id) => !rowSets.has(id))
      .map((id) => `tables: pack ${pack.id} has no rows ${id}`),
    ...(template.charts ?? [])
      .filter((id) => !figures.has(id))
      .map((id) => `charts: there is no figure ${id}`),
    ...template.figures.flatMap((figure, index) => {
      const flaws =
        figure.kind === 'sum' ? flawsOfSum(figure, rowSets) : flawsOfRatio(figure, figures);
      const isTwice = figures.get(figure.id) !== figure;
      return [...flaws, ...(isTwice ? ['another figure has this id'] : [])].map(
        (flaw) => `figures.${index} (${figure.id}): ${flaw}`,
      );
    }),
  ];
}

/** What a column must hold for the sum of it to have a unit. */
const SUMMED: Readonly<Record<SumFigure['unit'], ColumnKind>> = {
  count: 'count',
  money: 'minor',
  rate: 'decimal',
};

function flawsOfSum(figure: SumFigure, rowSets: ReadonlyMap<string, RowSet>): readonly string[] {
  const rows = rowSets.get(figure.rows);
  if (rows === undefined) return [`there are no rows ${figure.rows}`];
  const { sum, by = [], where = [], unit } = figure;
  const kind = sum === undefined ? 'count' : rows.columns[sum];
  return [
    ...(kind === SUMMED[unit] ? [] : [`a figure of unit ${unit} cannot be the sum of ${kind}`]),
    ...(unit === 'money' && !by.includes('currency')
      ? ['money is summed by currency, or not at all']
      : []),
    ...by
      .filter((column) => rows.columns[column] !== 'text')
      .map((column) => `by ${column}: rows ${rows.id} have no such text`),
    ...where.flatMap((condition) => flawsOfCondition(condition, rows)),
  ];
}

type Comparison = Condition['is'];

const OF_TEXT: readonly Comparison[] = ['equal', 'not-equal', 'one-of'];
const OF_NUMBERS: readonly Comparison[] = ['over', 'at-least', 'at-most', 'equal', 'not-equal'];

function flawsOfCondition(
  { column, is, value }: Condition,
  { id, columns }: RowSet,
): readonly string[] {
  const kind = columns[column];
  if (kind === undefined) return [`where ${column}: rows ${id} have no such column`];
  const isText = kind === 'text';
  if (!(isText ? OF_TEXT : OF_NUMBERS).includes(is))
    return [`where ${column}: a ${kind} is not ${is}`];
  const given = Array.isArray(value) ? 'list' : typeof value;
  const wanted = is === 'one-of' ? 'list' : isText ? 'string' : 'number';
  return wanted === given ? [] : [`where ${column}: ${given} given, ${wanted} wanted`];
}

function flawsOfRatio(
  figure: RatioFigure,
  figures: ReadonlyMap<string, FigureSpec>,
): readonly string[] {
  const [numerator, denominator] = [figure.numerator, figure.denominator].map((id) =>
    figures.get(id),
  );
  if (numerator?.kind !== 'sum') return [`there is no sum ${figure.numerator}`];
  if (denominator?.kind !== 'sum') return [`there is no sum ${figure.denominator}`];
  const by = new Set(numerator.by);
  return [
    ...(figure.unit === 'rate' ? [] : ['a ratio is a rate']),
    ...(numerator.unit === denominator.unit && numerator.unit !== 'rate'
      ? []
      : ['a ratio is of two sums of money, or of two numbers of things']),
    ...((denominator.by ?? []).every((column) => by.has(column))
      ? []
      : ['the denominator is cut by something that the numerator is not']),
  ];
}

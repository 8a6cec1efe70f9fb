import { canonicalJson } from '../../kernel/canonical-json';
import type { DocumentSigner } from '../../platform/auth';
import { csvLine } from '../../platform/csv';
import {
  numberCell,
  textCell,
  writeXlsx,
  type Sheet,
  type SheetCell,
} from '../../platform/documents';
import { renderTable, sealPdf, type Seal } from '../../platform/pdf';
import { chartsOf } from './charts';
import { changesAsJson, type ChangedField } from './difference';
import { CHANGES_FILE, REPORT_FILE } from './file-names';
import type { BothLanguages, Cell, Figure, ReportContent, Table } from './figure';
import { printedCut, printedInstant, printedValue, type Language } from './print';
import type { Pack, PartyNumbers } from './pack';
import type { Run } from './run';
import { JSON_TYPE, sha256, signedFiles, storedFile, type ManifestDraft } from './signing.service';
import type { StoredFile } from './store';
import type { Format } from './template';
import type { KeptTemplate } from './template.schema';

const SIGNATURE_TYPE = 'yunchou-report-manifest+json';

/** What the files of a run are made of. */
export interface Written {
  readonly run: Run;
  /** Whose report it is, by name. */
  readonly operator: string;
  readonly template: KeptTemplate;
  readonly pack: Pack;
  readonly content: ReportContent;
  readonly numbers: PartyNumbers;
  /** The canonical JSON of the content. */
  readonly text: string;
  /** What it changes of the report whose place it takes. */
  readonly changes: readonly ChangedField[] | undefined;
  readonly generatedAt: Date;
}

/** What they are signed with: the manifest by the one, what is printed by the other too. */
export interface Signing {
  readonly signer: DocumentSigner;
  readonly seal: Seal;
}

const CSV_TYPE = 'text/csv; charset=utf-8';
const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Every file of a run, signed. */
export async function filesOf(
  written: Written,
  { signer, seal }: Signing,
): Promise<readonly StoredFile[]> {
  const { template, pack, content, numbers, changes } = written;
  const files: StoredFile[] = [];
  for (const format of template.formats) files.push(...(await WRITERS[format](written, seal)));
  for (const { name, mediaType, write } of pack.layouts) {
    files.push(storedFile(name, mediaType, await write(content, numbers)));
  }
  if (changes !== undefined) {
    files.push(storedFile(CHANGES_FILE, JSON_TYPE, canonicalJson(changesAsJson(changes))));
  }
  return signedFiles(files, { says: manifestOf(written), type: SIGNATURE_TYPE }, signer);
}

/** The run that the files were made from; the only place that says when. */
function manifestOf(written: Written): ManifestDraft['says'] {
  const { run, operator, template, content, generatedAt } = written;
  return {
    report: run.id,
    operator,
    title: { en: template.title.en, zh: template.title.zh },
    citation: template.citation,
    dueOn: run.dueOn,
    run: content.run,
    generatedAt: generatedAt.toISOString(),
    ...(run.supersedes === undefined ? {} : { supersedes: run.supersedes, reason: run.reason }),
  };
}

type Writer = (written: Written, seal: Seal) => Promise<readonly StoredFile[]>;

const WRITERS: Readonly<Record<Format, Writer>> = {
  json: async ({ text }) => [storedFile(REPORT_FILE, JSON_TYPE, text)],
  csv: async ({ template, content }) => [
    storedFile('figures.csv', CSV_TYPE, figuresCsv(template, content)),
    ...content.tables.map((table) => storedFile(`${table.id}.csv`, CSV_TYPE, tableCsv(table))),
  ],
  xlsx: async (written) => [storedFile('report.xlsx', XLSX_TYPE, writeXlsx(sheetsOf(written)))],
  pdf: async (written, seal) => {
    const sealed = async (language: Language): Promise<Buffer> =>
      sealPdf(await pdfOf(written, language), {
        seal,
        at: written.generatedAt,
        reason: 'Published',
      });
    return [
      storedFile('report-en.pdf', 'application/pdf', await sealed('en')),
      storedFile('report-zh.pdf', 'application/pdf', await sealed('zh')),
    ];
  },
};

const COLUMNS = [
  'figure',
  'formula_id',
  'title',
  'unit',
  'of',
  'value',
  'numerator',
  'denominator',
] as const;

interface Line {
  readonly figure: Figure;
  readonly cell: Cell;
  readonly title: BothLanguages;
  readonly formula: string;
}

/** A figure that there was nothing to be cut by still stands in its place. */
const NOTHING: Cell = { by: {}, value: null };

/** Every cell of every figure, in the order of the template. */
function linesOf(template: KeptTemplate, { figures }: ReportContent): readonly Line[] {
  return figures.flatMap((figure, index) => {
    const spec = template.figures[index];
    if (spec === undefined) return [];
    const cells = figure.cells.length === 0 ? [NOTHING] : figure.cells;
    return cells.map((cell) => ({
      figure,
      cell,
      title: spec.title,
      formula: spec.formula,
    }));
  });
}

function figuresCsv(template: KeptTemplate, content: ReportContent): string {
  const lines = linesOf(template, content).map(({ figure, cell, title }) =>
    csvLine([
      figure.id,
      figure.formulaId,
      title.en,
      figure.unit,
      cutOf(cell),
      cell.value ?? undefined,
      cell.numerator,
      cell.denominator,
    ]),
  );
  return [csvLine(COLUMNS), ...lines].join('');
}

function tableCsv({ columns, rows }: Table): string {
  return [columns.map(headingOf), ...rows]
    .map((row) => csvLine(row.map((value) => value ?? undefined)))
    .join('');
}

/** Amounts are written as decimals, though they are kept in minor units. */
function headingOf(column: string): string {
  return column.replace(/_minor$/, '');
}

function sheetsOf({ template, content }: Written): readonly Sheet[] {
  const run = Object.entries(content.run).map(([name, value]): readonly SheetCell[] => [
    textCell(name),
    textCell(typeof value === 'string' ? value : canonicalJson(value)),
  ]);
  const figures = linesOf(template, content).map(
    ({ figure, cell, title, formula }): readonly SheetCell[] => [
      textCell(figure.id),
      textCell(figure.formulaId),
      textCell(title.en),
      textCell(title.zh),
      textCell(figure.unit),
      textCell(cutOf(cell)),
      numberCell(cell.value),
      numberCell(cell.numerator ?? null),
      numberCell(cell.denominator ?? null),
      textCell(formula),
    ],
  );
  const [figure, formulaId, title, ...rest] = COLUMNS;
  const heading = [figure, formulaId, title, 'title_zh', ...rest, 'formula'].map(textCell);
  return [
    { name: 'run', rows: run },
    { name: 'figures', rows: [heading, ...figures] },
    ...content.tables.map((table) => ({
      name: table.id,
      rows: [
        table.columns.map(headingOf).map(textCell),
        ...table.rows.map((row) => row.map(numberCell)),
      ],
    })),
  ];
}

const WORDS = {
  en: {
    operator: 'Operator',
    period: 'Period',
    knownAt: 'Known at',
    report: 'Report',
    figure: 'Figure',
    of: 'Of',
    value: 'Value',
    formula: 'Figure id',
    hash: 'SHA-256 of the content',
  },
  zh: {
    operator: '平台运营机构',
    period: '报告期',
    knownAt: '数据截至',
    report: '报告',
    figure: '指标',
    of: '分类',
    value: '数值',
    formula: '指标编号',
    hash: '内容 SHA-256',
  },
} as const;

async function pdfOf(written: Written, language: Language): Promise<Buffer> {
  const { run, operator, template, content, text, generatedAt } = written;
  const knownAt = content.run['knownAt'];
  const words = WORDS[language];
  return renderTable({
    title: template.title[language],
    facts: [
      [words.operator, operator],
      [words.report, run.id],
      [words.period, `${run.period.from} – ${run.period.to}`],
      [words.knownAt, typeof knownAt === 'string' ? printedInstant(knownAt) : ''],
      [words.hash, sha256(text)],
    ],
    columns: [
      { heading: words.figure, width: 0.36, align: 'left' },
      { heading: words.of, width: 0.22, align: 'left' },
      { heading: words.value, width: 0.18, align: 'right' },
      { heading: words.formula, width: 0.24, align: 'left' },
    ],
    rows: linesOf(template, content).map(({ figure, cell, title }) => [
      title[language],
      printedCut(cell, language),
      printedValue(cell.value, figure.unit),
      figure.id,
    ]),
    totals: [],
    charts: chartsOf(template, content, language),
    notes: [template.citation],
    madeAt: generatedAt,
  });
}

function cutOf({ by }: Cell): string {
  return Object.entries(by)
    .map(([column, value]) => `${column}=${value}`)
    .join('; ');
}

import { Problem } from '../kernel/problem';
import { StartupProblem, systemCode } from '../platform/db/startup-problem';
import type { BatchOutcome, GradeLine, ImportRow, RefusedRow } from '../modules/applications';
import type { Operator } from '../modules/identity';
import type { MatchWindow } from '../modules/matching';
import type { Scope } from '../platform/db';
import { applicationRows, readMappingFile } from './application-file';
import type { Books } from './books';

type Opened = Pick<Books, 'clock' | 'database' | 'services'>;

export interface ApplicationImport {
  readonly file: string;
  readonly mapping: string;
  readonly operator: Operator;
  /** Rows read at most. */
  readonly limit: number | undefined;
  /** Loans listed at most. */
  readonly list: number;
  readonly tell: (done: number) => void;
}

export interface ImportReport extends Omit<BatchOutcome, 'refused'> {
  readonly rows: number;
  readonly refused: readonly RefusedRow[];
  readonly listed: number;
  readonly notListed: readonly { readonly application: string; readonly reason: string }[];
  /** The matching window that was run over what is listed. */
  readonly window?: MatchWindow | undefined;
  readonly grades: readonly GradeLine[];
  readonly seconds: {
    readonly taking: number;
    readonly listing: number;
    readonly matching: number;
  };
}

/** Rows a transaction: enough that statements are few, few enough that a failure costs little. */
const BATCH = 500;

/**
 * The operator of that code, or the first that lends.
 *
 * @throws StartupProblem where there is none.
 */
export function lendingOperator(
  operators: readonly Operator[],
  code: string | undefined,
): Operator {
  const found = operators
    .toSorted((a, b) => a.id - b.id)
    .find((each) => (code === undefined ? each.line === 'lending' : each.code === code));
  if (found?.line === 'lending') return found;
  const lending = operators.filter(({ line }) => line === 'lending').map((each) => each.code);
  throw new StartupProblem(
    code === undefined ? 'No operator of this installation lends.' : `${code} does not lend.`,
    lending.length > 0
      ? `These do: ${lending.join(', ')}.`
      : 'Start it once with "npm start", which sets up a sandbox, or create one with POST /v1/operators.',
  );
}

/**
 * Takes a file of applications: every row on its own merits, a batch a transaction, then lists what
 * was offered. Run again, it goes on where it stopped and changes nothing that was done.
 */
export async function importApplications(
  books: Opened,
  order: ApplicationImport,
): Promise<ImportReport> {
  const { database, services } = books;
  const mapping = readMappingFile(order.mapping);
  const scope = {
    operatorId: order.operator.id,
    actor: { kind: 'system', id: 'import' },
  } as const;
  const total = { rows: 0, taken: 0, offered: 0, referred: 0, declined: 0, repeated: 0 };
  const refused: RefusedRow[] = [];
  const startedAt = performance.now();
  let batch: ImportRow[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    const rows = batch;
    batch = [];
    const outcome = await database.write(scope, (tx) =>
      services.applicationImports.take(tx, mapping.id, rows),
    );
    for (const key of ['taken', 'offered', 'referred', 'declined', 'repeated'] as const) {
      total[key] += outcome[key];
    }
    refused.push(...outcome.refused);
    order.tell(total.rows);
  };
  for await (const read of readable(order.file, applicationRows(order.file, mapping))) {
    if (order.limit !== undefined && total.rows >= order.limit) break;
    total.rows += 1;
    if ('refused' in read) refused.push(read.refused);
    else batch.push(read.row);
    if (batch.length >= BATCH) await flush();
  }
  await flush();
  const takenAt = performance.now();
  const listing = await listOffered(books, { scope, mapping: mapping.id, order });
  const listedAt = performance.now();
  const window = order.list > 0 ? await matchNow(books, order, scope) : undefined;
  const matchedAt = performance.now();
  const grades = await database.read(scope, (db) =>
    services.applicationImports.gradeTable(db, mapping.id),
  );
  return {
    ...total,
    refused: refused.toSorted((a, b) => a.line - b.line),
    ...listing,
    window,
    grades,
    seconds: {
      taking: seconds(takenAt - startedAt),
      listing: seconds(listedAt - takenAt),
      matching: seconds(matchedAt - listedAt),
    },
  };
}

/** Accepts and lists, one loan a transaction: one that cannot be listed keeps no other out. */
async function listOffered(
  { database, services }: Opened,
  {
    scope,
    mapping,
    order,
  }: {
    readonly scope: Scope;
    readonly mapping: string;
    readonly order: ApplicationImport;
  },
): Promise<Pick<ImportReport, 'listed' | 'notListed'>> {
  if (order.list === 0) return { listed: 0, notListed: [] };
  const waiting = await database.read(scope, (db) =>
    services.applicationImports.listOffered(db, mapping, order.list),
  );
  const notListed: { application: string; reason: string }[] = [];
  let listed = 0;
  let next = 0;
  const lane = async (): Promise<void> => {
    for (;;) {
      const each = waiting[next];
      next += 1;
      if (each === undefined) return;
      try {
        await database.write(scope, (tx) => services.acceptances.accept(tx, each.id, each.offerId));
        listed += 1;
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        notListed.push({ application: each.id, reason: `${error.title}. ${error.detail ?? ''}` });
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { listed, notListed };
}

const LANES = 3;

/** Runs a window over everything that lenders see now, as the clock would later. */
async function matchNow(
  { database, services, clock }: Opened,
  { operator }: Pick<ApplicationImport, 'operator'>,
  scope: Scope,
): Promise<MatchWindow | undefined> {
  const { homeCurrency: currency } = operator;
  await database.write(scope, (tx) => services.windows.open(tx, { currency, dueAt: clock.now() }));
  await services.windows.run(operator.id);
  const [newest] = await database.read(scope, (db) =>
    services.windows.list(db, { currency, limit: 1 }),
  );
  return newest;
}

/** The rows, with a clear word where the file cannot be opened at all. */
async function* readable<T>(path: string, rows: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    yield* rows;
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    throw new StartupProblem(`${path} cannot be read (${code}).`, 'Name a CSV file.');
  }
}

function seconds(milliseconds: number): number {
  return Math.trunc(milliseconds / 10) / 100;
}

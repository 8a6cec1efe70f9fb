import { Problem } from '../kernel/problem';
import { StartupProblem } from '../platform/db/startup-problem';
import type { ImportSettings } from '../modules/filings';
import type { Operator } from '../modules/identity';
import type { Books } from './books';
import { inOrderOfSigning, readFilingFile, type FilingFile } from './filing-file';
import type { FileOutcome } from './filing-report';

/** Whose filings they are, and on what terms. */
export interface FilingImport extends ImportSettings {
  readonly operator: Operator;
}

/**
 * Imports files one after the other, each in a transaction of its own. One that is refused keeps
 * no other out.
 *
 * @param tell is told of each file as it is done.
 */
export async function importFilings(
  books: Books,
  paths: readonly string[],
  order: FilingImport & { readonly tell?: (outcome: FileOutcome) => void },
): Promise<readonly FileOutcome[]> {
  const files = inOrderOfSigning(await Promise.all(paths.map(readFilingFile)));
  const outcomes: FileOutcome[] = [];
  for (const file of files) {
    const outcome = await importOne(books, file, order);
    outcomes.push(outcome);
    order.tell?.(outcome);
  }
  return outcomes;
}

/**
 * The operator of that code, or the first under Regulation Crowdfunding.
 *
 * @throws StartupProblem where there is none.
 */
export function filingOperator(operators: readonly Operator[], code: string | undefined): Operator {
  const found = operators
    .toSorted((a, b) => a.id - b.id)
    .find((each) => (code === undefined ? each.rulebookId === 'us-reg-cf' : each.code === code));
  if (found) return found;
  const known = operators.map((operator) => operator.code).join(', ');
  if (code !== undefined && known !== '') {
    throw new StartupProblem(`There is no operator ${code}.`, `Known are: ${known}.`);
  }
  throw new StartupProblem(
    'No operator of this installation works under us-reg-cf, so nobody can take a Form C.',
    'Start it once with "npm start", which sets up a sandbox, or create one with POST /v1/operators.',
  );
}

async function importOne(
  { database, services }: Pick<Books, 'database' | 'services'>,
  file: FilingFile,
  { operator, orderLimitRate }: FilingImport,
): Promise<FileOutcome> {
  if ('unreadable' in file) return { file: file.path, failed: { reason: file.unreadable } };
  const scope = { operatorId: operator.id, actor: { kind: 'system', id: 'import' } } as const;
  try {
    const imported = await database.write(scope, (tx) =>
      services.filings.import(tx, file.xml, { orderLimitRate }),
    );
    return { file: file.path, imported };
  } catch (error) {
    return { file: file.path, failed: failureOf(error) };
  }
}

/** Also what is our own fault is said and gone on from: the other files can do nothing for it. */
function failureOf(error: unknown): { readonly code?: string; readonly reason: string } {
  if (!(error instanceof Problem)) {
    return { reason: `It could not be taken, through no fault of its own: ${String(error)}` };
  }
  const { code, title, detail } = error;
  return { code, reason: detail === undefined ? `${title}.` : `${title}: ${detail}` };
}

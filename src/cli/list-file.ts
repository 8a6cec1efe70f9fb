import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { canonicalJson, type Json } from '../kernel/canonical-json';
import { Problem } from '../kernel/problem';
import { keyAsPem, keyOfPem, verifiesDetached, type DocumentSigner } from '../platform/auth';
import { csvLine } from '../platform/csv';
import { StartupProblem } from '../platform/db/startup-problem';
import { parseListFile, type FiledEntry, type ListFile } from '../modules/applications';
import type { Operator } from '../modules/identity';
import type { Books } from './books';

type Opened = Pick<Books, 'database' | 'services'>;

/** What came of a file of a credit list. */
export interface ListReport {
  readonly proposed: number;
  readonly repeated: number;
  readonly refused: readonly { readonly externalId: string; readonly reason: string }[];
}

const SCOPE = (operator: Operator) =>
  ({ operatorId: operator.id, actor: { kind: 'system', id: 'list-exchange' } }) as const;

/** Writes `PATH.json` and `PATH.csv`, each with a detached JWS beside it, and the key. */
export async function exportLists(
  { database, services }: Opened,
  order: { readonly operator: Operator; readonly path: string; readonly signer: DocumentSigner },
): Promise<number> {
  const { operator, path, signer } = order;
  const list = await database.write(SCOPE(operator), (tx) => services.listExchange.export(tx));
  const files = { json: canonicalJson(list as unknown as Json), csv: listCsv(list) };
  for (const [ending, text] of Object.entries(files)) {
    writeFileSync(`${path}.${ending}`, text);
    writeFileSync(`${path}.${ending}.jws`, signer.signDetached(text, 'credit-list'));
  }
  writeFileSync(`${path}.pem`, keyAsPem(signer.publicKey));
  return list.entries.length;
}

/**
 * Proposes every entry of a file, each in a transaction of its own: one that is refused keeps no other
 * out, and one that was taken before changes nothing.
 *
 * @param order.keyFile the key that must have signed the file, with its signature in `FILE.jws`.
 * @throws StartupProblem where the file is no list, or is not signed by that key.
 */
export async function importLists(
  { database, services }: Opened,
  order: {
    readonly operator: Operator;
    readonly file: string;
    readonly keyFile: string | undefined;
  },
): Promise<ListReport> {
  const text = readFileSync(order.file, 'utf8');
  const signedBy = order.keyFile && signerOf(order.file, text, order.keyFile);
  const { source, entries } = readList(order.file, text);
  const fileSha256 = createHash('sha256').update(text).digest('hex');
  const counts = { proposed: 0, repeated: 0 };
  const refused: { externalId: string; reason: string }[] = [];
  for (const entry of entries) {
    try {
      const came = await database.write(SCOPE(order.operator), (tx) =>
        services.listExchange.take(tx, { source, fileSha256, signedBy }, entry),
      );
      counts[came] += 1;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      refused.push({ externalId: entry.externalId, reason: error.detail ?? error.title });
    }
  }
  return { ...counts, refused };
}

function signerOf(file: string, text: string, keyFile: string): string {
  const key = keyOfPem(readFileSync(keyFile, 'utf8'));
  if (verifiesDetached(readFileSync(`${file}.jws`, 'utf8'), text, key)) return key.kid;
  throw new StartupProblem(`${file} is not signed by ${keyFile}.`, 'Ask its sender for it again.');
}

function readList(file: string, text: string): ListFile {
  try {
    return parseListFile(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupProblem(
      `${file} is no credit list: ${reason}`,
      'docs/disclosure.md shows one.',
    );
  }
}

const COLUMNS = [
  'external_id',
  'colour',
  'subject_kind',
  'number_kind',
  'number',
  'name',
  'born_on',
  'issuing_body',
  'basis',
  'effects',
  'starts_on',
  'ends_on',
] as const;

function listCsv({ entries }: ListFile): string {
  return [COLUMNS, ...entries.map(cellsOf)].map(csvLine).join('');
}

function cellsOf(entry: FiledEntry): readonly (string | undefined)[] {
  const { externalId, colour, subject, issuingBody, basis, effects, startsOn, endsOn } = entry;
  const about =
    'name' in subject
      ? [undefined, undefined, undefined, subject.name, subject.bornOn]
      : [subject.kind, subject.identity.kind, subject.identity.number, undefined, undefined];
  return [externalId, colour, ...about, issuingBody, basis, effects.join(' '), startsOn, endsOn];
}

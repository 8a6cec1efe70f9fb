import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import type { FiledFigures, FilingFinding } from './filed-statement';
import type { Filing } from './filing';
import type { FormCType } from './form-c-elements';

/** Keeps every other import of the same filer's filings waiting until commit. */
export async function lockFiler(tx: Tx, cik: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))', {
    lock: `filings ${tx.scope.operatorId} ${cik}`,
  });
}

export async function insertFiling(
  tx: Tx,
  filing: Filing,
  kept: { readonly content: Buffer; readonly figures: FiledFigures | undefined },
): Promise<void> {
  await tx.execute(
    `INSERT INTO filings (operator_id, id, issuer_id, form_type, sha256, file_sha256, cik,
                          file_number, signed_on, deadline_on, fiscal_period_ends_on,
                          progress_update, amendment, figures, findings, content, imported_at,
                          imported_by)
     VALUES (:operatorId, :id, :issuerId, :formType, :sha256, :fileSha256, :cik, :fileNumber,
             :signedOn, :deadlineOn, :fiscalPeriodEndsOn, :progressUpdate, :amendment,
             :figures::jsonb, :findings::jsonb, :content, :importedAt, :importedBy)`,
    {
      operatorId: tx.scope.operatorId,
      id: filing.id,
      issuerId: filing.issuerId,
      formType: filing.formType,
      sha256: filing.sha256,
      fileSha256: filing.fileSha256,
      cik: filing.cik,
      fileNumber: filing.fileNumber,
      signedOn: filing.signedOn,
      deadlineOn: filing.deadlineOn,
      fiscalPeriodEndsOn: filing.fiscalPeriodEndsOn,
      progressUpdate: filing.progressUpdate,
      amendment: filing.amendment,
      figures: kept.figures === undefined ? undefined : JSON.stringify(kept.figures),
      findings: JSON.stringify(filing.findings),
      content: kept.content,
      importedAt: filing.importedAt,
      importedBy: filing.importedBy,
    },
  );
}

export async function attachOffering(
  tx: Tx,
  link: { readonly filingId: Id<'fil'>; readonly offeringId: Id<'off'>; readonly at: Date },
): Promise<void> {
  await tx.execute(
    `INSERT INTO filing_offerings (operator_id, filing_id, offering_id, attached_at)
     VALUES (:operatorId, :filingId, :offeringId, :at)`,
    { operatorId: tx.scope.operatorId, ...link },
  );
}

export async function findBySha256(db: Db, sha256: string): Promise<Filing | undefined> {
  const rows = await db.query<FilingRow>(`${SELECT_FILING} WHERE f.sha256 = :sha256`, { sha256 });
  return rows[0] && fromRow(rows[0]);
}

export async function findFiling(db: Db, id: Id<'fil'>): Promise<Filing | undefined> {
  const rows = await db.query<FilingRow>(`${SELECT_FILING} WHERE f.id = :id`, { id });
  return rows[0] && fromRow(rows[0]);
}

/** Filings of an issuer, the first signed first; those that nobody dated come last. */
export async function listOfIssuer(db: Db, issuerId: Id<'iss'>): Promise<readonly Filing[]> {
  const rows = await db.query<FilingRow>(
    `${SELECT_FILING} WHERE f.issuer_id = :issuerId ORDER BY f.signed_on, f.id LIMIT 1000`,
    { issuerId },
  );
  return rows.map(fromRow);
}

/** The bytes of the offering's Form C or C/A that was signed last; undefined where it has none. */
export async function findTermsContent(db: Db, offeringId: Id<'off'>): Promise<Buffer | undefined> {
  const [row] = await db.query<{ content: Buffer }>(
    `SELECT f.content FROM filing_offerings o
     JOIN filings f ON f.operator_id = o.operator_id AND f.id = o.filing_id
     WHERE o.offering_id = :offeringId AND f.form_type IN ('C', 'C/A')
     ORDER BY f.signed_on DESC NULLS LAST, f.id DESC LIMIT 1`,
    { offeringId },
  );
  return row?.content;
}

/** The number the Commission gave the offering, as any of its filings states it. */
export async function findFileNumber(db: Db, offeringId: Id<'off'>): Promise<string | undefined> {
  const [row] = await db.query<{ file_number: string }>(
    `SELECT f.file_number FROM filing_offerings o
     JOIN filings f ON f.operator_id = o.operator_id AND f.id = o.filing_id
     WHERE o.offering_id = :offeringId AND f.file_number IS NOT NULL
     ORDER BY f.id DESC LIMIT 1`,
    { offeringId },
  );
  return row?.file_number;
}

/** All filings of the operator, in order of import. */
export async function listFilings(
  db: Db,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<readonly Filing[]> {
  const rows = await db.query<FilingRow>(
    `${SELECT_FILING} WHERE f.id > :after ORDER BY f.id LIMIT :limit`,
    { after: page.after ?? '', limit: page.limit },
  );
  return rows.map(fromRow);
}

const SELECT_FILING = `SELECT f.id, f.issuer_id, o.offering_id, f.form_type, f.sha256,
    f.file_sha256, f.cik, f.file_number, f.signed_on, f.deadline_on, f.fiscal_period_ends_on,
    f.progress_update, f.amendment, f.findings, f.imported_at, f.imported_by
  FROM filings f
  LEFT JOIN filing_offerings o ON o.operator_id = f.operator_id AND o.filing_id = f.id`;

interface FilingRow {
  id: Id<'fil'>;
  issuer_id: Id<'iss'>;
  offering_id: Id<'off'> | null;
  form_type: FormCType;
  sha256: string;
  file_sha256: string;
  cik: string;
  file_number: string | null;
  signed_on: CalendarDate | null;
  deadline_on: CalendarDate | null;
  fiscal_period_ends_on: CalendarDate | null;
  progress_update: string | null;
  amendment: string | null;
  findings: readonly FilingFinding[];
  imported_at: Date;
  imported_by: string;
}

function fromRow(row: FilingRow): Filing {
  return {
    id: row.id,
    issuerId: row.issuer_id,
    offeringId: row.offering_id ?? undefined,
    formType: row.form_type,
    sha256: row.sha256,
    fileSha256: row.file_sha256,
    cik: row.cik,
    fileNumber: row.file_number ?? undefined,
    signedOn: row.signed_on ?? undefined,
    deadlineOn: row.deadline_on ?? undefined,
    fiscalPeriodEndsOn: row.fiscal_period_ends_on ?? undefined,
    progressUpdate: row.progress_update ?? undefined,
    amendment: row.amendment ?? undefined,
    findings: row.findings,
    importedAt: row.imported_at,
    importedBy: row.imported_by,
  };
}

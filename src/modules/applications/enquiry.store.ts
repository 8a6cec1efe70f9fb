import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import {
  fileFrom,
  fileText,
  hashOfFile,
  type CreditEnquiry,
  type EnquiryKind,
} from './bureau-file';

/** @returns false where the hard enquiry of the application was kept already. */
export async function insertEnquiry(
  tx: Tx,
  id: Id<'app'>,
  enquiry: CreditEnquiry,
): Promise<boolean> {
  const { file, ...rest } = enquiry;
  const inserted = await tx.execute(
    `INSERT INTO application_credit_enquiries (operator_id, application_id, id, version, kind,
       provider, outcome, answer, answer_sha256, consent_sha256, asked_at, asked_by)
     VALUES (:operatorId, :applicationId, :id, :version, :kind, :provider, :outcome, :answer,
       :answerSha256, :consentSha256, :askedAt, :askedBy)
     ON CONFLICT DO NOTHING`,
    {
      ...rest,
      operatorId: tx.scope.operatorId,
      applicationId: id,
      outcome: file.outcome,
      answer: fileText(file),
      answerSha256: hashOfFile(file),
      askedBy: tx.scope.actor.id,
    },
  );
  return inserted === 1;
}

/** The newest enquiry of an application, of one kind or of any. */
export async function findEnquiry(
  db: Db,
  id: Id<'app'>,
  kind?: EnquiryKind,
): Promise<CreditEnquiry | undefined> {
  const rows = await db.query<EnquiryRow>(
    `SELECT ${COLUMNS} FROM application_credit_enquiries e
     WHERE e.application_id = :id AND (:kind::text IS NULL OR e.kind = :kind)
     ORDER BY e.id DESC LIMIT 1`,
    { id, kind },
  );
  return rows[0] && enquiryOf(rows[0]);
}

/** Oldest first. */
export async function listEnquiries(db: Db, id: Id<'app'>): Promise<readonly CreditEnquiry[]> {
  const rows = await db.query<EnquiryRow>(
    `SELECT ${COLUMNS} FROM application_credit_enquiries e
     WHERE e.application_id = :id ORDER BY e.id LIMIT 200`,
    { id },
  );
  return rows.map(enquiryOf);
}

const COLUMNS = 'e.id, e.version, e.kind, e.provider, e.answer, e.consent_sha256, e.asked_at';

interface EnquiryRow {
  id: Id<'enq'>;
  version: number;
  kind: EnquiryKind;
  provider: string;
  answer: string;
  consent_sha256: string;
  asked_at: Date;
}

function enquiryOf(row: EnquiryRow): CreditEnquiry {
  return {
    id: row.id,
    version: row.version,
    kind: row.kind,
    provider: row.provider,
    file: fileFrom(row.answer),
    consentSha256: row.consent_sha256,
    askedAt: row.asked_at,
  };
}
